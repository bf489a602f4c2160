"""naive_bayes.json: the three models on small matrices.

scikit-learn gets every matrix as CSR, as it does from a vectoriser. A dense matrix gives other
results where an infinity meets a zero (0 * inf is NaN, and a CSR matrix has no zeros to multiply):
such a case has these too, as `dense`.
"""

import warnings

import numpy as np
from scipy.sparse import csr_array
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB

MODELS = {"multinomial": MultinomialNB, "complement": ComplementNB, "bernoulli": BernoulliNB}
TINY = 1e-12


def data(seed, rows, columns, classes, weights=False):
    """A small random problem with an empty row, an empty column and a column of one class only."""
    dice = np.random.default_rng(seed)
    tests = 6
    x = dice.poisson(0.9, (rows + tests, columns)).astype(float)
    if weights:  # TF-IDF-like: rows of length 1, four digits
        x *= dice.uniform(1, 3, columns)
        x /= np.maximum(np.sqrt((x**2).sum(axis=1, keepdims=True)), 1e-9)
        x = x.round(4)
    y = np.concatenate([np.arange(classes), dice.integers(0, classes, rows - classes)])
    y = dice.permutation(y)
    x[2] = x[rows + 1] = 0
    x[:rows, 1] = 0
    x[:rows, 3] *= y == 0
    kind = float if weights else int
    return {
        "x": x[:rows].astype(kind).tolist(),
        "y": y.tolist(),
        "x_test": x[rows:].astype(kind).tolist(),
    }


def problems():
    return {
        "one": data(1, 8, 5, 1),
        "two": data(2, 10, 6, 2),
        "three": data(3, 12, 7, 3, weights=True),
        "five": data(5, 20, 8, 5),
        "five_weights": data(6, 16, 6, 5, weights=True),
    }


def matrix(rows, sparse=True):
    dense = np.asarray(rows, dtype=float) if rows else np.empty((0, 1))
    return csr_array(dense) if sparse else dense


def build(model, params):
    """The estimator of a case; a list becomes an array, as a caller of scikit-learn would have."""
    return MODELS[model](
        **{name: np.array(v) if isinstance(v, list) else v for name, v in params.items()}
    )


def fitted(case, sparse=True):
    estimator = build(case["model"], case["params"])
    x, y = matrix(case["x"], sparse), np.array(case["y"])
    weight = case["sample_weight"]
    if "chunks" not in case:
        return estimator.fit(x, y, sample_weight=weight)
    start = 0
    for size in case["chunks"]:
        part = slice(start, start + size)
        estimator.partial_fit(
            x[part], y[part], classes=case["classes"], sample_weight=weight and weight[part]
        )
        start += size
    return estimator


def scores(estimator, x_test, sparse=True):
    x = matrix(x_test, sparse)
    return {
        "joint_log_likelihood": estimator._joint_log_likelihood(estimator._check_X(x)),
        "predict_log_proba": estimator.predict_log_proba(x),
        "predict_proba": estimator.predict_proba(x),
        "predict": estimator.predict(x),
    }


