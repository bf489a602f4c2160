"""refinement.json: linear support vector machines on small matrices.

Refinement without a model to start from is scikit-learn's LinearSVC: squared hinge, one class
against the rest, the intercept among the weights that are kept small.
"""

import warnings

import numpy as np
from bayes import data
from scipy.sparse import csr_array
from sklearn.svm import LinearSVC

#: As in the library, where the margins have an intercept of their own.
INTERCEPT_SCALING = 0.3


def cases():
    """Yield the fitted weights and intercepts of each class, one row for two classes."""
    problems = {
        "two": data(2, 10, 6, 2, weights=True),
        "three": data(3, 12, 7, 3, weights=True),
        "five": data(5, 20, 8, 5),
        "forty": data(40, 90, 12, 40, weights=True),
    }
    for name, problem in problems.items():
        x, y = np.array(problem["x"], dtype=float), np.array(problem["y"])
        weights = np.random.default_rng(0).choice([0.0, 0.5, 1.0, 2.0], len(y)).tolist()
        for c in (0.3, 4.0):
            for sample_weight in (None, weights) if name == "three" else (None,):
                model = LinearSVC(
                    C=c, tol=1e-12, max_iter=10**6, intercept_scaling=INTERCEPT_SCALING
                )
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    model.fit(csr_array(x), y, sample_weight=sample_weight)
                yield {
                    "name": name,
                    "C": c,
                    "x": problem["x"],
                    "y": problem["y"],
                    "sample_weight": sample_weight,
                    "coef": model.coef_.tolist(),
                    "intercept": model.intercept_.tolist(),
                }
