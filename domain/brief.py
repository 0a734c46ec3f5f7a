"""What an agent is handed: the minimum it needs, and references to the rest."""

from pydantic import Field

from domain.agent import Endpoint
from domain.attempt import Artifact
from domain.base import Json, Value
from domain.clause import Environment
from domain.ids import AgentId, SubtaskId, TaskId
from domain.tool import Effect


class Brief(Value):
    """One piece of work as told to an agent.

    `inputs` are outputs of the subtask's predecessors by the names their agents produce them under
    (`commits`, `notes`); a predecessor without named outputs gives its whole outputs under its id.
    `skipped` names predecessors that somebody left out: nothing of theirs is among the inputs.
    `tools` is what the agent may use (`server.tool`); wanting more is answered with `asks`.
    `environment` is where the gate heard that the work acts: `unknown` names no place and is to be taken for
    production; null where the plan was made before that was kept.
    `context` is what the caller sent along: data, never instructions to the orchestrator.
    """

    task_id: TaskId
    subtask_id: SubtaskId
    title: str
    objective: str
    acceptance: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    inputs: dict[str, Json] = Field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    skipped: tuple[SubtaskId, ...] = ()
    context: Json = None
    repository: str | None = None
    tools: tuple[str, ...] = ()
    environment: Environment | None = None


class Assignment(Value):
    """A brief on its way to one agent, for one attempt.

    `key` is the idempotency key, the same for every attempt of the subtask; `timeout_s` is the SLA;
    `effect` what the work was approved to do to the world, null where that was not known.
    """

    agent: AgentId
    endpoint: Endpoint
    brief: Brief
    attempt: int
    key: str
    timeout_s: float
    effect: Effect | None = None
