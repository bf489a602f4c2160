"""scikit-learn's checks of estimators."""

import pytest
import slugline.sklearn
from sklearn.utils.estimator_checks import parametrize_with_checks
from slugline import TextClassifier

ESTIMATORS = [getattr(slugline.sklearn, name)() for name in slugline.sklearn.__all__]


@pytest.mark.filterwarnings("ignore:Can't test estimator")
@parametrize_with_checks(
    [*ESTIMATORS, TextClassifier(), TextClassifier("auto", alpha="auto", calibrate=True)]
)
def test_scikit_learn_accepts_the_estimator(estimator, check):
    check(estimator)
