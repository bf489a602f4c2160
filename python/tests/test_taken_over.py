"""`from_sklearn` answers as the pipeline does, whatever was changed in it since it was fitted."""

import inspect
import warnings
from collections import Counter

import numpy as np
import pytest
import sklearn.feature_extraction.text as their_text
import sklearn.naive_bayes as their_bayes
import slugline.sklearn as ours
from sklearn.pipeline import Pipeline, make_pipeline
from slugline import from_sklearn

TEXTS = [
    "Chips phones code the",
    "vote Bill law law the",
    "rates shares bonds",
    "dogs cats birds the the",
] * 3
LABELS = [1, 2, 3, 4] * 3
ASKED = ["Chips Chips Bill rates law the", "the the dogs vote", "", "zz", "law law Law law bonds"]


def weights(pipeline):
    """What weighs in a pipeline: a step, or what a TfidfVectorizer has made of its parameters."""
    return pipeline[1] if len(pipeline) == 3 else pipeline[0]._tfidf


def scaled(pipeline):
    weights(pipeline).idf_ = np.arange(len(pipeline[0].vocabulary_)) + 1.0


def in_place(pipeline):
    weights(pipeline).idf_ *= 3
    weights(pipeline).idf_[0] = 7


EDITS = {
    "nothing": lambda p: None,
    "norm l1": lambda p: p[0].set_params(norm="l1"),
    "norm None": lambda p: p[0].set_params(norm=None),
    "use_idf": lambda p: p[0].set_params(use_idf=False),
    "smooth_idf": lambda p: p[0].set_params(smooth_idf=False),
    "sublinear_tf": lambda p: p[0].set_params(sublinear_tf=True),
    "norm l1 of the weights": lambda p: weights(p).set_params(norm="l1"),
    "norm None of the weights": lambda p: weights(p).set_params(norm=None),
    "sublinear_tf of the weights": lambda p: weights(p).set_params(sublinear_tf=True),
    "use_idf of the weights": lambda p: weights(p).set_params(use_idf=False),
    "no idf": lambda p: delattr(weights(p), "idf_"),
    "no idf, no norm": lambda p: (delattr(weights(p), "idf_"), weights(p).set_params(norm=None)),
    "another idf": scaled,
    "idf in place": in_place,
    "an idf of whole numbers": lambda p: setattr(
        weights(p), "idf_", np.arange(len(p[0].vocabulary_)) + 1
    ),
    "lowercase": lambda p: p[0].set_params(lowercase=False),
    "binary": lambda p: p[0].set_params(binary=True),
    "stop_words": lambda p: p[0].set_params(stop_words=["law"]),
    "ngram_range": lambda p: p[0].set_params(ngram_range=(1, 2)),
    "counts in a list": lambda p: setattr(p[-1], "class_count_", p[-1].class_count_.tolist()),
    "sums in a list": lambda p: setattr(p[-1], "feature_count_", p[-1].feature_count_.tolist()),
    "names of classes": lambda p: setattr(p[-1], "classes_", np.array(["b", "c", "a", "d"])),
    "no number of columns": lambda p: delattr(p[-1], "n_features_in_"),
}
#: What cannot be taken over, with what is said of it.
REFUSED = {
    "norm max": (lambda p: weights(p).set_params(norm="max"), "norm='max'"),
    "a transform": (lambda p: setattr(weights(p), "transform", lambda X, copy: X), "Python code"),
    "an infinite idf": (lambda p: weights(p).idf_.__setitem__(0, np.inf), "idf_: .* finite"),
    "an idf of another length": (lambda p: setattr(weights(p), "idf_", np.ones(3)), "idf_"),
    "a list of idf": (
        lambda p: setattr(weights(p), "idf_", weights(p).idf_.tolist()),
        "idf_ is a list: expected a NumPy array",
    ),
    "an idf of texts": (
        lambda p: setattr(weights(p), "idf_", weights(p).idf_.astype(str)),
        "idf_: .* numbers",
    ),
    "weights of other columns": (
        lambda p: setattr(weights(p), "n_features_in_", 3),
        "X has 13 features, but TfidfTransformer is expecting 3",
    ),
    "a model of more columns": (
        lambda p: setattr(p[-1], "n_features_in_", 14),
        "X has 13 features, but MultinomialNB is expecting 14",
    ),
    "a model of fewer columns": (
        lambda p: setattr(p[-1], "n_features_in_", 5),
        "X has 13 features, but MultinomialNB is expecting 5",
    ),
    "one term less": (lambda p: p[0].vocabulary_.popitem(), "vocabulary_|idf_"),
    "a list of classes": (
        lambda p: setattr(p[-1], "classes_", p[-1].classes_.tolist()),
        "classes_ is a list: expected a NumPy array",
    ),
    "a tuple of classes": (lambda p: setattr(p[-1], "classes_", (1, 2, 3, 4)), "classes_"),
    "more classes": (lambda p: setattr(p[-1], "classes_", np.arange(5)), "class_count_"),
    "a class twice": (lambda p: setattr(p[-1], "classes_", np.array([1, 2, 2, 3])), "classes_"),
    "a table of classes": (lambda p: setattr(p[-1], "classes_", np.ones((4, 1))), "classes_"),
    "weights in a list": (
        lambda p: setattr(p[-1], "feature_log_prob_", p[-1].feature_log_prob_.tolist()),
        "cannot predict",
    ),
    "no weights": (lambda p: delattr(p[-1], "feature_log_prob_"), "cannot predict"),
    "no sums": (lambda p: delattr(p[-1], "feature_count_"), "feature_count_"),
    "other sums": (lambda p: setattr(p[-1], "feature_count_", np.ones((4, 3))), "feature_count_"),
    "sums of texts": (
        lambda p: setattr(p[-1], "class_count_", np.array(list("abcd"))),
        "parameters and sums",
    ),
    "a text for alpha": (lambda p: p[-1].set_params(alpha="much"), "parameters and sums"),
    "no alpha": (lambda p: p[-1].set_params(alpha=None), "parameters and sums"),
    "no classes": (lambda p: setattr(p[-1], "classes_", None), "classes_ is a NoneType"),
    "columns in lists": (
        lambda p: p[0].vocabulary_.update({"law": [p[0].vocabulary_["law"]]}),
        "vocabulary_: its columns",
    ),
    "another alpha": (lambda p: p[-1].set_params(alpha=2.0), "feature_log_prob_ was changed"),
    "a list of terms": (
        lambda p: setattr(p[0], "vocabulary_", sorted(p[0].vocabulary_)),
        "vocabulary_ is a list: expected a dict",
    ),
    "a vocabulary of every term": (
        lambda p: setattr(p[0], "vocabulary_", Counter(p[0].vocabulary_)),
        "vocabulary_ is a Counter, which has a column for every term",
    ),
}
PARTS = {"scikit-learn": (their_text, their_bayes), "slugline": (ours, ours)}


