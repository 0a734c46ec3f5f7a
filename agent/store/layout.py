"""Spreads steps over the tables they touch, and says which facts they make. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from agent.store.digest import outputs_digest
from agent.store.step import End, Hold, Start, Step, Turn, Written
from domain.errors import LostRaceError
from domain.event import Fact
from domain.facts.agent import AgentUnavailable
from domain.facts.subtask import SubtaskCompleted, SubtaskReady, SubtaskStarted, SubtaskStopped
from domain.facts.task import TaskChanged
from domain.ids import AgentId, SubtaskId
from domain.subtask import SubtaskState

SlotKey = tuple[str, SubtaskId]
JsonRow = dict[str, Any]


class Layout:
    """The rows of a batch by table, and its facts in order."""

    def __init__(self, slots: Mapping[SlotKey, int]) -> None:
        self.rows: defaultdict[str, list[JsonRow]] = defaultdict(list)
        self._ended: list[Fact] = []
        self._facts: list[Fact] = []
        self._slots = slots

    @property
    def facts(self) -> list[Fact]:
        """Ends before starts: a slot that one task's attempt frees may be taken by another's in the same batch, and
        whoever reads the log must never count more at once than there are.
        """
        return [*self._ended, *self._facts]

    def add(self, step: Step) -> Written:
        """Lay out one step. A subtask that ends one attempt and starts the next moves only once."""
        moves: dict[SubtaskId, JsonRow] = {}
        for end in step.ends:
            moves[end.subtask_id] = self._end(step, end)
        for hold in step.holds:
            moves[hold.subtask_id] = self._hold(step, hold)
        turn = step.turn
        if turn is not None and step.starts:
            # Nothing starts in the log before its task runs.
            self._turn(step, turn)
        refused, waiting = self._begin_all(step, moves)
        if turn is not None and not step.starts:
            self._turn(step, turn)
        self.rows["moves"].extend(moves.values())
        got = {s.subtask_id: self._slots.get((step.task_id, s.subtask_id)) for s in step.starts}
        slots = {node: slot for node, slot in got.items() if slot is not None}
        return Written(frozenset(refused), frozenset(waiting.values()), slots)

    def _begin_all(
        self, step: Step, moves: dict[SubtaskId, JsonRow]
    ) -> tuple[list[SubtaskId], dict[AgentId, SubtaskId]]:
        """What got no slot, and which of that stands in each agent's line: the first of the task."""
        refused: list[SubtaskId] = []
        waiting: dict[AgentId, SubtaskId] = {}
        for start in step.starts:
            slot = self._slots.get((step.task_id, start.subtask_id))
            if not start.limited or slot is not None:
                self._move(start, self._start(step, start, slot), moves)
                continue
            refused.append(start.subtask_id)
            if start.agent not in waiting:
                waiting[start.agent] = start.subtask_id
                self._move(start, self._wait(step, start), moves)
        return refused, waiting

    def _move(self, start: Start, move: JsonRow, moves: dict[SubtaskId, JsonRow]) -> None:
        before = moves.get(start.subtask_id)
        if before is not None:
            moves[start.subtask_id] = move | {"was": before["was"], "was_attempt": before["was_attempt"]}
        elif move["was"] != move["state"]:
            moves[start.subtask_id] = move

    def _start(self, step: Step, start: Start, slot: int | None) -> JsonRow:
        self.rows["starts"].append(
            {
                "task_id": step.task_id,
                "subtask_id": start.subtask_id,
                "number": start.number,
                "epoch": step.epoch,
                "agent": start.agent,
                "key": start.key,
                "timeout_s": start.timeout_s,
                "slot": slot,
            }
        )
        self._facts.append(
            SubtaskStarted.trusted(
                kind="subtask_started",
                task_id=step.task_id,
                subtask_id=start.subtask_id,
                attempt=start.number,
                agent=start.agent,
                epoch=step.epoch,
                digest=start.digest,
            )
        )
        return _moved(step, start, "running", start.number)

    def _wait(self, step: Step, start: Start) -> JsonRow:
        self.rows["waits"].append(
            {
                "agent": start.agent,
                "task_id": step.task_id,
                "subtask_id": start.subtask_id,
                "priority": step.priority,
                "due_at": step.due_at,
            }
        )
        if start.was != "ready":
            self._facts.append(SubtaskReady(task_id=step.task_id, subtask_id=start.subtask_id, cause="slot"))
        return _moved(step, start, "ready", start.was_attempt)

    def _end(self, step: Step, end: End) -> JsonRow:
        place = {"task_id": step.task_id, "subtask_id": end.subtask_id}
        self.rows["ends"].append(
            place
            | {
                "number": end.number,
                "agent": end.agent,
                "state": end.attempt_state,
                "error": end.error,
                "cost_usd": end.cost_usd,
                "frees": end.frees,
                "slot": end.slot,
                "final": end.state == "failed",
            }
        )
        self.rows["artifacts"].extend(
            place | {"attempt": end.number} | artifact.model_dump() for artifact in end.artifacts
        )
        self._ended.extend(_facts_of(step, end))
        return place | {
            "was": "running",
            "was_attempt": end.number,
            "state": end.state,
            "attempt": end.number,
            "agent": end.agent,
            "next_at": end.next_at,
            "outputs": end.outputs,
            "error": end.error,
            "question": end.question,
        }

    def _hold(self, step: Step, hold: Hold) -> JsonRow:
        self._facts.append(
            SubtaskStopped(
                kind="subtask_blocked",
                task_id=step.task_id,
                subtask_id=hold.subtask_id,
                state="blocked",
                reason=hold.reason,
                question=hold.question,
                agent=hold.agent,
            )
        )
        if hold.question.cause in {"agent_unavailable", "unassigned"}:
            self._facts.append(
                AgentUnavailable(
                    task_id=step.task_id, subtask_id=hold.subtask_id, agent=hold.agent, reason=hold.reason
                )
            )
        return _moved(step, hold, "blocked", hold.was_attempt) | {"question": hold.question}

    def _turn(self, step: Step, turn: Turn) -> None:
        self.rows["tasks"].append(
            {
                "task_id": step.task_id,
                "status": turn.status,
                "needs_review": turn.needs_review,
                "reason": turn.reason,
                "checkpoints": turn.checkpoints,
                "release": turn.release,
                "wake_at": turn.wake_at,
            }
        )
        if turn.kind is not None:
            self._facts.append(
                TaskChanged(
                    kind=turn.kind,
                    task_id=step.task_id,
                    status=turn.status,
                    needs_review=turn.needs_review,
                    reason=turn.reason,
                )
            )


