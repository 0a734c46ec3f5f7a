"""What a runner reads when it takes a task, in one round trip."""

from dataclasses import dataclass

from agent.store.queries import queries
from agent.store.rows import Pool
from approvals.seal import SealedSubtask
from domain.approval import Approval
from domain.attempt import Artifact
from domain.errors import NotFoundError
from domain.ids import SubtaskId
from domain.request import Request
from domain.subtask import Progress

_SQL = queries("runs")


@dataclass(frozen=True)
class Run:
    """A task's plan as sealed texts, and how everything in it stands."""

    request: Request
    header: str
    plan_hash: str
    subtasks: dict[SubtaskId, SealedSubtask]
    predecessors: dict[SubtaskId, tuple[SubtaskId, ...]]
    progress: dict[SubtaskId, Progress]
    artifacts: dict[SubtaskId, tuple[Artifact, ...]]
    approvals: dict[str, Approval]
    """The latest for each plan hash, without their votes."""


async def load(pool: Pool, task_id: str) -> Run:
    """Raises NotFoundError for a task without a plan."""
    row = await pool.fetchrow(_SQL["run"], task_id)
    if row is None:
        raise NotFoundError(f"task {task_id!r} has no plan")
    predecessors: dict[SubtaskId, list[SubtaskId]] = {entry[0]: [] for entry in row["subtasks"]}
    for node, before in row["edges"]:
        predecessors[node].append(before)
    artifacts: dict[SubtaskId, list[Artifact]] = {}
    for node, artifact in row["artifacts"]:
        artifacts.setdefault(node, []).append(Artifact.model_validate(artifact))
    progress = [Progress.model_validate({**p, "outputs": p["outputs"] or {}}) for p in row["progress"]]
    return Run(
        request=Request.model_validate_json(row["request"]),
        header=row["header"],
        plan_hash=row["plan_hash"],
        subtasks={entry[0]: SealedSubtask(*entry) for entry in row["subtasks"]},
        predecessors={node: tuple(before) for node, before in predecessors.items()},
        progress={p.subtask_id: p for p in progress},
        artifacts={node: tuple(found) for node, found in artifacts.items()},
        approvals={found["plan_hash"]: Approval.model_validate(found) for found in row["approvals"]},
    )
