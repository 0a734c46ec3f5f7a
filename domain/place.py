"""In which environment a step acts, told from what the gate heard in its words; nobody else reads that from them."""

from collections.abc import Iterable
from typing import Final

from domain.clause import Environment
from domain.ids import SubtaskId
from domain.verdict import Verdict

_GRAVEST_FIRST: Final[tuple[Environment, ...]] = ("production", "staging", "development")


def gravest(named: Iterable[str]) -> Environment:
    """The gravest of several places; `unknown` where none of them is one that is known."""
    places = set(named)
    return next((place for place in _GRAVEST_FIRST if place in places), "unknown")


def once_judged(verdict: Verdict, node: SubtaskId) -> Environment | None:
    """The same for plans from before steps held it, told from the rules that fired; None where none says a place."""
    told = [
        hit.facts["environment"]
        for hit in verdict.hits
        if hit.subtask_id == node and "environment" in hit.facts
    ]
    return gravest(told) if told else None
