"""Plans written down in a line: `{"a": "", "b": "a"}` is b after a."""

from collections.abc import Mapping

from domain.agent import Agent, Limits, McpToolEndpoint, ProcessEndpoint, Skill, Sla
from domain.ids import SubtaskId
from domain.plan import Edge, Plan, Requirement, Subtask
from domain.tool import Effect
from domain.verdict import Demand, Verdict

NOBODY_ASKED = Verdict(level="low")
DEMAND = Demand(roles=("tech_lead",), ttl_s=600)


def agent(name: str = "worker", *, slots: int | None = None) -> Agent:
    return Agent(
        id=name,
        skills=(Skill(id="work", tags=("work",)),),
        endpoint=ProcessEndpoint(kind="process", command="true"),
        limits=Limits(max_concurrency=slots),
    )


def subtask(
    task: str,
    key: str,
    after: str = "",
    *,
    ordinal: int = 0,
    agent_id: str | None = "worker",
    effect: Effect | None = "read",
    idempotent: bool = True,
    timeout_s: float = 30.0,
    consumes: tuple[str, ...] = (),
    produces: tuple[str, ...] = (),
    gated: bool = False,
) -> Subtask:
    return Subtask(
        subtask_id=node(task, key),
        ordinal=ordinal,
        title=f"do {key}",
        objective=f"do {key}",
        covers=(f"R{ordinal + 1}",),
        depends_on=tuple(
            Edge(on=node(task, p), kind="given", reason=f"{key} after {p}") for p in after.split()
        ),
        agent=agent_id,
        endpoint=McpToolEndpoint(kind="mcp-tool", server="house", tool="work"),
        effect=effect,
        idempotent=idempotent,
        sla=Sla(timeout_s=timeout_s),
        consumes=consumes,
        produces=produces,
        gated=gated,
    )


def node(task: str, key: str) -> SubtaskId:
    return SubtaskId(f"worker::{task}::{key}")


def plan(task: str, graph: Mapping[str, str], *, verdict: Verdict = NOBODY_ASKED, **each: object) -> Plan:
    subtasks = tuple(
        subtask(task, key, after, ordinal=place, **each)  # type: ignore[arg-type]
        for place, (key, after) in enumerate(graph.items())
    )
    return plan_of(task, *subtasks, verdict=verdict)


def plan_of(task: str, *subtasks: Subtask, verdict: Verdict = NOBODY_ASKED, revision: int = 1) -> Plan:
    return Plan(
        task_id=task,
        revision=revision,
        planner="given",
        request_digest="0" * 64,
        manifest_version="test",
        policy_version="test",
        requirements=tuple(Requirement(id=f"R{i + 1}", text=s.title) for i, s in enumerate(subtasks)),
        verdict=verdict,
        subtasks=subtasks,
    )


def gated(plan_: Plan, *keys: str, level: str = "high", demand: Demand = DEMAND) -> Plan:
    """The same plan, with these subtasks waiting for people."""
    nodes = tuple(s.subtask_id for s in plan_.subtasks if s.subtask_id.rsplit("::", 1)[1] in keys)
    verdict = Verdict(level=level, demand=demand, gated=nodes)  # type: ignore[arg-type]
    subtasks = tuple(
        s.model_copy(update={"gated": True, "risk": level}) if s.subtask_id in nodes else s
        for s in plan_.subtasks
    )
    return plan_.model_copy(update={"verdict": verdict, "subtasks": subtasks})
