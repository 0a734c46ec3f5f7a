"""Drafted nodes to subtasks of a plan, with ids that are never used twice."""

from collections.abc import Iterable, Mapping, Sequence

from domain.agent import Agent, Manifest, Ranking, Sla
from domain.graph import without_shortcuts
from domain.ids import AgentId, SubtaskId, TaskId, subtask_id
from domain.plan import Edge, Requirement, Subtask
from planner.draft.draft import Draft
from planner.node import Node
from planner.rules.order.piece import Link

UNASSIGNED = "unassigned"
NONE_USED: Mapping[AgentId, int] = {}


class Numbers:
    """Hands out `agent::task::n`, counting on from what the task has used; `taken` is never handed out."""

    def __init__(
        self, task: TaskId, used: Mapping[AgentId, int] = NONE_USED, taken: Iterable[SubtaskId] = ()
    ) -> None:
        self._task, self._used, self._taken = task, dict(used), set(taken)

    def next(self, agent: AgentId | None) -> SubtaskId:
        name = agent or UNASSIGNED
        while True:
            self._used[name] = self._used.get(name, 0) + 1
            made = subtask_id(name, self._task, self._used[name])
            if made not in self._taken:
                return made


def subtasks_of(drafted: Draft, manifest: Manifest, numbers: Numbers) -> tuple[Subtask, ...]:
    """The nodes in order of the text, without edges that a longer path says.

    A data edge stays all the same: what is handed over is handed over along it.
    """
    ids = [numbers.next(node.given.agent) for node in drafted.nodes]
    before = _reduced(len(ids), drafted.links)
    return tuple(
        done_by(
            manifest.agent(node.given.agent) if node.given.agent else None,
            manifest,
            _subtask(node, number, ids[number], drafted.required[number], _edges(before[number], ids)),
        )
        for number, node in enumerate(drafted.nodes)
    )


def _edges(before: Sequence[Link], ids: Sequence[SubtaskId]) -> tuple[Edge, ...]:
    return tuple(Edge(on=ids[link.first], kind=link.kind, reason=link.reason) for link in before)


def _reduced(count: int, found: Sequence[Link]) -> list[list[Link]]:
    by_second: list[dict[int, Link]] = [{} for _ in range(count)]
    for link in found:
        by_second[link.second].setdefault(link.first, link)
    graph = without_shortcuts({second: tuple(firsts) for second, firsts in enumerate(by_second)})
    return [
        [link for first, link in sorted(firsts.items()) if first in graph[second] or link.kind == "data"]
        for second, firsts in enumerate(by_second)
    ]


def _subtask(
    node: Node, number: int, named: SubtaskId, required: Sequence[Requirement], before: tuple[Edge, ...]
) -> Subtask:
    """The subtask but for its agent's part."""
    return Subtask(
        subtask_id=named,
        ordinal=number,
        depends_on=before,
        title=title_of(node.texts[0]),
        objective="\n".join(text.strip() for text in (*node.texts, *node.ask.also)),
        acceptance=node.ask.acceptance,
        covers=tuple(requirement.id for requirement in required),
        implied=node.ask.implied,
        behaves=node.behaves,
        clauses=node.clauses,
        required_tags=node.given.required,
        consumes=node.given.consumes,
        produces=node.given.produces,
        routing=node.given.ranking,
    )


def done_by(
    agent: Agent | None, manifest: Manifest, subtask: Subtask, routing: Ranking | None = None
) -> Subtask:
    """The same subtask given to an agent: door, tools, effect and SLA are copied from its card."""
    effect, idempotent = manifest.effect_of(agent) if agent else (None, False)
    return subtask.model_copy(
        update={
            "agent": agent.id if agent else None,
            "endpoint": agent.endpoint if agent else None,
            "tools": agent.offers if agent else (),
            "effect": effect,
            "idempotent": idempotent,
            "sla": agent.sla if agent else Sla(),
            "routing": routing or subtask.routing,
        }
    )


def title_of(text: str) -> str:
    """A text cut and capitalised for a heading."""
    shown = text.strip()
    shown = shown[:1].upper() + shown[1:]
    return shown if len(shown) <= 120 else shown[:117].rstrip() + "…"
