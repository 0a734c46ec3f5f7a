"""What will run, from a plan, short enough to be read: the table that every channel shows."""

from collections.abc import Collection
from typing import Final, assert_never

from domain.agent import A2aEndpoint, Endpoint, HttpEndpoint, LlmEndpoint, McpToolEndpoint, ProcessEndpoint
from domain.graph import waves
from domain.ids import SubtaskId
from domain.plan import Edge, Plan, Subtask
from notifiers.notice import Sheet, Step

SHOWN: Final = 40
_REASON: Final = 60


def sheet(plan: Plan, gated: Collection[SubtaskId] = (), *, shown: int = SHOWN) -> Sheet:
    """The plan's steps in the order in which they run; of a long plan the gated ones first.

    `gated` adds to what the plan marks.
    """
    held = {s.subtask_id for s in plan.subtasks if s.gated} | set(gated)
    numbers = {node: place for place, node in enumerate(_in_order(plan), start=1)}
    chosen = sorted(plan.subtasks, key=lambda s: s.subtask_id not in held)[:shown]
    steps = sorted((_step(s, numbers, held) for s in chosen), key=lambda step: step.number)
    return Sheet(steps=tuple(steps), total=len(plan.subtasks), gated=len(held & numbers.keys()))


def _in_order(plan: Plan) -> list[SubtaskId]:
    """Whoever waits for nobody first; what cannot be put in order, as it stands."""
    nodes = [subtask.subtask_id for subtask in plan.subtasks]
    known = set(nodes)
    after = {s.subtask_id: [edge.on for edge in s.depends_on if edge.on in known] for s in plan.subtasks}
    rank = {node: level for level, wave in enumerate(waves(after)) for node in wave}
    return sorted(nodes, key=lambda node: rank.get(node, len(nodes)))


def _step(subtask: Subtask, numbers: dict[SubtaskId, int], held: Collection[SubtaskId]) -> Step:
    return Step(
        number=numbers[subtask.subtask_id],
        subtask_id=subtask.subtask_id,
        title=subtask.title,
        agent=subtask.agent or "nobody yet",
        tool=_door(subtask.endpoint),
        effect=subtask.effect,
        risk=subtask.risk,
        gated=subtask.subtask_id in held,
        after=tuple(_after(edge, numbers) for edge in subtask.depends_on),
    )


def _after(edge: Edge, numbers: dict[SubtaskId, int]) -> str:
    reason = edge.reason if len(edge.reason) <= _REASON else f"{edge.reason[: _REASON - 1]}…"
    return f"{numbers.get(edge.on, '?')}: {reason or edge.kind}"


def _door(endpoint: Endpoint | None) -> str:
    match endpoint:
        case None:
            return "none"
        case McpToolEndpoint(server=server, tool=tool):
            return f"{server} › {tool}"  # noqa: RUF001  (a dot between them would look like a host's name)
        case LlmEndpoint(model=model):
            return f"model {model}" if model else "model"
        case A2aEndpoint():
            return "A2A agent"
        case HttpEndpoint():
            return "HTTP agent"
        case ProcessEndpoint(command=command):
            return f"process {command}"
        case other:
            assert_never(other)
