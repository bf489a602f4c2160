"""scikit-learn's checks of estimators."""

import pytest
import slugline.sklearn
from sklearn.utils.estimator_checks import parametrize_with_checks
from slugline import TextClassifier

#: Checks that an estimator fails, with the reason.
FAILED = {
    "RefinedNB": {
        "check_decision_proba_consistency": "the data has negative values",
        **dict.fromkeys(
            (
                "check_sample_weight_equivalence_on_dense_data",
                "check_sample_weight_equivalence_on_sparse_data",
            ),
            "a row is left out once, and its repetitions are not; so does LinearSVC fail",
        ),
    }
}
ESTIMATORS = [getattr(slugline.sklearn, name)() for name in slugline.sklearn.__all__]


@pytest.mark.filterwarnings("ignore:Can't test estimator")
@parametrize_with_checks(
    [*ESTIMATORS, TextClassifier(), TextClassifier("auto", alpha="auto", calibrate=True)],
    expected_failed_checks=lambda estimator: FAILED.get(type(estimator).__name__, {}),
)
def test_scikit_learn_accepts_the_estimator(estimator, check):
    check(estimator)
