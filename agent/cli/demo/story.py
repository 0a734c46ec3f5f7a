"""What happens in the demo, all of it over the HTTP API of a service that is up."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from agent.cli.address import Address
from agent.cli.api import Api
from agent.cli.changing import ask_changes
from agent.cli.deciding import Said, send
from agent.cli.demo.proof import proven
from agent.cli.demo.repository import Commit
from agent.cli.exits import OF_TASK, Exit
from agent.cli.read import read
from agent.cli.refusal import Refusal
from agent.cli.running import submit
from agent.cli.watching import Show, until_rest
from agent.cli.wording import Wording
from agent.service.comparing import ChangedView
from agent.service.views.approval import ApprovalView
from agent.service.views.task import TaskView
from domain.base import JsonObject
from domain.request import Request

REQUEST: Final = (
    "Collect the last commits of the repository, write release notes from them, check that the notes "
    "mention every commit, then publish the notes to production"
)


CHANGE: Final = "publish the notes to staging first"
"""What the demo asks to be different where nobody is there to ask for anything."""


@dataclass(frozen=True)
class Script:
    """What is asked, about which repository, and what its notes must mention.

    `change` is asked of the plan where the audience leaves it to the demo.
    """

    task_id: str
    words: str
    repository: Path
    commits: Sequence[Commit]
    change: str | None = None

    @property
    def request(self) -> Request:
        wording = Wording(
            self.words,
            task_id=self.task_id,
            requester="the demo",
            repository=str(self.repository),
            execute=True,
        )
        return wording.request()


class Audience(Protocol):
    """Whoever sees the demo and answers its questions."""

    def submitted(self, request: Request) -> None: ...

    def planned(self, task: TaskView) -> None: ...

    async def changes(self, own: str | None) -> str | None:
        """What should be different about the plan, nothing where it is good; `own` is what the demo would say."""
        ...

    def changed(self, changed: ChangedView) -> None: ...

    def refused(self, refusal: Refusal) -> None: ...

    async def approves(self, approval: ApprovalView) -> bool | None:
        """None where nobody is there to say."""
        ...

    def decided(self, approval: ApprovalView) -> None: ...

    def running(self) -> AbstractContextManager[Show]: ...

    def left_pending(self, task: TaskView, approval: ApprovalView) -> None: ...

    def ended(self, task: TaskView) -> None: ...


@dataclass(frozen=True)
class Ending:
    """How it went. `published` is there if, and only if, all of it happened."""

    exit_code: Exit
    task: JsonObject
    published: Path | None = None
    refusal: Refusal | None = None


async def perform(find: Callable[[], Address], script: Script, audience: Audience) -> Ending:
    """Submit, show, ask, approve, watch, prove. Raises Refusal where the service does not play along."""
    async with Api(find()) as api:
        request = script.request
        await submit(api, request)
        audience.submitted(request)
        answer = await api.get("tasks", script.task_id)
        task = read(TaskView, answer)
        audience.planned(task)
        approval = next((a for a in task.approvals if a.status == "pending"), None)
        if approval is None:
            return _fell_short(answer, "the plan needed no approval, so that nothing was held at the gate")
        approval = await _changed(api, script, approval, audience)
        said = await audience.approves(approval)
        if said is None:
            audience.left_pending(task, approval)
            return Ending(Exit.APPROVAL_PENDING, answer)
        reason = "seen in the demo" if said else "refused in the demo"
        voice = Said(person=None, role=None, reason=reason)
        decided = await send(api, "approve" if said else "reject", approval, voice)
        audience.decided(read(ApprovalView, decided))
    with audience.running() as show:
        answer = await until_rest(script.task_id, find, show)
    task = read(TaskView, answer)
    audience.ended(task)
    if task.status != "completed":
        return Ending(OF_TASK[task.status], answer)
    try:
        return Ending(Exit.OK, answer, published=proven(task, script.commits))
    except Refusal as refusal:
        return Ending(refusal.exit_code, answer, refusal=refusal)


async def _changed(api: Api, script: Script, approval: ApprovalView, audience: Audience) -> ApprovalView:
    """The approval of the plan as it is after everything that the audience wanted to be different."""
    own = script.change
    while (comment := await audience.changes(own)) is not None:
        own = None
        try:
            changed = read(ChangedView, await ask_changes(api, approval, comment))
        except Refusal as refusal:
            audience.refused(refusal)
            continue
        audience.changed(changed)
        approval = changed.approval or approval
    return approval


def _fell_short(answer: JsonObject, why: str) -> Ending:
    return Ending(Exit.ERROR, answer, refusal=Refusal("INTERNAL_ERROR", why))
