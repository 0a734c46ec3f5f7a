"""Conditions that are work themselves."""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.ask import Ask, concept_of
from planner.rules.concepts import Concept
from planner.rules.environment import environment_of
from planner.rules.kinds.leanings import kind_of
from planner.rules.shape.contents import only_tells, told_of
from planner.rules.shape.deeds import DEED, as_needed
from planner.rules.teams import done_by_team
from planner.rules.words import lemma_of


def with_conditions(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“After QA has tested it, release it": what the condition needs is work, where nobody else asks for it."""
    out: list[tuple[Ask, range]] = []
    place: dict[int, int] = {}
    for number, ask in enumerate(asks):
        made = {need: found for need in ask.needs if (found := _from_condition(ask, need, asks))}
        first = len(out)
        if made and only_tells(ask):
            # "If a rollback is needed, get approval first": the yes is to what the condition speaks of.
            place[number] = first
            out += [(told_of(found, ask.text, aloud=True), range(0)) for found in made.values()]
            continue
        out += [(found, range(0)) for found in made.values()]
        place[number] = len(out)
        rest = tuple(need for need in ask.needs if need not in made)
        out.append((ask._replace(needs=rest), range(first, first + len(made))))
    return tuple(ask._replace(after=(*(place[i] for i in ask.after), *waits)) for ask, waits in out)


def _from_condition(ask: Ask, need: str, asks: Sequence[Ask]) -> Ask | None:
    """The work a condition speaks of; nothing where an ask does it already."""
    done = done_by_team(need)
    if done is not None:
        concept, participle, rest = done
        lemma = lemma_of(participle)
        taken = any(concept_of(other) == concept for other in asks if other is not ask)
        verb = "review" if lemma in {"approve", "sign", "agree", "give", "confirm"} else lemma
        return None if taken else _conditional(ask, need, verb, rest or "it", concept, implied=False)
    deed = DEED.match(need)
    if deed is not None:
        return as_needed(ask, deed["deed"].lower(), deed["of"] or "")
    kind = kind_of(None, need)
    checks = (
        kind is not None
        and kind.concept in {"qa", "review", "security"}
        and kind.score >= 2
        and _PASSES.search(need)
    )
    if (
        not checks
        or kind is None
        or any(concept_of(other) == kind.concept for other in asks if other is not ask)
    ):
        return None
    return _conditional(
        ask, need, "test" if kind.concept == "qa" else "review", need, kind.concept, implied=False
    )


_PASSES: re.Pattern[str] = re.compile(
    r"\b(?:pass(?:es|ed)?|green|succeeds?|succeeded|successful|ok|fine|good|clean|done|complete[d]?|finished|through|works?|worked)\b",
    re.IGNORECASE,
)


def _conditional(ask: Ask, need: str, verb: str, target: str, concept: Concept, *, implied: bool) -> Ask:
    text = f"Check that {need}"
    clause = Clause(text=text, verb=verb, object=target, environment=environment_of(need))
    return Ask(
        text,
        clause,
        unit=ask.unit,
        marker=ask.marker,
        listing=ask.listing,
        team=concept,
        implied=implied,
        anaphor=not implied,
    )
