"""Plans with a language model beside the rules: the rules' plan first, the model's where it passes every check."""

import asyncio
from collections.abc import Callable, Mapping
from typing import assert_never

from agent.llm.conversation import Conversation, Silent
from agent.llm.models import Models
from agent.service.aside import Aside
from domain.drafting import Drafting, DraftingOutcome
from domain.ids import AgentId
from domain.plan import Finding, Plan
from domain.request import Request
from planner.hybrid.dialogue import Ask, Dialogue, Leave, Take
from planner.hybrid.material import MOST_SUBTASKS, material
from planner.pipeline import Planning
from planner.subtasks import NONE_USED


class HybridPlanning:
    """The rules' plan is always there to fall back to, so that a model can make planning better and never worse."""

    def __init__(self, planning: Planning, models: Models, boundary: Callable[[], str]) -> None:
        self._planning = planning
        self._models = models
        self._boundary = boundary

    async def plan(
        self, request: Request, *, revision: int = 1, numbers: Mapping[AgentId, int] = NONE_USED
    ) -> Plan:
        """Raises PlanInvalidError where even the rules find no valid plan."""
        rules = await Aside(self._planning).plan(request, revision=revision, numbers=numbers)
        if rules.planner == "memory":
            return rules
        if len(rules.subtasks) > MOST_SUBTASKS:
            reason = f"{len(rules.subtasks)} subtasks are more than the {MOST_SUBTASKS} that a model is given"
            return _kept(rules, Drafting(outcome="too_large"), reason)
        known = await asyncio.to_thread(material, self._planning, request, rules)
        dialogue = Dialogue(known, self._planning, numbers, self._boundary())
        return await self._talked_over(rules, dialogue, self._models.conversation())

    async def _talked_over(self, rules: Plan, dialogue: Dialogue, with_model: Conversation) -> Plan:
        ask, model = dialogue.opened(), None
        while True:
            said = await with_model.ask(ask.messages, ask.schema, plainer=ask.plainer)
            if isinstance(said, Silent):
                drafting = _drafting(
                    said.outcome, model, dialogue.rounds, with_model, refused=dialogue.refused
                )
                return _kept(rules, drafting, said.reason)
            model = said.model
            # Reading and judging a hundred subtasks takes longer than the loop may be kept waiting.
            dialogue, move = await asyncio.to_thread(dialogue.heard, ask, said.text, truncated=said.truncated)
            match move:
                case Ask():
                    ask = move
                case Take(plan, rounds, mended, refused):
                    outcome: DraftingOutcome = "agreed" if plan is rules else "taken"
                    drafting = _drafting(outcome, model, rounds, with_model, mended=mended, refused=refused)
                    return plan.model_copy(update={"drafting": drafting})
                case Leave(findings, rounds, refused):
                    drafting = _drafting("refused", model, rounds, with_model, refused=refused)
                    return _kept(rules, drafting, _why(model, rounds, findings))
                case other:
                    assert_never(other)


def _kept(rules: Plan, drafting: Drafting, reason: str) -> Plan:
    return rules.model_copy(update={"degraded_reason": reason, "drafting": drafting})


def _drafting(
    outcome: DraftingOutcome,
    model: str | None,
    rounds: int,
    with_model: Conversation,
    *,
    mended: tuple[str, ...] = (),
    refused: tuple[str, ...] = (),
) -> Drafting:
    return Drafting(
        outcome=outcome,
        model=model,
        rounds=rounds,
        spending=with_model.spending,
        mended=mended,
        refused=refused,
    )


def _why(model: str, rounds: int, findings: tuple[Finding, ...]) -> str:
    """The codes and paths are ours; what an answer says is not repeated."""
    wrong = "; ".join(f"{finding.code} at {finding.path}" for finding in findings[:3])
    more = f" and {len(findings) - 3} more" if len(findings) > 3 else ""
    return f"model {model} gave no valid plan in {rounds} answers; the last has {wrong}{more}"
