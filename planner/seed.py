"""A draft seeded by similar plans: agents they held are kept or added, doubtful ones give way."""

from collections.abc import Iterator, Sequence

from domain.agent import Ranking
from domain.clause import Clause
from domain.plan import Finding
from planner.assign import Assigner
from planner.memory import Advice, Advised, Remembered
from planner.node import Node
from planner.rules.ask import Ask

NEW = 0.6
"""From this share of unheard words on, work is new and stays by itself."""


def seeded(nodes: Sequence[Node], advice: Advice, assigner: Assigner) -> tuple[Node, ...]:
    """The nodes with what similar plans advise; a node whose words are sure keeps its agent."""
    if advice.whole is not None and len(advice.whole.steps) == len([n for n in nodes if not n.ask.implied]):
        return _as_before(nodes, advice.whole, assigner)
    wanted = list(advice.agents)
    kept: list[Node | None] = []
    for node in nodes:
        advised = next((a for a in wanted if a.agent == node.given.agent), None)
        if advised is not None:
            wanted.remove(advised)
        kept.append(node if advised is not None or not _doubtful(node) else None)
    placed = _placed(nodes, kept, wanted, advice, assigner)
    for advised in wanted:
        if assigner.harmless(advised.agent):
            placed = _with(placed, advised, advice, assigner)
    return tuple(placed)


def taken(nodes: Sequence[Node], advice: Advice) -> Remembered | None:
    """The plan of all but the same request, where its very agents do the work again."""
    doing = sorted(node.given.agent or "" for node in nodes if not node.ask.implied)
    past = advice.whole
    return past if past is not None and doing == sorted(step.agent for step in past.steps) else None


def recalled(nodes: Sequence[Node], advice: Advice) -> Iterator[Finding]:
    """Whoever approves the plan is told whose it was, or which of its work nobody asked for this time."""
    if (past := taken(nodes, advice)) is not None:
        yield Finding(
            code="reused",
            severity="warning",
            path="subtasks",
            message=f"almost the same was asked for in {past.key} and went well; the same agents do the same steps here",
            mend=f"`orchestrator memory forget {past.key}` where they did not do them well",
        )
    place = 0
    for node in nodes:
        if not node.asks and not node.ask.implied:
            yield Finding(
                code="recalled",
                severity="warning",
                path=f"requirements[{place}]",
                message=f"the request does not ask for {node.text!r}; plans of similar requests had it: "
                f"{', '.join(advice.nearest)}",
                mend="drop it where it is not wanted; `orchestrator memory forget` keeps such a plan from advising",
            )
        place += 0 if node.ask.implied else len(node.texts)


def _as_before(nodes: Sequence[Node], past: Remembered, assigner: Assigner) -> tuple[Node, ...]:
    """All but the same request was planned before: the same agents do the same steps."""
    steps = iter(past.steps)
    return tuple(
        node
        if node.ask.implied
        else node._replace(given=assigner.given(next(steps).agent, node.given.ranking, node.text))
        for node in nodes
    )


def _doubtful(node: Node) -> bool:
    return node.ask.kind is None and not node.ask.implied


def _placed(
    nodes: Sequence[Node],
    kept: Sequence[Node | None],
    wanted: list[Advised],
    advice: Advice,
    assigner: Assigner,
) -> list[Node]:
    """Doubtful nodes go to advised agents in order, or join the work before them; what is new stays."""
    out: list[Node] = []
    for node, sure in zip(nodes, kept, strict=True):
        if sure is not None or advice.novelty(node.text) >= NEW:
            out.append(node)
        elif wanted:
            given = assigner.given(wanted.pop(0).agent, node.given.ranking, node.text)
            out.append(node._replace(given=given))
        elif out:
            out[-1] = out[-1].joined_by(node.ask, node.asks[0])
        else:
            out.append(node)
    return out


def _with(nodes: Sequence[Node], advised: Advised, advice: Advice, assigner: Assigner) -> list[Node]:
    """A step that similar plans had and this request's words do not name, in the place it had there."""
    places = {other.agent: other.place for other in advice.agents}
    later = [n for n, node in enumerate(nodes) if places.get(node.given.agent or "", 2.0) > advised.place]
    clause = Clause(text=advised.text, verb=None, object=advised.text)
    ranking = Ranking(chosen=advised.agent, candidates=())
    given = assigner.given(advised.agent, ranking, advised.text)
    node = Node(Ask(advised.text, clause, unit=-1), (clause,), (advised.text,), (), given)
    at = later[0] if later else len(nodes)
    return [*nodes[:at], node, *nodes[at:]]
