"""Stems of the words of our own texts, by the Snowball project's Python package."""

import json
import re
from importlib.metadata import version

import snowballstemmer

# Codes of `texts.json`, and Snowball's names where they are not the language's. rust-stemmers has
# the Dutch algorithm by Porter that Snowball 3 calls `dutch_porter`.
LANGUAGES = {
    "arabic": "ar", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "greek": "el", "hungarian": "hu", "italian": "it",
    "norwegian": "no", "portuguese": "pt", "romanian": "ro", "russian": "ru", "spanish": "es",
    "swedish": "sv", "tamil": "ta", "turkish": "tr",
}  # fmt: skip
ALGORITHMS = {"dutch": "dutch_porter"}


def words_of(texts):
    return sorted({word for text in texts for word in re.findall(r"\w\w+", text.lower())})


def articles(folder):
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]


def cases(texts, topics):
    """Stems by word for each language that slugline stems; for English also our articles."""
    for language, code in LANGUAGES.items():
        own = [text["text"] for text in texts if text["language"] == code]
        if language == "english":
            own += articles(topics)
        stemmer = snowballstemmer.stemmer(ALGORITHMS.get(language, language))
        stems = {word: stemmer.stemWord(word) for word in words_of(own)}
        yield {"language": language, "snowballstemmer": version("snowballstemmer"), "stems": stems}
