"""Threads, forked and spawned processes, joblib, Ctrl-C."""

import concurrent.futures
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import joblib
import numpy as np
import pytest
import slugline
from sklearn.feature_extraction import text
from sklearn.model_selection import cross_val_score
from slugline import TextClassifier
from slugline.sklearn import ComplementNB, HashingVectorizer, TfidfVectorizer

TEXTS = [
    "new phones with faster chips",
    "ministers vote on the bill",
    "shares fell after the bank's warning",
    "the court struck down the law",
] * 8
LABELS = ["technology", "policy", "markets", "policy"] * 8


def answers(model):
    return model.predict_proba(TEXTS)


def fit_and_answer(seed):
    order = np.random.default_rng(seed).permutation(len(TEXTS))
    model = TextClassifier(n_jobs=2).fit([TEXTS[i] for i in order], [LABELS[i] for i in order])
    return answers(model)


def test_threads_share_what_is_fitted():
    model = TextClassifier(n_jobs=2).fit(TEXTS, LABELS)
    vectorizer = TfidfVectorizer().fit(TEXTS)
    expected, rows = answers(model), vectorizer.transform(TEXTS)

    def work(_):
        assert np.array_equal(answers(model), expected)
        assert model.explain(TEXTS[0]).label == "technology"
        assert (vectorizer.transform(TEXTS) != rows).nnz == 0
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_threads_fit_at_once():
    expected = fit_and_answer(0)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for found in pool.map(fit_and_answer, [0] * 20):
            np.testing.assert_array_equal(found, expected)


def test_other_threads_run_while_rust_works():
    many = TEXTS * 20_000
    model = TextClassifier(n_jobs=1).fit(TEXTS, LABELS)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        began = time.perf_counter()
        work = pool.submit(model.predict, many)
        turns = 0
        while not work.done():
            time.sleep(0.001)
            turns += 1
        took = time.perf_counter() - began
    # With the lock held there would be a single turn at the end.
    assert turns > 5, f"{turns} turns in {took:.2f} s"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_after_a_fork_the_child_has_threads_of_its_own():
    model = TextClassifier(n_jobs=2).fit(TEXTS, LABELS)
    expected = answers(model)  # the parent's threads have run
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for found in pool.map(answers, [model] * 4):
            np.testing.assert_array_equal(found, expected)
        for found in pool.map(fit_and_answer, [0] * 4):
            np.testing.assert_array_equal(found, fit_and_answer(0))


@pytest.mark.parametrize(
    "make",
    [
        lambda: TextClassifier(idf_order="after_norm").fit(TEXTS, LABELS),
        lambda: TfidfVectorizer(stop_words="english").fit(TEXTS),
        lambda: HashingVectorizer(n_features=32),
        lambda: ComplementNB().fit(np.eye(4), list("abca")),
    ],
)
def test_pickles_are_read_by_another_process(tmp_path, make):
    fitted = make()
    (tmp_path / "object.pickle").write_bytes(pickle.dumps(fitted))
    program = """
        import pickle, sys, numpy as np
        fitted = pickle.load(open(sys.argv[1], "rb"))
        texts = ["a bill on phones", "the bank's shares", ""]
        if hasattr(fitted, "alpha") and not hasattr(fitted, "explain"):
            found = fitted.predict_proba(np.eye(4))
        elif hasattr(fitted, "predict_proba"):
            found = fitted.predict_proba(texts)
        else:
            found = fitted.transform(texts).toarray()
        sys.stdout.write(found.tobytes().hex())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), tmp_path / "object.pickle"],
        capture_output=True,
        text=True,
        check=True,
    )
    texts = ["a bill on phones", "the bank's shares", ""]
    if isinstance(fitted, ComplementNB):
        here = fitted.predict_proba(np.eye(4))
    elif isinstance(fitted, TextClassifier):
        here = fitted.predict_proba(texts)
    else:
        here = fitted.transform(texts).toarray()
    assert done.stdout == here.tobytes().hex()


def test_a_damaged_pickle_is_an_error():
    model = TextClassifier().fit(TEXTS, LABELS)
    data = pickle.dumps(model)
    at = data.index(b"ministers")  # inside the model's bytes
    with pytest.raises(ValueError, match=r"checksum|damaged"):
        pickle.loads(data[:at] + b"M" + data[at + 1 :])


def test_joblib():
    found = joblib.Parallel(n_jobs=2)(joblib.delayed(fit_and_answer)(0) for _ in range(4))
    for each in found:
        np.testing.assert_array_equal(each, fit_and_answer(0))
    assert len(cross_val_score(TextClassifier(), TEXTS, LABELS, cv=4, n_jobs=2)) == 4


def test_joblib_keeps_a_model(tmp_path):
    model = TextClassifier().fit(TEXTS, LABELS)
    joblib.dump(model, tmp_path / "model.joblib", compress=3)
    np.testing.assert_array_equal(answers(joblib.load(tmp_path / "model.joblib")), answers(model))


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    "work",
    [
        "slugline.TextClassifier(ngram_range=(1, 3)).fit(texts, labels)",
        "slugline.TextClassifier(ngram_range=(1, 3)).fit_stream([(texts, labels)], memory='99M')",
        "slugline.topics().predict(texts)",
        "TfidfVectorizer(ngram_range=(1, 3)).fit(texts)",
        "HashingVectorizer(ngram_range=(1, 3)).transform(texts)",
        "slugline.TextClassifier(refine={'max_iter': 10_000}).fit(few, labels)",
        "RefinedNB(max_iter=10_000).fit(TfidfVectorizer().fit_transform(few), labels)",
    ],
)
def test_ctrl_c_ends_long_work(work):
    program = f"""
        import slugline, time
        from slugline.sklearn import HashingVectorizer, RefinedNB, TfidfVectorizer
        texts = [f"new phones {{i}} with ministers and shares fell " * 300 for i in range(40_000)]
        few = [text[:30] for text in texts]
        labels = ["a", "b"] * 20_000
        print("ready", flush=True)
        try:
            {work}
            print("finished")
        except KeyboardInterrupt:
            print("interrupted")
        print(slugline.classify("The central bank raised interest rates.").label)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    began = time.perf_counter()
    output, _ = process.communicate(timeout=60)
    assert output == "interrupted\nmarkets\n", output
    assert time.perf_counter() - began < 10


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("ignored", [False, True])
def test_the_command_ignores_ctrl_c_where_it_was_told_to(tmp_path, ignored):
    """As a shell tells what a script runs in the background, with `&`."""
    program = "import sys; from slugline._command import main; sys.exit(main())"
    pipe = tmp_path / "data.jsonl"
    os.mkfifo(pipe)
    model = tmp_path / "model"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "train", pipe, "-o", model],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignored else None,
    )
    with open(pipe, "w") as data:
        data.write('{"text": "a phone", "label": "a"}\n')
        data.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        if ignored:
            data.write('{"text": "a law", "label": "b"}\n')
    _, err = process.communicate(timeout=60)
    assert process.returncode == (0 if ignored else -signal.SIGINT), err
    assert model.exists() == ignored


def test_the_drop_in_equals_scikit_learn_in_any_process():
    expected = text.TfidfVectorizer().fit_transform(TEXTS).toarray()
    with concurrent.futures.ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        found = pool.submit(tfidf_rows, TEXTS).result()
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def tfidf_rows(texts):
    return slugline.sklearn.TfidfVectorizer().fit_transform(texts).toarray()
