"""What is asked next of a model, and what is made of its answer. Pure: the asking is done elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from domain.base import JsonObject
from domain.completion import Message
from domain.ids import AgentId
from domain.plan import Finding, Plan
from planner.check import hard
from planner.hybrid.answer import Answer, read
from planner.hybrid.material import MOST_SUBTASKS, Material
from planner.hybrid.prompt import again, opening
from planner.hybrid.schema import schema
from planner.hybrid.weigh import weighed
from planner.pipeline import Planning

REPAIRS: Final = 2
"""Rounds in which a model may put right what code could not."""

UNREADABLE: Final = frozenset({"answer_unreadable", "answer_broken_off", "answer_shape"})
"""Whoever answers so may not hold itself to a schema: the next question asks for the shape in another way."""


class Ask(NamedTuple):
    """The next question. `plainer`: ask for the shape one rung lower than the last time."""

    messages: tuple[Message, ...]
    schema: JsonObject
    plainer: bool


class Take(NamedTuple):
    """The model's plan, valid; `mended` are codes of what code put right in it."""

    plan: Plan
    rounds: int
    mended: tuple[str, ...]
    refused: tuple[str, ...]


class Leave(NamedTuple):
    """No plan of the model's; these findings are why."""

    findings: tuple[Finding, ...]
    rounds: int
    refused: tuple[str, ...]


Move = Ask | Take | Leave


@dataclass(frozen=True)
class Dialogue:
    """One request, one model: the opening and at most REPAIRS rounds more."""

    given: Material
    planning: Planning
    numbers: Mapping[AgentId, int]
    boundary: str
    rounds: int = 0
    refused: tuple[str, ...] = ()

    def opened(self) -> Ask:
        return Ask(opening(self.given, self.boundary), schema(self.given), plainer=False)

    def heard(self, ask: Ask, text: str, *, truncated: bool) -> tuple["Dialogue", Move]:
        """What comes of an answer to a question."""
        answer = read(text, most=MOST_SUBTASKS, truncated=truncated)
        rounds = self.rounds + 1
        if isinstance(answer, Answer):
            found = weighed(answer, self.given, self.planning, self.numbers)
            if found.plan is not None:
                return replace(self, rounds=rounds), Take(found.plan, rounds, found.mended, self.refused)
            findings = hard(found.findings)
        else:
            findings = answer
        refused = tuple(dict.fromkeys((*self.refused, *(finding.code for finding in findings))))
        onward = replace(self, rounds=rounds, refused=refused)
        if self.rounds >= REPAIRS:
            return onward, Leave(findings, rounds, refused)
        return onward, self._again(ask, text, findings)

    def _again(self, ask: Ask, text: str, findings: Sequence[Finding]) -> Ask:
        plainer = any(finding.code in UNREADABLE for finding in findings)
        return Ask(again(ask.messages, text, findings, self.boundary), ask.schema, plainer=plainer)
