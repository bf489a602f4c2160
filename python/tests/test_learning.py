"""Adding, forgetting, auditing, settings that are "auto", texts without classes."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from slugline import Audit, TextClassifier
from test_classifier import LABELS, TEXTS

AUTO = {"alpha": "auto", "naive_bayes": "auto", "sublinear_tf": "auto", "norm": "auto"}
SPORT = ["The striker scored twice.", "A late goal won the match.", "The keeper saved a penalty."]
# Names of numbers sort otherwise than the numbers do.
NUMBERS = {"markets": 9, "policy": 10, "technology": 100}


def exact(**settings):
    return TextClassifier(idf_order="after_norm", **settings)


def content(model):
    return model._model.to_bytes()


def numbers_of(labels):
    return [NUMBERS[label] for label in labels]


@pytest.mark.parametrize("labels", [LABELS, numbers_of(LABELS)], ids=["text", "integers"])
def test_forgetting_is_never_having_seen(labels):
    model = exact().fit(TEXTS, labels)
    assert model.forget(TEXTS[:8], labels[:8]) is model
    rest = exact().fit(TEXTS[8:], labels[8:])
    assert content(model) == content(rest)
    np.testing.assert_array_equal(model.classes_, rest.classes_)
    np.testing.assert_array_equal(model.predict_proba(TEXTS), rest.predict_proba(TEXTS))
    again = model.partial_fit(TEXTS[:8], labels[:8])
    assert content(again) == content(exact().fit(TEXTS, labels))
    # Classes stay.
    class_of = labels[0]
    some = [at for at, label in enumerate(labels) if label == class_of]
    model.forget([TEXTS[at] for at in some], [labels[at] for at in some])
    assert class_of in model.classes_
    assert model.class_count_[model.classes_.tolist().index(class_of)] == 0


def test_weights_are_forgotten_too():
    weights = np.linspace(0.5, 2, len(TEXTS))
    model = exact().fit(TEXTS, LABELS, weights).forget(TEXTS[:8], LABELS[:8], weights[:8])
    rest = exact().fit(TEXTS[8:], LABELS[8:], weights[8:])
    np.testing.assert_allclose(model.predict_proba(TEXTS), rest.predict_proba(TEXTS), rtol=1e-9)


def test_what_cannot_be_forgotten_leaves_the_model_as_it_is():
    model = exact().fit(TEXTS, LABELS)
    before = content(model)
    for texts, labels, why in (
        (["unheard"], ["policy"], "no training document holds"),
        ([TEXTS[0]], ["sport"], "sport"),
        ([TEXTS[0]], ["policy"], "would become"),
        (TEXTS, LABELS, "would leave none"),
        ([TEXTS[0]], [3], "type integer, those of the model of type text"),
        ([TEXTS[0]], [], "inconsistent numbers"),
    ):
        with pytest.raises(ValueError, match=why):
            model.forget(texts, labels)
        assert content(model) == before
    with pytest.raises(ValueError, match="after_norm"):
        TextClassifier().fit(TEXTS, LABELS).forget(TEXTS[:1], LABELS[:1])
    with pytest.raises(ValueError, match="parameters are not those"):
        model.set_params(alpha=2.0).forget(TEXTS[:1], LABELS[:1])
    with pytest.raises(NotFittedError):
        exact().forget(TEXTS, LABELS)


def test_batches_without_background_and_new_classes():
    model = exact(background="sport").fit(SPORT + TEXTS[:8], ["sport"] * 3 + LABELS[:8])
    model.partial_fit(TEXTS[8:], LABELS[8:]).partial_fit(["An opera."], ["arts"])
    whole = exact(background="sport").fit(
        [*SPORT, *TEXTS, "An opera."], ["sport"] * 3 + LABELS + ["arts"]
    )
    assert content(model) == content(whole)
    assert model.classes_.tolist() == ["arts", "markets", "policy", "technology"]
    declared = exact().partial_fit(TEXTS, LABELS, classes=[*NUMBERS, "arts"])
    assert "arts" in declared.classes_
    with pytest.raises(ValueError, match="do not exist in the initial classes"):
        declared.partial_fit(SPORT, ["sport"] * 3)


def test_partial_fit_drops_nothing_in_silence(tmp_path):
    for settings in ({"calibrate": True}, *({name: "auto"} for name in AUTO)):
        with pytest.raises(ValueError, match=f"{next(iter(settings))} would have to be chosen"):
            exact(**settings).partial_fit(TEXTS, LABELS)
    model = exact(calibrate=True).fit(TEXTS, LABELS)
    model.save(tmp_path / "model.safetensors")
    loaded = TextClassifier.load(tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="calibrate would have to be chosen"):
        loaded.partial_fit(TEXTS[:1], LABELS[:1])
    loaded.set_params(calibrate=False)
    for change in (loaded.partial_fit, model.forget):
        with pytest.warns(UserWarning, match="calibration is dropped") as seen:
            change(TEXTS[:1], LABELS[:1])
        assert seen[0].filename == __file__
    assert model.temperature_ == loaded.temperature_ == 1
    calibrated = exact(calibrate=True).fit(TEXTS, LABELS)
    for one, other in ((calibrated, model), (model, calibrated)):
        with pytest.warns(UserWarning, match="calibration is dropped") as seen:
            assert one.merge(other).temperature_ == 1
        assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.merge(loaded)
        loaded.partial_fit(TEXTS[:1], LABELS[:1])
        with pytest.raises(ValueError, match="parameters are not those"):
            loaded.set_params(min_df=2).partial_fit(TEXTS[:1], LABELS[:1])


def test_a_list_of_stop_words_keeps_its_order():
    model = exact(stop_words=["the", "a"]).fit(TEXTS[:9], LABELS[:9])
    again = pickle.loads(pickle.dumps(model)).partial_fit(TEXTS[9:], LABELS[9:])
    assert content(again) == content(exact(stop_words=["the", "a"]).fit(TEXTS, LABELS))


def test_auto(tmp_path):
    model = TextClassifier(**AUTO).fit(TEXTS, LABELS)
    assert {name: model.get_params()[name] for name in AUTO} == AUTO
    assert clone(model).alpha == "auto"
    assert model.naive_bayes_ in ("multinomial", "complement")
    assert model.norm_ in ("l1", "l2")
    assert model.sublinear_tf_ in (True, False)
    assert 0 < model.alpha_ <= 50
    chosen = {name: getattr(model, f"{name}_") for name in AUTO}
    plain = TextClassifier(**chosen).fit(TEXTS, LABELS)
    assert content(plain) == content(model)
    model.save(tmp_path / "model.safetensors")
    for other in (
        TextClassifier.load(tmp_path / "model.safetensors"),
        pickle.loads(pickle.dumps(model)),
    ):
        assert {name: getattr(other, f"{name}_") for name in AUTO} == chosen
    pipeline = model.to_sklearn()
    np.testing.assert_allclose(pipeline.predict_proba(TEXTS), model.predict_proba(TEXTS), rtol=1e-9)
    assert len(cross_val_score(TextClassifier(alpha="auto"), TEXTS, LABELS, cv=3)) == 3
    # What was chosen is what is forgotten with.
    model = exact(alpha="auto").fit(TEXTS, LABELS)
    assert model.forget(TEXTS[:2], LABELS[:2]).n_documents_ == len(TEXTS) - 2
    assert TextClassifier(alpha=2).fit(TEXTS, LABELS).alpha_ == 2
    with pytest.raises(ValueError, match="alpha"):
        TextClassifier(alpha="some").fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="at least two labels"):
        TextClassifier(alpha="auto").fit(TEXTS, ["policy"] * len(TEXTS))
    with pytest.raises(ValueError, match="Bernoulli"):
        TextClassifier("bernoulli", norm="auto").fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="alpha: chosen by reading the texts several times"):
        TextClassifier(alpha="auto").fit_stream([(TEXTS, LABELS)])
    with pytest.raises(NotFittedError):
        _ = TextClassifier().alpha_


@pytest.mark.parametrize("numbers", [False, True])
def test_an_audit_finds_a_wrong_label(numbers):
    wrong = ["policy", *LABELS[1:]]
    estimator = TextClassifier()
    audit = estimator.audit(TEXTS, numbers_of(wrong) if numbers else wrong)
    assert isinstance(audit, Audit)
    names = NUMBERS if numbers else {name: name for name in NUMBERS}
    doubt = audit.doubts[0]
    assert doubt[:3] == (0, names["policy"], names["technology"])
    assert doubt.margin < 0
    assert doubt.probability < 0.5
    assert [doubt.margin for doubt in audit.doubts] == sorted(d.margin for d in audit.doubts)
    assert audit.classes.tolist() == sorted(names.values())
    assert audit.accuracy == 23 / 24
    row, column = (audit.classes.tolist().index(names[name]) for name in ("policy", "technology"))
    assert audit.confusion[row, column] == 1
    assert audit.confusion.sum() == 24
    assert list(pd.DataFrame(audit.doubts)) == [
        "document",
        "label",
        "suggested",
        "probability",
        "margin",
    ]
    assert not hasattr(estimator, "classes_")


def test_an_audit_with_prior_background_and_auto():
    model = TextClassifier("multinomial", background="sport", alpha="auto", calibrate=True)
    audit = model.audit(SPORT + TEXTS, ["sport"] * 3 + LABELS, prior={"arts": {"opera": 1.0}})
    assert audit.classes.tolist() == ["arts", "markets", "policy", "technology"]
    assert len(audit.doubts) == audit.confusion.sum() == len(TEXTS)
    assert min(doubt.document for doubt in audit.doubts) == 3
    with pytest.raises(ValueError, match="inconsistent"):
        TextClassifier().audit(TEXTS, LABELS[1:])
    with pytest.raises(ValueError, match="min_df"):
        TextClassifier(min_df=-1).audit(TEXTS, LABELS)


def test_on_real_text_an_audit_is_refitting(corpus):
    records = corpus("ag_news/train_subset.jsonl.gz")[::240]
    texts = [f"{record.get('title', '')}\n{record['text']}" for record in records]
    labels = np.array([record["label"] for record in records])
    model = TextClassifier(use_idf=False)
    audit = model.audit(texts, labels)
    right = 0
    for doubt in audit.doubts[::4]:
        others = np.arange(len(texts)) != doubt.document
        refitted = clone(model).fit(np.array(texts, dtype=object)[others], labels[others])
        (scores,) = refitted.predict_joint_log_proba([texts[doubt.document]])
        own = refitted.classes_.tolist().index(doubt.label)
        margin = scores[own] - np.delete(scores, own).max()
        assert doubt.margin == pytest.approx(margin, abs=1e-9)
        assert doubt.suggested == refitted.classes_[scores.argmax()]
        right += 1
    assert right > 10
    assert audit.accuracy == np.mean([doubt.suggested == doubt.label for doubt in audit.doubts])


def test_on_real_text_forgetting_is_refitting(corpus):
    records = corpus("ag_news/train_subset.jsonl.gz")[:1500]
    texts = [record["text"] for record in records]
    labels = [record["label"] for record in records]
    model = exact(n_jobs=2, ngram_range=(1, 2)).fit(texts, labels)
    model.forget(texts[:500], labels[:500])
    rest = exact(ngram_range=(1, 2)).fit(texts[500:], labels[500:])
    assert content(model) == content(rest)


NEW = ["The bank cut its dividend.", "Shares and dividend fell.", "The senate and the minister.",
       "A bill in the senate.", "A tablet with a chip.", "The tablet has a camera."]  # fmt: skip


@pytest.mark.parametrize("labels", [LABELS, numbers_of(LABELS)], ids=["text", "integers"])
def test_texts_without_classes(labels):
    names = dict(zip(LABELS, labels, strict=True))
    expected = [names["markets"], names["policy"], names["technology"]]
    words = ["dividend", "senate", "tablet"]
    with_new = TextClassifier().fit(TEXTS, labels, unlabelled=NEW)
    adapted = TextClassifier().fit(TEXTS, labels).adapt(NEW)
    for model in (with_new, adapted):
        assert model.predict(words).tolist() == expected
        assert 1 <= model.n_iter_ <= 25
        assert model.held_shares_.tolist() == pytest.approx([1 / 3] * 3)
        assert model.free_shares_.sum() == pytest.approx(1)
        assert model.n_documents_ == len(TEXTS) + len(NEW)
        assert model._model.label_type == ("text" if labels is LABELS else "integer")
    free = adapted.adapt(NEW, class_shares="free", max_iter=1, weight=0.5)
    assert free.held_shares_ is None
    assert free.n_iter_ == 1
    # In the order of `classes_`.
    shares = {"markets": 0.5, "policy": 0.3, "technology": 0.2}
    given = [shares[name] for name in sorted(shares, key=names.__getitem__)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        held = adapted.adapt(NEW, class_shares=given)
    assert held.held_shares_.tolist() == pytest.approx(given)
    assert not hasattr(held.fit(TEXTS, labels), "n_iter_")


def test_words_alone_are_a_start():
    prior = {"technology": {"chip": 1.0}, "policy": {"minister": 1.0}, "markets": {"bank": 1.0}}
    model = TextClassifier().fit([], [], prior=prior, unlabelled=TEXTS)
    assert np.mean(model.predict(TEXTS) == np.array(LABELS)) > 0.7
    with pytest.raises(ValueError, match="y is none"):
        TextClassifier().fit([], [], unlabelled=TEXTS)


def test_shares_that_the_texts_speak_against():
    model = TextClassifier("multinomial").fit(TEXTS, LABELS)
    with pytest.warns(UserWarning, match="technology 0") as seen:
        model.adapt(NEW, class_shares=[0.98, 0.01, 0.01])
    assert seen[0].filename == __file__
    with pytest.warns(UserWarning, match="speak for other shares") as seen:
        clone(model).fit(TEXTS, LABELS, unlabelled=NEW, class_shares=[0.98, 0.01, 0.01])
    assert seen[0].filename == __file__
    calibrated = TextClassifier(calibrate=True).fit(TEXTS, LABELS)
    with pytest.warns(UserWarning, match="calibration is dropped") as seen:
        assert calibrated.adapt(NEW).temperature_ == 1
    assert seen[0].filename == __file__
    assert calibrated.temperature_ != 1
    for options, why in (
        ({"class_shares": [1, 2]}, "class shares"),
        ({"class_shares": "equal"}, "class_shares is 'equal'"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"weight": -1}, "weight is -1"),
    ):
        with pytest.raises(ValueError, match=why):
            model.adapt(NEW, **options)
    with pytest.raises(ValueError, match="without classes"):
        clone(model).fit(TEXTS, LABELS, max_iter=3)
    with pytest.raises(ValueError, match="alpha, calibrate: chosen on texts that have classes"):
        TextClassifier(alpha="auto", calibrate=True).fit(TEXTS, LABELS, unlabelled=NEW)


def test_shares_with_their_evidence():
    model = TextClassifier().fit(TEXTS, numbers_of(LABELS))
    shares, evidence = model.predict_shares(TEXTS, return_evidence=True)
    np.testing.assert_array_equal(shares, model.predict_shares(TEXTS))
    np.testing.assert_array_equal(evidence, model.evidence(TEXTS))


def test_the_strongest_terms_have_the_prior_in_them():
    model = TextClassifier().fit(TEXTS, LABELS, prior={"policy": {"ballot": 50.0}})
    assert model.top_terms("policy", 1)[0][0] == "ballot"
    for params in ({}, {"idf_order": "after_norm", "min_df": 2}, {"naive_bayes": "multinomial"}):
        model = TextClassifier(**params).fit(TEXTS, LABELS)
        column = model.classes_.tolist().index("policy")
        sums = model._model.feature_count()[column]
        for term, strength in model.top_terms("policy", 5):
            other = sums[model.vocabulary_[term]]
            assert other > 0
            assert strength > 0
