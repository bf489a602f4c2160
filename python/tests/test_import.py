"""What is imported when, and what a first answer costs."""

import json
import os
import subprocess
import sys
import textwrap

import pytest


def python(program, *options):
    done = subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


def loaded(program):
    """Return which packages a program has loaded in the end."""
    report = "import json, sys; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    stdout, _ = python(f"{textwrap.dedent(program)}\n{report}")
    return set(json.loads(stdout.splitlines()[-1]))


HEAVY = {"sklearn", "scipy", "joblib", "numpy", "pandas", "polars", "pyarrow"}


@pytest.mark.parametrize(
    "program",
    [
        "import slugline",
        "import slugline; slugline.classify('The central bank raised interest rates.')",
        "import slugline; str(slugline.classify('a')), slugline.classify('a')._repr_html_()",
        "import slugline; dir(slugline), slugline.__version__, slugline.Verdict, slugline.topics",
        "from slugline import classify, Verdict, Explanation, Reason",
        "import slugline, pickle; pickle.loads(pickle.dumps(slugline.classify('a')))",
        "import slugline._command",
    ],
)
def test_an_answer_needs_no_scikit_learn(program):
    assert not loaded(program) & HEAVY


@pytest.mark.parametrize(
    "program",
    [
        "import slugline; slugline.TextClassifier",
        "import slugline; slugline.sklearn.TfidfVectorizer",
        "import slugline; slugline.from_sklearn",
        "import slugline; slugline.topics().predict(['a'])",
        "from slugline import TextClassifier",
        "from slugline import *; TextClassifier, Audit, Doubt, from_sklearn, classify",
        "from slugline.sklearn import TfidfVectorizer",
        "import slugline.sklearn as s; s.MultinomialNB",
    ],
)
def test_estimators_are_there_when_they_are_asked_for(program):
    assert "sklearn" in loaded(program)


def test_the_module_tells_its_names():
    python("""
        import slugline
        assert {*slugline.__all__, "sklearn"} <= set(dir(slugline))
        assert slugline.TextClassifier is slugline.TextClassifier
        from slugline._classifier import TextClassifier
        assert slugline.TextClassifier is TextClassifier
        assert not hasattr(slugline, "Nonsense")
        try:
            slugline.Nonsense
        except AttributeError as error:
            assert "module 'slugline' has no attribute 'Nonsense'" in str(error)
        try:
            from slugline import Nonsense
        except ImportError:
            pass
        import sklearn
        from slugline import *
        assert sklearn.__name__ == "sklearn"
    """)


def test_many_threads_ask_at_once():
    python("""
        import threading, slugline
        found = []
        def ask():
            found.append((slugline.TextClassifier, slugline.Audit, slugline.sklearn))
        threads = [threading.Thread(target=ask) for _ in range(16)]
        [thread.start() for thread in threads], [thread.join() for thread in threads]
        assert len(found) == 16 and len(set(found)) == 1
    """)


def test_a_pickle_loads_what_it_needs(tmp_path):
    path = tmp_path / "model.pickle"
    python(f"""
        import pickle, slugline
        model = slugline.TextClassifier().fit(["new phones", "a vote"], ["technology", "policy"])
        pickle.dump(model, open({str(path)!r}, "wb"))
    """)
    stdout, _ = python(f"""
        import pickle
        print(pickle.load(open({str(path)!r}, "rb")).predict(["phones"])[0])
    """)
    assert stdout == "technology\n"


def processor_time(program):
    """Return the processor time of a program, in seconds: the least of several runs."""
    measured = f"import os\n{program}\nt = os.times()\nprint(t.user + t.system)"
    return min(float(python(measured)[0]) for _ in range(5))


@pytest.mark.skipif(os.name == "nt", reason="processor time of POSIX")
def test_what_an_answer_costs():
    bare = processor_time("import numpy")
    answer = processor_time("import slugline; slugline.classify('The bank raised its rates.')")
    print(f"a bare interpreter with NumPy {bare:.3f} s, an answer {answer:.3f} s")
    # A build for development is some times slower than that which is installed.
    assert answer < bare + 0.15