def _moved(step: Step, what: Start | Hold, state: SubtaskState, attempt: int) -> JsonRow:
    return {
        "task_id": step.task_id,
        "subtask_id": what.subtask_id,
        "was": what.was,
        "was_attempt": what.was_attempt,
        "state": state,
        "attempt": attempt,
        "agent": what.agent,
    }


def _facts_of(step: Step, end: End) -> Iterator[Fact]:
    if end.state == "completed":
        yield SubtaskCompleted.trusted(
            kind="subtask_completed",
            task_id=step.task_id,
            subtask_id=end.subtask_id,
            attempt=end.number,
            outputs_digest=outputs_digest(end.outputs or {}),
            artifacts=end.artifacts,
            cost_usd=end.cost_usd,
            seconds=end.seconds,
        )
        return
    yield _stopped(step, end)
    if end.question is not None and end.question.cause == "agent_unavailable":
        yield AgentUnavailable(
            task_id=step.task_id,
            subtask_id=end.subtask_id,
            agent=end.agent,
            reason=end.error.message if end.error else end.question.required_input,
        )


def _stopped(step: Step, end: End) -> SubtaskStopped:
    match end.state:
        case "ready" | "running":
            kind = "subtask_retrying"
        case "failed":
            kind = "subtask_failed"
        case "blocked":
            kind = "subtask_blocked"
        case "cancelled":
            kind = "subtask_cancelled"
        case "pending" | "waiting_approval" | "skipped" | "completed":
            raise LostRaceError(f"an attempt of {end.subtask_id} cannot end as {end.state}")
        case other:
            assert_never(other)
    return SubtaskStopped(
        kind=kind,
        task_id=step.task_id,
        subtask_id=end.subtask_id,
        state="ready" if end.state == "running" else end.state,
        attempt=end.number,
        attempt_state=end.attempt_state,
        error=end.error,
        next_at=end.next_at,
        question=end.question,
        agent=end.agent,
    )
