"""Verbs that only carry another one: "perform a rollback", "run `terraform apply`", "execute DROP TABLE"."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from planner.rules.lexicon import PREPOSITIONS
from planner.rules.nominal import named_deed
from planner.rules.programs import PROGRAMS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, verb_forms, words

CARRIERS: frozenset[str] = wordlist(
    "do perform run execute conduct make take start trigger launch initiate force open"
) | {
    "carry out",
    "kick off",
}
_ERASERS: frozenset[str] = frozenset({"rm", "dd", "mkfs"})
_SQL: frozenset[str] = wordlist("drop truncate delete alter update insert select grant revoke create")
_STEPPED_OVER: frozenset[str] = wordlist(
    "a an the full complete quick manual another new following command this :"
)
_CARRIED: dict[str, str] = {
    "rollback": "roll back", "rollout": "roll out", "deployment": "deploy", "deploy": "deploy", "migration": "migrate",
    "migrations": "migrate", "backup": "back up", "restore": "restore",
    "release": "release", "cleanup": "clean up",
    "investigation": "investigate", "failover": "fail over", "purge": "purge", "wipe": "wipe",
    "reset": "reset", "restart": "restart", "upgrade": "upgrade", "assessment": "assess",
    "export": "export", "cutover": "cut over", "switchover": "switch over", "deletion": "delete", "removal": "remove",
    "rotation": "rotate", "truncate": "truncate", "drop": "drop", "shutdown": "shut down", "import": "import",
    "refactoring": "refactor",
}  # fmt: skip
_RUN_AS_SUCH: frozenset[str] = wordlist("import export check scan audit search analysis restore")
"""What is run is there already: to run the audit is not to audit."""


_ARTICLES = re.compile(r"^\s*(?:an?|the|full|complete|quick|manual|another)\b", re.IGNORECASE)


class Carried(NamedTuple):
    """The verb that is meant, and its object."""

    lemma: str
    target: str


def carried(lemma: str, remaining: str) -> Carried | None:
    """What a carrier's object says is done; nothing where the verb means itself."""
    if lemma in {"use", "utilize", "utilise", "employ"}:
        return _used(remaining)
    if lemma in _BRINGS and (found := brought(remaining, there=lemma in _HOLDS)) is not None:
        return found
    if (idiom := _IDIOMS.get(lemma)) is not None and (heard := idiom[0].match(remaining)) is not None:
        return Carried(idiom[1], remaining[heard.end() :])
    if lemma not in CARRIERS:
        return None
    row = words(remaining)
    start = next((index for index, word in enumerate(row) if word.lower not in _STEPPED_OVER), None)
    if start is None:
        return None
    first = row[start]
    if first.is_quote:
        return _quoted(first.text.strip("`\"'“”«»"))
    if first.lower in PROGRAMS and start + 1 < len(row):
        return commanded(remaining, row, start)
    if first.text.isupper() and first.lower in _SQL:
        return Carried(first.lower, remaining[first.end :])
    return _nominal(lemma, remaining, row) or _deed(lemma, remaining)


def _deed(lemma: str, remaining: str) -> Carried | None:
    """“Carry out the scaling of the workers”: scales them."""
    deed = named_deed(remaining.strip()) if lemma in _DOES else None
    return Carried(*deed) if deed else None


_DOES: frozenset[str] = wordlist("do perform conduct execute") | {"carry out"}
_BRINGS: frozenset[str] = wordlist("get bring put take have see")
_HOLDS: frozenset[str] = wordlist("have see")
_TO_PEOPLE = re.compile(
    r"^\s*(?P<what>(?:[\w.-]+\s+){1,5}?)(?P<where>(?:(?:in|on)?to|in|on) (?:production|prod)|(?:in|on)?to staging|live|online|out(?=\s*$|\s+(?:by|before|today|tonight|tomorrow|this|next|now|asap|on (?:the |mon|tues|wednes|thurs|fri|satur|sun))\b)|in(?:to)? the hands of (?:[\w-]+ ){0,3}?[\w-]+|in front of (?:the |our |all |real |paying )*(?:customers|users|people|everyone|everybody|clients|drivers|guests|members)|out (?:the door|to (?:the |our |all )*(?:customers|users|everyone|everybody|people)))"
    r"(?=\s*$|\s*[,;.]|\s+(?:by|before|after|on|as|at|today|tonight|tomorrow|this|next|now|once|when|first|for|again|asap)\b)",
    re.IGNORECASE,
)


