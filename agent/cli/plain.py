"""Text from outside, made safe to show: what a terminal would obey or hide is written out."""

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from domain.base import Json

JOINERS: Final = "\u200c\u200d"
"""Invisible, but words of some scripts and many emoji are made with them."""

_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, invisible ones that turn the reading order, half characters, other line ends."""


def plain(text: str, *, keep: str = "") -> str:
    r"""The same text with every such character as its escape: `\x1b[31m`, `\u202e`, `\n`.

    Characters in `keep` stay; a caller that shows many lines keeps the line end.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in keep or not _is_obeyed(char) else _escaped(char) for char in text)


def plained(value: "Json") -> "Json":
    """An answer of the API in which every string is plain."""
    match value:
        case str():
            return plain(value)
        case list():
            return [plained(item) for item in value]
        case dict():
            return {plain(name): plained(item) for name, item in value.items()}
        case _:
            return value


def _is_obeyed(char: str) -> bool:
    return char not in JOINERS and unicodedata.category(char) in _OBEYED


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()
