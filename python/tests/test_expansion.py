"""Compressed files that expand to more than anybody wants, through the command and ``describe``."""

import gzip
import io
import subprocess
import sys
import zipfile

import numpy as np
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest
from slugline import describe

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from slugline._command import main; sys.exit(main())",
]
MILLION = 10**6


def run(*args):
    done = subprocess.run([*COMMAND, *args], capture_output=True, check=False, timeout=300)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def refused(path, *args):
    """The error of classifying a file, which is to be about its expansion."""
    status, _, err = run("classify", str(path), "--label-only", *args)
    assert status == 1, err
    assert "expands to more than" in err, err
    assert "(the limit --max-expan" in err, err
    return err


def answered(path, *args):
    status, out, err = run("classify", str(path), "--label-only", "--format", "csv", *args)
    assert status == 0, err
    return len(out.splitlines()) - 1


@pytest.mark.parametrize("compression", ["gzip", "zstd", "brotli", "lz4", "snappy", "none"])
def test_rows_of_parquet_that_stand_in_it_once(tmp_path, compression):
    """A column of one long text: a dictionary and some bytes for millions of rows."""
    path = tmp_path / "same.parquet"
    texts = pyarrow.array(["the bank raised rates " * 40]).dictionary_encode()
    same = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array(np.zeros(200_000, "i4")), texts.dictionary
    )
    pyarrow.parquet.write_table(pyarrow.table({"text": same}), path, compression=compression)
    assert path.stat().st_size < 100_000
    err = refused(path)
    assert "more than 200 times" in err
    assert answered(path, "--max-expansion", str(MILLION)) == 200_000


def test_pages_of_parquet_that_say_that_they_expand(tmp_path):
    path = tmp_path / "blank.parquet"
    texts = pyarrow.array([" " * 100_000 + str(n) for n in range(1500)])
    table = pyarrow.table({"text": texts, "other": texts})
    pyarrow.parquet.write_table(table, path, compression="zstd", use_dictionary=False)
    refused(path)
    assert answered(path, "--max-expansion", str(MILLION)) == 1500
    small = "--max-expansion", str(MILLION), "--max-expanded-bytes", str(10 * MILLION)
    assert "10000000 bytes" in refused(path, *small)


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_buffers_of_arrow_that_expand(tmp_path, compression):
    path = tmp_path / "blank.arrow"
    texts = pyarrow.array([" " * 1_000_000 for n in range(120)])
    pyarrow.feather.write_feather(pyarrow.table({"text": texts}), path, compression=compression)
    refused(path, "--max-expansion", "100")
    assert answered(path, "--max-expansion", str(MILLION)) == 120


PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.'
    'openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"'
    '/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(path, strings, rows):
    """A workbook of these shared strings (XML) and rows (XML)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in PARTS.items():
            file.writestr(name, content)
        file.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?><sst {MAIN}>{strings}</sst>')
        sheet = f'<?xml version="1.0"?><worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>'
        file.writestr("xl/worksheets/sheet1.xml", sheet)


def row(number, string):
    return f'<row r="{number}"><c r="A{number}" t="s"><v>{string}</v></c></row>'


HEADER = "<si><t>text</t></si>"


def test_parts_of_a_workbook_that_expand(tmp_path):
    path = tmp_path / "blank.xlsx"
    long = "<si><t>" + " " * 120 * MILLION + "</t></si>"
    workbook(path, HEADER + long, row(1, 0) + row(2, 1))
    refused(path)
    # A size that is not true.
    content = bytearray(path.read_bytes())
    at = content.rindex(b"xl/sharedStrings.xml") - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    status, _, err = run("classify", str(path), "--label-only")
    assert status == 1, err
    assert "larger than its declared" in err, err


def test_cells_of_a_workbook_that_share_a_string(tmp_path):
    path = tmp_path / "same.xlsx"
    long = "<si><t>" + "the bank raised rates " * 1000 + "</t></si>"
    rows = "".join(row(n, 1) for n in range(2, 20_000))
    workbook(path, HEADER + long, row(1, 0) + rows)
    refused(path)
    workbook(path, HEADER + long, row(1, 0) + row(2, 1) + row(3, 1))
    assert answered(path) == 2


def test_a_workbook_is_no_wider_than_programs_make_them(tmp_path):
    path = tmp_path / "wide.xlsx"
    for column in ("ZZZZZZ", "XFE", "AAAAAAAA"):
        cell = f'<row r="1"><c r="{column}1" t="s"><v>0</v></c></row>'
        workbook(path, HEADER, cell + row(2, 0))
        status, _, err = run("classify", str(path), "--label-only")
        assert status == 1, err
        assert "slugline: error" in err
        assert "panicked" not in err


def vectors(path, n, spaces):
    archive = io.BytesIO()
    words = np.array(["chip", "vote", *(f"w{at}" for at in range(n))], dtype=f"U{spaces}")
    np.savez_compressed(archive, words=words, vectors=np.ones((n + 2, 2), "f4"))
    path.write_bytes(archive.getvalue())


def test_word_vectors_that_expand(tmp_path):
    topics = {"technology": "chip", "policy": "vote"}
    text, archive = tmp_path / "words.txt.gz", tmp_path / "words.npz"
    text.write_bytes(gzip.compress(b"chip 1 0\nvote 0 1\n" + b"\n" * 80 * MILLION))
    vectors(archive, 20_000, 5000)
    for path in (text, archive):
        with pytest.raises(ValueError, match="max_expansion"):
            describe(topics, path, terms=["chip", "vote"])
    prior = describe(topics, text, terms=["chip", "vote"], max_expansion=10_000)
    assert prior["technology"]["chip"] > 1.9
    for wrong in (0, -1, 1.5, "many"):
        with pytest.raises((TypeError, ValueError), match="max_expansion"):
            describe(topics, text, terms=["chip"], max_expansion=wrong)
    vectors(archive, 100, 20)
    describe({"technology": "chip", "policy": "w1"}, archive, terms=["chip", "vote"])
