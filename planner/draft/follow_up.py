"""Asks that only finish the work before them, by whoever did it."""

import re

from planner.node import Node
from planner.rules.ask import Ask
from planner.rules.wordlist import wordlist


def goes_on(ask: Ask, last: Node) -> bool:
    """Whether an ask only says how an inquiry ends, or what a text holds, that the work before it is."""
    if ask.marker == "number" or ask.team is not None or ask.implied or last.ask.implied:
        return False
    own, before = ask.clause.verb, last.ask.kind
    if before is None or ask.clause.environment not in {last.clauses[-1].environment, "unknown"}:
        return False
    if ask.clause.environment != last.clauses[-1].environment and before.concept != "diagnosis":
        return False
    if before.concept == "docs":
        return own in _TELLS
    inquires = (
        before.concept in {"research", "diagnosis"}
        or last.clauses[0].object.endswith("model")
        or "threat model" in last.text.lower()
    )
    looked = last.clauses[0].verb in _SEARCHES and _FOUND.match(ask.clause.object) is not None
    shown = own == "review" and _WITH_THEM.search(ask.clause.object) is not None
    return (inquires and (own in _CONCLUDES or shown)) or (looked and own in _CONCLUDES)


_SEARCHES: frozenset[str] = wordlist("search scan check look examine inspect query go") | {
    "look at",
    "look through",
    "look into",
}
_FOUND = re.compile(
    r"(?:what(?:ever)? (?:turns up|you find|comes up|is found)|(?:all |the |any )*(?:findings?|results?|hits|matches))\b",
    re.IGNORECASE,
)
"""“Search the history for secrets and list what turns up”."""

_WITH_THEM = re.compile(r"\bwith (?:the |our )", re.IGNORECASE)
_CONCLUDES: frozenset[str] = wordlist(
    "recommend propose present summarise summarize decide choose pick conclude suggest share discuss outline list estimate name report"
) | {"write up", "write down", "sum up"}
"""What ends an inquiry: its result told by whoever inquired."""

_TELLS: frozenset[str] = wordlist(
    "list give explain describe include cover mention show name contain address illustrate"
)
"""What a text is to hold."""


def continues(ask: Ask, last: Node) -> bool:
    if (
        ask.unit != last.ask.unit
        or ask.implied
        or last.ask.implied
        or ask.clause.environment != last.clauses[-1].environment
    ):
        return False
    if (last.ask.bare and len(last.clauses) == 1) or not last.clauses[-1].object:
        plain = last.ask.bare or len(last.texts[-1].split()) == 1
        return ask.coupled and plain and bool(ask.clause.object)
    if ask.clause.verb == "merge" and last.ask.kind is not None and last.ask.kind.concept == "database":
        return False  # rows are merged, not a branch
    if ask.clause.verb in _LETS_ACT and last.ask.anaphor:
        return False  # "write the script, have it checked, and run it": what is run is not the check
    content = [word for word in ask.clause.object.lower().split() if word.strip(".,") not in REFERS]
    return not content and ask.clause.verb in _GOES_ON


_GOES_ON: frozenset[str] = wordlist(
    "recommend run execute rerun choose pick decide present summarize summarise commit merge save submit push"
)
"""What only finishes the work before it: "evaluate A and B and recommend one", "write tests and run them"."""

_LETS_ACT: frozenset[str] = wordlist("run execute rerun")

REFERS: frozenset[str] = wordlist(
    "it them one that this these those result results finding findings recommendation the a an its their your our"
)


def hands_over(ask: Ask, last: Node) -> bool:
    """“Query the replica and give me a CSV”: what was looked up is handed to whoever asked."""
    if ask.implied or ask.team is not None or ask.clause.environment == "production":
        return False
    found = last.clauses[-1].verb in _LOOKS_UP and not last.ask.implied
    return found and ask.clause.verb in _HANDS_OVER and _TO_US.match(ask.clause.object) is not None


_HANDS_OVER: frozenset[str] = wordlist("give send show mail hand tell")
_LOOKS_UP: frozenset[str] = wordlist(
    "query find list count check look collect compute calculate gather determine compare"
) | {"work out", "look up", "find out"}
_TO_US = re.compile(
    r"(?:me|us)\b|(?:it|them|the (?:result|list|number|figure|csv|file)s?) to (?:me|us)\b", re.IGNORECASE
)
