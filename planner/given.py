"""A plan that the caller brings: routed, judged, gated and checked like one of ours, and never mended in silence."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from domain.agent import Agent, Need
from domain.errors import FieldIssue, PlanInvalidError
from domain.given import GivenPlan, GivenSubtask
from domain.ids import AgentId, SubtaskId
from domain.plan import Edge, Plan, Requirement, Subtask
from domain.request import Request
from planner.check import hard
from planner.digest import digest_of
from planner.pipeline import Planning
from planner.subtasks import NONE_USED, Numbers, done_by, title_of

MOST_ISSUES: Final = 1_000
"""A graph that is wrong all over is told of so many of its mistakes."""


def plan_given(
    planning: Planning,
    request: Request,
    given: GivenPlan,
    *,
    revision: int = 1,
    numbers: Mapping[AgentId, int] = NONE_USED,
) -> Plan:
    """CPU only. Raises PlanInvalidError with every finding: whoever draws a graph mends it."""
    if issues := [*islice(_unknown(planning, given), MOST_ISSUES)]:
        raise PlanInvalidError("the given plan names what is not there, or one thing twice", fields=issues)
    drawn, requirements = _drawn(planning, request, given, numbers)
    subtasks, judgement = planning.judged(request, drawn)
    findings = planning.checked(subtasks, requirements, judgement)
    if broken := hard(findings):
        raise PlanInvalidError(
            f"the given plan cannot be run as it is: {broken[0].path}: {broken[0].message} ({broken[0].mend})",
            fields=[
                FieldIssue(f"plan.{finding.path}", f"{finding.message}; {finding.mend}")
                for finding in broken[:MOST_ISSUES]
            ],
        )
    return Plan(
        task_id=request.task_id,
        revision=revision,
        planner="given",
        request_digest=digest_of(request),
        manifest_version=planning.manifest.version,
        policy_version=planning.gate.version,
        requirements=requirements,
        constraints=given.constraints,
        findings=findings,
        verdict=judgement.verdict,
        subtasks=subtasks,
    )


def _unknown(planning: Planning, given: GivenPlan) -> Iterator[FieldIssue]:
    """What has no name of ours yet is told under the caller's names."""
    places: dict[str, int] = {}
    for number, own in enumerate(given.subtasks):
        if own.id in places:
            yield FieldIssue(f"plan.subtasks[{number}].id", f"{own.id!r} names subtask {places[own.id]} too")
        places[own.id] = number
    enabled = {agent.id for agent in planning.manifest.agents if agent.status == "enabled"}
    for number, own in enumerate(given.subtasks):
        for place, edge in enumerate(own.edges):
            if edge.on not in places:
                path = f"plan.subtasks[{number}].depends_on[{place}]"
                yield FieldIssue(path, f"{edge.on!r} is no subtask of the plan")
        if own.agent is not None and own.agent not in enabled:
            yield FieldIssue(f"plan.subtasks[{number}].agent", f"there is no enabled agent {own.agent!r}")


def _drawn(
    planning: Planning, request: Request, given: GivenPlan, used: Mapping[AgentId, int]
) -> tuple[tuple[Subtask, ...], tuple[Requirement, ...]]:
    """Each node covers a requirement of its own: what was asked for is the graph."""
    numbers, agents = Numbers(request.task_id, used), _agents(planning, given.subtasks)
    ids = {
        own.id: numbers.next(agent.id if agent else None)
        for own, agent in zip(given.subtasks, agents, strict=True)
    }
    requirements = tuple(
        Requirement(id=f"R{number + 1}", text=own.title or title_of(own.objective))
        for number, own in enumerate(given.subtasks)
    )
    subtasks = tuple(
        _subtask(planning, own, number, agent, ids)
        for number, (own, agent) in enumerate(zip(given.subtasks, agents, strict=True))
    )
    return subtasks, requirements


def _agents(planning: Planning, owns: Sequence[GivenSubtask]) -> list[Agent | None]:
    """As named, or by the router; the same words are ranked once."""
    by_id = {agent.id: agent for agent in planning.manifest.agents}
    known: dict[tuple[str, tuple[str, ...]], AgentId | None] = {}
    found: list[Agent | None] = []
    for own in owns:
        chosen = own.agent
        if chosen is None:
            key = (own.objective, own.required_tags)
            if key not in known:
                need = Need(text=own.objective, required_tags=own.required_tags)
                known[key] = planning.routes.rank(need, shown=1).chosen
            chosen = known[key]
        found.append(by_id[chosen] if chosen is not None else None)
    return found


def _subtask(
    planning: Planning, own: GivenSubtask, number: int, agent: Agent | None, ids: Mapping[str, SubtaskId]
) -> Subtask:
    edges = tuple(Edge(on=ids[edge.on], kind="given", reason=edge.reason or "as given") for edge in own.edges)
    subtask = Subtask(
        subtask_id=ids[own.id],
        ordinal=number,
        title=own.title or title_of(own.objective),
        objective=own.objective,
        acceptance=own.acceptance,
        covers=(f"R{number + 1}",),
        required_tags=own.required_tags,
        depends_on=edges,
        consumes=own.consumes,
        produces=own.produces,
    )
    done = done_by(agent, planning.manifest, subtask)
    if own.timeout_s is None:
        return done
    return done.model_copy(update={"sla": done.sla.model_copy(update={"timeout_s": own.timeout_s})})
