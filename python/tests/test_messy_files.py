"""The files of ``datasets/messy`` through the command that the package installs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "messy"
CASES = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
# The command is native: it prints by itself, so it gets a process of its own.
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from slugline._command import main; sys.exit(main())",
]
SWITCHES = {"html": "--html", "header": "--no-header"}
ABOUT_LABELS = {"label", "labels", "first_label"}


def run(*args):
    """Run the command with these arguments."""
    done = subprocess.run([*COMMAND, *args], capture_output=True, check=False, cwd=FOLDER)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def flags(options):
    """Return the flags for a case's options, those about labels left out."""
    found = []
    for name, value in options.items():
        if name in SWITCHES:
            found.append(SWITCHES[name])
        elif name == "text":
            found += ["--text", ",".join(value)]
        elif name != "columns" and name not in ABOUT_LABELS:
            found += ["--" + name.replace("_", "-"), value]
    return found


def answers(*args):
    """Return what ``classify`` answers, a dictionary a record."""
    status, out, err = run("classify", "--format", "json", *args)
    assert status == 0, err
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case['file']}" for n, case in enumerate(CASES)])
def test_a_file_is_answered_or_refused(case, tmp_path):
    """Each file gives the answers of its texts, or the error that it should."""
    options = case.get("options", {})
    if "error" in case:
        args = ["classify", case["file"], *flags(options)]
        if ABOUT_LABELS & options.keys():
            model = tmp_path / "model"
            label = ["--label", options["label"]] if "label" in options else []
            args = ["train", case["file"], "-o", str(model), *label, *flags(options)]
        status, _, err = run(*args)
        assert status in (1, 2)
        assert case["error"] in err
        assert "Traceback" not in err
        assert "panicked" not in err
        return
    plain = tmp_path / "plain.jsonl"
    texts = [json.dumps({"text": record["text"]}) + "\n" for record in case["records"]]
    plain.write_text("".join(texts), encoding="utf-8")
    found = answers(case["file"], *flags(options))
    expected = answers(str(plain))
    assert len(found) == len(case["records"])
    for answer, same, record in zip(found, expected, case["records"], strict=True):
        for key in ["label", "probabilities", "shares", "evidence", "recognised"]:
            assert answer[key] == same[key]
        one = case["format"] in ("text", "html")
        assert answer["source"] == case["file"] + ("" if one else f":{record['line']}")
        assert answer.get("id") == record.get("id")
