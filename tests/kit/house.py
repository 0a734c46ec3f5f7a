"""A small orchestrator around a real Postgres: use cases and workers, with a planner and agents of the test's own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from agent.engine.recorder import Recorder
from agent.engine.surroundings import Surroundings
from agent.engine.worker import Duties, Worker
from agent.feed import Feed
from agent.service.answering import Answering
from agent.service.assigning import Assigning
from agent.service.changing import Changing
from agent.service.choosing import Choosing
from agent.service.comparing import Comparing
from agent.service.control import Control
from agent.service.deciding import Deciding, Voice
from agent.service.editing import Editing
from agent.service.estimating import Estimating
from agent.service.executing import Executing, Order
from agent.service.health import HealthBoard
from agent.service.learning import Learning
from agent.service.looking import Looking
from agent.service.planning import Planning
from agent.service.queueing import Queueing
from agent.service.revising import Revising
from agent.service.submit import Receipt, Submitting
from agent.store import agents as store_agents
from agent.store.clock import DatabaseClock
from agent.store.database import Database, open_database
from agent.store.events import Events
from agent.store.progress import Standings
from agent.store.runs import Runs
from agent.store.tasks import Tasks
from approvals.authority import Known
from approvals.policy import Policy
from domain.agent import Agent, Manifest
from domain.event import Event
from domain.fold import Fold
from domain.given import GivenPlan
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan
from domain.principal import Principal
from domain.request import Request
from domain.task import Task, TaskStatus
from planner.amend import Amended
from planner.digest import digest_of
from planner.given import plan_given
from planner.memory import Recollection
from planner.operations import Drop, Limit, Operation
from planner.pipeline import Planning as RealPlanning
from routing.learnt import Learnt
from routing.route import Router
from tests.kit.columns import differences
from tests.kit.plans import NOBODY_ASKED, agent
from tests.kit.specialist import ScriptedSpecialist

SOON = 120.0
"""Seconds within which whatever a test waits for has happened, on a busy machine, too."""


class GivenPlanner:
    """Hands out the plan that a test laid ready under the task's id."""

    def __init__(self) -> None:
        self.plans: dict[str, Plan] = {}
        self.asked = 0
        self.may_plan = asyncio.Event()
        self.may_plan.set()

    async def plan(self, request: Request, *, revision: int, numbers: Mapping[AgentId, int]) -> Plan:
        self.asked += 1
        await self.may_plan.wait()
        return self.plans[request.task_id].model_copy(
            update={"revision": revision, "request_digest": digest_of(request)}
        )


