"""What a decision means where only the risky part of a plan waited: the rest was free all along."""

from collections.abc import Callable, Mapping
from typing import Final

from agent.engine import questions
from agent.service.blocking import blocked
from agent.store import approvals, progress
from agent.store.changes import TaskEdited
from agent.store.tx import Tx
from domain.approval import Approval, ApprovalStatus
from domain.clock import Clock
from domain.facts.task import TaskChanged
from domain.task import MOVING, Task

_REFUSED: Final[dict[ApprovalStatus, str]] = {
    "rejected": "was rejected",
    "expired": "was decided by nobody in time",
}


class Releasing:
    def __init__(self, clock: Clock, carrier: Callable[[], Mapping[str, str]]) -> None:
        self._clock = clock
        self._carrier = carrier

    async def follow(self, tx: Tx, task: Task, approval: Approval, reason: str) -> None:
        """What was gated is free from here on, or is left for people to see to."""
        now = self._clock.now()
        if approval.status == "approved":
            await approvals.release_gated(tx.connection, approval)
            going = task.to("running", needs_review=False, reason=None) if task.status == "blocked" else task
            fact = TaskChanged(kind="task_running", task_id=task.task_id, status="running")
            facts = [fact] if going.status != task.status else []
        else:
            why = f"approval {approval.code} {_REFUSED[approval.status]}{f': {reason}' if reason else ''}"
            await self._block(tx, approval, why)
            going = task.model_copy(update={"needs_review": True, "reason": why})
            facts = [
                TaskChanged(
                    kind="task_flagged",
                    task_id=task.task_id,
                    status=task.status,
                    needs_review=True,
                    reason=why,
                )
            ]
        runs = going.status in MOVING or (going.status == "planned" and going.under_way)
        await tx.record(
            TaskEdited(going.model_copy(update={"wake_at": now if runs else going.wake_at})), *facts
        )
        if runs:
            await tx.advance(task.task_id, urgency=task.urgency, carrier=dict(self._carrier()))

    async def _block(self, tx: Tx, approval: Approval, why: str) -> None:
        standings = await progress.every(tx.connection, approval.task_id)
        for node in approval.subtask_ids:
            standing = standings.get(node)
            if standing is None or standing.state != "waiting_approval":
                continue
            question = questions.not_approved(node, why, self._clock.now())
            await tx.record(*blocked(approval.task_id, standing, why, question))
