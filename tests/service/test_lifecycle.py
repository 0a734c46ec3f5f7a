"""The API driven at random against a model of the life of a task: every answer and every state agrees with it."""

import asyncio
from collections.abc import Coroutine
from itertools import count
from typing import Any, ClassVar, TypeVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.attempt import Outcome as Ended
from domain.attempt import Succeeded, Unsuccessful
from domain.subtask import Failure
from tests.kit.api import Api, api
from tests.kit.command import PATIENCE_S
from tests.kit.lifecycle import AGENTS, Model, Outcome, Word
from tests.kit.plans import agent, gated, node, plan_of, subtask
from tests.kit.specialist import failure

T = TypeVar("T")
WALKS, STEPS = 3, 30
OFTEN, RARELY = st.sampled_from([True, True, False]), st.sampled_from([False, False, True])
ENDS = {"completed", "failed", "cancelled", "rejected", "expired"}
NODES = st.sampled_from(["a", "b"])
OUTCOMES: dict[Outcome, Ended] = {
    "completed": Succeeded(outputs={}),
    "failed": failure(retryable=False),
    "blocked": Unsuccessful(outcome="unknown", error=Failure(code="OUTCOME_UNKNOWN", message="nobody heard")),
}
WHO = {"approver_id": "ann", "approver_role": "tech_lead", "justification": "looked at it"}


