"""From a subtask and what its predecessors left behind to what its agent is told. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.engine.reading import Runnable
from domain.attempt import Artifact
from domain.base import Json, JsonObject
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId
from domain.place import once_judged
from domain.plan import Plan
from domain.request import Request


class Left(NamedTuple):
    """What a completed subtask left behind."""

    named: JsonObject
    """Its outputs, under the names its agent produces them."""
    handed: JsonObject
    """What each of its successors is given."""
    artifacts: tuple[Artifact, ...] = ()
    skipped: bool = False


def left(
    subtask_id: SubtaskId, produces: Sequence[str], outputs: JsonObject, artifacts: tuple[Artifact, ...] = ()
) -> Left:
    """Whoever names none of its outputs hands on all it has, under its id."""
    named = {name: outputs[name] for name in produces if name in outputs}
    return Left(named, named or {subtask_id: outputs}, artifacts)


def assignment(
    subtask: Runnable,
    request: Request,
    before: Mapping[SubtaskId, Left],
    *,
    attempt: int,
    key: str,
    plan: Plan,
) -> Assignment:
    """Raises ValueError for a subtask without an agent; the runner blocks those before."""
    if subtask.agent is None or subtask.endpoint is None:
        raise ValueError(f"{subtask.subtask_id} has no agent")
    inputs: dict[str, Json] = {}
    artifacts: list[Artifact] = []
    skipped: list[SubtaskId] = []
    for node, leaving in before.items():
        inputs.update(leaving.handed)
        artifacts += leaving.artifacts
        if leaving.skipped:
            skipped.append(node)
    brief = Brief.trusted(
        task_id=request.task_id,
        subtask_id=subtask.subtask_id,
        title=subtask.title,
        objective=subtask.objective,
        acceptance=subtask.acceptance,
        constraints=plan.constraints,
        inputs=inputs,
        artifacts=tuple(artifacts),
        skipped=tuple(skipped),
        context=request.metadata.context,
        repository=request.metadata.repository,
        tools=subtask.tools,
        environment=subtask.environment or once_judged(plan.verdict, subtask.subtask_id),
    )
    return Assignment.trusted(
        agent=subtask.agent,
        endpoint=subtask.endpoint,
        brief=brief,
        attempt=attempt,
        key=key,
        timeout_s=subtask.timeout_s,
        effect=subtask.effect,
    )
