"""Takes in a request: one `task_id`, one plan, however often and from however many sides it is sent."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from agent.apart import apart
from agent.service.planning import PLANNING_TAKES
from agent.store.changes import Submitted
from agent.store.database import Database
from agent.store.tasks import Tasks
from domain.clock import Clock
from domain.errors import CallbackRefusedError, FieldIssue, LostRaceError
from domain.facts.task import TaskSubmitted
from domain.given import GivenPlan
from domain.principal import Principal
from domain.request import Request
from domain.task import Task

LOOK_AGAIN_S: Final = 0.02


@dataclass(frozen=True)
class Receipt:
    """What became of a submission. `request_changed`: the stored request is not the one that was sent now."""

    task: Task
    duplicate: bool
    request_changed: bool


class Submitting:
    def __init__(
        self,
        database: Database,
        plan: Callable[[str], Awaitable[None]],
        clock: Clock,
        digest: Callable[[Request], str],
        check: Callable[[Request, GivenPlan], Awaitable[None]] | None = None,
        *,
        never_called: Callable[[str], str | None] = lambda _url: None,
    ) -> None:
        """`never_called` says why a URL is one that is not called, as far as that can be told from itself."""
        self._database = database
        self._tasks = Tasks(database.pool)
        self._plan = plan
        self._check = check
        self._never_called = never_called
        self._clock = clock
        self._digest = digest

    async def submit(
        self, request: Request, given: GivenPlan | None = None, *, by: Principal, wait: bool = True
    ) -> Receipt:
        """Store the request and, unless told not to `wait`, plan it here and now.

        A `task_id` that is known already answers with what is stored, once that has been planned. Raises
        PlanInvalidError for a given plan that cannot be run, CallbackRefusedError; nothing is stored of it then.
        """
        brought, digest = None, self._digest(request)
        if given is not None:
            brought, digest = await apart(partial(_brought, given, digest))
        known = await self._tasks.find(request.task_id)
        if known is None:
            self._refuse_never_called(request.callback_url)
            if given is not None and wait and self._check is not None:
                await self._check(request, given)
            known = await self._insert(request, brought, digest, by, wait=wait)
        if known is not None:
            return Receipt(
                await self._planned(known) if wait else known,
                duplicate=True,
                request_changed=known.request_digest != digest,
            )
        if wait:
            await self._plan(request.task_id)
        return Receipt(await self._tasks.get(request.task_id), duplicate=False, request_changed=False)

    def _refuse_never_called(self, url: str | None) -> None:
        why = None if url is None else self._never_called(url)
        if why is not None:
            raise CallbackRefusedError(
                f"the callback_url would never be called: {why}", fields=[FieldIssue("callback_url", why)]
            )

    async def _insert(
        self, request: Request, given: str | None, digest: str, by: Principal, *, wait: bool
    ) -> Task | None:
        """Store a new task; the stored one where somebody was first."""
        now = self._clock.now()
        submitter = by.id if by.authenticated else None
        task = Task(
            task_id=request.task_id,
            title=request.title,
            priority=request.priority,
            requester=request.metadata.requester or submitter,
            authors=(submitter,) if submitter else (),
            request_digest=digest,
            status="planning",
            execute=request.execute,
            on_failure=request.on_failure,
            wake_at=now + PLANNING_TAKES if wait else now,
            callback_url=request.callback_url,
            due_at=request.due_at,
            created_at=now,
        )
        try:
            async with self._database.transaction(by.id) as tx:
                await tx.record(
                    Submitted(task, request.model_dump_json(), given), _submitted(request, digest, submitter)
                )
                if not wait:
                    await tx.advance(request.task_id, urgency=task.urgency)
        except LostRaceError:
            return await self._tasks.get(request.task_id)
        return None

    async def _planned(self, task: Task) -> Task:
        """The task once somebody else has planned it."""
        give_up = self._clock.now() + PLANNING_TAKES
        while task.status == "planning" and self._clock.now() < give_up:
            await asyncio.sleep(LOOK_AGAIN_S)
            task = await self._tasks.get(task.task_id)
        return task


def _brought(given: GivenPlan, digest: str) -> tuple[str, str]:
    """A plan's text, and the digest of the request with it."""
    text = given.text()
    return text, hashlib.sha256(f"{digest}{text}".encode()).hexdigest()


def _submitted(request: Request, digest: str, submitter: str | None) -> TaskSubmitted:
    return TaskSubmitted(
        task_id=request.task_id,
        title=request.title,
        priority=request.priority,
        requester=request.metadata.requester or submitter,
        submitter=submitter,
        request_digest=digest,
        execute=request.execute,
        on_failure=request.on_failure,
    )