class Life(RuleBasedStateMachine):
    """`loop` runs the service; the machine runs beside it in a thread."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    served: ClassVar[Api]
    names: ClassVar[Any]

    @initialize(asks=st.booleans(), execute=OFTEN, fails_fast=RARELY)
    def begin(self, asks: bool, execute: bool, fails_fast: bool) -> None:
        self.submit(asks, execute, fails_fast)

    @precondition(lambda self: self.model.status in ENDS)
    @rule(asks=st.booleans(), execute=OFTEN, fails_fast=RARELY)
    def another(self, asks: bool, execute: bool, fails_fast: bool) -> None:
        self.submit(asks, execute, fails_fast)

    def submit(self, asks: bool, execute: bool, fails_fast: bool) -> None:
        self.late = self.orders = 0
        self.task = f"life-{next(self.names)}"
        keys = [f"{self.task}-a", f"{self.task}-b"]
        self.served.house.specialist.hold(*keys)
        made = plan_of(
            self.task,
            subtask(self.task, keys[0], effect="write", idempotent=False),
            subtask(self.task, keys[1], keys[0], ordinal=1, effect="write", idempotent=False),
        )
        self.served.house.planner.plans[self.task] = gated(made, *keys) if asks else made
        self.body = {
            "task_id": self.task,
            "title": "test",
            "execute": execute,
            "on_failure": "fail" if fails_fast else "review",
        }
        self.model = Model(asks=asks, under_way=execute, fails_fast=fails_fast)
        answered = self.await_(self.served.post("/orchestrate", self.body))
        assert answered.status_code == 201, answered.text
        self.agree()

    def lives(self) -> bool:
        """Whether orders still mean something; a few of what has ended are enough."""
        return self.model.status not in ENDS or self.late < 2

    @precondition(lives)
    @rule()
    def submit_again(self) -> None:
        assert self.post("/orchestrate", 200, self.body)["duplicate"]

    @precondition(lambda self: self.model.asks and self.lives())
    @rule()
    def approve(self) -> None:
        self.post(f"/approve/{self.approval()}", self.model.decide("approved"), WHO)
        self.agree()

    @precondition(lambda self: self.model.asks and self.lives())
    @rule()
    def reject(self) -> None:
        self.post(f"/reject/{self.approval()}", self.model.decide("rejected"), WHO)
        self.agree()

    @precondition(lambda self: self.model.approval == "pending")
    @rule()
    def let_it_expire(self) -> None:
        self.model.expire()
        self.await_(self.pass_time())
        self.agree()

    @precondition(lives)
    @rule()
    def resume(self) -> None:
        self.post(f"/resume/{self.task}", self.model.resume())

    @precondition(lives)
    @rule()
    def execute(self) -> None:
        self.post(f"/execute/{self.task}", self.model.execute())
        self.agree()

    @precondition(lives)
    @rule()
    def pause(self) -> None:
        self.post(f"/tasks/{self.task}/pause", self.model.pause())
        self.agree()

    @precondition(lives)
    @rule()
    def unpause(self) -> None:
        self.post(f"/tasks/{self.task}/unpause", self.model.unpause())
        self.agree()

    @precondition(lambda self: self.orders > 6 and self.lives())
    @rule()
    def cancel(self) -> None:
        self.post(f"/tasks/{self.task}/cancel", self.model.cancel())
        self.agree()

    @precondition(lambda self: self.model.running() is not None)
    @rule(outcome=st.sampled_from(sorted(OUTCOMES)))
    def finish(self, outcome: Outcome) -> None:
        running = self.model.running()
        assert running is not None
        self.await_(self.end_call(running, OUTCOMES[outcome]))
        self.model.finish(running, outcome)
        self.agree()

    @precondition(lives)
    @rule(key=NODES)
    def skip(self, key: str) -> None:
        self.post(f"{self.path(key)}/skip", self.model.skip(key))
        self.agree()

    @precondition(lives)
    @rule(key=NODES)
    def retry(self, key: str) -> None:
        self.post(f"{self.path(key)}/retry", self.model.answer(key, "retry"))
        self.agree()

    @precondition(lives)
    @rule(key=NODES, word=st.sampled_from(["done", "skip", "fail"]))
    def answer(self, key: str, word: Word) -> None:
        self.post(f"{self.path(key)}/answer", self.model.answer(key, word), {"answer": word})
        self.agree()

    @precondition(lives)
    @rule(key=NODES, agent=st.sampled_from([*AGENTS, "nobody"]))
    def assign(self, key: str, agent: str) -> None:
        self.post(f"{self.path(key)}/assign", self.model.assign(key, agent), {"agent": agent})
        self.agree()

    def teardown(self) -> None:
        """What still runs is called off, so that the worker has its hands free."""
        if hasattr(self, "model"):
            self.post(f"/tasks/{self.task}/cancel", self.model.cancel())
            self.agree()

    def await_(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    def post(self, path: str, code: int, body: Any = None) -> Any:
        """The model has taken the order already; `was` is where the task stood before it."""
        self.orders += 1
        self.late += self.was in ENDS
        answered: httpx.Response = self.await_(self.served.post(path, body))
        assert answered.status_code == code, (path, answered.status_code, answered.text, self.model)
        return answered.json()

    def path(self, key: str) -> str:
        return f"/tasks/{self.task}/subtasks/{node(self.task, f'{self.task}-{key}')}"

    def approval(self) -> str:
        answered = self.await_(self.served.get(f"/tasks/{self.task}")).json()
        return str(answered["approvals"][-1]["approval_id"])

    def agree(self) -> None:
        """Wait until the task stands where the model says; it comes to rest there and nowhere else."""
        self.await_(self.until_it_agrees())
        self.was = self.model.status

    async def until_it_agrees(self) -> None:
        running = {key for key, state in self.model.nodes.items() if state == "running"}
        wanted = (self.model.status, self.model.nodes, self.model.calls, running)
        found: object = None
        try:
            async with asyncio.timeout(PATIENCE_S / 2):
                while found != wanted:
                    await asyncio.sleep(0.01)
                    found = await self.found()
        except TimeoutError:
            raise AssertionError(f"{self.task} stands at {found}, and should at {wanted}") from None

    async def found(self) -> object:
        told = (await self.served.get(f"/tasks/{self.task}")).json()
        states = {row["subtask_id"][-1]: row["state"] for row in told["subtasks"]}
        specialist = self.served.house.specialist
        calls = {key: specialist.calls_of(f"{self.task}-{key}") for key in states}
        return (
            told["status"],
            states,
            calls,
            {key for key in states if specialist.under_way[f"{self.task}-{key}"]},
        )

    async def end_call(self, key: str, outcome: Ended) -> None:
        specialist, name = self.served.house.specialist, f"{self.task}-{key}"
        specialist.script(name, outcome)
        specialist.let_go(name)
        specialist.hold(name)

    async def pass_time(self) -> None:
        house = self.served.house
        await house.database.pool.execute("UPDATE clock SET ahead = ahead + interval '11 minutes'")
        await house.clock.sync(house.database.pool)


def walked(tour: str) -> None:
    life = Life()
    for order in tour.split(", "):
        name, *words = order.split()
        given = dict(zip(PARTS[name], words, strict=True)) if name in PARTS else {}
        getattr(life, name)(
            **{part: word == "yes" if name == "begin" else word for part, word in given.items()}
        )
    life.teardown()


PARTS = {
    "begin": ("asks", "execute", "fails_fast"),
    "finish": ("outcome",),
    "skip": ("key",),
    "retry": ("key",),
    "answer": ("key", "word"),
    "assign": ("key", "agent"),
}
TOURS = (
    (
        "begin no yes no, pause, pause, execute, unpause, pause, skip a, finish completed, pause, resume, unpause, "
        "finish failed, answer b fail, pause, execute, retry b, finish blocked, retry a, answer b done, cancel, pause, resume"
    ),
    (
        "begin yes yes no, execute, resume, approve, reject, approve, finish blocked, answer a fail, skip a, skip a, cancel, "
        "cancel, execute, skip b, submit_again"
    ),
    "begin yes no no, skip a, reject, reject, approve, execute, resume, unpause, cancel, approve",
    "begin yes no no, let_it_expire, approve, reject, resume, execute, retry a, cancel",
    "begin yes no no, cancel, approve, execute",
    "begin no yes yes, finish failed, retry a, execute, cancel, pause",
    "begin no yes no, pause, finish failed, answer a done, unpause, pause, cancel, unpause",
    "begin no no no, pause, unpause, execute, pause, finish failed, retry a, unpause, finish completed, finish completed",
    (
        "begin no yes no, assign a other, assign b other, assign b nobody, finish failed, assign a other, finish completed, "
        "assign a worker, finish blocked, pause, assign b worker, unpause, finish completed, assign b other"
    ),
    (
        "begin yes yes no, assign b other, approve, assign b worker, approve, assign a other, assign b other, "
        "finish completed, approve, finish failed, pause, assign b worker, pause, reject, assign b worker, cancel"
    ),
    "begin yes yes no, approve, assign b other, cancel, assign b worker",
    "begin yes yes no, approve, pause, assign b other, finish completed, assign b other, resume, approve, finish completed",
    "begin yes yes no, approve, assign b other, finish blocked, let_it_expire, assign b other, cancel",
    "begin yes yes yes, approve, assign b other, finish failed, approve, assign b worker",
    "begin yes yes no, approve, assign b other, reject, finish failed, cancel",
    "begin no no no, assign a other, execute, finish failed, assign a worker, finish completed, finish completed",
)
"""What has to be walked through in any case: begin (asks, execute, fails fast), then order after order."""


async def test_every_answer_and_every_state_is_what_the_model_of_a_task_says(dsn: str) -> None:
    async with api(dsn, *map(agent, AGENTS)) as a, a.house.worker():
        Life.loop, Life.served, Life.names = asyncio.get_running_loop(), a, count()
        for tour in TOURS:
            await asyncio.to_thread(walked, tour)
        await asyncio.to_thread(
            run_state_machine_as_test,
            Life,
            settings=settings(max_examples=WALKS, stateful_step_count=STEPS),
        )
