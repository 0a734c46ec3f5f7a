"""What the forms of a word share: "classify" and "classification", "translate" and "translator"."""

import re
from functools import lru_cache
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_LEAST: Final = 4
_ENDINGS: Final = (
    "ifications", "ification", "ications", "ication", "ational", "ional", "izations", "ization", "isations", "isation", "ations", "ation", "ators", "ator", "ating",
    "ated", "ates", "ate", "itions", "ition", "ifies", "ified", "ifying", "ifier", "ify", "izers", "izer", "isers", "iser",
    "izing", "ising", "ized", "ised", "izes", "ises", "ize", "ise", "ements", "ement", "ments", "ment", "ions", "ion",
    "ities", "ity", "ings", "ing", "ances", "ance", "ally", "al", "ers", "er", "ors", "or", "ies", "ied", "ed", "es", "ly", "s", "y", "e",
)  # fmt: skip
_IRREGULAR: Final[dict[str, str]] = {
    "sent": "send", "bought": "buy", "sold": "sell", "made": "make", "found": "find", "spoken": "speak", "paid": "pay",
    "transcribe": "transcript", "transcribes": "transcript", "transcribed": "transcript", "transcribing": "transcript",
    "recognise": "recogn", "colour": "color", "photograph": "photo", "written": "write", "drawn": "draw", "lent": "lend",
    "subscribe": "subscript", "describe": "descript", "describes": "descript", "described": "descript",
    "describing": "descript", "bookings": "book", "says": "say", "said": "say", "synchronise": "synchron", "sync": "synchron",
    "does": "do", "doing": "do", "done": "do", "classes": "class", "news": "news", "is": "is", "was": "is", "are": "is",
    "notes": "note", "cancellation": "cancel", "cancelled": "cancel", "cancelling": "cancel", "canceled": "cancel",
    "rented": "rent", "rental": "rent", "payment": "pay", "payments": "pay", "shopping": "shop",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, split at underscores, hyphens and camelCase."""
    return [found.lower() for found in _TOKEN.findall(_CAMEL.sub(" ", text))]


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """What is left without the endings of English words, never less than four letters of it."""
    word = _IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST - 1:
            cut = word[: len(word) - len(ending)]
            if len(cut) >= _LEAST or (ending in _SHORT and len(cut) >= _LEAST - 1):
                return cut[:-1] if len(cut) > _LEAST and cut[-1] == cut[-2] and cut[-1] not in "ls" else cut
    return word


_SHORT: Final = frozenset({"s", "es", "ing", "ed", "ings"})
"""Endings that may leave three letters: "jobs", "buying"."""


def stemmed(text: str) -> list[str]:
    return [stem(token) for token in tokens(text)]