def fitted(parts, vectorizer, model):
    text, bayes = PARTS[parts]
    steps = [getattr(text, vectorizer)()]
    if vectorizer == "CountVectorizer":
        steps.append(text.TfidfTransformer())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(*steps, getattr(bayes, model)(alpha=0.3)).fit(TEXTS, LABELS)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("model", ["MultinomialNB", "ComplementNB", "BernoulliNB"])
@pytest.mark.parametrize("vectorizer", ["TfidfVectorizer", "CountVectorizer"])
@pytest.mark.parametrize("parts", PARTS)
def test_an_edited_pipeline_keeps_its_answers(parts, vectorizer, model, edit):
    pipeline = fitted(parts, vectorizer, model)
    if vectorizer == "CountVectorizer" and edit in (
        *("norm l1", "norm None", "use_idf", "smooth_idf", "sublinear_tf"),
    ):
        pytest.skip("not a parameter of CountVectorizer")
    EDITS[edit](pipeline)
    expected = pipeline.predict_proba(ASKED)
    taken = from_sklearn(pipeline)
    np.testing.assert_allclose(taken.predict_proba(ASKED), expected, rtol=0, atol=1e-9)
    back = taken.to_sklearn().predict_proba(ASKED)
    np.testing.assert_allclose(back, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("edit", REFUSED)
@pytest.mark.parametrize("vectorizer", ["TfidfVectorizer", "CountVectorizer"])
@pytest.mark.parametrize("parts", PARTS)
def test_what_has_no_equal_is_refused(parts, vectorizer, edit):
    pipeline = fitted(parts, vectorizer, "MultinomialNB")
    change, says = REFUSED[edit]
    change(pipeline)
    with pytest.raises(ValueError, match=f"cannot be taken over: .*{says}"):
        from_sklearn(pipeline)


def test_a_vectorizer_without_its_weights_is_refused():
    pipeline = fitted("scikit-learn", "TfidfVectorizer", "MultinomialNB")
    pipeline[0]._tfidf = None
    with pytest.raises(ValueError, match="cannot be taken over: _tfidf is a NoneType"):
        from_sklearn(pipeline)
    del pipeline[0]._tfidf
    with pytest.raises(ValueError, match="cannot be taken over: _tfidf"):
        from_sklearn(pipeline)


MODELS = ("MultinomialNB", "ComplementNB", "BernoulliNB")
#: Methods that a fitted estimator's answers, or the sums that they come from, depend on.
CODE = {
    "model": (
        *("predict", "predict_proba", "predict_log_proba", "predict_joint_log_proba", "score"),
        *("_joint_log_likelihood", "_check_alpha", "_check_X", "_check_X_y", "_count"),
        *("_update_feature_log_prob", "_update_class_log_prior", "_init_counters"),
    ),
    "vectorizer": (
        *("transform", "_count_vocab", "_check_vocabulary", "_validate_vocabulary", "decode"),
        *("build_analyzer", "build_preprocessor", "build_tokenizer", "get_stop_words"),
        *("_word_ngrams", "_warn_for_unused_params", "_check_stop_words_consistency"),
    ),
    "pipeline": (
        *("predict", "predict_proba", "predict_log_proba", "transform", "score", "_iter"),
        *("decision_function", "_final_estimator", "classes_", "score_samples"),
    ),
}


def own(part, **methods):
    """The same fitted estimator, of a subclass with these methods."""
    part.__class__ = type("Own", (type(part),), methods)
    return part


def calling(kind, name):
    """A method or property that does what scikit-learn's does, for all that can be seen."""
    if isinstance(inspect.getattr_static(kind, name), property):
        return property(lambda self: getattr(super(type(self), self), name))
    return lambda self, *args, **more: getattr(super(type(self), self), name)(*args, **more)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("part", "method"), [(p, name) for p, names in CODE.items() for name in names]
)
@pytest.mark.parametrize("parts", PARTS)
def test_python_code_is_refused(parts, part, method, model):
    for vectorizer in ("TfidfVectorizer", "CountVectorizer"):
        pipeline = fitted(parts, vectorizer, model)
        found = {"pipeline": pipeline, "vectorizer": pipeline[0], "model": pipeline[-1]}[part]
        own(found, **{method: calling(type(found), method)})
        with pytest.raises(ValueError, match=f"cannot be taken over: {method} of Own: Python code"):
            from_sklearn(pipeline)


