"""Words of other languages, whole or in part, and the classes they stand for."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from approvals.wording import normal

_WIDE = 0x2E80
"""From here on scripts are written without spaces, so that words are looked for within tokens."""


class ForeignWords:
    """Finds the classes of a token; `*` in a word stands for any letters before or after it."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self._whole: dict[str, set[str]] = {}
        self._beginning: dict[str, list[tuple[str, str]]] = {}
        self._ending: dict[str, list[tuple[str, str]]] = {}
        self._within: list[tuple[str, str]] = []
        for name, words in classes.items():
            for word in map(normal, words):
                self._add(word, name)
        self._within_ascii = [(part, name) for part, name in self._within if part.isascii()]
        self.classes = lru_cache(maxsize=16_384)(self._classes)

    def _add(self, word: str, name: str) -> None:
        part = word.strip("*")
        if ord(part[0]) >= _WIDE or (word.startswith("*") and word.endswith("*")):
            self._within.append((part, name))
        elif word.endswith("*"):
            self._beginning.setdefault(part[:2], []).append((part, name))
        elif word.startswith("*"):
            self._ending.setdefault(part[-2:], []).append((part, name))
        else:
            self._whole.setdefault(word, set()).add(name)

    def _classes(self, token: str) -> frozenset[str]:
        found = set(self._whole.get(token, ()))
        found.update(name for part, name in self._beginning.get(token[:2], ()) if token.startswith(part))
        found.update(name for part, name in self._ending.get(token[-2:], ()) if token.endswith(part))
        within = self._within_ascii if token.isascii() else self._within
        found.update(name for part, name in within if part in token)
        return frozenset(found)
