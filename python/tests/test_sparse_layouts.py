"""CSR matrices whose arrays lie in memory in any way that SciPy takes."""

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.feature_extraction.text as their_text
import sklearn.naive_bayes as their_bayes
import slugline.sklearn as ours

DENSE = np.array([[1, 0, 2], [0, 3, 0], [1, 1, 0], [0, 0, 4], [0, 0, 0]], float)
y = [0, 1, 0, 1, 1]
MODELS = ["MultinomialNB", "ComplementNB", "BernoulliNB"]


def apart(array):
    """The same numbers, with others between them."""
    return np.stack([array, array * 0 + 1], axis=1)[:, 0]


def misaligned(array):
    memory = np.zeros(array.nbytes + 1, dtype=np.uint8)
    other = memory[1:].view(array.dtype)
    other[:] = array
    return other


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def swapped(array):
    return array.astype(array.dtype.newbyteorder("S"))


def with_room(array):
    return np.append(array, np.ones(3, dtype=array.dtype))


def wide(array):
    return array.astype(np.int64)


def narrow(array):
    return array.astype(np.int16)


#: The array that is changed, and how.
LAYOUTS = {
    "as usual": {},
    "columns of coordinates": {"indices": apart},
    "starts apart": {"indptr": apart},
    "values apart": {"data": apart},
    "all apart": {"data": apart, "indices": apart, "indptr": apart},
    "columns misaligned": {"indices": misaligned},
    "starts misaligned": {"indptr": misaligned},
    "values misaligned": {"data": misaligned},
    "read only": {"data": read_only, "indices": read_only, "indptr": read_only},
    "columns swapped": {"indices": swapped},
    "starts swapped": {"indptr": swapped},
    "room behind": {"data": with_room, "indices": with_room},
    "room behind the columns": {"indices": with_room},
    "room behind the values": {"data": with_room},
    "room, apart": {
        "data": lambda a: apart(with_room(a)),
        "indices": lambda a: apart(with_room(a)),
    },
    "columns of 64 bits": {"indices": wide},
    "starts of 64 bits": {"indptr": wide},
    "columns of 16 bits": {"indices": narrow},
    "starts of 16 bits": {"indptr": narrow},
}


def matrix(layout, dtype=np.float64):
    X = sp.csr_matrix(DENSE.astype(dtype))
    for name, change in LAYOUTS[layout].items():
        setattr(X, name, change(getattr(X, name)))
    return X


def result(call):
    """What a call returns, or the kind of its error."""
    try:
        return call()
    except Exception as error:
        return type(error)


def same(ours, theirs):
    if isinstance(theirs, type):
        assert ours is theirs
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", MODELS)
def test_models(name, layout, dtype):
    def run(module):
        kind = getattr(module, name)
        X = matrix("as usual", dtype)
        return {
            "fit": lambda: kind().fit(matrix(layout, dtype), y).feature_count_,
            "predict": lambda: kind().fit(X, y).predict(matrix(layout, dtype)),
            "predict_proba": lambda: kind().fit(X, y).predict_proba(matrix(layout, dtype)),
            "partial_fit": lambda: (
                kind()
                .partial_fit(matrix(layout, dtype), y, classes=[0, 1])
                .partial_fit(matrix(layout, dtype), y)
                .predict_proba(X)
            ),
        }

    theirs = run(their_bayes)
    for what, call in run(ours).items():
        same(result(call), result(theirs[what]))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize(
    "settings", [{}, {"norm": "l1"}, {"norm": None}, {"sublinear_tf": True}, {"use_idf": False}]
)
def test_weights(settings, copy, layout):
    def run(module):
        usual = module.TfidfTransformer(**settings).fit(matrix("as usual"))
        return {
            "fit": lambda: (
                module.TfidfTransformer(**settings)
                .fit(matrix(layout))
                .transform(matrix("as usual"))
                .toarray()
            ),
            "transform": lambda: usual.transform(matrix(layout), copy=copy).toarray(),
        }

    theirs = run(their_text)
    for what, call in run(ours).items():
        same(result(call), result(theirs[what]))


def test_columns_of_a_coordinate_array():
    at = np.array([[0, 0], [0, 2], [1, 1], [2, 0], [2, 1], [3, 2]], dtype=np.int32)
    indptr = np.array([0, 2, 3, 5, 6], dtype=np.int32)
    X = sp.csr_matrix((np.array([1.0, 2, 3, 1, 1, 4]), at[:, 1], indptr), shape=(4, 3))
    assert not X.indices.flags.c_contiguous
    assert ours.MultinomialNB().fit(X, y[:4]).predict(X).tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("form", ["csr", "csc"])
@pytest.mark.parametrize("wrong", range(8))
def test_indices_that_lead_outside_are_an_error(wrong, form):
    """SciPy's own code follows them when the values are binarised, and ends Python."""
    whole = sp.random(300, 300, 0.05, format=form, random_state=1)
    labels = np.arange(300) % 3
    model = ours.BernoulliNB().fit(whole, labels)
    X = whole.copy()
    if wrong == 0:
        X.indptr[100] = 2**31 - 1
    elif wrong == 1:
        X.indptr[100] = -5
    elif wrong == 2:
        X.indices[5] = 10**9
    elif wrong == 3:
        X.indices[5] = -7
    elif wrong == 4:
        X.indptr[-1] = 2**31 - 1
    elif wrong == 5:
        X.indptr = X.indptr[:50].copy()
    elif wrong == 6:
        X.indptr[0] = 9
    else:
        X.indptr[100], X.indptr[101] = X.indptr[101] + 50, X.indptr[100]
    for use in (
        model.predict,
        lambda X: ours.BernoulliNB().fit(X, labels),
        lambda X: ours.BernoulliNB().partial_fit(X, labels, classes=[0, 1, 2]),
    ):
        with pytest.raises(ValueError, match="malformed sparse matrix"):
            use(X)