def brought(remaining: str, *, there: bool = False) -> Carried | None:
    """“Get it to production”, "put the banner online"; `there`: "have it in production"."""
    found = _TO_PEOPLE.match(remaining)
    if found is None or any(word.lower in PREPOSITIONS for word in words(found["what"])):
        return None
    if not there and _THERE.match(found["where"]):
        return None  # "take a heap dump in production"
    return Carried("deploy", remaining[: found.start("where")] + remaining[found.end() :])


_THERE = re.compile(r"(?:in|on) prod", re.IGNORECASE)

_IDIOMS: dict[str, tuple[re.Pattern[str], str]] = {
    "keep": (re.compile(r"\s*(?:a (?:close|watchful|sharp) eye|an eye|track|watch) (?:on|of|over)\b", re.IGNORECASE), "watch"),
    "take": (re.compile(r"\s*(?:an?|another) (?:\w+ )?look at\b", re.IGNORECASE), "look at"),
    "put": (re.compile(r"\s*(?:a stop|an end) to\b", re.IGNORECASE), "stop"),
    "put out": (re.compile(r"\s*(?=(?:version |release |the )?(?:v?\d|release|package))", re.IGNORECASE), "publish"),
    "set": (re.compile(r"\s*(?=(?:[\w-]+ ){1,5}(?:straight|right)\b)", re.IGNORECASE), "correct"),
    "make": (re.compile(r"\s*an? (?:list|inventory) of\b", re.IGNORECASE), "list"),
    "write": (re.compile(r"\s*to (?=(?:the |our |all |every |these |those |them\b|him\b|her\b|each |affected |everybody|everyone))", re.IGNORECASE), "mail"),
    "let": (re.compile(r"\s*(?=(?:\w+ ){1,4}know\b)", re.IGNORECASE), "inform"),
}  # fmt: skip
"""What a verb means together with the words behind it: “keep an eye on the queue” watches it."""


def _used(remaining: str) -> Carried | None:
    """“Use the summary to answer the question” answers."""
    row = words(remaining)
    for index in range(1, len(row) - 2):
        known = verb_forms().get(row[index + 1].lower)
        if row[index].lower == "to" and known is not None and known[1] == "base":
            return Carried(
                known[0], f"{remaining[row[index + 1].end :]} using{remaining[: row[index].start]}"
            )
    return None


def _quoted(inner: str) -> Carried | None:
    row = words(inner)
    if not row:
        return None
    if row[0].lower in PROGRAMS and len(row) > 1:
        return commanded(inner, row, 0)
    return Carried(row[0].lower, inner[row[0].end :]) if row[0].lower in _SQL else None


def _nominal(lemma: str, remaining: str, row: Sequence[Word]) -> Carried | None:
    head = next((word for word in row[:4] if word.lower in _CARRIED), None)
    if head is None or (lemma in {"make", "open"} and head.lower not in {"backup", "investigation"}):
        return None
    if lemma in {"run", "execute", "start"} and head.lower in _RUN_AS_SUCH:
        return None
    rest = _ARTICLES.sub("", remaining[: head.start]) + remaining[head.end :]
    named = any(word.is_word and word.lower not in PREPOSITIONS for word in words(rest)[:2])
    return Carried(_CARRIED[head.lower], rest if named else head.text + rest)


def commanded(rest: str, row: Sequence[Word], at: int) -> Carried:
    """What a command line does: "kubectl rollout restart deployment/api" restarts."""
    program = row[at].lower
    if program in _ERASERS:
        return Carried("delete", rest[row[at].end :])
    known = [
        (word, verb_forms()[word.lower][0])
        for word in row[at + 1 : at + 5]
        if word.lower in verb_forms() and word.lower != "force"
    ]
    if program == "kubectl" and len(known) > 1 and known[0][1] == "roll out":
        known = known[1:]
    if not known:
        return Carried("run", rest[row[at].start :])
    word, lemma = known[0]
    return Carried(lemma, f"{program}{rest[word.end :]}")
