"""Files without a buffer, pipes and names as the user typed them."""

import errno
import gzip
import io
import os
import pathlib
import tempfile
import threading
from functools import partial

import numpy as np
import pytest
from slugline import TextClassifier

MODEL = TextClassifier(ngram_range=(1, 3)).fit(
    [" ".join(f"w{n}" for n in range(200)), "a vote on a bill"], ["x", "y"]
)


class Sparing(io.RawIOBase):
    """Takes a few bytes at a time, and after some of them no more."""

    def __init__(self, most=None, then=None):
        super().__init__()
        self.taken, self.most, self.then = bytearray(), most, then

    def writable(self):
        return True

    def write(self, data):
        if self.most is not None and len(self.taken) >= self.most:
            return self.then
        self.taken += bytes(data[:100])
        return min(len(data), 100)


def test_a_file_that_takes_a_few_bytes_at_a_time():
    file = Sparing()
    MODEL.save(file)
    assert bytes(file.taken) == MODEL.to_bytes()


@pytest.mark.parametrize("then", [None, 0])
def test_a_file_that_takes_no_more(then):
    with pytest.raises(OSError, match="took 300 of"):
        MODEL.save(Sparing(300, then))


def test_an_object_that_does_not_count():
    class Sink:
        content = b""

        def write(self, data):
            self.content += data

    sink = Sink()
    MODEL.save(sink)
    assert sink.content == MODEL.to_bytes()


def test_a_pipe():
    read, write = os.pipe()
    content = []
    with open(read, "rb") as source, open(write, "wb", buffering=0) as target:
        reader = threading.Thread(target=lambda: content.append(source.read()))
        reader.start()
        MODEL.save(target)
        target.close()
        reader.join()
    assert content == [MODEL.to_bytes()]


def test_a_pipe_that_does_not_wait():
    read, write = os.pipe()
    os.set_blocking(write, False)
    with (
        open(read, "rb"),
        open(write, "wb", buffering=0) as target,
        pytest.raises(BlockingIOError, match="takes no more"),
    ):
        save_often(target)


def save_often(target):
    for _ in range(1000):
        MODEL.save(target)


def test_usual_file_objects(tmp_path):
    for opened in (
        io.BytesIO,
        partial(open, tmp_path / "raw", "w+b", buffering=0),
        partial(open, tmp_path / "buffered", "w+b"),
        partial(tempfile.NamedTemporaryFile, buffering=0),
        tempfile.SpooledTemporaryFile,
    ):
        with opened() as file:
            MODEL.save(file)
            file.seek(0)
            assert file.read() == MODEL.to_bytes()
    with gzip.open(tmp_path / "zipped", "wb") as file:
        MODEL.save(file)
    with gzip.open(tmp_path / "zipped") as file:
        assert TextClassifier.load(file).to_bytes() == MODEL.to_bytes()
    with pytest.raises(TypeError, match="binary mode"):
        MODEL.save(io.StringIO())


@pytest.mark.parametrize("name", ["nox/", "", "no/such/folder/file", pathlib.Path("no/such")])
@pytest.mark.parametrize("method", ["load", "save"])
def test_errors_name_the_path_as_it_was_passed(tmp_path, monkeypatch, name, method):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=r"^\[Errno") as caught:
        getattr(MODEL, method)(name)
    assert caught.value.filename == os.fspath(name)
    assert caught.value.errno is not None
    assert "os error" not in str(caught.value)


def test_a_link_to_itself(tmp_path):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)) as caught:
        TextClassifier.load(loop)
    assert "os error" not in str(caught.value)
    assert caught.value.errno == errno.ELOOP


def test_a_name_with_nul():
    for call in (TextClassifier.load, MODEL.save):
        with pytest.raises(ValueError, match="null byte"):
            call("a\0b")


def test_bytes_and_what_is_like_them():
    content = MODEL.to_bytes()
    for like in (content, bytearray(content), memoryview(content), np.frombuffer(content, "u1")):
        assert TextClassifier.from_bytes(like).to_bytes() == content
    for wrong in (2 * 10**9, "abc", None, [1, 2]):
        with pytest.raises(TypeError, match="content is a"):
            TextClassifier.from_bytes(wrong)


def test_what_counted_once_and_then_takes_nothing_is_an_error():
    class Proxy:
        def __init__(self, *answers):
            self.answers, self.taken = list(answers), b""

        def write(self, content):
            count = self.answers.pop(0) if self.answers else len(content)
            self.taken += content if count is None else content[: int(count)]
            return count

    model = TextClassifier().fit(["new phones", "a vote"], ["technology", "policy"])
    expected = model.to_bytes()
    for answers in ((np.int64(10),), (np.int64(10), 20, np.uint8(3))):
        proxy = Proxy(*answers)
        model.save(proxy)
        assert proxy.taken == expected
    with pytest.raises(BlockingIOError, match=f"took 10 of {len(expected)}"):
        model.save(Proxy(10, None))
    proxy = Proxy(None)  # It never counts.
    model.save(proxy)
    assert proxy.taken == expected


def test_a_pipe_with_nothing_in_it_yet():
    end, other = os.pipe()
    os.set_blocking(end, False)
    with os.fdopen(end, "rb", buffering=0) as file, pytest.raises(BlockingIOError):
        TextClassifier.load(file)
    os.close(other)
