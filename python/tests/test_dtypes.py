"""Every dtype × norm × estimator beside scikit-learn: the same result, or the same error.

A test counts its cells and compares each; where the two may differ, `REASONS` says why.
"""

import itertools
import warnings

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.naive_bayes
import slugline.sklearn
from sklearn.feature_extraction import text

TEXTS = ["New phones, new chips", "a vote on the bill", "", "chips fell; chips & votes", "é"]
# Terms more often than small integers can count, and more than one term of a column.
LONG = [*TEXTS, "chip " * 300 + "vote " * 130, "phone " * 256]
UNSEEN = ["new votes, new vote", "", "unknown words", "chip " * 200 + "phone"]

DTYPES = {
    **{name: getattr(np, name) for name in ("bool_", "intc", "uintc", "longlong", "ulonglong")},
    **{
        f"{kind}{bits}": getattr(np, f"{kind}{bits}")
        for kind in ("int", "uint")
        for bits in (8, 16, 32, 64)
    },
    **{name: getattr(np, name) for name in ("float16", "float32", "float64", "longdouble")},
    **{name: getattr(np, name) for name in ("complex64", "complex128", "clongdouble")},
    "object": object,
    "int": int,
    "float": float,
    "bool": bool,
    "complex": complex,
    "str": str,
    "bytes": bytes,
    "None": None,
    "'float32'": "float32",
    "'f4'": "f4",
    "'i2'": "i2",
    "'uint8'": "uint8",
    "'>f8'": ">f8",
    "'>i4'": ">i4",
    "'<f4'": "<f4",
    "'U5'": "U5",
    "'nonsense'": "nonsense",
    "dtype float32": np.dtype("float32"),
    "dtype uint16": np.dtype("uint16"),
    "structure": np.dtype([("a", "i4"), ("b", "f8")]),
    "datetime": "datetime64[s]",
    "timedelta": "timedelta64[s]",
    "number": 7,
    "list": [("a", "i4")],
    "abstract": np.floating,
}
NORMS = [None, "l1", "l2", "max", "L2", "", 2]

#: Cells that may differ, as (estimator, dtype, what), with the reason.
REASONS: dict[tuple[str, ...], str] = {}


def outcome(work):
    """Return what becomes of work: a result and its warnings, or an error."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            result = work()
        except Exception as error:
            return None, (type(error).__name__, str(error)), said(caught)
    return result, None, said(caught)


def said(caught):
    return sorted({str(warning.message).replace("slugline.sklearn", "") for warning in caught})


def differences(ours, theirs):
    """Say how two outcomes differ; nothing where they do not."""
    (found, failed, warned), (expected, refused, warned_too) = ours, theirs
    if failed != refused:
        return f"{failed} instead of {refused}"
    if warned != warned_too:
        return f"warnings {warned} instead of {warned_too}"
    return None if failed else unequal(found, expected)


def unequal(found, expected):
    if type(found) is not type(expected):
        return f"{type(found)} instead of {type(expected)}"
    if not hasattr(expected, "dtype"):
        return None if found == expected else f"{found} instead of {expected}"
    if found.dtype != expected.dtype or found.shape != expected.shape:
        return f"{found.dtype} {found.shape} instead of {expected.dtype} {expected.shape}"
    if sp.issparse(expected):
        if found.format != expected.format or found.nnz != expected.nnz:
            return (
                f"{found.format}, {found.nnz} stored instead of {expected.format}, {expected.nnz}"
            )
        for part in ("indices", "indptr"):
            if getattr(found, part).dtype != getattr(expected, part).dtype:
                return f"{part} of another type"
        found, expected = found.toarray(), expected.toarray()
    if expected.dtype.kind not in "fc":
        return None if np.array_equal(found, expected) else f"{found} instead of {expected}"
    tolerance = 1e-6 if expected.dtype in (np.float32, np.complex64) else 1e-12
    if np.allclose(found, expected, rtol=tolerance, atol=0, equal_nan=True):
        return None
    return f"{found} instead of {expected}"


def compare(cells):
    """Compare (name, ours, theirs) cell by cell; return how many there are."""
    count, differing = 0, {}
    for name, ours, theirs in cells:
        count += 1
        difference = differences(outcome(ours), outcome(theirs))
        if difference and name not in REASONS:
            differing[name] = difference
    print(f"{count} cells, {len(differing)} differ")
    assert not differing, "\n".join(f"{name}: {how}" for name, how in list(differing.items())[:40])
    return count


def fit_then(name, settings, method, *rest, **later):
    """Return both sides' work: fit, set parameters, call a method."""

    def work(home):
        def run():
            made = getattr(home, name)(**settings)
            if method == "fit_transform":
                return made.fit_transform(*rest)
            if method == "transform":
                # What `fit` refuses may still be set between `fit` and `transform`.
                made = getattr(home, name)(**{**settings, "dtype": np.float64}).fit(*rest)
                return made.set_params(**{k: settings[k] for k in later["keys"]}).transform(
                    later["X"]
                )
            raise AssertionError(method)

        return run

    return work(slugline.sklearn), work(text)