def solve(case):
    """The case with what scikit-learn makes of it."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        estimator = fitted(case)
        found = scores(estimator, case["x_test"])
        dense = scores(fitted(case, sparse=False), case["x_test"], sparse=False)
    for name in ("class_count", "feature_count", "class_log_prior", "feature_log_prob"):
        found[name] = getattr(estimator, name + "_")
    if not all(np.allclose(found[name], dense[name], 1e-9, 0, equal_nan=True) for name in dense):
        found["dense"] = dense
    return case | found


def case(model, problem, sample_weight=None, **params):
    return {"model": model, "params": params, "sample_weight": sample_weight, **problem}


def alphas(columns):
    ramp = [round(0.05 * (column + 1) ** 2, 2) for column in range(columns)]
    yield from ({"alpha": alpha} for alpha in (1.0, 0.01, 10.0, 0.0, TINY, ramp))
    yield {"alpha": 0.0, "force_alpha": False}
    yield {"alpha": TINY, "force_alpha": False}
    yield {"alpha": [0.0, TINY, *ramp[2:]], "force_alpha": False}
    yield {"alpha": [0.0, TINY, *ramp[2:]], "force_alpha": True}


def plan():
    given = problems()
    for model in MODELS:
        for name in ("two", "three", "five"):
            for params in alphas(len(given[name]["x"][0])):
                if model == "bernoulli" and isinstance(params["alpha"], list):
                    continue  # an error: see wrong_plan
                yield case(model, given[name], **params)
        for params in ({}, {"alpha": 0.0}, {"fit_prior": False}, {"class_prior": [0.25]}):
            yield case(model, given["one"], **params)
        for params in ({}, {"alpha": 0.01, "fit_prior": False}):
            yield case(model, given["five_weights"], **params)
        yield case(model, given["two"], fit_prior=False)
        yield case(model, given["two"], class_prior=[0.9, 0.1])
        yield case(model, given["two"], class_prior=[1.0, 0.0])
        yield case(model, given["three"], class_prior=[0.5, 0.2, 0.7])  # no sum of 1 is asked for
        yield case(model, given["two"], class_prior=[0.3, 0.7], fit_prior=False)
        dice = np.random.default_rng(7)
        uneven = dice.uniform(0, 2, 12).round(3)
        uneven[[1, 5]] = 0
        yield case(model, given["three"], uneven.tolist())
        without_one = [float(label != 1) for label in given["three"]["y"]]
        for params in ({}, {"alpha": 0.0}, {"fit_prior": False}):
            yield case(model, given["three"], without_one, **params)
    for name in ("one", "two", "three", "five"):
        yield case("complement", given[name], norm=True)
    yield case("complement", given["two"], norm=True, alpha=0.0)
    yield case("complement", given["five_weights"], uneven.tolist() + [1.0] * 4, norm=True)
    for limit in (0.2, 0.4, 1.0, 2.0, None):
        yield case("bernoulli", given["three"], binarize=limit)
    for limit in (1.0, 2.0, None):
        yield case("bernoulli", given["two"], binarize=limit)
    ones = {**given["two"]}
    for name in ("x", "x_test"):
        ones[name] = np.minimum(ones[name], 1).tolist()
    for alpha in (1.0, 0.0):
        yield case("bernoulli", ones, binarize=None, alpha=alpha)


def partial_plan():
    given = problems()
    for model in MODELS:
        for name, chunks in (("one", [3, 3, 2]), ("two", [1, 4, 5]), ("three", [4, 4, 4])):
            classes = sorted(set(given[name]["y"]))
            yield case(model, given[name]) | {"chunks": chunks, "classes": classes}
        # The last class is never seen, and one chunk has labels of a few classes only.
        unseen = case(model, given["five"], alpha=0.1)
        unseen["y"] = sorted(unseen["y"])
        yield unseen | {"chunks": [5, 7, 8], "classes": [0, 1, 2, 3, 4, 9]}
        weights = np.random.default_rng(8).uniform(0, 3, 16).round(3).tolist()
        weighted = case(model, given["five_weights"], weights)
        yield weighted | {"chunks": [10, 1, 5], "classes": [0, 1, 2, 3, 4]}


def complaint(case):
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            estimator = fitted(case)
            estimator.predict(matrix(case["x_test"]))
    except ValueError as error:
        return case | {"error": str(error)}
    return case | {"error": None}


def wrong_plan():
    good = problems()["two"]
    small = {"x": good["x"][:4], "y": [0, 1, 1, 0], "x_test": good["x_test"][:1]}
    negative = {**small, "x": [[*small["x"][0][:-1], -1], *small["x"][1:]]}
    not_a_number = {**small, "x": [[*small["x"][0][:-1], float("nan")], *small["x"][1:]]}
    infinite = {**small, "x": [[*small["x"][0][:-1], float("inf")], *small["x"][1:]]}
    for model in MODELS:
        yield case(model, negative)
        yield case(model, {**small, "x_test": negative["x"][:1]})
        yield case(model, not_a_number)
        yield case(model, infinite)
        yield case(model, small, alpha=-1.0)
        yield case(model, small, alpha=[1.0, 1.0, -0.5, 1.0, 1.0, 1.0])
        yield case(model, small, alpha=[1.0, 1.0])
        yield case(model, small, class_prior=[0.2, 0.3, 0.5])
        yield case(model, small, class_prior=[1.0])
        yield case(model, {**small, "y": [0, 1, 1]})
        yield case(model, {**small, "x_test": [[1, 2]]})
        yield case(model, {**small, "x": [], "y": []})
        yield case(model, small, [1.0, 1.0])
        yield case(model, small, [0.0, 0.0, 0.0, 0.0])
        yield case(model, small, [1.0, -1.0, 1.0, 1.0])
        yield case(model, small) | {"chunks": [2, 2], "classes": None}
        yield case(model, small) | {"chunks": [2, 2], "classes": [0, 2]}
    yield case("bernoulli", negative, binarize=None)
    yield case("bernoulli", small, binarize=-1.0)
    # Documented, but BernoulliNB also adds alpha to the counts of the classes.
    yield case("bernoulli", small, alpha=[1.0] * 6)


def sections():
    return {
        "cases": [solve(each) for each in plan()],
        "partial": [solve(each) for each in partial_plan()],
        "wrong": [complaint(each) for each in wrong_plan()],
    }