@pytest.mark.parametrize(
    ("part", "method"), [(p, name) for p, names in CODE.items() for name in names]
)
@pytest.mark.parametrize("parts", PARTS)
def test_python_code_of_the_instance_is_refused(parts, part, method):
    pipeline = fitted(parts, "TfidfVectorizer", "MultinomialNB")
    found = {"pipeline": pipeline, "vectorizer": pipeline[0], "model": pipeline[-1]}[part]
    kind = type(found).__name__
    # As properties and what is only there for some steps are not to be set otherwise.
    vars(found)[method] = lambda *args: None
    with pytest.raises(ValueError, match=f"cannot be taken over: {method} of {kind}: Python code"):
        from_sklearn(pipeline)


@pytest.mark.parametrize("method", ["_matrix", "_analysis", "_documents", "_columns"])
def test_python_code_of_a_drop_in_is_refused(method):
    pipeline = fitted("slugline", "TfidfVectorizer", "MultinomialNB")
    own(pipeline[0], **{method: calling(type(pipeline[0]), method)})
    with pytest.raises(ValueError, match=f"{method} of Own: Python code"):
        from_sklearn(pipeline)
    # A name that means nothing to scikit-learn's.
    pipeline = fitted("scikit-learn", "TfidfVectorizer", "MultinomialNB")
    own(pipeline[0], **{method: lambda self: None})
    np.testing.assert_array_equal(from_sklearn(pipeline).predict(ASKED), pipeline.predict(ASKED))


