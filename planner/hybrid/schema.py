"""The shape of a model's answer, as strict JSON Schema: its agents are those that are there, its requirements those asked."""

from domain.base import JsonObject
from planner.hybrid.material import Material


def schema(given: Material) -> JsonObject:
    """In the subset that providers hold a model to; sizes are checked here, when the answer is read."""
    agents = sorted(agent.id for agent in given.agents)
    return _object(subtasks=_list(_subtask(agents, [requirement.id for requirement in given.requirements])))


def _subtask(agents: list[str], requirements: list[str]) -> JsonObject:
    return _object(
        key=_text("a short name of this subtask, unlike every other"),
        agent={"type": "string", "enum": [*agents]},
        title=_text("what is done, in a line"),
        objective=_text("all that the agent must know to do it"),
        covers=_list(
            _object(
                requirement={"type": "string", "enum": [*requirements]},
                part={
                    "type": ["string", "null"],
                    "description": "null for the whole; else which part of it, where several subtasks share it",
                },
            )
        ),
        after=_list(
            _object(key=_text("a subtask that must be done before"), reason=_text("why this one has to wait"))
        ),
    )


def _text(description: str) -> JsonObject:
    return {"type": "string", "description": description}


def _list(items: JsonObject) -> JsonObject:
    return {"type": "array", "items": items}


def _object(**properties: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "properties": {**properties},
        "required": [*properties],
        "additionalProperties": False,
    }
