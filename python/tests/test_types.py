"""Types: a sample program under `mypy --strict`, and stubs that tell what there is."""

import subprocess
import sys
from pathlib import Path

import pytest
import sample_typed

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def run(folder, *command):
    # Not at the root of the repository: the package that is installed is checked.
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("good", [True, False])
def test_a_program_is_checked(tmp_path, good):
    program = tmp_path / "program.py"
    program.write_text((HERE / "sample_typed.py").read_text())
    if not good:
        program.write_text(program.read_text().replace("alpha", "alfa"))
    status, output = run(
        tmp_path, "mypy", "--strict", "--config-file", ROOT / "pyproject.toml", program
    )
    assert (status == 0) is good, output
    assert good or "alfa" in output


#: Mistakes that a type checker has to find, each on a line of its own.
MISTAKES = [
    'TextClassifier(naive_bayes="multinomal")',
    'TextClassifier("bernouli")',
    'TextClassifier(alpha="automatic")',
    'TextClassifier(alpha="0.3")',
    'TextClassifier(strip_accents="utf8")',
    'TextClassifier(analyzer="words")',
    'TextClassifier(words="sk-learn")',
    'TextClassifier(norm="max")',
    'TextClassifier(sublinear_tf="yes")',
    'TextClassifier(idf_order="after")',
    'TextClassifier(ngram_range="12")',
    'model.predict("one string")',
    'model.predict_proba("one string")',
    'model.predict_shares("one string")',
    'model.evidence("one string")',
    'model.fit("one string", ["a"])',
    'model.partial_fit("one string", ["a"])',
    'model.forget("one string", ["a"])',
    'model.audit("one string", ["a"])',
    'model.adapt("one string")',
    'model.adapt(["a"], class_shares="equal")',
    'model.fit(["a"], ["b"], unlabelled="one string")',
    'model.fit_stream([("one string", ["a"])])',
    "model.predict(b'bytes')",
    "model.predict([1, 2])",
    "model.predict(3)",
    "model.classify(['a list'])",
    "model.load(3)",
    "slugline.classify(['a list'])",
    'slugline.describe({"a": "b", "c": "d"}, 3, texts=["e"])',
    'slugline.describe(["a", "b"], str.split, texts=["e"])',
    'slugline.describe({"a": "b", "c": "d"}, "glove.txt", texts="one string")',
    "slugline.TextClasifier()",
    "slugline.sklearn.TfidfVectorizr()",
]


def test_mistakes_are_found(tmp_path):
    lines = ["import slugline", "from slugline import TextClassifier", "model = TextClassifier()"]
    (tmp_path / "mistakes.py").write_text("\n".join([*lines, *MISTAKES]) + "\n")
    status, output = run(
        tmp_path, "mypy", "--strict", "--config-file", ROOT / "pyproject.toml", "mistakes.py"
    )
    found = {int(line.split(":")[1]) for line in output.splitlines() if ": error:" in line}
    missed = [mistake for at, mistake in enumerate(MISTAKES, len(lines) + 1) if at not in found]
    assert status == 1
    assert missed == []
    assert found == set(range(len(lines) + 1, len(lines) + len(MISTAKES) + 1)), output


def test_the_stubs_tell_what_there_is(tmp_path):
    status, output = run(
        tmp_path,
        "mypy.stubtest",
        "slugline",
        "--mypy-config-file",
        ROOT / "pyproject.toml",
        "--allowlist",
        HERE / "stubtest.txt",
        "--ignore-unused-allowlist",
    )
    assert status == 0, output


def test_the_program_runs(tmp_path):
    found = sample_typed.main(tmp_path)
    assert found == [
        "3",
        "policy vote",
        "markets True",
        "policy",
        "True",
        "9 terms",
        "5 left, 3 judged, True",
        "1 answer, None, False",
        "2 and 2 classes",
        "document label suggested probability margin share",
        "TfidfVectorizer",
    ]
