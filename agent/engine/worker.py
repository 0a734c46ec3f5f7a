"""A worker: takes tickets from the queue, runs one task for each, and looks after what others left behind."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from agent.engine.consumer import Consumer
from agent.engine.near import Near
from agent.engine.recorder import Recorder
from agent.engine.runner import Runner
from agent.engine.session import FROZEN_AFTER_S, Session, enlisted
from agent.engine.surroundings import Surroundings
from agent.store.approvals import overdue
from agent.store.database import Database
from agent.store.housekeeping import admit, call_next, epochs, keep_house, let_go, versions
from agent.store.pool import GONE
from agent.store.queue import Queue
from agent.store.runs import LARGE
from agent.store.tickets import ADVANCE
from agent.store.watch import Watch
from domain.errors import FencedError, LostRaceError, UnreachableError
from domain.task import Task

AGAIN_S: Final = 0.5
"""How soon to try again when the database went away."""

HOUSEKEEPING_S: Final = 0.5
HEARTBEAT_S: Final = 30.0
"""Whoever watches asks after half a minute of silence whether anything still runs. More often would tell nothing
new and fill the log: at this pace a thousand running tasks add 33 events a second, under one in a hundred of what
the log takes.
"""


@dataclass(frozen=True)
class Duties:
    """What a worker does with a ticket besides running a plan."""

    plan: Callable[[str], Awaitable[None]]
    """For a task that is still being planned."""
    expire: Callable[[str], Awaitable[None]]
    """For a task whose approval may have run out of time."""
    give_up: Callable[[str], Awaitable[None]]
    """For a task that waits for answers whose time may be over."""
    surroundings: Callable[[Recorder], Surroundings]
    continued: Callable[[Mapping[str, str]], contextlib.AbstractContextManager[None]]
    """Goes on with the trace that came with the ticket."""
    on_batch: Callable[[int, float], None]


class Worker:
    """One incarnation after another of a worker, until told to leave."""

    def __init__(
        self,
        database: Database,
        name: str,
        duties: Duties,
        *,
        concurrency: int,
        grace_s: float,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._database = database
        self._name = name
        self._duties = duties
        self._concurrency = max(2, concurrency)
        self._grace_s = grace_s
        self._runners: dict[str, Runner] = {}
        self._held: set[str] = set()
        """Tasks that a ticket is seen to for; the owner of any other is this worker by mistake."""
        self._queue = Queue(database.pool)
        self._hands = asyncio.Semaphore(self._concurrency)
        self._leaving = asyncio.Event()
        self._hint = asyncio.Event()
        self._freed = False
        self._limited = False
        self._heartbeat_s = heartbeat_s
        self.ready = asyncio.Event()

    def leave(self) -> None:
        """Take no more tickets, hand over what runs, and end."""
        self._leaving.set()
        for runner in self._runners.values():
            runner.leave()

    async def run(self) -> None:
        """Until told to leave. A worker that was given up for dead begins anew, with nothing in its hands."""
        while not self._leaving.is_set():
            try:
                async with enlisted(self._database.dsn, self._name) as session:
                    await self._live(session)
            except* FencedError:
                self._runners.clear()
            except* (UnreachableError, *GONE):
                self._runners.clear()
                await asyncio.sleep(AGAIN_S)

    async def _live(self, session: Session) -> None:
        recorder = Recorder(
            session,
            on_batch=self._duties.on_batch,
            on_facts=self._database.on_facts,
            on_turn=self._free_slot,
        )
        async with asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(recorder.run(), name="recorder"),
                group.create_task(self._keep_house(session), name="housekeeping"),
                group.create_task(self._show_life(session), name="heartbeats"),
                group.create_task(
                    self._database.ears.listen("orchestrator_wake", self._hint.set), name="listener"
                ),
            ]
            await self._take_tickets(recorder)
            for helper in helpers:
                helper.cancel()

    async def _take_tickets(self, recorder: Recorder) -> None:
        async def advance(task_id: str, headers: Mapping[str, str]) -> None:
            with self._duties.continued(headers):
                await self._advance(task_id, recorder)

        near = Near(advance, self._may_see)
        tickets = Consumer(self._database, ADVANCE, advance, self._concurrency, patience=near.head_start)
        self.ready.set()
        leaving = asyncio.create_task(self._leave_in_time(tickets))
        try:
            async with near.hearing(self._database):
                await tickets.run()
        finally:
            leaving.cancel()

    def _may_see(self, task_id: str) -> bool:
        return not (self._hands.locked() or self._leaving.is_set() or task_id in self._held)

    async def _leave_in_time(self, tickets: Consumer) -> None:
        await self._leaving.wait()
        tickets.close()
        await asyncio.sleep(self._grace_s)
        for runner in self._runners.values():
            runner.drop_calls()

    async def _advance(self, task_id: str, recorder: Recorder) -> None:
        """What a ticket asks: look at this task, and do what is to be done."""
        if task_id in self._held:
            self._hint.set()
            return
        self._held.add(task_id)
        try:
            async with self._hands:
                await self._see(task_id, recorder)
        finally:
            self._held.discard(task_id)
            if self._limited:
                self._hint.set()

    async def _see(self, task_id: str, recorder: Recorder) -> None:
        around = self._duties.surroundings(recorder)
        with contextlib.suppress(FencedError):
            task = await recorder.take(task_id) or await self._prepared(task_id, around, recorder)
            if task is not None:
                await self._run(task, around)

    async def _prepared(self, task_id: str, around: Surroundings, recorder: Recorder) -> Task | None:
        """Plan it, or refuse it where nobody decided in time; and then own it, if it is to run by itself."""
        match await around.status(task_id):
            case "planning":
                await self._duties.plan(task_id)
                return await recorder.take(task_id)
            case "approval_pending":
                await self._duties.expire(task_id)
            case "blocked":
                await self._duties.give_up(task_id)
        return None

    async def _run(self, task: Task, around: Surroundings) -> None:
        run = await around.load_run(task.task_id)
        large = len(run.subtasks) >= LARGE
        runner = await asyncio.to_thread(Runner, task, run, around) if large else Runner(task, run, around)
        self._runners[task.task_id] = runner
        if self._leaving.is_set():
            runner.leave()
        try:
            await runner.run()
        finally:
            if self._runners.get(task.task_id) is runner:
                del self._runners[task.task_id]

    def _free_slot(self) -> None:
        """A slot was freed here that somebody waits for."""
        self._freed = True
        self._hint.set()

    async def _keep_house(self, session: Session) -> None:
        watch = Watch(FROZEN_AFTER_S)
        due = 0.0
        while True:
            await self._hinted()
            freed, self._freed = self._freed, False
            with contextlib.suppress(*GONE):
                await self._tell_runners(session)
                await self._call_runners(session, freed=freed)
                if self._limited:
                    await admit(self._database)
                # By the clock, and not only in silence: where hints never cease the dead would never be buried.
                if (now := time.monotonic()) >= due:
                    due = now + HOUSEKEEPING_S
                    await self._let_go_what_broke_off(session)
                    self._limited = (await self._queue.settings()).max_concurrent is not None
                    await keep_house(self._database, session.worker_id, watch)
                    await self._expire()

    async def _expire(self) -> None:
        """Approvals whose time is up, also those of tasks that run meanwhile or rest without a ticket."""
        for task_id in await overdue(self._database.pool):
            # Whoever was first has seen to it.
            with contextlib.suppress(LostRaceError):
                await self._duties.expire(task_id)

    async def _let_go_what_broke_off(self, session: Session) -> None:
        """A task is held before it is owned, so what was owned and is not held has no runner any more."""
        owned = await epochs(self._database.pool, session.worker_id)
        if left := {task_id: epoch for task_id, epoch in owned.items() if task_id not in self._held}:
            await let_go(self._database, session.worker_id, left)

    async def _show_life(self, session: Session) -> None:
        """One heartbeat an interval of each task that was held here for all of it."""
        held: set[str] = set()
        while True:
            await asyncio.sleep(self._heartbeat_s)
            lasting = [runner for task_id, runner in self._runners.items() if task_id in held]
            held = set(self._runners)
            with contextlib.suppress(*GONE):
                async with self._database.transaction(session.actor) as tx:
                    tx.tell(*(runner.heartbeat(self._name) for runner in lasting))

    async def _hinted(self) -> None:
        """Until there is a hint, or time for another round."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HOUSEKEEPING_S):
                await self._hint.wait()
        self._hint.clear()

    async def _tell_runners(self, session: Session) -> None:
        if not self._runners:
            return
        stored = await versions(self._database.pool, session.worker_id)
        for task_id, runner in list(self._runners.items()):
            if stored.get(task_id) != runner.task.version:
                runner.changed()

    async def _call_runners(self, session: Session, *, freed: bool) -> None:
        for task_id in await call_next(self._database, session.worker_id, tell=freed):
            if (runner := self._runners.get(task_id)) is not None:
                runner.called()
