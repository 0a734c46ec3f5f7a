"""From a subtask and what its predecessors left behind to what its agent is told. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.engine.reading import Runnable
from domain.attempt import Artifact
from domain.base import Json, JsonObject
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId
from domain.request import Request


class Left(NamedTuple):
    """What a completed subtask left behind: its outputs, under the names its agent produces them."""

    produces: tuple[str, ...]
    outputs: JsonObject
    artifacts: tuple[Artifact, ...] = ()
    skipped: bool = False

    @property
    def named(self) -> JsonObject:
        return {name: self.outputs[name] for name in self.produces if name in self.outputs}


def inputs(left: Mapping[SubtaskId, Left]) -> dict[str, Json]:
    """Predecessors' outputs by name; whoever names none gives all it has under its id."""
    found: dict[str, Json] = {}
    for subtask_id, leaving in left.items():
        if not leaving.skipped:
            found.update(leaving.named or {subtask_id: leaving.outputs})
    return found


def assignment(
    subtask: Runnable,
    request: Request,
    left: Mapping[SubtaskId, Left],
    *,
    attempt: int,
    key: str,
    constraints: Sequence[str] = (),
) -> Assignment:
    """Raises ValueError for a subtask without an agent; the runner blocks those before."""
    if subtask.agent is None or subtask.endpoint is None:
        raise ValueError(f"{subtask.subtask_id} has no agent")
    brief = Brief.trusted(
        task_id=request.task_id,
        subtask_id=subtask.subtask_id,
        title=subtask.title,
        objective=subtask.objective,
        acceptance=subtask.acceptance,
        constraints=tuple(constraints),
        inputs=inputs(left),
        artifacts=tuple([artifact for leaving in left.values() for artifact in leaving.artifacts]),
        skipped=tuple([node for node, leaving in left.items() if leaving.skipped]),
        context=request.metadata.context,
        repository=request.metadata.repository,
        tools=subtask.tools,
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
