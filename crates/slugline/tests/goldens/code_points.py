"""unicode.json: what Python's `str` and `re` make of every code point but the surrogates."""

import hashlib
import re
import sys
import unicodedata

from sklearn.feature_extraction.text import strip_accents_ascii, strip_accents_unicode

BLOCK = 0x1000


def code_points():
    for value in range(sys.maxunicode + 1):
        if not 0xD800 <= value <= 0xDFFF:
            yield value, chr(value)


def ranges(holds):
    """The code points for which `holds(character)`, as inclusive ranges."""
    found = []
    for value, character in code_points():
        if not holds(character):
            continue
        if found and found[-1][1] == value - 1:
            found[-1][1] = value
        else:
            found.append([value, value])
    return found


def is_word(character):
    return character.isalnum() or character == "_"


def is_assigned(character):
    return unicodedata.category(character) != "Cn"


def check_regular_expressions():
    r"""`\w` and `\s` of `re` have to be the two string methods that the ranges come from."""
    word, space = re.compile(r"\w"), re.compile(r"\s")
    for value, character in code_points():
        assert bool(word.match(character)) == is_word(character), hex(value)
        assert bool(space.match(character)) == character.isspace(), hex(value)


def stripped_blocks():
    """A digest for every 4,096 code points of what `strip_accents` makes of the assigned ones.

    The digest is of the results, a code point each, joined by line feeds, as UTF-8.
    """
    blocks = {}
    for value, character in code_points():
        if is_assigned(character):
            blocks.setdefault(value // BLOCK * BLOCK, []).append(character)
    for start, characters in blocks.items():
        digests = {}
        for name, strip in (("ascii", strip_accents_ascii), ("unicode", strip_accents_unicode)):
            text = "\n".join(map(strip, characters))
            digests[f"{name}_sha256"] = hashlib.sha256(text.encode()).hexdigest()
        yield {"start": start, "assigned": len(characters), **digests}


def sections():
    check_regular_expressions()
    return {
        "word": ranges(is_word),
        "space": ranges(str.isspace),
        "unassigned": ranges(lambda character: not is_assigned(character)),
        "combining": ranges(lambda character: unicodedata.combining(character) != 0),
        "lower": {
            format(value, "x"): character.lower()
            for value, character in code_points()
            if character.lower() != character
        },
        "stripped": list(stripped_blocks()),
    }
