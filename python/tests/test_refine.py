"""Naive Bayes refined by a linear support vector machine."""

import pickle
import re
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from slugline import TextClassifier

EXACT = {"idf_order": "after_norm"}


def documents(n, k=4, seed=5):
    """Three in four texts have the word of their class, half the phrase, the others any."""
    dice = np.random.default_rng(seed)
    texts, classes = [], []
    for _ in range(n):
        own = int(dice.integers(k))
        word = own if dice.random() < 0.75 else dice.integers(k)
        phrase = own if dice.random() < 0.5 else dice.integers(k)
        words = [f"own{word}", *(f"phrase{phrase}of{at}" for at in range(6))]
        texts.append(" ".join([*words, *(f"word{at}" for at in dice.integers(0, 60, 4))]))
        classes.append(own)
    return texts, classes


TEXTS, CLASSES = documents(400)


def test_a_refined_model_is_another_one_and_stays_so_in_files(tmp_path):
    plain = TextClassifier().fit(TEXTS, CLASSES)
    refined = TextClassifier(refine=True).fit(TEXTS, CLASSES)
    scores = refined.predict_joint_log_proba(TEXTS)
    assert not np.allclose(scores, plain.predict_joint_log_proba(TEXTS))
    assert (refined.predict(TEXTS) == CLASSES).mean() > (plain.predict(TEXTS) == CLASSES).mean()
    refined.save(tmp_path / "model.safetensors")
    for again in (
        TextClassifier.load(tmp_path / "model.safetensors"),
        pickle.loads(pickle.dumps(refined)),
        clone(refined).fit(TEXTS, CLASSES),
    ):
        assert np.array_equal(again.predict_joint_log_proba(TEXTS), scores)
        assert again.refine


def test_settings_are_those_of_linear_svc():
    fit = lambda refine: TextClassifier(refine=refine).fit(TEXTS, CLASSES)  # noqa: E731
    scores = fit(True).predict_joint_log_proba(TEXTS)
    same = fit({"C": 0.3, "max_iter": 3}).predict_joint_log_proba(TEXTS)
    assert np.array_equal(scores, same)
    assert not np.array_equal(scores, fit({"C": 3.0}).predict_joint_log_proba(TEXTS))
    assert not np.array_equal(scores, fit({"max_iter": 1}).predict_joint_log_proba(TEXTS))
    for wrong, message in (
        ({"c": 1.0}, "refine has the key 'c'"),
        ({"C": 0.0}, "refine"),
        ({"max_iter": 0}, "max_iter"),
        (3, "refine"),
    ):
        with pytest.raises(ValueError, match=message):
            fit(wrong)


def test_what_changes_the_sums_drops_the_refinement_and_says_so():
    fit = lambda **params: TextClassifier(**EXACT, **params)  # noqa: E731
    whole = fit().fit(TEXTS, CLASSES).predict_joint_log_proba(TEXTS)
    half = TEXTS[:200], CLASSES[:200]
    rest = TEXTS[200:], CLASSES[200:]
    with pytest.warns(UserWarning, match="the refinement is dropped"):
        more = fit(refine=True).fit(*half).partial_fit(TEXTS[200:300], CLASSES[200:300])
    # It has been said once.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        more.partial_fit(TEXTS[300:], CLASSES[300:])
    assert np.array_equal(more.predict_joint_log_proba(TEXTS), whole)
    with pytest.warns(UserWarning, match="the refinement is dropped"):
        merged = fit(refine=True).fit(*half).merge(fit().fit(*rest))
    assert np.array_equal(merged.predict_joint_log_proba(TEXTS), whole)
    with pytest.warns(UserWarning, match="the refinement is dropped"):
        less = fit(refine=True).fit(TEXTS, CLASSES).forget(*rest)
    assert np.array_equal(
        less.predict_joint_log_proba(TEXTS), fit().fit(*half).predict_joint_log_proba(TEXTS)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit().fit(*half).merge(fit().fit(*rest))


def test_calibrated_probabilities_of_texts_that_were_not_seen():
    new, classes = documents(400, seed=6)

    def loss(**params):
        model = TextClassifier(calibrate=True, **params).fit(TEXTS, CLASSES)
        probabilities = model.predict_proba(new)
        assert model.temperature_ != 1.0
        return -np.log(probabilities[np.arange(len(new)), classes]).mean()

    assert loss(refine=True) < loss() * 1.05


def test_scikit_learn_has_no_refinement():
    model = TextClassifier(refine=True).fit(TEXTS, CLASSES)
    with pytest.raises(ValueError, match="has no such thing: a refinement"):
        model.to_sklearn()


def test_a_dropped_refinement_is_as_quiet_when_it_is_loaded():
    half = TEXTS[:200], CLASSES[:200]
    model = TextClassifier(refine=True, idf_order="after_norm").fit(*half)
    with pytest.warns(UserWarning, match="the refinement is dropped"):
        model.partial_fit(TEXTS[200:], CLASSES[200:])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = TextClassifier.from_bytes(model.to_bytes())
        assert loaded.refine is True
        assert np.array_equal(loaded.predict(TEXTS), model.predict(TEXTS))


@pytest.mark.parametrize(
    ("refine", "message"),
    [
        ({"C": 1e7}, 'refine["C"] is 10000000.0: expected a number from 1e-6 to 1e6'),
        ({"max_iter": 10**30}, 'refine["max_iter"] is'),
        ({"max_iter": 10_001}, 'refine["max_iter"] is 10001: expected at most 10000'),
    ],
)
def test_too_much_of_a_refinement_is_refused(refine, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        TextClassifier(refine=refine).fit(TEXTS, CLASSES)


def test_settings_that_are_edited_in_place_are_not_saved():
    refine = {"C": 1.0}
    model = TextClassifier(refine=refine).fit(TEXTS, CLASSES)
    scores = model.predict_joint_log_proba(TEXTS)
    refine["C"] = 5.0
    again = TextClassifier.from_bytes(model.to_bytes())
    assert again.refine == {"C": 1.0, "max_iter": 3}
    assert np.array_equal(clone(again).fit(TEXTS, CLASSES).predict_joint_log_proba(TEXTS), scores)
    # What was set is a parameter for the next fit.
    model.set_params(refine={"C": 7.0})
    assert TextClassifier.from_bytes(model.to_bytes()).refine == {"C": 7.0}


def test_weights_that_are_too_large_are_named():
    for naive_bayes in ("complement", "multinomial", "bernoulli"):
        with pytest.raises(ValueError, match="sample_weight is 1e306"):
            TextClassifier(naive_bayes, refine=True).fit(
                TEXTS, CLASSES, sample_weight=[1e306] * 400
            )