def test_count_vectorizer():
    extras = [
        {},
        {"binary": True},
        {"max_features": 3},
        {"vocabulary": ["chip", "vote"]},
        {"min_df": 2},
    ]
    extras.append({"max_features": 2, "binary": True, "analyzer": "char", "ngram_range": (1, 2)})

    def cells():
        for (label, dtype), extra in itertools.product(DTYPES.items(), extras):
            settings = {"dtype": dtype, **extra}
            pair = fit_then("CountVectorizer", settings, "fit_transform", LONG)
            yield ("CountVectorizer", label, "fit_transform", str(extra)), *pair
            pair = fit_then(
                "CountVectorizer", settings, "transform", LONG, keys=("dtype",), X=UNSEEN
            )
            yield ("CountVectorizer", label, "transform", str(extra)), *pair

    assert compare(cells()) == 2 * len(DTYPES) * len(extras)


def test_tfidf_vectorizer():
    extras = [{}, {"binary": True}, {"sublinear_tf": True}, {"use_idf": False}, {"max_features": 3}]

    def cells():
        for (label, dtype), norm, extra in itertools.product(DTYPES.items(), NORMS, extras):
            settings = {"dtype": dtype, "norm": norm, **extra}
            pair = fit_then("TfidfVectorizer", settings, "fit_transform", LONG)
            yield ("TfidfVectorizer", label, str(norm), "fit_transform", str(extra)), *pair
            if norm in (None, "l1", "l2"):
                pair = fit_then(
                    "TfidfVectorizer", settings, "transform", LONG, keys=("dtype",), X=UNSEEN
                )
                yield ("TfidfVectorizer", label, str(norm), "transform", str(extra)), *pair

    assert compare(cells()) == len(DTYPES) * (len(NORMS) + 3) * len(extras)


def test_hashing_vectorizer():
    extras = [
        {"alternate_sign": sign, "binary": binary, "n_features": n}
        for sign, binary, n in (
            (True, False, 4),
            (True, False, 2**18),
            (False, False, 1),
            (False, True, 4),
            (True, True, 2**18),
        )
    ]

    def cells():
        for (label, dtype), norm, extra in itertools.product(DTYPES.items(), NORMS, extras):
            settings = {"dtype": dtype, "norm": norm, **extra}
            for method in ("fit_transform", "transform"):
                pair = [
                    lambda home=home, settings=settings, method=method: getattr(
                        home.HashingVectorizer(**settings), method
                    )(LONG)
                    for home in (slugline.sklearn, text)
                ]
                yield ("HashingVectorizer", label, str(norm), method, str(extra)), *pair

    assert compare(cells()) == 2 * len(DTYPES) * len(NORMS) * len(extras)


def counts(dtype, form):
    """Return a table of counts of a type, in a format; what NumPy refuses becomes an error."""
    table = np.array([[3, 0, 1, 0], [0, 2, 0, 0], [0, 0, 0, 0], [1, 1, 5, 0], [100, 1, 0, 2]])
    return form(np.asarray(table.astype(dtype)))


FORMS = {
    "dense": np.asarray,
    **{form: getattr(sp, f"{form}_matrix") for form in ("csr", "csc", "coo")},
    "csr array": sp.csr_array,
}
#: Types of numbers that a matrix may be of.
OF_MATRICES = {
    label: dtype
    for label, dtype in DTYPES.items()
    if label not in ("None", "'nonsense'", "structure", "number", "list", "abstract")
}


def test_tfidf_transformer():
    extras = [{}, {"sublinear_tf": True}, {"use_idf": False}, {"smooth_idf": False}]
    norms = (None, "l1", "l2", "max", "L2")

    def cells():
        for (label, dtype), (form_name, form), norm, extra in itertools.product(
            OF_MATRICES.items(), FORMS.items(), norms, extras
        ):

            def run(home, method, dtype=dtype, form=form, norm=norm, extra=extra):
                X = counts(dtype, form)
                if method == "fit_transform":
                    return home.TfidfTransformer(norm=norm, **extra).fit_transform(X)
                made = home.TfidfTransformer(**extra).fit(counts(float, sp.csr_matrix))
                return made.set_params(norm=norm).transform(X)

            for method in ("fit_transform", "transform"):
                name = ("TfidfTransformer", label, form_name, str(norm), method, str(extra))
                yield (
                    name,
                    *(
                        lambda home=home, m=method, run=run: run(home, m)
                        for home in (slugline.sklearn, text)
                    ),
                )

    assert compare(cells()) == 2 * len(OF_MATRICES) * len(FORMS) * len(norms) * len(extras)


