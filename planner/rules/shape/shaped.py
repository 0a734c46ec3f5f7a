"""Asks put into shape: umbrellas dropped, "fix them" spelled out, conditions made work, kinds of work settled."""

import re
from collections.abc import Sequence
from itertools import pairwise

from planner.rules.ask import Ask
from planner.rules.shape.conditions import with_conditions
from planner.rules.shape.contents import with_contents
from planner.rules.shape.mending import headed, spelled_out
from planner.rules.shape.renumber import renumbered
from planner.rules.shape.settle import with_kinds
from planner.rules.shape.umbrella import without_umbrella
from planner.rules.shape.unneeded import unneeded_named
from planner.rules.wordlist import wordlist


def shaped(asks: Sequence[Ask], theme: tuple[str | None, str]) -> tuple[Ask, ...]:
    """The asks that planning goes on with."""
    told = unneeded_named(_without_echoes(_sharing(tuple(asks))))
    spelled = headed(spelled_out(told), theme[1])
    named = with_contents(spelled)
    kept = without_umbrella(named)
    return with_kinds(with_conditions(kept), theme)


def _sharing(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“Plan and apply the changes”: the first verb has the object of the second."""
    out = list(asks)
    for number, (ask, following) in enumerate(pairwise(asks)):
        if (
            not ask.clause.object
            and following.clause.verb not in _ADDS
            and not (ask.clause.verb in _READIES and _CARRIED.match(following.text))
            and following.coupled
            and following.unit == ask.unit
            and following.clause.object
        ):
            said = f"{ask.text} {following.clause.object}"
            clause = ask.clause.model_copy(update={"object": following.clause.object, "text": said})
            out[number] = ask._replace(text=said, clause=clause, bare=True)
    return tuple(out)


_READIES: frozenset[str] = wordlist("plan prepare organise organize schedule")
_CARRIED = re.compile(r"(?:carry out|run|do|conduct|perform|execute|hold)\b", re.IGNORECASE)
_ADDS: frozenset[str] = wordlist("add write create include need")
"""“Fix and add a test”: what is added is not what is fixed."""


def _without_echoes(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“Go live on Monday. After going live, compare the orders”: spoken of again, not asked for again."""
    kept: list[tuple[int, Ask]] = []
    meant: dict[int, int] = {}
    for number, ask in enumerate(asks):
        earlier = [n for n, other in kept if _same_deed(other, ask) and not other.echo]
        if ask.echo and earlier:
            meant[number] = earlier[-1]
        elif not (ask.echo and any(_same_deed(other, ask) for other in asks[number + 1 :])):
            kept.append((number, ask))
    spoken = [(n, ask._replace(after=tuple(meant.get(i, i) for i in ask.after))) for n, ask in kept]
    return renumbered(asks, spoken)


def _same_deed(other: Ask, ask: Ask) -> bool:
    verbs = {other.clause.verb, ask.clause.verb}
    return len(verbs) == 1 or verbs <= _BRINGS


_BRINGS: frozenset[str | None] = wordlist("deploy release ship launch enable publish open activate") | {
    "roll out", "go live", "switch on", "turn on", "push out",
}  # fmt: skip
