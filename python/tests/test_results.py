"""Results as tables, and what they say beside the label."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import slugline
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction import text
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier
from slugline.sklearn import MultinomialNB, TfidfVectorizer

TEXTS = ["new phones and chips", "ministers vote on a bill", "chips for phones", "votes on bills"]
LABELS = ["technology", "policy", "technology", "policy"]


@pytest.mark.parametrize("labels", [LABELS, [9, 10, 9, 10]])
def test_an_audit_is_a_table(labels):
    audit = TextClassifier().audit(TEXTS * 2, labels * 2)
    table = audit.to_pandas()
    assert list(table) == ["document", "label", "suggested", "probability", "margin"]
    assert [tuple(row) for row in table.itertuples(index=False)] == [tuple(d) for d in audit.doubts]
    arrow = audit.to_arrow()
    assert isinstance(arrow, pa.Table)
    assert arrow.column("document").to_pylist() == [doubt.document for doubt in audit.doubts]
    assert pl.DataFrame(audit).rows() == [tuple(doubt) for doubt in audit.doubts]
    assert pl.DataFrame(audit.to_dict()).equals(pl.DataFrame(audit))
    assert repr(audit) == ("Audit(8 texts, 0 with another class by leave-one-out; accuracy 1.000)")
    html = audit._repr_html_()
    assert html.count("<tr>") == 9
    assert "<th>suggested</th>" in html


def test_a_long_audit_shows_its_beginning():
    labels = ["<b>", "<i>"] * 50
    audit = TextClassifier().audit(TEXTS * 25, labels)
    html = audit._repr_html_()
    assert html.count("<tr>") == 21
    assert "80 more" in html
    assert "&lt;b&gt;" in html or "&lt;i&gt;" in html
    assert "<i>" not in html


def test_an_empty_audit_is_a_table():
    empty = slugline.Audit([], np.array(["a"]), 0.0, np.zeros((1, 1), dtype=np.int64))
    assert list(empty.to_pandas()) == ["document", "label", "suggested", "probability", "margin"]
    assert len(empty.to_arrow()) == 0
    assert "0 texts" in repr(empty)


def test_a_verdict_is_a_table():
    verdict = slugline.classify("The central bank raised interest rates again.")
    table = verdict.to_pandas()
    assert isinstance(table, pd.DataFrame)
    assert table.label.tolist()[0] == "markets"
    assert table.probability.is_monotonic_decreasing
    assert dict(zip(table.label, table.share, strict=True)) == verdict.shares
    assert pl.DataFrame(verdict).columns == verdict.to_arrow().column_names == list(table)
    lines = str(verdict).splitlines()
    assert lines[0] == "markets"
    assert lines[1].split() == ["probability", "share"]
    assert lines[2].split()[0] == "markets"
    assert "<b>markets</b>" in verdict._repr_html_()


def with_background():
    model = TextClassifier("multinomial", background="sport", calibrate=True)
    sport = ["a striker scored", "a goal won the match", "the keeper saved a penalty"] * 3
    return model.fit([*TEXTS * 3, *sport], [*LABELS * 3, *["sport"] * len(sport)])


def test_an_explanation_says_other_where_classify_does():
    model = with_background()
    for document in ("a striker scored a goal", "", "xyzzy"):
        verdict, why = model.classify(document), model.explain(document)
        assert verdict.other
        assert why.is_other
        assert why.verdict == verdict
        assert str(why).startswith("other; nearest: ")
        assert "about none of the classes" in str(why)
        assert "about none of the classes" in str(verdict)
        assert "about none of the classes" in why._repr_html_()
        assert "about none of the classes" in verdict._repr_html_()
    assert slugline.topics().explain("").is_other
    why = model.explain(TEXTS[0])
    assert not why.is_other
    assert "other" not in str(why).split(":")[0].replace("the others", "")
    assert not model.with_other_below(None).explain("a striker scored a goal").is_other


def test_a_label_that_is_not_the_largest_share_is_told():
    model = TextClassifier("multinomial").fit(
        ["chips phones screens"] * 6 + ["vote bill senate minister"] * 2 + ["bank rates"] * 2,
        ["technology"] * 6 + ["policy"] * 2 + ["markets"] * 2,
    )
    told = 0
    for document in ("chips vote", "phones minister", "chips", "bank"):
        verdict = model.classify(document)
        largest = max(verdict.shares, key=verdict.shares.get)
        differs = verdict.shares[largest] > verdict.shares[verdict.label]
        note = f"the largest share is that of {largest}"
        assert (note in str(verdict)) is differs
        assert (note in str(model.explain(document))) is differs
        assert (note in verdict._repr_html_()) is differs
        told += differs
    assert told == 2
    other = next(name for name in model.classes_ if name != model.classify("chips").label)
    assert "the label of the text is technology" in str(model.explain("chips", label=other))


def test_one_and_several_are_told_apart():
    with pytest.raises(ValueError, match="1 text, but 2 labels"):
        TextClassifier().fit(["a text"], ["a", "b"])
    one = slugline.Audit(
        [slugline.Doubt(0, "a", "b", 0.1, -1.0)], np.array(["a"]), 0.0, np.zeros((1, 1), dtype=int)
    )
    assert repr(one).startswith("Audit(1 text, 1 with another class")


def test_feature_names_are_where_scikit_learn_looks_for_them():
    model = TextClassifier().fit(TEXTS, LABELS)
    theirs = text.TfidfVectorizer().fit(TEXTS)
    np.testing.assert_array_equal(model.get_feature_names_out(), theirs.get_feature_names_out())
    assert model.get_feature_names_out().dtype == theirs.get_feature_names_out().dtype
    # What goes in are texts, as for scikit-learn's vectorisers: no features, and no names of them.
    for estimator in (model, theirs, TfidfVectorizer().fit(TEXTS)):
        assert not hasattr(estimator, "n_features_in_")
        assert not hasattr(estimator, "feature_names_in_")
    ours = make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(TEXTS, LABELS)
    assert ours[:-1].get_feature_names_out().tolist() == theirs.get_feature_names_out().tolist()
    assert ours[-1].n_features_in_ == len(theirs.vocabulary_)
    columns = ColumnTransformer([("body", TfidfVectorizer(), "text")])
    columns.fit_transform(pd.DataFrame({"text": TEXTS}))
    assert columns.get_feature_names_out().tolist() == [
        f"body__{term}" for term in theirs.get_feature_names_out()
    ]
    assert columns.n_features_in_ == 1
