"""Priors, backgrounds, shares, `other`, calibration."""

import pickle
import re

import numpy as np
import pytest
import slugline
from sklearn.base import clone
from slugline import TextClassifier
from test_classifier import LABELS, TEXTS

SPORT = [
    "The striker scored twice and the keeper was sent off.",
    "A late goal won the match; the striker was injured.",
    "The keeper saved a penalty in the match.",
] * 3


def with_background(**settings):
    model = TextClassifier("multinomial", background="sport", **settings)
    return model.fit(TEXTS + SPORT, LABELS + ["sport"] * len(SPORT))


def test_shares_and_evidence():
    model = with_background()
    assert model.classes_.tolist() == ["markets", "policy", "technology"]
    shares, evidence = model.predict_shares(TEXTS), model.evidence(TEXTS)
    assert shares.shape == (len(TEXTS), 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert evidence.min() > model.evidence(SPORT).max()
    verdict = model.classify(TEXTS[0])
    assert list(verdict.shares.values()) == shares[0].tolist()
    assert verdict.evidence == evidence[0]
    assert verdict.label == "technology"
    assert not verdict.other


def test_numbers_as_classes():
    numbers = {"markets": 9, "policy": 10, "technology": 100, "sport": -1}
    named = with_background()
    y = [numbers[label] for label in LABELS + ["sport"] * len(SPORT)]
    model = TextClassifier("multinomial", background=-1).fit(TEXTS + SPORT, y)
    assert model.classes_.tolist() == [9, 10, 100]
    np.testing.assert_allclose(model.predict_shares(TEXTS), named.predict_shares(TEXTS), atol=1e-3)
    assert model.predict(TEXTS).tolist() == [numbers[label] for label in named.predict(TEXTS)]
    with pytest.raises(ValueError, match="background"):
        clone(model).set_params(background=7).fit(TEXTS + SPORT, y)


def test_calibration_and_other(tmp_path):
    model = with_background(calibrate=True)
    assert model.temperature_ != 1
    assert model.classify(SPORT[0]).label == "other"
    assert model.classify(SPORT[0]).other
    assert model.with_other_below(None).classify(SPORT[0]).label != "other"
    np.testing.assert_allclose(
        np.exp(model.predict_log_proba(TEXTS)), model.predict_proba(TEXTS), rtol=1e-9, atol=1e-12
    )
    plain = with_background()
    assert plain.temperature_ == 1
    assert plain.other_below_ is None
    np.testing.assert_array_equal(plain.predict(TEXTS), model.predict(TEXTS))
    held_out = plain.calibrated(TEXTS + SPORT, LABELS + ["sport"] * len(SPORT))
    assert held_out.temperature_ != 1
    model.save(tmp_path / "model.safetensors")
    for other in (
        TextClassifier.load(tmp_path / "model.safetensors"),
        pickle.loads(pickle.dumps(model)),
    ):
        assert other.other_below_ == model.other_below_
        assert other.get_params()["background"] == "sport"
        np.testing.assert_array_equal(other.predict_shares(TEXTS), model.predict_shares(TEXTS))
        np.testing.assert_array_equal(other.predict_proba(TEXTS), model.predict_proba(TEXTS))
    with pytest.raises(ValueError, match="temperature"):
        model.to_sklearn()


def test_calibration_by_length(tmp_path):
    # With smoothing as weak as this a word is nearly certain of its topic.
    settings = {"calibrate": "by_length", "alpha": 0.01, "level_class_sums": True}
    model = with_background(**settings)
    texts = [*TEXTS, "chip", "the minister", "xyz"]
    scores = model.predict_joint_log_proba(texts)
    terms = [set(re.findall(r"\b\w\w+\b", text.lower())) for text in texts]
    n = np.array([len(found & set(model.vocabulary_)) for found in terms])
    # A text without known terms has the class prior.
    scale = np.where(n == 0, 1, n / (n + 2) / np.sqrt(1 + n / 60)) / model.temperature_
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) * scale[:, None])
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(texts), expected, rtol=1e-9)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(texts)), expected, rtol=1e-9)
    assert model.evidence(TEXTS).min() > model.evidence(SPORT).max()
    assert model.classify(SPORT[0]).label == "other"
    model.save(tmp_path / "model.safetensors")
    loaded = TextClassifier.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), model.predict_proba(TEXTS))
    # Calibrated anew, it stays by length unless it is told otherwise.
    y = LABELS + ["sport"] * len(SPORT)
    plain = with_background(**{**settings, "calibrate": False})
    evidence = plain.evidence(SPORT)
    again = loaded.calibrated(TEXTS + SPORT, y)
    np.testing.assert_array_equal(again.evidence(SPORT), model.evidence(SPORT))
    again = plain.calibrated(TEXTS + SPORT, y, by_length=True)
    np.testing.assert_array_equal(again.evidence(SPORT), model.evidence(SPORT))
    again = loaded.calibrated(TEXTS + SPORT, y, by_length=False)
    np.testing.assert_array_equal(again.evidence(SPORT), evidence)
    with pytest.raises(ValueError, match="calibrate"):
        with_background(calibrate="by_width")
    with pytest.raises(ValueError, match="level_class_sums"):
        TextClassifier(level_class_sums=True).fit(TEXTS, LABELS)


def test_priors():
    prior = {"policy": {"ballot": 2.0, "prime minister": 1.0}, "arts": {"opera": 1.0}}
    model = TextClassifier("multinomial", fit_prior=False).fit(TEXTS, LABELS, prior=prior)
    assert model.classes_.tolist() == ["arts", "markets", "policy", "technology"]
    assert model.predict(["a ballot", "an opera"]).tolist() == ["policy", "arts"]
    assert "prime minister" not in model.vocabulary_
    plain = TextClassifier("multinomial").fit(TEXTS, LABELS)
    assert "ballot" not in plain.vocabulary_
    with pytest.raises(ValueError, match="a prior"):
        TextClassifier().fit(TEXTS, LABELS, prior={"policy": {"ballot": 1}}).to_sklearn()
    for wrong, error in (
        ({"policy": ["ballot"]}, TypeError),
        ([("policy", "ballot", 1)], TypeError),
        ({"policy": {"ballot": -1}}, ValueError),
    ):
        with pytest.raises(error, match="prior"):
            TextClassifier().fit(TEXTS, LABELS, prior=wrong)
    with pytest.raises(ValueError, match="Bernoulli"):
        TextClassifier("bernoulli").fit(TEXTS, LABELS, prior={"policy": {"ballot": 1}})


def test_the_bundled_topics_know_what_is_off_topic():
    assert slugline.classify("").label == "other"
    verdict = slugline.classify(SPORT[1])
    assert verdict.label == "other"
    assert sum(verdict.shares.values()) == pytest.approx(1)
