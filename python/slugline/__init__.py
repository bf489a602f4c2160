"""Text classification with TF-IDF and naive Bayes: scikit-learn's numbers, many times faster."""

from slugline._core import __VERSION__ as __version__

__all__ = ["__version__"]
