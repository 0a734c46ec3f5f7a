"""Reads a sealed subtask back, as much of it as running it takes.

Its digest was checked: what is read is byte for byte what a checked value once wrote, so it is not checked again.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from agent.store.runs import EdgeRow
from domain.agent import Endpoint
from domain.clause import Environment
from domain.ids import AgentId, SubtaskId
from domain.tool import Effect

_ENDPOINT: TypeAdapter[Endpoint] = TypeAdapter(Endpoint)


class Runnable(NamedTuple):
    """A subtask without what only planning and explaining it needed."""

    subtask_id: SubtaskId
    ordinal: int
    title: str
    objective: str
    acceptance: tuple[str, ...]
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    agent: AgentId | None
    endpoint: Endpoint | None
    tools: tuple[str, ...]
    environment: Environment | None
    effect: Effect | None
    idempotent: bool
    timeout_s: float
    edges: frozenset[EdgeRow]

    @property
    def repeatable(self) -> bool:
        """Whether an attempt whose outcome is unknown may simply be made again."""
        return self.idempotent or self.effect == "read"


def runnable(text: str) -> Runnable:
    sealed: dict[str, Any] = from_json(text)
    endpoint = sealed["endpoint"]
    return Runnable(
        sealed["subtask_id"],
        sealed["ordinal"],
        sealed["title"],
        sealed["objective"],
        tuple(sealed["acceptance"]),
        tuple(sealed["consumes"]),
        tuple(sealed["produces"]),
        sealed["agent"],
        None if endpoint is None else _endpoint(to_json(endpoint)),
        # The youngest: a text that was sealed by an earlier version may lack them.
        tuple(sealed.get("tools", ())),
        sealed.get("environment"),
        sealed["effect"],
        sealed["idempotent"],
        sealed["sla"]["timeout_s"],
        frozenset([(edge["on"], edge["kind"], edge["reason"]) for edge in sealed["depends_on"]]),
    )


@lru_cache(maxsize=1_024)
def _endpoint(text: bytes) -> Endpoint:
    """Many subtasks go through the same door."""
    return _ENDPOINT.validate_json(text)