@pytest.mark.parametrize("parts", PARTS)
def test_other_ways_to_python_code_are_refused(parts):
    for at in range(3):
        pipeline = fitted(parts, "CountVectorizer", "MultinomialNB")
        own(pipeline[at], __getattribute__=lambda self, name: object.__getattribute__(self, name))
        with pytest.raises(ValueError, match="__getattribute__ of Own: Python code"):
            from_sklearn(pipeline)
    # A method of scikit-learn's, though of another class: counts without weights.
    pipeline = fitted(parts, "TfidfVectorizer", "MultinomialNB")
    own(pipeline[0], transform=their_text.CountVectorizer.transform)
    with pytest.raises(ValueError, match="transform of Own: Python code"):
        from_sklearn(pipeline)
    # Inherited over two generations.
    pipeline = fitted(parts, "TfidfVectorizer", "MultinomialNB")
    own(own(pipeline[-1], predict=lambda self, X: ["none"] * X.shape[0]))
    with pytest.raises(ValueError, match="predict of Own: Python code"):
        from_sklearn((pipeline[0], pipeline[-1]))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("parts", PARTS)
def test_subclasses_with_the_same_answers_are_taken_over(parts, model):
    text, bayes = PARTS[parts]

    class Model(getattr(bayes, model)):
        """With parameters of its own, and methods that change no answer."""

        _parameter_constraints = getattr(bayes, model)._parameter_constraints

        def __init__(self, strength=0.5):
            super().__init__(alpha=strength)
            self.strength = strength

        def fit(self, X, y, sample_weight=None):
            return super().fit(X, y, sample_weight)

        def __repr__(self):
            return "a model"

        def of_ours(self):
            return 1

        _count = getattr(bayes, model)._count

    class Vectorizer(text.TfidfVectorizer):
        def fit_transform(self, raw_documents, y=None):
            return super().fit_transform(raw_documents)

    class Steps(Pipeline):
        """A pipeline that only fits in another way."""

        def fit(self, X, y=None, **params):
            return super().fit(X, y, **params)

    pipeline = Steps([("text", Vectorizer()), ("model", Model())]).fit(TEXTS, LABELS)
    taken = from_sklearn(pipeline)
    np.testing.assert_allclose(
        taken.predict_proba(ASKED), pipeline.predict_proba(ASKED), rtol=0, atol=1e-9
    )


#: Types that hold all counts, those that hold them where all are 1, and those that do not.
EXACT = ["i4", "u4", "i8", "u8", "f8", "float64", int, float, np.int64, None, bool, "?", np.bool_]
SMALL = ["i1", "u1", "i2", "u2", np.int8]
OTHER = ["f4", np.float32, "f2", "c16", "g", object, "U3", "M8[s]", "no such type"]
TIMES = ["Chips " * 300 + "law law bill", *ASKED]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("weighted", ["TfidfVectorizer", "CountVectorizer", "counts"])
@pytest.mark.parametrize("parts", PARTS)
def test_counts_of_other_types(parts, weighted, binary, model, before):
    text, bayes = PARTS[parts]
    for dtype in (*EXACT, *SMALL):
        kind = text.TfidfVectorizer if weighted == "TfidfVectorizer" else text.CountVectorizer
        vectorizer = kind(binary=binary, **({"dtype": dtype} if before else {}))
        weights = [text.TfidfTransformer()] if weighted == "CountVectorizer" else []
        pipeline = make_pipeline(vectorizer, *weights, getattr(bayes, model)(alpha=0.3))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipeline.fit(TEXTS, LABELS)
        vectorizer.set_params(dtype=dtype)
        if dtype in SMALL and not binary:
            with pytest.raises(ValueError, match=r"dtype u?int(8|16): it has no counts above"):
                from_sklearn(pipeline)
            continue
        expected = pipeline.predict_proba(TIMES)
        taken = from_sklearn(pipeline)
        for each in (taken, taken.to_sklearn()):
            found = each.predict_proba(TIMES)
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, err_msg=str(dtype))


@pytest.mark.parametrize("dtype", OTHER)
@pytest.mark.parametrize("vectorizer", ["TfidfVectorizer", "CountVectorizer"])
@pytest.mark.parametrize("parts", PARTS)
def test_types_that_hold_other_numbers_are_refused(parts, vectorizer, dtype):
    pipeline = fitted(parts, vectorizer, "MultinomialNB")
    for binary in (False, True):
        pipeline[0].set_params(dtype=dtype, binary=binary)
        with pytest.raises(ValueError, match="cannot be taken over: dtype"):
            from_sklearn(pipeline)
