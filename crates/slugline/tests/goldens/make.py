"""Make the golden numbers that slugline's tests are checked against, with scikit-learn.

    python make.py [--data DIR] [--only NAME ...]

writes the JSON files beside this script. README.md says what each of them holds. Two runs write
the same bytes.
"""

import argparse
import os
from pathlib import Path

# numpy picks other code for other processors, which sorts ties and rounds the last digit of a
# logarithm otherwise. Its plain code is the same on all of them: leave the rest out, before it
# is loaded.
os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"

import analysis
import bayes
import code_points
import languages
import matrices
import real
import refinement
import stems
from hostile import HOSTILE
from writing import write

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[3]


def all_texts():
    texts = [
        {"name": name, "language": language, "text": text}
        for name, language, text in languages.documents()
    ]
    texts += [{"name": name, "language": "und", "text": text} for name, text in HOSTILE]
    names = {text["name"] for text in texts}
    assert len(names) == len(texts), "two texts have one name"
    return texts


def arguments(names):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data",
        type=Path,
        default=REPOSITORY.parent / "shared" / "data",
        help="the folder of the real corpora (default: %(default)s)",
    )
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, help="make these files alone"
    )
    return parser.parse_args()


def main():
    texts = all_texts()
    makers = {
        "texts": lambda: {"texts": texts},
        "unicode": code_points.sections,
        "analysis": lambda: {"cases": list(analysis.cases(texts))},
        "counts": lambda: {"cases": list(matrices.counts(texts))},
        "tfidf": lambda: {"cases": list(matrices.tfidf(texts))},
        "hashing": lambda: {"cases": list(matrices.hashing(texts)), "murmur": matrices.murmur()},
        "naive_bayes": bayes.sections,
        "refinement": lambda: {"cases": list(refinement.cases())},
        "stems": lambda: {"cases": list(stems.cases(texts, REPOSITORY / "datasets" / "topics"))},
        "sib200": lambda: {"cases": list(real.sib200(options.data))},
        "corpora": lambda: {"cases": list(real.corpora(options.data))},
    }
    options = arguments(list(makers))
    for name in options.only:
        path = HERE / f"{name}.json"
        sizes = write(path, **makers[name]())
        print(f"{path.name}: {path.stat().st_size} bytes, {sizes}", flush=True)


if __name__ == "__main__":
    main()
