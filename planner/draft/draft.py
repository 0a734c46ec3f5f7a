"""A request to a first graph: requirements, pieces of work that cover them, agents, and edges."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.clause import Clause
from domain.ids import RequirementId
from domain.plan import Finding, Requirement
from domain.request import Request
from planner.assign import Assigner
from planner.draft.doubts import UNHEARD, noted, unheard, unsure
from planner.draft.merge import merged
from planner.draft.settle import settled
from planner.draft.split import split
from planner.memory import Advice
from planner.node import Node
from planner.rules.ask import Ask
from planner.rules.asks import asked
from planner.rules.behaviour import behaviours
from planner.rules.order.links import NOTHING_KNOWN, links
from planner.rules.order.piece import Link, Piece
from planner.rules.shape.shaped import shaped
from planner.rules.titled import names_fault
from planner.seed import recalled, seeded, taken


class Draft(NamedTuple):
    """What planning by rules makes of a request before any check."""

    required: tuple[tuple[Requirement, ...], ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    constraints: tuple[str, ...]
    findings: tuple[Finding, ...]
    reused: bool = False
    """Whether a past plan was taken whole."""

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        return tuple(requirement for held in self.required for requirement in held)


def draft(request: Request, assigner: Assigner, advice: Advice | None = None) -> Draft:
    """Clauses to requirements, requirements to nodes, nodes to edges; similar plans have their say."""
    read = asked(request.title, request.description)
    asks = assigner.of_trade(shaped(settled(read.asks, assigner), read.theme))
    if not asks and assigner.of_tools:
        asks = (_whole(request),)
    pieces = split(asks, assigner)
    nodes = _behaving(merged(pieces, assigner), pieces, request.title)
    if advice is not None:
        nodes = seeded(nodes, advice, assigner)
    elif read.language == "en" and not assigner.of_tools and unheard(nodes):
        return Draft((), (), (), read.constraints, (UNHEARD,))
    found = links(
        [_piece(node, nodes, assigner) for node in nodes], habits=advice.before if advice else NOTHING_KNOWN
    )
    reused = advice is not None and taken(nodes, advice) is not None
    known = () if advice is None else recalled(nodes, advice)
    findings = (*noted(read), *known, *unsure(nodes))
    return Draft(_required(nodes), nodes, found, read.constraints, findings, reused)


def _whole(request: Request) -> Ask:
    """Among tools even a question asks for one: the one that its words mean."""
    text = " ".join((request.description or request.title).split())
    return Ask(text, Clause(text=text, verb=None, object=text))


def _behaving(nodes: tuple[Node, ...], pieces: Sequence[Ask], title: str) -> tuple[Node, ...]:
    held = [[pieces[place] for place in node.asks] for node in nodes]
    told = behaviours(held, mending=names_fault(title))
    return tuple(node._replace(behaves=behaves) for node, behaves in zip(nodes, told, strict=True))


def _required(nodes: tuple[Node, ...]) -> tuple[tuple[Requirement, ...], ...]:
    """Each node's requirements, numbered in order of the text; implied work has none."""
    count = iter(range(1, 1 + sum(len(node.texts) for node in nodes)))
    return tuple(
        ()
        if node.ask.implied
        else tuple(Requirement(id=RequirementId(f"R{next(count)}"), text=text) for text in node.texts)
        for node in nodes
    )


def _piece(node: Node, nodes: tuple[Node, ...], assigner: Assigner) -> Piece:
    holder = {ask: number for number, other in enumerate(nodes) for ask in other.asks}
    ask = node.ask
    return Piece(
        text=node.text,
        agent=node.given.agent,
        verb=ask.clause.verb,
        target=ask.clause.object,
        stage=assigner.stage(node.clauses[0], node.given),
        cue=ask.cue,
        marker=ask.marker,
        listing=ask.listing,
        unit=ask.unit,
        anaphor=ask.anaphor,
        after=tuple(sorted({holder[i] for i in ask.after if i in holder})),
        needs=ask.needs,
        place=ask.clause.environment,
        consumes=node.given.consumes,
        produces=node.given.produces,
        part=assigner.part(node.given.agent),
    )