class House:
    def __init__(
        self,
        database: Database,
        manifest: Manifest,
        specialist: ScriptedSpecialist,
        known: Known | None = None,
    ) -> None:
        self.database = database
        self.manifest = manifest
        self.specialist = specialist
        self.planner = GivenPlanner()
        self.known = known
        self.clock = DatabaseClock()
        self.board = HealthBoard(database, manifest, specialist)
        self.planning = Planning(database, self.planner, self.clock, self._new_id, given=self._given)
        self.submitting = Submitting(database, self._plan_and_ask, self.clock, digest_of, self.planning.check)
        self.deciding = Deciding(database, self.clock, dict, lambda _status, _seconds: None, known)
        self.reworded: Callable[[str], None] = lambda _task_id: None
        """Called as a plan is made anew."""
        self.revising = Revising(self.clock)
        self.changing = Changing(self.deciding, self.planning, self.revising, self._reword)
        self.editing = Editing(database, self.planning, self.revising, self._edited, self.clock)
        self.comparing = Comparing(database, manifest, partial(Random, 0))
        self.executing = Executing(database, self.board, self.clock, dict)
        self.assigning = Assigning(database, self.planning, manifest, self._amend, self.clock)
        self.control = Control(database, self.clock)
        self.answering = Answering(database, self.clock)
        self.queueing = Queueing(database, self.control)
        self.recollection, self.routes = Recollection(), Learnt(Router(manifest))
        self.learning = Learning(database, manifest, self.recollection, self.routes)
        self.choosing = Choosing(database, self.routes)
        estimating = Estimating(manifest, lambda: self.learning.history, self.clock, partial(Random, 0))
        self.looking = Looking(database, self.clock, self._notes, estimating)
        self.tasks = Tasks(database.pool)
        self.standings = Standings(database.pool)
        self.events = Events(database.pool)
        self.feed = Feed(self.events, database.ears)

    async def _plan_and_ask(self, task_id: str) -> None:
        await self.planning.plan(task_id)
        await self.deciding.say_again(task_id)

    async def _notes(self, _task_id: str) -> tuple[str, ...]:
        return ()

    def _new_id(self) -> UUID:
        return uuid4()

    def _given(
        self, request: Request, given: GivenPlan, *, revision: int, numbers: Mapping[AgentId, int]
    ) -> Plan:
        """As the service reads a plan that is brought along, with its own router and policy."""
        policy = Policy.load(Path(str(files("manifests").joinpath("risk-policy.yaml")))).guarding(
            self.manifest
        )
        planning = RealPlanning(self.manifest, Router(self.manifest), policy)
        return plan_given(planning, request, given, revision=revision, numbers=numbers)

    def _amend(self, _request: Request, plan: Plan, node: SubtaskId, to: Agent) -> Plan:
        subtasks = tuple(
            s.model_copy(update={"agent": to.id, "endpoint": to.endpoint}) if s.subtask_id == node else s
            for s in plan.subtasks
        )
        return plan.model_copy(
            update={"revision": plan.revision + 1, "planner": "amended", "subtasks": subtasks}
        )

    def _edited(
        self,
        _request: Request,
        plan: Plan,
        operations: Sequence[Operation],
        *,
        done: frozenset[SubtaskId],
        numbers: Mapping[AgentId, int],
    ) -> Plan:
        """Drops, and nothing else: enough to see what an edit does to what stands."""
        gone = {o.subtask_id for o in operations if isinstance(o, Drop)}
        left = tuple(s for s in plan.subtasks if s.subtask_id not in gone)
        kept = tuple(
            s.model_copy(
                update={"ordinal": n, "depends_on": tuple(e for e in s.depends_on if e.on not in gone)}
            )
            for n, s in enumerate(left)
        )
        held = tuple(node for node in plan.verdict.gated if node not in gone)
        verdict = plan.verdict.model_copy(update={"gated": held}) if held else NOBODY_ASKED
        return plan.model_copy(
            update={
                "revision": plan.revision + 1,
                "planner": "amended",
                "subtasks": kept,
                "verdict": verdict,
            }
        )

    def _reword(
        self,
        _request: Request,
        plan: Plan,
        comment: str,
        *,
        target: SubtaskId | None,
        done: frozenset[SubtaskId],
        numbers: Mapping[AgentId, int],
    ) -> Amended:
        """The comment becomes a limit, unless it is a question; plans of tests are too plain to be read."""
        self.reworded(plan.task_id)
        limits = plan.constraints if comment.endswith("?") else (*plan.constraints, comment)
        changed = plan.model_copy(
            update={"revision": plan.revision + 1, "planner": "amended", "constraints": limits}
        )
        return Amended(changed, (Limit(text=comment),), (f"kept in mind: {comment}",))

    async def submit(self, plan: Plan, *, execute: bool = True, **request: object) -> Receipt:
        """Submit a request whose plan is this one."""
        self.planner.plans[plan.task_id] = plan
        asked = Request.model_validate(
            {"task_id": plan.task_id, "title": "test", "execute": execute, **request}
        )
        return await self.submitting.submit(asked, by=Principal.claimed("test"))

    async def approve(self, task_id: str, *, person: str = "ann", role: str = "tech_lead") -> None:
        approval = (await self.looking.task(task_id)).approvals[-1]
        await self.deciding.decide(
            str(approval.approval_id), Voice(Principal.claimed(person, role), "approve", "looked at it")
        )

    async def execute(self, task_id: str, order: Order = Order()) -> Task:  # noqa: B008
        return await self.executing.execute(task_id, order, actor="test")

    async def until(self, task_id: str, *statuses: TaskStatus, seconds: float = SOON) -> Task:
        """The task once it is in one of these statuses and nobody owns it any more."""
        async with asyncio.timeout(seconds):
            while True:
                task = await self.tasks.get(task_id)
                owner = await self.database.pool.fetchval(
                    "SELECT owner FROM task WHERE task_id = $1", task_id
                )
                if task.status in statuses and owner is None:
                    return task
                await asyncio.sleep(0.01)

    async def until_state(self, task_id: str, key: str, state: str) -> None:
        async with asyncio.timeout(SOON):
            while (await self.states(task_id))[key] != state:
                await asyncio.sleep(0.01)

    async def states(self, task_id: str) -> dict[str, str]:
        return {p.subtask_id.rsplit("::", 1)[1]: p.state for p in await self.standings.of(task_id)}

    async def log(self) -> list[Event]:
        found: list[Event] = []
        while page := await self.events.after(found[-1].seq if found else 0):
            found.extend(page)
        return found

    async def fold(self) -> Fold:
        fold = Fold()
        for event in await self.log():
            fold.apply(event)
        return fold

    def duties(self) -> Duties:
        limits = {a.id: a.limits.max_concurrency for a in self.manifest.agents}

        async def status(task_id: str) -> TaskStatus | None:
            task = await self.tasks.find(task_id)
            return task.status if task else None

        def around(recorder: Recorder) -> Surroundings:
            return Surroundings(
                recorder=recorder,
                specialist=self.specialist,
                clock=self.clock,
                draw=lambda: 0.0,
                digest_of=digest_of,
                health=self.board.known,
                limited=lambda agent_id: limits.get(agent_id) is not None,
                load=self.tasks.get,
                load_run=Runs(self.database.pool).load,
                status=status,
            )

        return Duties(
            plan=self.planning.plan,
            expire=self.deciding.expire,
            give_up=self.answering.give_up,
            surroundings=around,
            continued=lambda _carrier: contextlib.nullcontext(),
            on_batch=lambda _size, _seconds: None,
        )

    @asynccontextmanager
    async def worker(
        self, name: str = "w1", *, concurrency: int = 50, grace_s: float = 1.0, **more: float
    ) -> AsyncIterator[Worker]:
        worker = Worker(self.database, name, self.duties(), concurrency=concurrency, grace_s=grace_s, **more)
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(SOON):
            await worker.ready.wait()
        try:
            yield worker
        finally:
            worker.leave()
            async with asyncio.timeout(SOON):
                await running


@asynccontextmanager
async def house(dsn: str, *agents: Agent, known: Known | None = None) -> AsyncIterator[House]:
    """At its end every stored state must follow from the log."""
    manifest = Manifest(schema_version="1.0", agents=agents or (agent(),), version="test")
    async with open_database(dsn) as database:
        made = House(database, manifest, ScriptedSpecialist(), known)
        async with database.transaction("manifest") as tx:
            await store_agents.list_manifest(tx.connection, manifest)
        await made.clock.sync(database.pool)
        yield made
        assert await differences(database.pool, await made.fold()) == []
