"""An attempt: one try of one subtask by one agent, and when the next one may be made."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from domain.base import JsonObject, Value
from domain.ids import AgentId, SubtaskId, TaskId
from domain.subtask import Failure

AttemptState = Literal["running", "completed", "failed", "timed_out", "cancelled", "unknown"]
"""`unknown`: the call left and nobody heard how it ended."""

MAX_ATTEMPTS = 3

BACKOFF_BASE_S = 1.0
BACKOFF_CAP_S = 60.0


class Attempt(Value):
    """Recorded before its call leaves. `key` is the same for all attempts of one subtask, so that a tool
    that knows idempotency keys does the work once.
    """

    task_id: TaskId
    subtask_id: SubtaskId
    number: int = Field(ge=1, le=MAX_ATTEMPTS * 100)
    epoch: int
    agent: AgentId
    key: str
    state: AttemptState = "running"
    started_at: datetime
    deadline: datetime
    ended_at: datetime | None = None
    error: Failure | None = None
    cost_usd: float = 0.0


class Artifact(Value):
    """Something an attempt left behind, and where: `uri` is `file:` under the data folder, or remote."""

    name: str
    uri: str
    media_type: str = "application/octet-stream"
    size: int | None = None
    digest: str | None = None


class Succeeded(Value):
    outcome: Literal["completed"] = "completed"
    outputs: JsonObject = Field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    cost_usd: float = 0.0
    tokens: int = 0


class Unsuccessful(Value):
    """`unknown` is for calls that left and may have had their effect; `deviated` for what was not let."""

    outcome: Literal["failed", "timed_out", "cancelled", "unknown", "unavailable", "deviated"]
    error: Failure
    cost_usd: float = 0.0


Outcome = Succeeded | Unsuccessful


def backoff_s(attempt: int, draw: float) -> float:
    """Seconds to wait after attempt number `attempt` failed; `draw` is uniform in [0, 1).

    Exponential with equal jitter: half of the step is certain, half is drawn, so that neither all
    retries meet nor any comes at once.
    (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
    """
    step = min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2.0 ** (attempt - 1))
    return step / 2 + draw * step / 2
