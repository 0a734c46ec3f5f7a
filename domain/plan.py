"""A plan: one revision of the subtask graph of a task. Immutable; sealed by its hash."""

from typing import Literal

from pydantic import Field

from domain.agent import Endpoint, Ranking, RiskLevel, Sla
from domain.base import Value
from domain.clause import Clause, Environment
from domain.drafting import Drafting
from domain.ids import AgentId, Digest, RequirementId, SubtaskId, TaskId
from domain.tool import Effect
from domain.verdict import Verdict

Planner = Literal["rules", "model", "memory", "given", "amended"]
EdgeKind = Literal["explicit", "sequence", "list", "anaphor", "data", "phase", "implied", "given", "model"]
Severity = Literal["hard", "warning"]

MAX_SUBTASKS = 10_000


class Requirement(Value):
    """One thing that was asked for; every one is covered by exactly one subtask that is not implied."""

    id: RequirementId
    text: str


class Finding(Value):
    """Something wrong with a plan, the same object in the API, in repair prompts and in metrics.

    `path` is a JSON path into the plan (`subtasks[2].depends_on[0]`), `mend` says what would put it right.
    A plan with a `hard` finding never runs.
    """

    code: str
    severity: Severity
    path: str
    message: str
    mend: str


class Edge(Value):
    """`on` comes before the subtask that holds this edge; every edge says why."""

    on: SubtaskId
    kind: EdgeKind
    reason: str


class Subtask(Value):
    """A node of a plan: what is to be done, by whom, through which door, after what, and how risky.

    The endpoint is copied from the agent's card when the plan is made, so that what was approved is
    what is called, whatever the manifest says later.
    """

    subtask_id: SubtaskId
    ordinal: int = Field(ge=0)
    title: str
    objective: str
    acceptance: tuple[str, ...] = ()
    covers: tuple[RequirementId, ...] = ()
    clauses: tuple[Clause, ...] = ()
    required_tags: tuple[str, ...] = ()
    depends_on: tuple[Edge, ...] = ()
    consumes: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    implied: bool = False
    behaves: bool = False
    """Its words tell how software that the plan makes will behave; nothing of it happens when the subtask runs."""
    gated: bool = False
    risk: RiskLevel = "low"
    environment: Environment | None = None
    """Where the gate heard that it acts, the gravest place that is named; null in plans from before it was kept."""
    agent: AgentId | None = None
    endpoint: Endpoint | None = None
    tools: tuple[str, ...] = ()
    """What its agent said it uses, each as `server.tool`; anything else is a deviation, and asks."""
    effect: Effect | None = None
    idempotent: bool = False
    sla: Sla = Sla()
    routing: Ranking | None = None


class Plan(Value):
    """One revision of the subtask graph, with what it must cover, what was found, and how risky it is."""

    task_id: TaskId
    revision: int = Field(ge=1)
    planner: Planner
    degraded_reason: str | None = None
    """Why no model's plan was taken, although one is configured."""
    drafting: Drafting | None = None
    """What a model had to do with it; null where none was asked."""
    request_digest: Digest
    manifest_version: str
    policy_version: str
    requirements: tuple[Requirement, ...]
    constraints: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    verdict: Verdict
    subtasks: tuple[Subtask, ...] = Field(max_length=MAX_SUBTASKS)

    @property
    def edges(self) -> dict[SubtaskId, tuple[SubtaskId, ...]]:
        """Each subtask's predecessors."""
        return {s.subtask_id: tuple(edge.on for edge in s.depends_on) for s in self.subtasks}
