"""What every runner of a worker shares."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agent.engine.approved import DigestOf
from agent.engine.ports import Specialist
from agent.engine.recorder import Recorder
from agent.store.runs import Run
from domain.agent import AgentState
from domain.clock import Clock
from domain.ids import AgentId
from domain.task import Task, TaskStatus


@dataclass(frozen=True)
class Surroundings:
    recorder: Recorder
    specialist: Specialist
    clock: Clock
    draw: Callable[[], float]
    digest_of: DigestOf
    """What a request's digest must be for its plan to be the plan of it."""
    health: Callable[[AgentId], AgentState | None]
    limited: Callable[[AgentId], bool]
    load: Callable[[str], Awaitable[Task]]
    """The task as stored now; it may have another owner by then."""
    load_run: Callable[[str], Awaitable[Run]]
    status: Callable[[str], Awaitable[TaskStatus | None]]
