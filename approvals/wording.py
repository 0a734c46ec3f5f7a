"""Raw text as sentences, segments and tokens: written in any way, read in one."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

# Bounded as names are by their standards: an endless word would otherwise be walked from each of its letters.
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"\b(?:https?|ftp|s3|gs)://\S+")
_HOST = re.compile(
    r"\b(?:[A-Za-z0-9-]{1,63}\.){1,9}(?:com|net|org|io|dev|app|cloud|co|eu|uk|de|fr|es|it|nl|pl|info|biz|internal)\b"
)
_PAIRS = re.compile(r"\b(drag and drop|copy and paste)\b", re.IGNORECASE)
"""Two words for one act that does no harm."""

_DEVICE = re.compile(r"(?<!\w)/dev/")
"""Of a machine, and not of developers."""

_SENTENCES = re.compile(r"[!?;\n\r•·。\uff01\uff1f\uff1b]+|\.(?=\s|$)|[()\[\]{}]|\s[-–—]\s")
_TOKEN = re.compile(
    r"(?<![\w-])--?[A-Za-z0-9][\w-]*|[^\W_]+(?:'[^\W_]+)*|[/*](?=\s|$)|%|&&|\|\|?|,|:(?=\s|$)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")

JOINTS = frozenset(
    {",", ":", "&&", "|", "||", "and", "then", "but", "plus", "und", "dann", "et", "puis", "y"}
)
"""Words and signs between two acts of a sentence."""

_ELIDED = frozenset({"l", "d", "qu", "n", "s", "j", "m", "c", "dell", "all", "nell", "sull", "un"})
"""French and Italian small words that lose their end before a vowel: l'authentification."""

_LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝмткАВЕКМНОРСТУХІЈЅ", "aeopcyxijsdhqwmtkABEKMHOPCTYXIJS")
"""Cyrillic letters that pass for Latin ones."""


class Segment(NamedTuple):
    """Part of a sentence that holds one act; `joint` is what came before it, empty at a sentence's start.

    `outward`: an address outside stands in it.
    """

    text: str
    tokens: tuple[str, ...]
    joint: str
    outward: bool


def normal(text: str) -> str:
    """One spelling for all: compatible forms, no accents, no invisible signs, lower case."""
    if text.isascii():
        return text.lower()
    shown = "".join(
        sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf"
    )
    bare = unicodedata.normalize("NFKD", shown)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).casefold()


def segments(text: str) -> Iterator[Segment]:
    """All segments of a text, in order."""
    for sentence in _SENTENCES.split(_unmasked(text)):
        if sentence and sentence.strip():
            yield from _of_sentence(sentence)


def _unmasked(text: str) -> str:
    """Undo what hides a word from a reader of words: mixed alphabets, invisible signs, curly quotes."""
    if text.isascii():
        return text.replace("`", " ")
    shown = unicodedata.normalize("NFKC", text).replace("’", "'").replace("`", " ")
    shown = "".join(sign for sign in shown if sign in "\n\r\t" or unicodedata.category(sign) != "Cf")
    return re.sub(r"[^\W\d_]+", lambda word: _one_alphabet(word.group()), shown)


def _one_alphabet(word: str) -> str:
    return word.translate(_LOOKALIKES) if any(sign.isascii() for sign in word) else word


def _of_sentence(sentence: str) -> Iterator[Segment]:
    outward = _EMAIL.search(sentence) is not None or _URL.search(sentence) is not None
    sentence = _DEVICE.sub(" device ", _PAIRS.sub("dragging", sentence))
    plain = _CAMEL.sub(" ", _HOST.sub(" hostname ", _EMAIL.sub(" ", _URL.sub(" ", sentence))))
    found: list[str] = []
    joint = ""
    for match in _TOKEN.finditer(plain):
        token = normal(match.group()).removesuffix("'s")
        if token in JOINTS:
            if found:
                yield Segment(sentence.strip(), tuple(found), joint, outward)
                found = []
            joint = token
        else:
            found += _parts(token)
    if found:
        yield Segment(sentence.strip(), tuple(found), joint, outward)


def split_words(line: str) -> tuple[str, ...]:
    """The words of a typed line, hosts and addresses with it; flags stay as they are."""
    tokens = (
        normal(match.group())
        for match in _TOKEN.finditer(_CAMEL.sub(" ", _DEVICE.sub(" device ", _unmasked(line))))
    )
    return tuple(part for token in tokens if token not in JOINTS for part in _parts(token))


def _parts(token: str) -> list[str]:
    if token.startswith("-"):
        return [token]
    elided, _, rest = token.partition("'")
    return ((rest if rest and elided in _ELIDED else token).replace("-", " ")).split()
