"""How risky a plan is, which rules said so, and who would have to say yes."""

from typing import Literal

from pydantic import Field

from domain.agent import RiskLevel
from domain.base import Value
from domain.clause import Environment
from domain.ids import SubtaskId

GateScope = Literal["plan", "subtask"]


class RuleHit(Value):
    """One rule that fired: on what, because of which facts, and what would have kept it quiet."""

    rule: str
    level: RiskLevel
    why: str
    subtask_id: SubtaskId | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    would_be_lower_if: str


class Demand(Value):
    """Who must say yes, how many of them, and by when (seconds from the asking)."""

    roles: tuple[str, ...]
    required: int = Field(default=1, ge=1)
    four_eyes: bool = True
    justification: bool = False
    ttl_s: float = Field(gt=0)
    scope: GateScope = "plan"
    escalate_to: tuple[str, ...] = ()

    @property
    def holds_all(self) -> bool:
        """Whether nothing of the plan runs before the yes; otherwise only the risky part waits."""
        return self.scope == "plan"


class Verdict(Value):
    """The policy's answer: the plan's level is its highest hit; `demand` is null where nobody need be asked."""

    level: RiskLevel
    hits: tuple[RuleHit, ...] = ()
    demand: Demand | None = None
    gated: tuple[SubtaskId, ...] = ()


class Judgement(Value):
    """A verdict on a whole plan together with the level and the place of each of its subtasks."""

    verdict: Verdict
    risks: dict[SubtaskId, RiskLevel]
    places: dict[SubtaskId, Environment] = Field(default_factory=dict)
    """Where each acts, as its words were heard."""
