"""A pytest plugin: scikit-learn's own test modules import slugline's classes instead of its own.

Run as ``pytest -p sklearn.conftest -p scikit_learn_plugin --noconftest --pyargs SUITE``.
"""

import importlib

import sklearn.feature_extraction.text
import sklearn.naive_bayes
import slugline.sklearn

SUITES = ("sklearn.feature_extraction.tests.test_text", "sklearn.tests.test_naive_bayes")


def pytest_configure():
    """Import the test modules while scikit-learn's names stand for slugline's classes."""
    homes = (sklearn.feature_extraction.text, sklearn.naive_bayes)
    originals = [
        (home, name, getattr(home, name))
        for home in homes
        for name in slugline.sklearn.__all__
        if hasattr(home, name)
    ]
    for home, name, _ in originals:
        setattr(home, name, getattr(slugline.sklearn, name))
    try:
        modules = [importlib.import_module(suite) for suite in SUITES]
    finally:
        for home, name, original in originals:
            setattr(home, name, original)
    for name in slugline.sklearn.__all__:
        found = [getattr(module, name, None) for module in modules]
        assert getattr(slugline.sklearn, name) in found, f"{name} was not replaced"
