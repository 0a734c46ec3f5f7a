"""Whether a text mentions what it must."""

import re
from collections.abc import Iterable, Sequence

Item = str | Sequence[str]
"""A phrase, or several that must stand on one line together: a subject and the commit it belongs to."""


def missing(text: str, items: Iterable[Item]) -> list[str]:
    """The items that no line mentions, as whole words, in the order they were asked for."""
    asked = [phrases for phrases in map(_phrases, items) if phrases]
    return [" ".join(phrases) for phrases in asked if not _on_one_line(phrases, text)]


def _phrases(item: Item) -> tuple[str, ...]:
    phrases = (item,) if isinstance(item, str) else tuple(item)
    return tuple(phrase.strip() for phrase in phrases if phrase.strip())


def _on_one_line(phrases: tuple[str, ...], text: str) -> bool:
    """Looks at the lines that hold the first phrase only, so that long texts and long lists stay quick."""
    first, *others = map(_whole_words, phrases)
    for found in first.finditer(text):
        start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
        line = text[start : end if end >= 0 else len(text)]
        if all(other.search(line) for other in others):
            return True
    return False


def _whole_words(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")
