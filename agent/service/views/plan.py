"""Plans as callers see them."""

from domain.agent import RiskLevel
from domain.base import Value
from domain.drafting import Drafting
from domain.ids import ApprovalId, SubtaskId
from domain.plan import Finding, Planner, Requirement
from domain.task import TaskStatus
from domain.verdict import Verdict
from planner.estimate import Estimate


class PlanView(Value):
    revision: int
    plan_hash: str
    planner: Planner
    degraded_reason: str | None
    """Why no model's plan was taken, although one is configured."""
    drafting: Drafting | None = None
    """What a model had to do with it; null where none was asked."""
    level: RiskLevel
    requirements: tuple[Requirement, ...]
    constraints: tuple[str, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    why: tuple[str, ...]
    """The verdict in sentences: which rules fired, on what, and what would lift them."""
    estimate: Estimate | None = None
    """When it would be done and what it would cost; null for a plan that is empty or very large."""
    coverage: dict[str, tuple[SubtaskId, ...]]
    """Which subtasks cover each requirement."""
    skipped: tuple[SubtaskId, ...] = ()
    """Subtasks that somebody left out: what they cover is not done."""


class RoutingPlanView(Value):
    """`status` is `approval_pending` while people are asked; `waves` may each run side by side."""

    status: TaskStatus
    approval_request_id: ApprovalId | None = None
    approval_code: str | None = None
    waves: tuple[tuple[SubtaskId, ...], ...] = ()
