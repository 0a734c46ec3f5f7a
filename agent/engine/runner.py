"""Runs one task on one worker: decide, act, record, until nothing can move."""

import asyncio
from datetime import datetime
from typing import Final, assert_never

from agent.engine import turning
from agent.engine.approved import refusal
from agent.engine.beginning import begun
from agent.engine.calls import Calls
from agent.engine.decide import Begin, CallOff, Close, Go, Rest, decide
from agent.engine.outcome import ended, lost
from agent.engine.picture import Picture
from agent.engine.surroundings import Surroundings
from agent.store.runs import LARGE, Run
from agent.store.step import End, Hold, Start, Step, Turn, Written
from domain.errors import FencedError, PlanChangedError
from domain.facts.task import TaskHeartbeat
from domain.ids import SubtaskId
from domain.request import PRIORITY_RANK
from domain.subtask import SUBTASK_ENDS
from domain.task import Task, TaskStatus

LOOK_AGAIN_S = 0.02


GOES_ON: Final[frozenset[TaskStatus]] = frozenset({"planned", "running", "pausing"})
"""Statuses in which it matters whether the plan may run. In any other nothing of it starts, and others decide."""


class Runner:
    """Owns one task for as long as something in it can move."""

    def __init__(self, task: Task, run: Run, around: Surroundings) -> None:
        self._around = around
        # What is not whole cannot even be pictured; its task is closed with the reason, and no more is done to it.
        self._picture = Picture(task, run if run.is_whole else run.hollow())
        self._refusal = self._refused(task, run)
        self._unwritten: list[End] = []
        self._calls: Calls | None = None
        self._changed = False
        self._leaving = False

    @property
    def task(self) -> Task:
        return self._picture.situation.task

    def changed(self) -> None:
        """Something happened to the task from outside: read it again."""
        self._changed = True
        self._stir()

    def called(self) -> None:
        """A slot that it waits for may be free."""
        if self._picture.situation.in_line:
            self._picture.situation.in_line.clear()
            self._stir()

    def leave(self) -> None:
        """Start nothing more; hand the task over once its calls are back."""
        self._leaving = True
        self._stir()

    def drop_calls(self) -> None:
        """Do not wait for the calls any longer."""
        if self._calls is not None:
            self._calls.call_off()

    def heartbeat(self, worker: str) -> TaskHeartbeat:
        frontier = self._picture.situation.frontier
        return TaskHeartbeat(
            task_id=self.task.task_id,
            worker=worker,
            running=len(self._picture.situation.in_flight),
            ended=frontier.count(*SUBTASK_ENDS),
            total=len(frontier.states),
        )

    def _stir(self) -> None:
        if self._calls is not None:
            self._calls.stirred.set()

    async def run(self) -> None:
        """Until the task rests, ends, or belongs to somebody else."""
        async with Calls(self._around.specialist) as self._calls:
            self._find_lost()
            while await self._turn_once(self._calls):
                pass

    async def _turn_once(self, calls: Calls) -> bool:
        """One round; False once the task is no longer ours."""
        if self._changed and not await self._read_again():
            return False
        now = self._around.clock.now()
        self._take_answers(calls, now)
        step = self._plan(calls, now)
        if step is None:
            await calls.wait(self._until_due())
            return True
        try:
            written = await self._around.recorder.write(step)
        except FencedError:
            return await self._again()
        self._unwritten.clear()
        self._act(step, written, calls)
        return step.turn is None or not step.turn.release

    async def _again(self) -> bool:
        """Where nothing happened to the task, what it rests on was refused; our clock may take a moment to see why."""
        version = self.task.version
        ours = await self._read_again()
        if ours and self._refusal is None and self.task.version == version:
            await asyncio.sleep(LOOK_AGAIN_S)
        return ours

    async def _read_again(self) -> bool:
        """Take in what others did. Calls in flight go on; ends that are not written yet are laid over it."""
        self._changed = False
        task = await self._around.load(self.task.task_id)
        if task.epoch != self.task.epoch:
            return False
        run = await self._around.load_run(self.task.task_id)
        old = self._picture.situation
        if not run.is_whole:
            old.task, self._refusal = task, self._refused(task, run)
            return True
        large = len(run.subtasks) >= LARGE
        self._picture = await asyncio.to_thread(Picture, task, run) if large else Picture(task, run)
        self._picture.situation.in_flight = old.in_flight
        self._refusal = self._refused(task, run)
        unwritten, self._unwritten = self._unwritten, []
        for end in unwritten:
            self._end(end)
        return True

    def _refused(self, task: Task, run: Run) -> str | None:
        now = self._around.clock.now()
        return refusal(task, run, now, self._around.digest_of) or self._picture.knot()

    def _find_lost(self) -> None:
        """Attempts that ran under an earlier owner. What its text was then, nobody knows of one that was changed."""
        for node, standing in list(self._picture.standing.items()):
            if standing.state == "running":
                try:
                    tried = self._picture.tried(node)
                except PlanChangedError as error:
                    self._refusal = self._refusal or error.message
                    continue
                self._end(lost(tried, now=self._around.clock.now()))

    def _take_answers(self, calls: Calls, now: datetime) -> None:
        while calls.answers:
            answer = calls.answers.popleft()
            try:
                tried = self._picture.tried(answer.subtask_id, answer.seconds)
            except PlanChangedError as error:
                self._refusal = self._refusal or error.message
                self._picture.situation.in_flight.discard(answer.subtask_id)
                continue
            if answer.outcome.outcome == "cancelled" and self._leaving:
                self._end(lost(tried, now=now, gone=False))
                continue
            self._end(ended(tried, answer.outcome, now=now, draw=self._around.draw()))

    def _end(self, end: End) -> None:
        standing = self._picture.standing[end.subtask_id]
        if standing.state == "running" and standing.attempt == end.number:
            self._picture.apply(end)
            self._unwritten.append(end)
            self._picture.situation.in_line.clear()

    def _until_due(self) -> float | None:
        due = self._picture.situation.frontier.next_due()
        return None if due is None else max(0.0, (due - self._around.clock.now()).total_seconds())

    def _plan(self, calls: Calls, now: datetime) -> Step | None:
        """The step that the situation calls for, or None to wait."""
        turn, begins = self._decide(calls, now)
        starts: list[Start] = []
        holds: list[Hold] = []
        for node in begins:
            match begun(self._picture, node, now, self._around.health, self._around.limited):
                case Start() as start:
                    starts.append(start)
                case Hold() as hold:
                    holds.append(hold)
                case other:
                    assert_never(other)
        if not (starts or holds or self._unwritten or turn):
            return None
        if turn is not None and holds:
            # A task that goes and one that calls for people are two things to tell.
            starts, holds = [], []
        turn = turn or turning.flagged(self.task, self._unwritten, holds)
        return Step(
            task_id=self.task.task_id,
            epoch=self.task.epoch,
            version=self.task.version,
            priority=PRIORITY_RANK[self.task.priority],
            due_at=self.task.due_at,
            starts=tuple(starts),
            ends=tuple(self._unwritten),
            holds=tuple(holds),
            turn=turn,
            consent=self._picture.consent(starts) if starts or _begins(turn) else None,
        )

    def _decide(self, calls: Calls, now: datetime) -> tuple[Turn | None, list[SubtaskId]]:
        situation = self._picture.situation
        if self._leaving:
            return (None if situation.in_flight else turning.rest(self.task, now)), []
        if self._refusal is not None and self.task.status in GOES_ON:
            refused = Close("blocked", needs_review=True, reason=self._refusal)
            return (None if situation.in_flight else self._close(refused)), []
        turn: Turn | None = None
        begins: list[SubtaskId] = []
        for move in decide(situation, now):
            match move:
                case Begin(node):
                    begins.append(node)
                case CallOff():
                    situation.called_off = True
                    calls.call_off()
                case Close():
                    turn = self._close(move)
                case Go(status, reason):
                    turn = turning.go(self.task, status, reason)
                case Rest(until):
                    turn = turning.rest(self.task, self._timer(until, now))
                case other:
                    assert_never(other)
        return turn, begins

    def _timer(self, until: datetime | None, now: datetime) -> datetime | None:
        """Whoever took the task over was woken at once; the stored timer is what people have time for."""
        if until is None or until > now or self.task.status in GOES_ON:
            return until
        return self._picture.asked_until()

    def _close(self, close: Close) -> Turn:
        return turning.closed(self.task, close, self._picture.first_deadline())

    def _act(self, step: Step, written: Written, calls: Calls) -> None:
        """What is written may be done: make the calls."""
        if step.turn is not None:
            now = {
                "status": step.turn.status,
                "needs_review": step.turn.needs_review,
                "reason": step.turn.reason,
            }
            self._picture.situation.task = self.task.model_copy(update=now)
        for hold in step.holds:
            self._picture.held(hold.subtask_id, hold.question)
        self._picture.asked(step.starts, written.refused)
        for start in step.starts:
            if start.subtask_id in written.waiting:
                self._picture.lined_up(start.subtask_id)
            elif start.subtask_id not in written.refused:
                self._picture.started(
                    start.subtask_id, start.number, start.agent, written.slots.get(start.subtask_id)
                )
                calls.launch(self._picture.assignment(start.subtask_id, start.number))


def _begins(turn: Turn | None) -> bool:
    return turn is not None and turn.kind == "task_running"
