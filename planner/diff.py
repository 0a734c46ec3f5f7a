"""What became different between two revisions of a plan, part by part. Pure: two plans in, a value out."""

from collections.abc import Iterable, Iterator, Sequence

from domain.agent import RiskLevel
from domain.base import Json, Value
from domain.ids import AgentId, RequirementId, SubtaskId, TaskId
from domain.plan import EdgeKind, Plan, Requirement, Subtask
from planner.estimate import Estimate

FIELDS = (
    "title", "objective", "acceptance", "covers", "agent", "endpoint", "effect", "idempotent", "risk", "gated", "environment", "sla",
    "consumes", "produces", "required_tags", "implied",
)  # fmt: skip
"""Fields of a subtask that are told; its place in the list and how its agent was chosen are not."""


class FieldChange(Value):
    field: str
    was: Json
    now: Json


class Part(Value):
    """A subtask that came or went."""

    subtask_id: SubtaskId
    title: str
    agent: AgentId | None
    risk: RiskLevel
    gated: bool
    implied: bool
    after: tuple[SubtaskId, ...]


class PartChange(Value):
    subtask_id: SubtaskId
    title: str
    changes: tuple[FieldChange, ...]


class Link(Value):
    """`subtask_id` waits for `depends_on`."""

    subtask_id: SubtaskId
    depends_on: SubtaskId
    kind: EdgeKind
    reason: str


class RequirementChange(Value):
    id: RequirementId
    was: str | None
    now: str | None


class LevelChange(Value):
    was: RiskLevel
    now: RiskLevel


class SpanChange(Value):
    """Seconds and dollars: what is usual, and what is reached nine times in ten."""

    was_p50_s: float
    now_p50_s: float
    was_p90_s: float
    now_p90_s: float
    was_cost_p50_usd: float
    now_cost_p50_usd: float
    was_cost_p90_usd: float
    now_cost_p90_usd: float


class PlanDiff(Value):
    """From revision `was` to revision `now`. `estimate` is null where nobody estimated."""

    task_id: TaskId
    was: int
    now: int
    added: tuple[Part, ...] = ()
    removed: tuple[Part, ...] = ()
    changed: tuple[PartChange, ...] = ()
    edges_added: tuple[Link, ...] = ()
    edges_removed: tuple[Link, ...] = ()
    gates_added: tuple[SubtaskId, ...] = ()
    gates_removed: tuple[SubtaskId, ...] = ()
    requirements: tuple[RequirementChange, ...] = ()
    constraints_added: tuple[str, ...] = ()
    constraints_removed: tuple[str, ...] = ()
    risk: LevelChange
    estimate: SpanChange | None = None

    @property
    def same(self) -> bool:
        """Whether the two plans do the same work in the same order under the same gates."""
        return not (
            self.added
            or self.removed
            or self.changed
            or self.edges_added
            or self.edges_removed
            or self.gates_added
            or self.gates_removed
            or self.requirements
            or self.constraints_added
            or self.constraints_removed
            or self.risk.was != self.risk.now
        )


def asks_the_same(was: Plan, now: Plan) -> bool:
    """Whether the one is as good as the other: the same work, and the same people to be asked about it."""
    return diff(was, now).same and was.verdict.demand == now.verdict.demand


def diff(was: Plan, now: Plan, *, estimates: tuple[Estimate, Estimate] | None = None) -> PlanDiff:
    """Subtasks are the same where their ids are."""
    before = {subtask.subtask_id: subtask for subtask in was.subtasks}
    after = {subtask.subtask_id: subtask for subtask in now.subtasks}
    edges_before, edges_after = _edges(was), _edges(now)
    gates_before, gates_after = _gates(was), _gates(now)
    return PlanDiff(
        task_id=now.task_id,
        was=was.revision,
        now=now.revision,
        added=tuple(_part(subtask) for node, subtask in after.items() if node not in before),
        removed=tuple(_part(subtask) for node, subtask in before.items() if node not in after),
        changed=tuple(
            changed
            for node, subtask in after.items()
            if node in before and (changed := _changed(before[node], subtask)).changes
        ),
        edges_added=tuple(link for key, link in edges_after.items() if key not in edges_before),
        edges_removed=tuple(link for key, link in edges_before.items() if key not in edges_after),
        gates_added=tuple(node for node in gates_after if node not in gates_before),
        gates_removed=tuple(node for node in gates_before if node not in gates_after),
        requirements=tuple(_requirements(was.requirements, now.requirements)),
        constraints_added=_without(now.constraints, was.constraints),
        constraints_removed=_without(was.constraints, now.constraints),
        risk=LevelChange(was=was.verdict.level, now=now.verdict.level),
        estimate=None if estimates is None else _spans(*estimates),
    )


def _part(subtask: Subtask) -> Part:
    return Part(
        subtask_id=subtask.subtask_id,
        title=subtask.title,
        agent=subtask.agent,
        risk=subtask.risk,
        gated=subtask.gated,
        implied=subtask.implied,
        after=tuple(edge.on for edge in subtask.depends_on),
    )


def _changed(was: Subtask, now: Subtask) -> PartChange:
    before, after = was.model_dump(mode="json"), now.model_dump(mode="json")
    changes = tuple(
        FieldChange(field=field, was=before[field], now=after[field])
        for field in FIELDS
        if before[field] != after[field]
    )
    return PartChange(subtask_id=now.subtask_id, title=now.title, changes=changes)


def _edges(plan: Plan) -> dict[tuple[SubtaskId, SubtaskId], Link]:
    return {
        (subtask.subtask_id, edge.on): Link(
            subtask_id=subtask.subtask_id, depends_on=edge.on, kind=edge.kind, reason=edge.reason
        )
        for subtask in plan.subtasks
        for edge in subtask.depends_on
    }


def _gates(plan: Plan) -> dict[SubtaskId, None]:
    return {subtask.subtask_id: None for subtask in plan.subtasks if subtask.gated}


def _requirements(was: Sequence[Requirement], now: Sequence[Requirement]) -> Iterator[RequirementChange]:
    before, after = {r.id: r.text for r in was}, {r.id: r.text for r in now}
    for requirement in dict.fromkeys((*before, *after)):
        if before.get(requirement) != after.get(requirement):
            yield RequirementChange(id=requirement, was=before.get(requirement), now=after.get(requirement))


def _without(texts: Iterable[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text not in others)


def _spans(was: Estimate, now: Estimate) -> SpanChange:
    return SpanChange(
        was_p50_s=was.p50_s,
        now_p50_s=now.p50_s,
        was_p90_s=was.p90_s,
        now_p90_s=now.p90_s,
        was_cost_p50_usd=was.cost_p50_usd,
        now_cost_p50_usd=now.cost_p50_usd,
        was_cost_p90_usd=was.cost_p90_usd,
        now_cost_p90_usd=now.cost_p90_usd,
    )