TARGETS = {
    "str": np.array(["a", "b", "a", "c", "b"]),
    "object": np.array(["a", "b", "a", "c", "b"], dtype=object),
    "list": ["a", "b", "a", "c", "b"],
    "two": ["a", "b", "a", "b", "b"],
    "one": ["a"] * 5,
    "int8": np.array([3, -1, 3, 0, -1], dtype=np.int8),
    "uint64": np.array([3, 2**63 + 1, 3, 0, 2**63 + 1], dtype=np.uint64),
    "bool": [True, False, True, False, False],
    "whole floats": [1.0, 2.0, 1.0, 3.0, 2.0],
    "floats": [1.5, 2.0, 1.0, 3.0, 2.0],
    "None": [None, "b", "a", "c", "b"],
    "mixed": [1, "b", "a", "c", "b"],
    "NaN": [1.0, np.nan, 1.0, 2.0, 2.0],
    "column": np.array([["a"], ["b"], ["a"], ["c"], ["b"]]),
    "short": ["a", "b"],
    "bytes": np.array([b"a", b"b", b"a", b"c", b"b"]),
    "dates": np.array([1, 2, 1, 3, 2], dtype="datetime64[D]"),
}
WEIGHTS = {
    "none": None,
    "floats": [0.5, 2.0, 1.0, 0.0, 3.0],
    "float32": np.array([0.5, 2.0, 1.0, 0.0, 3.0], dtype=np.float32),
    "float16": np.array([0.5, 2.0, 1.0, 0.0, 3.0], dtype=np.float16),
    "integers": [1, 2, 3, 4, 5],
    "uint8": np.array([200, 100, 3, 4, 5], dtype=np.uint8),
    "bool": [True, False, True, True, False],
    "number": 2.0,
    "negative": [-1.0, 2.0, 1.0, 1.0, 1.0],
    "NaN": [np.nan, 2.0, 1.0, 1.0, 1.0],
    "zeros": [0.0] * 5,
    "short": [1.0, 2.0],
    "str": ["a"] * 5,
    "objects": np.array([1, 2.5, 3, 4, 5], dtype=object),
}
FITTED = ("classes_", "class_count_", "feature_count_", "feature_log_prob_", "class_log_prior_")


def of_model(model, X):
    """Return all that a fitted model holds and answers."""
    answers = (
        model.predict(X),
        model.predict_proba(X),
        model.predict_log_proba(X),
        model.predict_joint_log_proba(X),
    )
    return [getattr(model, name) for name in FITTED] + list(answers)


def naive_bayes_cells(name, grid):
    for label, X, y, weight, settings in grid:

        def run(home, method, X=X, y=y, weight=weight, settings=settings):
            model = getattr(home, name)(**settings)
            if method == "fit":
                return of_model(model.fit(X(), y, sample_weight=weight), X())
            for _ in range(2):
                model.partial_fit(X(), y, classes=np.unique(y), sample_weight=weight)
            return of_model(model, X())

        for method in ("fit", "partial_fit"):
            yield (
                (name, method, *label),
                *(
                    lambda h=h, m=method, run=run: run(h, m)
                    for h in (slugline.sklearn, sklearn.naive_bayes)
                ),
            )


def compare_models(cells):
    count, differing = 0, {}
    for name, ours, theirs in cells:
        count += 1
        mine, other = outcome(ours), outcome(theirs)
        difference = differences((None, *mine[1:]), (None, *other[1:]))
        if mine[0] is not None and other[0] is not None:
            parts = [unequal(*pair) for pair in zip(mine[0], other[0], strict=True)]
            difference = difference or next((part for part in parts if part), None)
        if difference and name not in REASONS:
            differing[name] = difference
    print(f"{count} cells, {len(differing)} differ")
    assert not differing, "\n".join(f"{name}: {how}" for name, how in list(differing.items())[:40])
    return count


@pytest.mark.parametrize("name", ["MultinomialNB", "ComplementNB", "BernoulliNB"])
def test_naive_bayes_of_every_matrix(name):
    alphas = [{}, {"alpha": 0.0}, {"alpha": 1}, {"alpha": np.array([1, 2, 3, 4])}]
    if name == "BernoulliNB":
        alphas.append({"binarize": None})
    grid = [
        (
            (label, form_name, str(settings)),
            lambda d=dtype, f=form: counts(d, f),
            TARGETS["list"],
            None,
            settings,
        )
        for (label, dtype), (form_name, form), settings in itertools.product(
            OF_MATRICES.items(), FORMS.items(), alphas
        )
    ]
    assert compare_models(naive_bayes_cells(name, grid)) == 2 * len(grid)


@pytest.mark.parametrize("name", ["MultinomialNB", "ComplementNB", "BernoulliNB"])
def test_naive_bayes_of_every_target_and_weight(name):
    forms = {"csr": sp.csr_matrix, "dense": np.asarray}
    grid = [
        (
            (target, weight, form_name),
            lambda f=form: counts(float, f),
            TARGETS[target],
            WEIGHTS[weight],
            {},
        )
        for target, weight, (form_name, form) in itertools.product(TARGETS, WEIGHTS, forms.items())
    ]
    assert compare_models(naive_bayes_cells(name, grid)) == 2 * len(grid)
