"""Make the files of this folder that are not plain UTF-8 text.

    python3 -m venv .venv && .venv/bin/pip install pandas pyarrow openpyxl odfpy
    .venv/bin/python datasets/messy/make.py

The plain ones are written by hand, like ``expected.json``, which says how each file is read.
"""

from __future__ import annotations

import gzip
import io
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

HERE = Path(__file__).parent
TEXTS = ["The bank raised its rates.", "A new chip for the phone."]
LABELS = ["markets", "technology"]


def write(name: str, content: bytes) -> None:
    """Write a file of this folder."""
    (HERE / name).write_bytes(content)


def zipped(entries: dict[str, bytes]) -> bytes:
    """Return a zip archive that is the same every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def encodings() -> None:
    """Text in other encodings than UTF-8."""
    table = "text,label\nDie Börse schloß mit 3 € plus.,markets\nRäte wählten.,policy\n"
    write("utf16le-bom.csv", b"\xff\xfe" + table.encode("utf-16-le"))
    write("utf16be-bom.csv", b"\xfe\xff" + table.encode("utf-16-be"))
    write("utf16le.csv", table.encode("utf-16-le"))
    write("utf16be.csv", table.encode("utf-16-be"))
    write("utf32le-bom.csv", b"\xff\xfe\x00\x00" + table.encode("utf-32-le"))
    write("utf8-bom.csv", b"\xef\xbb\xbf" + table.encode())
    write("windows-1252.csv", table.encode("windows-1252"))
    write("koi8-r.txt", "Банк поднял ставки.\n".encode("koi8-r"))
    write("shift_jis.txt", "銀行は金利を上げた。\n".encode("shift_jis"))
    write("utf16-article.txt", b"\xff\xfe" + "The bank\nraised its rates.\n".encode("utf-16-le"))
    html = "<html><head><meta charset='windows-1252'></head><body><p>Café rates</body></html>"
    write("latin1.html", html.encode("windows-1252"))


def compressed() -> None:
    """Text inside of gzip files."""
    lines = "".join(
        f'{{"text": "{text}", "label": "{label}"}}\n'
        for text, label in zip(TEXTS, LABELS, strict=True)
    )
    write("lines.json.gz", gzip.compress(lines.encode(), mtime=0))
    write("semicolon.csv.gz", gzip.compress(b"text;label\nRates rose;markets\n", mtime=0))
    write("twice.csv.gz", gzip.compress(gzip.compress(b"text\nx\n", mtime=0), mtime=0))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("article.txt")
        info.size = len(TEXTS[0])
        archive.addfile(info, io.BytesIO(TEXTS[0].encode()))
    write("archive.tar", out.getvalue()[:1536])
    write("archive.tar.gz", gzip.compress(out.getvalue(), mtime=0))


def columnar() -> None:
    """Parquet and Arrow, in the types that programs write."""
    frame = pd.DataFrame(
        {
            "id": [7, 8],
            "text": TEXTS,
            "label": LABELS,
            "vector": [[0.5, 1.5], [2.5, None]],
            "day": pd.to_datetime(["2024-02-29T00:00:00", "2025-01-01T12:30:00"]),
        }
    )
    for codec in ["snappy", "zstd", "gzip", "lz4", "brotli", "none"]:
        frame.to_parquet(HERE / f"{codec}.parquet", compression=codec, index=False)
    write("snappy.parquet.gz", gzip.compress((HERE / "snappy.parquet").read_bytes(), mtime=0))
    typed = pa.table(
        {
            "text": pa.array(TEXTS, pa.large_string()),
            "body": pa.array([text.encode() for text in TEXTS], pa.binary()),
            "view": pa.array(TEXTS, pa.string_view()),
            "category": pa.array(LABELS).dictionary_encode(),
            "number": pa.array([1, 2], pa.int8()),
            "real": pa.array([0.5, 1.0], pa.float32()),
            "flag": pa.array([True, False]),
            "labels": pa.array([["markets"], []], pa.list_(pa.string())),
            "many": pa.array([["a", "b"], ["c"]], pa.list_(pa.string())),
            "missing": pa.array([None, "x"], pa.string()),
            "data": pa.array([{"text": t, "n": {"id": i}} for i, t in enumerate(TEXTS)]),
        }
    )
    pq.write_table(typed.drop_columns(["view"]), HERE / "types.parquet")
    with (
        pa.OSFile(str(HERE / "types.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, typed.schema) as writer,
    ):
        writer.write_table(typed)
    with (
        pa.OSFile(str(HERE / "stream.arrows"), "wb") as sink,
        pa.ipc.new_stream(sink, typed.schema) as writer,
    ):
        writer.write_table(typed)
    small = pa.table({"text": TEXTS, "label": LABELS})
    feather.write_feather(small, HERE / "lz4.feather", compression="lz4")
    feather.write_feather(small, HERE / "zstd.feather", compression="zstd")
    whole = (HERE / "snappy.parquet").read_bytes()
    write("cut.parquet", whole[: len(whole) // 2])
    write("text.parquet", b"text,label\nnot Parquet,x\n")


def workbooks() -> None:
    """Excel's and LibreOffice's files."""
    frame = pd.DataFrame({"id": [7, 8.5], "text": TEXTS, "label": LABELS})
    days = pd.DataFrame(
        {"text": ["2024", "True"], "label": [3, 4], "day": pd.to_datetime(["2024-02-29"] * 2)}
    )
    with pd.ExcelWriter(HERE / "sheets.xlsx") as book:
        frame.to_excel(book, sheet_name="First", index=False)
        days.to_excel(book, sheet_name="Second one", index=False)
    frame.to_excel(HERE / "table.ods", index=False, engine="odf")
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet["B2"], sheet["C2"] = "text", "label"
    sheet["B3"], sheet["C3"] = TEXTS[0], LABELS[0]
    sheet["C5"] = LABELS[1]
    sheet["B7"], sheet["C7"] = "=NA()", "x"
    sheet["B7"].value, sheet["B7"].data_type = "#N/A", "e"
    sheet["ZZ20000"] = "far away"
    hidden = book.create_sheet("Hidden", 0)
    hidden["A1"] = "nothing here"
    hidden.sheet_state = "hidden"
    book.active = 1
    book.save(HERE / "sparse.xlsx")


def others() -> None:
    """Kinds that are refused, each as small as it can be."""
    docx = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    write("letter.docx", zipped(docx))
    write("talk.pptx", zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}))
    write("book.epub", zipped({"mimetype": b"application/epub+zip", "a.xhtml": b"<html/>"}))
    odt = b"application/vnd.oasis.opendocument.text"
    write("letter.odt", zipped({"mimetype": odt, "content.xml": b"<x/>"}))
    write("files.zip", zipped({"a.txt": b"An article", "b.txt": b"Another"}))
    write("letter-as.txt", zipped(docx))
    arrays = io.BytesIO()
    np.savez(arrays, a=np.zeros(2))
    write("arrays.npz", arrays.getvalue())
    array = io.BytesIO()
    np.save(array, np.arange(3))
    write("array.npy", array.getvalue())
    write("model.pkl", b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s.")
    write("report.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")
    write("pages.7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24))
    write("pages.rar", b"Rar!\x1a\x07\x01\x00" + bytes(16))
    write("table.csv.xz", b"\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4F")
    write("table.csv.bz2", b"BZh91AY&SY\x17\x72\x45\x38\x50\x90\x00\x00\x00\x00")
    write("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(13))
    write("picture.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(8))
    write("program", b"\x7fELF\x02\x01\x01" + bytes(32))
    write("program.exe", b"MZ\x90\x00\x03\x00\x00\x00" + bytes(32))
    write("model.safetensors", b'\x08\x00\x00\x00\x00\x00\x00\x00{"a":{}}')
    write("pack.pack", b"PACK\x00\x00\x00\x02\x00\x00\x00\x00")
    write("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    write("noise.bin", bytes((i * 73 + 41) % 256 for i in range(600)))
    write("noise.csv", bytes((i * 73 + 41) % 256 for i in range(600)))
    database = HERE / "news.sqlite"
    database.unlink(missing_ok=True)
    with sqlite3.connect(database) as connection:
        connection.execute("pragma page_size = 512")
        connection.execute("create table news (text)")
    connection.close()


if __name__ == "__main__":
    encodings()
    compressed()
    columnar()
    workbooks()
    others()
