"""Each parameter is written in many places: they are held against each other here."""

import inspect
import io
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from slugline import TextClassifier
from slugline._settings import CONSTRAINTS, DEFAULT_ALPHA, from_rust

TEXTS = ["chips and code", "votes on bills", "code for phones", "a vote on bonds"]
LABELS = ["tech", "policy", "tech", "policy"]

#: Parameters of the estimator that no model has.
OF_PYTHON = {"calibrate", "n_jobs"}
#: For each parameter another value than the default, and the flags of `train` that mean it.
OTHERS = {
    "naive_bayes": ("multinomial", ["--naive-bayes", "multinomial"]),
    "alpha": (0.5, ["--alpha", "0.5"]),
    "force_alpha": (False, ["--force-alpha", "false"]),
    "fit_prior": (False, ["--naive-bayes", "multinomial", "--no-fit-prior"]),
    "class_prior": ([0.25, 0.75], ["--naive-bayes", "multinomial", "--class-prior", "0.25,0.75"]),
    "level_class_sums": (True, ["--naive-bayes", "multinomial", "--level-class-sums"]),
    "norm_weights": (True, ["--norm-weights"]),
    "binarize": (0.25, ["--naive-bayes", "bernoulli", "--binarize", "0.25"]),
    "lowercase": (False, ["--no-lowercase"]),
    "strip_accents": ("unicode", ["--strip-accents", "unicode"]),
    "analyzer": ("char_wb", ["--analyzer", "char_wb"]),
    "words": ("unicode", ["--words", "unicode"]),
    "token_pattern": (r"[a-z]{3,}", ["--token-pattern", "[a-z]{3,}"]),
    "stop_words": ("english", ["--stop-words", "english"]),
    "stemmer": ("english", ["--stem", "english"]),
    "ngram_range": ((1, 2), ["--ngram-range", "1,2"]),
    "min_df": (2, ["--min-df", "2"]),
    "max_df": (0.5, ["--max-df", "0.5"]),
    "max_features": (3, ["--max-features", "3"]),
    "without_terms": ("english", ["--without-terms", "english"]),
    "without_numbers": (True, ["--without-numbers"]),
    "vocabulary": (["code", "vote"], ["--vocabulary", "terms.txt"]),
    "binary": (True, ["--binary"]),
    "norm": ("l1", ["--norm", "l1"]),
    "use_idf": (False, ["--no-idf"]),
    "smooth_idf": (False, ["--no-smooth-idf"]),
    "sublinear_tf": (False, ["--sublinear-tf=false"]),
    "idf_order": ("after_norm", ["--idf-order", "after_norm"]),
    "background": ("policy", ["--background", "policy"]),
    "refine": ({"C": 1.0, "max_iter": 3}, ["--refine=1"]),
}
#: What else has to be set for a parameter to mean anything.
TOGETHER = {
    "class_prior": {"naive_bayes": "multinomial"},
    "fit_prior": {"naive_bayes": "multinomial"},
    "binarize": {"naive_bayes": "bernoulli"},
    "level_class_sums": {"naive_bayes": "multinomial"},
}


def parameters() -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(TextClassifier.__init__).parameters)
    del found["self"]
    return found


def test_signature_constraints_documentation_and_this_table_name_the_same():
    names = list(parameters())
    assert sorted(CONSTRAINTS) == sorted(names)
    assert sorted(OTHERS) == sorted(set(names) - OF_PYTHON)
    described = inspect.getdoc(TextClassifier).split("Parameters\n----------\n")[1]
    described = re.split(r"\n[A-Z]\w+\n-+\n", described)[0]
    listed = re.findall(r"^(\w+(?:, \w+)*) :", described, re.MULTILINE)
    assert [name for line in listed for name in line.split(", ")] == names


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_a_parameter_reaches_the_model_and_comes_back(name):
    value, _ = OTHERS[name]
    model = TextClassifier(**TOGETHER.get(name, {}), **{name: value}).fit(TEXTS, LABELS)
    settings = from_rust(model._model.settings)
    assert settings[name] == value
    assert set(settings) == set(OTHERS)
    default = parameters()[name].default
    assert value != default
    again = TextClassifier.from_bytes(model.to_bytes())
    assert again.get_params()[name] == value


def run(folder: Path, *flags: str) -> dict[str, object]:
    """The settings of a model that the command trains."""
    command = shutil.which("slugline", path=sysconfig.get_path("scripts"))
    assert command is not None
    subprocess.run(
        [command, "train", "data.jsonl", "--quiet", "-o", "model.safetensors", *flags],
        cwd=folder,
        check=True,
    )
    return from_rust(TextClassifier.load(folder / "model.safetensors")._model.settings)


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_a_flag_of_the_command_means_the_same(name, tmp_path):
    rows = (
        f'{{"text": "{text}", "label": "{label}"}}\n'
        for text, label in zip(TEXTS, LABELS, strict=True)
    )
    (tmp_path / "data.jsonl").write_text("".join(rows))
    (tmp_path / "terms.txt").write_text("code\nvote\n")
    value, flags = OTHERS[name]
    assert run(tmp_path, *flags)[name] == value
    python = from_rust(TextClassifier().fit(TEXTS, LABELS)._model.settings)
    assert run(tmp_path) == python


@pytest.mark.parametrize("idf_order", DEFAULT_ALPHA)
def test_no_alpha_stands_for_what_the_order_wants(idf_order):
    model = TextClassifier(idf_order=idf_order).fit(TEXTS, LABELS)
    assert model.alpha_ == DEFAULT_ALPHA[idf_order]
    given = TextClassifier(idf_order=idf_order, alpha=DEFAULT_ALPHA[idf_order]).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(given.predict_proba(TEXTS), model.predict_proba(TEXTS))
    for kept in (model, given):
        assert TextClassifier.load(io.BytesIO(kept.to_bytes())).alpha == kept.alpha
    assert TextClassifier(idf_order=idf_order, alpha=0.5).fit(TEXTS, LABELS).alpha_ == 0.5
