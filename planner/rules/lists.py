"""Lists of things inside one phrase: "a Dockerfile, a chart and a dashboard"."""

from itertools import pairwise
from typing import NamedTuple

from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DETERMINERS, PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of, words

_SEPARATORS: frozenset[str] = frozenset({",", "and", "&", "plus", ";"})
_OPENERS: frozenset[str] = wordlist(
    "including covering like as explaining about describing that which so because to who where when"
)


_SAID_BEFORE: frozenset[str] = wordlist("also then finally lastly eventually afterwards")
"""Words between items: "a table, an endpoint and finally a page"."""


_COMPARES: frozenset[str] = wordlist("between comparing weighing contrasting")
"""What stands behind is compared with each other: "a note comparing in-place and shadow tables"."""


class Item(NamedTuple):
    """One item of a list; `article` says that it begins with its own article."""

    text: str
    article: bool


def listed(text: str, *, commas: bool = False) -> tuple[Item, ...]:
    """The items of a phrase; a phrase that is no list is its only item. `commas`: every comma ends an item."""
    row = words(text)
    bounds = [0, *(_commas(row) if commas else _cuts(row)), len(row)]
    found = []
    for start, stop in pairwise(bounds):
        inner = list(row[start:stop])
        while inner and (inner[0].lower in _SEPARATORS or inner[0].lower in _SAID_BEFORE):
            inner = inner[1:]
        if inner:
            shown = text[inner[0].start : inner[-1].end].strip(" ,;")
            found.append(Item(shown, inner[0].lower in {"a", "an"}))
    return tuple(item for item in found if item.text)


def _own_trade(row: tuple[Word, ...], cut: int) -> bool:
    """“A page for admins, docs and a review”: a short item that names a thing of its own."""
    rest = [word for word in row[cut + 1 :] if word.lower != "also"]
    while rest and rest[0].lower in _SEPARATORS:
        rest = rest[1:]
    stop = next(
        (i for i, word in enumerate(rest) if word.lower in _SEPARATORS or word.lower in PREPOSITIONS),
        len(rest),
    )
    kind = kind_of(None, " ".join(word.text for word in rest[:stop])) if 0 < stop < 5 else None
    return kind is not None and kind.score >= (2.5 if stop > 1 else 3.5)


def _own_phrase(row: tuple[Word, ...], cut: int) -> bool:
    """“The texts from the images and the URLs from the texts”: an item with a phrase of its own."""
    rest = [word.lower for word in row[cut + 1 :] if word.lower not in _SEPARATORS and word.lower != "also"]
    return bool(rest) and rest[0] == "the" and any(word in PREPOSITIONS for word in rest[1:5])


def _own_participle(row: tuple[Word, ...], cut: int) -> bool:
    """“A banner on all pages, consent stored on the server and the policy updated”: each with what is done to it."""
    rest = [word.lower for word in row[cut + 1 :] if word.lower not in _SEPARATORS]
    heads = rest[1:5]
    stop = next((n for n, word in enumerate(heads) if word in PREPOSITIONS), len(heads))
    return any(word in _DONE for word in heads[:stop])


_DONE: frozenset[str] = wordlist(
    "stored saved updated documented tested reviewed logged deployed translated removed added changed shown displayed sent "
    "created built written configured checked verified migrated exposed adjusted extended adapted"
)


def _commas(row: tuple[Word, ...]) -> list[int]:
    found = [index for index, word in enumerate(row) if word.lower in {",", ";"} and index]
    return found or _cuts(row)


def _followers(row: tuple[Word, ...]) -> list[Word | None]:
    """For each word, the next one that separates nothing."""
    found: list[Word | None] = [None] * len(row)
    for index in range(len(row) - 2, -1, -1):
        after = row[index + 1]
        found[index] = found[index + 1] if after.lower in _SEPARATORS else after
    return found


def _same_place(row: tuple[Word, ...], cut: int, following: Word) -> bool:
    """“Use it in dev and test”: two places of one thing."""
    return row[cut - 1].lower in _PLACES and following.lower in _PLACES


def _names_more(row: tuple[Word, ...], cut: int, following: Word) -> bool:
    """“Accounts in GitHub, Slack and AWS”: names side by side, behind one preposition."""
    before = next((word for word in reversed(row[:cut]) if word.lower not in _SEPARATORS), None)
    return before is not None and before.text[:1].isupper() and following.text[:1].isupper()


_PLACES: frozenset[str] = wordlist(
    "dev development test testing qa integration staging stage preprod preproduction production prod live local sandbox demo uat"
)


def _does_more(row: tuple[Word, ...], cut: int) -> bool:
    """“A workflow that deploys main and runs the suite”: a second verb of the relative clause, not a second thing."""
    at = next((i for i in range(cut + 1, len(row)) if row[i].lower not in _SEPARATORS), len(row))
    if at + 1 >= len(row) or (form_of(row[at].lower) or ("", ""))[1] != "s":
        return False
    relative = any(word.lower in {"that", "which", "who"} for word in row[:cut])
    return relative and row[at + 1].lower in DETERMINERS


def _cuts(row: tuple[Word, ...]) -> list[int]:
    """Separators between items. Inside a phrase that a preposition opened only an article begins a new item."""
    cuts: list[int] = []
    depth, inside, compared = 0, False, False
    things = _followers(row)
    for index, word in enumerate(row):
        depth += (word.lower in "([") - (word.lower in ")]")
        compared = compared or word.lower in _COMPARES
        inside = (
            inside
            or compared
            or word.lower in _OPENERS
            or (word.lower in PREPOSITIONS and word.lower != "of")
        )
        if depth or word.lower not in _SEPARATORS or index == 0 or index + 1 >= len(row):
            continue
        following = things[index]
        if word.lower == ";":
            cuts.append(index)
            inside = False
            continue
        if following is not None and following.text[0].isdigit():
            continue  # "TLS 1.0 and 1.1"
        if (
            following is not None
            and inside
            and (_same_place(row, index, following) or _names_more(row, index, following))
        ):
            continue
        if inside and (
            _does_more(row, index)
            or (compared and following is not None and following.lower not in {"a", "an"})
        ):
            continue
        if following is not None and not (
            inside
            and following.lower not in {"a", "an"}
            and not _own_phrase(row, index)
            and not _own_trade(row, index)
            and not _own_participle(row, index)
        ):
            cuts.append(index)
            inside = False
    return [cut for before, cut in zip([-2, *cuts], cuts, strict=False) if cut - 1 != before]
