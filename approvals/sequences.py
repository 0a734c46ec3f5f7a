"""Phrases found in tokens by their words in order."""

from collections.abc import Iterable, Iterator, Sequence

from approvals.wording import normal


class Sequences:
    """Phrases of words in order, `...` for anything in between, found by their first word."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase in phrases:
            words = _command(phrase)
            self._by_first.setdefault(words[0], []).append((words, phrase))

    def found(self, tokens: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Where each phrase that occurs begins, and the phrase."""
        for token in dict.fromkeys(tokens):
            for words, phrase in self._by_first.get(token, ()):
                if (start := _in_order(words, tokens)) is not None:
                    yield start, phrase


def _in_order(words: Sequence[str], tokens: Sequence[str]) -> int | None:
    """Where the words begin, if they follow each other; after `...` they may come later."""
    start, at, gap = None, 0, True
    for word in words:
        if word == "...":
            gap = True
            continue
        found = _next(word, tokens, at) if gap else (at if at < len(tokens) and tokens[at] == word else None)
        if found is None:
            return None
        start, at, gap = (found if start is None else start), found + 1, False
    return start


def _next(word: str, tokens: Sequence[str], at: int) -> int | None:
    return next((place for place in range(at, len(tokens)) if tokens[place] == word), None)


def _command(words: str) -> tuple[str, ...]:
    """Flags and gaps stay as they are; everything else is cut as the tokens of a text are."""
    parts = normal(words).split()
    return tuple(
        token
        for part in parts
        for token in (
            [part] if part.startswith(("-", "...")) else part.replace("-", " ").replace("_", " ").split()
        )
    )
