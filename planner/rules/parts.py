"""Lists of things inside one object: "a service with a Dockerfile, a chart and a dashboard"."""

import re
from itertools import pairwise
from typing import NamedTuple

from planner.rules.capability import kind_of
from planner.rules.lexicon import PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, words

_SEPARATORS: frozenset[str] = frozenset({",", "and", "&", "plus", ";"})
_OPENERS: frozenset[str] = frozenset(
    {"including", "covering", "between", "like", "as", "explaining", "about", "describing"}
)
_ARTICLES: frozenset[str] = frozenset(
    {"a", "an", "the", "its", "their", "some", "one", "our", "new", "matching"}
)
_WITH = re.compile(r"\s+(?:(?:together |along )?with|as well as|plus|including)\s+(?=\S)", re.IGNORECASE)
CREATES: frozenset[str] = wordlist(
    "add build create implement write set up need ship deliver provide develop make prepare produce include introduce update "
    "bootstrap scaffold draft publish want design generate extend provision"
) | {"set up", "stand up", "spin up"}


class Part(NamedTuple):
    """One item of a list; `article` says that it begins with its own article."""

    text: str
    article: bool
    attached: bool = False


def parts(target: str, verb: str | None) -> tuple[Part, ...]:
    """The items of an object, the whole object being one where it is no list."""
    head, *attached = _attachments(target, verb)
    found = list(_listed(head))
    for extra in attached:
        found += [part._replace(attached=True) for part in _listed(extra)]
    return tuple(part for part in found if part.text)


def _attachments(target: str, verb: str | None) -> list[str]:
    """“X with tests”: what is attached is work of its own where it is another kind of thing."""
    if verb not in CREATES and verb is not None:
        return [target]
    for match in _WITH.finditer(target):
        before, after = target[: match.start()], target[match.end() :]
        first, second = kind_of(None, before), kind_of(None, after.split(",")[0].split(" and ")[0])
        if (
            second is not None
            and second.score >= 2.5
            and (first is None or first.concept != second.concept)
            and _is_thing(after)
        ):
            return [before, after]
    return [target]


def _is_thing(text: str) -> bool:
    """Something that can be delivered; not a means ("with Terraform") nor a manner ("with production-like traffic")."""
    row = words(text)
    if not row:
        return False
    kind = kind_of(None, text.split(",", maxsplit=1)[0])
    return (
        row[0].lower in _ARTICLES
        or row[0].lower.endswith("s")
        or len(row) > 1
        or (kind is not None and kind.score >= 4)
    )


def _listed(text: str) -> list[Part]:
    row = words(text)
    cuts = _cuts(row)
    if not cuts:
        return [Part(text.strip(), _article(row))]
    bounds = [0, *cuts, len(row)]
    found = []
    for start, stop in pairwise(bounds):
        inner = list(row[start:stop])
        while inner and (inner[0].lower in _SEPARATORS or inner[0].lower in {"also", "then"}):
            inner = inner[1:]
        if inner:
            found.append(Part(text[inner[0].start : inner[-1].end].strip(" ,;"), _article(tuple(inner))))
    return found


def _article(row: tuple[Word, ...]) -> bool:
    return bool(row) and row[0].lower in {"a", "an"}


def _cuts(row: tuple[Word, ...]) -> list[int]:
    cuts, depth, inside = [], 0, False
    for index, word in enumerate(row):
        depth += (word.lower in "([") - (word.lower in ")]")
        if word.lower in _OPENERS or word.lower in {
            "that",
            "which",
            "so",
            "because",
            "to",
            "who",
            "where",
            "when",
        }:
            inside = True
        inside = inside or (word.lower in PREPOSITIONS and word.lower != "of")
        if depth or word.lower not in _SEPARATORS or index == 0 or index + 1 >= len(row):
            continue
        following = next((w for w in row[index + 1 :] if w.lower not in _SEPARATORS), None)
        if following is None:
            continue
        if inside and following.lower not in {"a", "an"}:
            continue
        cuts.append(index)
        inside = False
    return [cut for cut in cuts if cut - 1 not in cuts]
