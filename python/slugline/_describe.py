"""Priors from descriptions of the classes, by the vectors of an encoder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from slugline import _core
from slugline._labels import in_words, names_of
from slugline._texts import counted, documents_of
from slugline._types import Encode, Encoder, Texts
from slugline._values import number, refuse, text, whole, words

#: Vectors of one text from one encoder are nearer to each other than this, whatever its batches.
_SAME = 0.99
#: Characters of the longest text in a file: NumPy gives all of them the room of the longest.
_LONGEST = 500
_NOT_NEGATIVE = "a finite number, 0 or more"


def describe(
    topics: Mapping[Any, str | Iterable[str]],
    encoder: Encoder | Encode | str | os.PathLike[str],
    *,
    terms: Any = None,
    texts: Texts | None = None,
    strength: SupportsFloat = 2.0,
    sharpness: SupportsFloat = 15.0,
    batch_size: SupportsIndex = 1024,
    max_expansion: SupportsIndex = 200,
    cache: str | os.PathLike[str] | None = None,
    progress: bool | Callable[[int, int], object] = False,
) -> dict[Any, dict[str, float]]:
    """Return a prior from descriptions of the classes, for ``fit(..., prior=...)``.

    Every term gets ``strength`` pseudo-counts, which the classes share by how similar the term is
    to their descriptions. With unlabelled texts, ``fit([], [], prior=prior, unlabelled=texts)``,
    that makes a classifier without one label.

    With s the cosine of the vectors of term t and description c, centred over the terms and then
    over the classes (d), the weight of t for c is ``strength`` · exp(``sharpness`` · d_tc) /
    Σ_k exp(``sharpness`` · d_tk).

    Parameters
    ----------
    topics : mapping of class to str, or to several str
        What each class is about, in a sentence, or in several, of whose vectors the mean is taken.
        Use one form for all ("This is a news article about ..."): what the descriptions have in
        common drops out.

    encoder : object with ``encode(list of str)``, callable, or path
        Returns a vector for each text, of shape (n_texts, n_dimensions): a model of
        sentence-transformers or model2vec, the method ``embed`` of one of fastembed, or a function
        of your own. Or a file of word vectors, as word2vec, GloVe and fastText write them
        (text, gzip too), or as ``cache`` saves them: a description that has no vector in the
        file has the mean of its words' vectors, and terms without one are left out.

    terms : fitted vectoriser or classifier, or iterable of str, default=None
        The terms: those of a ``vocabulary_``, or a list.

    texts : iterable of str, or text in Arrow memory, default=None
        In place of ``terms``: the terms are the words of these texts.

    strength : float, default=2.0
        Pseudo-counts of each term, for all classes together.

    sharpness : float, default=15.0
        How much of them goes to the most similar class.

    batch_size : int, default=1024
        Number of texts that the encoder is given at once.

    max_expansion : int, default=200
        How many times its size a compressed file of word vectors may expand to (64 MB in any
        case): more is an error.

    cache : path, default=None
        A file ``.npz`` with the arrays ``words`` and ``vectors``. What it has is not encoded again,
        and what it lacks is added, but for texts of more than 500 characters: encode the words of
        an archive once, then try descriptions. It is what ``encoder`` and the command's
        ``train --word-vectors`` take, too.

    progress : bool or callable, default=False
        True prints the number of encoded texts to standard error; a callable is given the number
        encoded and the number to encode, after every batch.

    Returns
    -------
    prior : dict
        For each class the terms with their weights.

    Raises
    ------
    ValueError
        If the encoder returns something else than a vector for each text, or a number that is
        not finite; if a description has a vector of zeros; if ``cache`` was written with another
        encoder.

    Notes
    -----
    A term is compared by itself, so the senses of a word are mixed. Terms of several words have
    vectors, too, where the encoder makes them. Stems are no words: for a classifier with a stemmer
    use ``texts``.

    Examples
    --------
    >>> import slugline
    >>> def encode(texts):  # In place of SentenceTransformer("all-MiniLM-L6-v2"), say.
    ...     return [[("chip" in text) + 0.1, ("vote" in text) + 0.1] for text in texts]
    >>> topics = {"technology": "News about chips.", "policy": "News about votes."}
    >>> archive = ["new chips in a phone", "ministers vote on a bill", "a phone", "ministers"]
    >>> prior = slugline.describe(topics, encode, texts=archive)
    >>> round(prior["technology"]["chips"], 2)
    2.0
    >>> model = slugline.TextClassifier().fit([], [], prior=prior, unlabelled=archive)
    >>> model.predict(["a phone", "ministers"]).tolist()
    ['technology', 'policy']
    """
    sentences = _sentences(topics)
    known = _terms(terms, texts)
    strength = number("strength", strength, _NOT_NEGATIVE, 0)
    sharpness = number("sharpness", sharpness, _NOT_NEGATIVE, 0)
    size = whole("batch_size", batch_size, 1)
    expansion = whole("max_expansion", max_expansion, 1)
    report = _report(progress)
    vectors: str | tuple[list[str], NDArray[np.float32]]
    if isinstance(encoder, (str, os.PathLike)):
        vectors = _file(encoder)
        if cache is not None:
            raise ValueError("cache: the encoder is a file of vectors already: leave one out")
    else:
        encode = _Encoder(encoder, size, report)
        wanted = list(dict.fromkeys([*(own for _, own in sentences), *known]))
        vectors = _encoded(wanted, encode, None if cache is None else Path(cache))
    kept, weights = _core.describe(vectors, sentences, known, strength, sharpness, expansion)
    return {
        label: dict(zip(kept, column, strict=True))
        for label, column in zip(topics, weights.T.tolist(), strict=True)
    }


def _sentences(topics: Any) -> list[tuple[str, str]]:
    """The name of each class with each of its sentences."""
    if not isinstance(topics, Mapping):
        refuse("topics", topics, "a mapping of classes to what they are about", TypeError)
    if len(topics) < 2:
        refuse("topics", topics, "two classes or more")
    found = []
    for label, about in topics.items():
        name = names_of(np.asarray([label]))[0][0] if not isinstance(label, str) else label
        if isinstance(about, str):
            about = [about]
        elif isinstance(about, (bytes, Mapping)) or not isinstance(about, Iterable):
            refuse(f"topics[{label!r}]", about, "a str, or several", TypeError)
        about = [text(f"topics[{label!r}]", sentence).strip() for sentence in about]
        if not about or not all(about):
            refuse(f"topics[{label!r}]", about, "what the class is about, in words")
        found += [(name, sentence) for sentence in about]
    names = list(dict.fromkeys(name for name, _ in found))
    if len(names) < len(topics):
        twice = [in_words(label) for label in topics]
        raise ValueError(f"topics: classes of one type, each once, expected; got {twice}")
    return found


def _terms(terms: Any, texts: Any) -> list[str]:
    if (terms is None) == (texts is None):
        raise TypeError("describe: expected `terms` or `texts`, one of them")
    if texts is not None:
        return _core.words_of(documents_of(texts, "texts"))
    if hasattr(terms, "vocabulary_"):
        terms = terms.vocabulary_
    elif hasattr(terms, "fit"):
        refuse("terms", terms, "a fitted vectoriser or classifier", TypeError)
    found = list(dict.fromkeys(words("terms", terms)))
    if not found or "" in found:
        refuse("terms", terms, "several str, none of them empty")
    return found


def _file(path: str | os.PathLike[str]) -> str:
    if not os.path.isfile(path):
        raise FileNotFoundError(
            f"encoder is {os.fspath(path)!r}: there is no such file of word vectors; if it is the "
            "name of a model, pass the model, SentenceTransformer(...) say"
        )
    return os.fspath(path)


def _encoded(
    wanted: list[str], encode: _Encoder, cache: Path | None
) -> tuple[list[str], NDArray[np.float32]]:
    """The texts with their vectors, of which the cache may have some."""
    if cache is None:
        return wanted, encode(wanted)
    _check_writable(cache)
    have: list[str] = []
    parts: list[NDArray[np.float32]] = []
    if cache.exists():
        have, vectors = _core.read_word_vectors(os.fspath(cache))
    places = {word: at for at, word in enumerate(have)}
    missing = [word for word in wanted if word not in places]
    if have:
        # One text again: vectors of two encoders have nothing to do with each other.
        one = next((word for word in wanted if word in places), have[0])
        _check_same(cache, vectors[places[one]], encode([one])[0])
        parts.append(vectors)
    if missing:
        try:
            encode(missing, parts)
        finally:
            # What was encoded is kept, whatever stopped it.
            if parts:
                vectors = np.concatenate(parts)
                have = (have + missing)[: len(vectors)]
                _save(cache, have, vectors)
    return have, vectors


def _check_writable(path: Path) -> None:
    """Fail now, and not when all texts are encoded."""
    folder = path.resolve().parent
    if path.is_dir():
        raise IsADirectoryError(f"cache: {path} is a folder, expected a file")
    if not folder.is_dir():
        raise FileNotFoundError(f"cache: there is no folder {folder} to write {path.name} to")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"cache: {path.name} cannot be written to the folder {folder}")


def _check_same(cache: Path, old: Any, new: Any) -> None:
    lengths = np.linalg.norm(old) * np.linalg.norm(new)
    if old.shape == new.shape and float(old @ new) >= _SAME * lengths:
        return
    raise ValueError(
        f"cache: {cache} was written with another encoder, whose vectors cannot be compared with "
        "those of this one: name another file"
    )


def _save(path: Path, texts: list[str], vectors: NDArray[np.float32]) -> None:
    """Write the file as a whole, or not at all."""
    kept = [at for at, known in enumerate(texts) if len(known) <= _LONGEST]
    path = path.resolve()
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as file:
            words = np.array([texts[at] for at in kept], dtype=str)
            np.savez_compressed(file, words=words, vectors=vectors[kept])
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


class _Encoder:
    """An encoder of any library: texts to an array of vectors, in batches."""

    def __init__(self, encoder: Any, size: int, report: Callable[[int, int], object]):
        found = getattr(encoder, "encode", encoder)
        if not callable(found):
            refuse(
                "encoder", encoder, "an object with encode(list of str), or a function", TypeError
            )
        self._encode, self._size, self._report = found, size, report

    def __call__(
        self, texts: list[str], parts: list[NDArray[np.float32]] | None = None
    ) -> NDArray[np.float32]:
        """Return texts × dimensions; `parts` gets the vectors of each batch when it is done."""
        parts = [] if parts is None else parts
        for first in range(0, len(texts), self._size):
            batch = texts[first : first + self._size]
            part = _array(self._encode(batch), len(batch))
            if parts and part.shape[1] != parts[0].shape[1]:
                raise ValueError(
                    f"encoder: vectors of {parts[0].shape[1]} and of {part.shape[1]} dimensions, "
                    "expected the same number for all texts"
                )
            odd = ~np.isfinite(part).all(axis=1)
            if odd.any():
                raise ValueError(
                    f"encoder: the vector of {batch[int(odd.argmax())]!r} has a number that is not "
                    "finite"
                )
            parts.append(part)
            self._report(first + len(batch), len(texts))
        return np.concatenate(parts)


def _array(found: Any, n: int) -> NDArray[np.float32]:
    """What an encoder returned as an array of n vectors."""
    if isinstance(found, (list, tuple, Iterator)):
        found = [_plain(vector) for vector in found]
    expected = f"a vector of numbers for each of {counted(n, 'text')}"
    try:
        array = np.asarray(_plain(found), dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError(
            f"encoder returned a {type(found).__name__}: expected {expected}"
        ) from None
    if array.ndim != 2 or len(array) != n or array.shape[1] == 0:
        raise ValueError(f"encoder returned the shape {array.shape}: expected {expected}")
    return array


def _plain(vectors: Any) -> Any:
    """An array of NumPy where it is a tensor of PyTorch or of the like, on a GPU perhaps."""
    for step in ("detach", "cpu", "numpy"):
        if hasattr(vectors, step):
            vectors = getattr(vectors, step)()
    return vectors


def _report(progress: Any) -> Callable[[int, int], object]:
    if callable(progress):
        return progress
    if not isinstance(progress, (bool, np.bool_)):
        refuse("progress", progress, "True, False or a function of two numbers", TypeError)
    return _print if progress else lambda done, of: None


def _print(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(
        f"\rdescribe: {done} of {counted(of, 'text')} encoded", end=end, file=sys.stderr, flush=True
    )
