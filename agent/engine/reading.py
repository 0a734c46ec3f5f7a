"""Reads a sealed subtask back, as much of it as running it takes.

Its digest was checked: what is read is byte for byte what a checked value once wrote, so it is not checked again.
"""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from domain.agent import Endpoint, Sla
from domain.plan import Edge, Subtask

_ENDPOINT: TypeAdapter[Endpoint] = TypeAdapter(Endpoint)

_LISTS = ("acceptance", "covers", "required_tags", "consumes", "produces", "tools")


def runnable(text: str) -> Subtask:
    """The subtask without what only planning and explaining it needed: its clauses and its ranking."""
    fields: dict[str, Any] = from_json(text)
    endpoint = fields["endpoint"]
    fields["endpoint"] = None if endpoint is None else _endpoint(to_json(endpoint))
    fields["depends_on"] = tuple(Edge.trusted(**edge) for edge in fields["depends_on"])
    fields["sla"] = Sla.trusted(**fields["sla"])
    fields["clauses"], fields["routing"] = (), None
    for name in _LISTS:
        # A text that was sealed by an earlier version may lack the youngest of them.
        fields[name] = tuple(fields.get(name, ()))
    return Subtask.trusted(**fields)


@lru_cache(maxsize=1_024)
def _endpoint(text: bytes) -> Endpoint:
    """Many subtasks go through the same door."""
    return _ENDPOINT.validate_json(text)
