"""Wishes and conditions that something holds: work where an agent is there for it, else criteria."""

from collections.abc import Sequence

from domain.clause import Clause
from planner.assign import Assigner
from planner.rules.ask import Ask
from planner.rules.wordlist import wordlist


def settled(asks: Sequence[Ask], assigner: Assigner) -> tuple[Ask, ...]:
    """“Make sure every commit is mentioned": work where an agent is there for it, else a criterion."""
    kept: list[Ask] = []
    place: dict[int, int] = {}
    waits: dict[int, int] = {}
    for number, ask in enumerate(asks):
        if ask.optional and kept and not (assigner.checks(ask.text) or assigner.checks_named(ask.text)):
            kept[-1] = kept[-1]._replace(acceptance=(*kept[-1].acceptance, ask.text))
            continue
        need = next((need for need in ask.needs if assigner.checks_named(need)), None)
        if need is not None and not any(
            assigner.checks_named(a.text) and a.clause.verb in _LOOKS for a in asks
        ):
            waits[number] = len(kept)
            kept.append(_checking(ask, need))
        place[number] = len(kept)
        clause = ask.clause.model_copy(update={"kind": "action"}) if ask.optional else ask.clause
        kept.append(ask._replace(clause=clause))
    after = {place[number]: wait for number, wait in waits.items()}
    return tuple(
        ask._replace(
            after=(
                *(place[i] for i in ask.after if i in place),
                *((after[new],) if new in after else ()),
            )
        )
        for new, ask in enumerate(kept)
    )


_LOOKS: frozenset[str] = wordlist("check verify ensure confirm validate compare double-check") | {"make sure"}


def _checking(ask: Ask, need: str) -> Ask:
    """“Publish them once every commit is mentioned”: the check that the condition speaks of."""
    text = f"Check that {need}"
    clause = Clause(text=text, verb="check", object=f"that {need}")
    return Ask(text, clause, unit=ask.unit, marker=ask.marker, listing=ask.listing)
