"""Pipelines fitted by scikit-learn on 20 Newsgroups, taken over."""

import numpy as np
import pytest
import sklearn.naive_bayes as theirs
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier, from_sklearn


@pytest.mark.parametrize("name", ["MultinomialNB", "ComplementNB", "BernoulliNB"])
def test_every_document_of_20_newsgroups_gets_the_same_label(name, corpus, tmp_path):
    train = corpus("20newsgroups/train_bydate60.jsonl.gz")
    test = corpus("20newsgroups/test_bydate40.jsonl.gz")
    pipeline = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2),
        getattr(theirs, name)(alpha=0.1),
    ).fit([row["text"] for row in train], [row["label"] for row in train])
    fast = from_sklearn(pipeline)
    fast.save(tmp_path / "model.safetensors")
    texts = [row["text"] for row in test]
    assert len(texts) == 7_728
    labels, probabilities = pipeline.predict(texts), pipeline.predict_proba(texts)
    for model in (fast, TextClassifier.load(tmp_path / "model.safetensors")):
        np.testing.assert_array_equal(model.predict(texts), labels)
        np.testing.assert_allclose(model.predict_proba(texts), probabilities, rtol=0, atol=1e-9)
