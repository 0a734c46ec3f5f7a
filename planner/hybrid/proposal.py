"""A model's answer to subtasks: the request's own words stay with whoever covers them, the model's come on top."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from domain.agent import Need, Ranking
from domain.clause import Clause
from domain.ids import AgentId, RequirementId, SubtaskId
from domain.plan import Edge, Requirement, Subtask
from planner.assign import Assigned
from planner.hybrid.answer import Answer, Piece
from planner.hybrid.division import Division, divided
from planner.hybrid.material import Material
from planner.hybrid.order import in_told_order
from planner.implied import House
from planner.pipeline import Planning
from planner.rules.clauses import parse
from planner.subtasks import done_by

MOST_ADDED: Final = 3
"""Subtasks that nobody asked for, unless more than so many were asked for: then as many as those."""

WORDS: Final = "In the words of the request:"


class Proposal(NamedTuple):
    """`mended` are codes of what was put right while reading."""

    subtasks: tuple[Subtask, ...]
    division: Division
    mended: tuple[str, ...]


class _Source(NamedTuple):
    """What the rules made of one requirement."""

    subtask: Subtask | None
    requirement: Requirement
    clauses: tuple[Clause, ...]


def proposed(answer: Answer, given: Material, planning: Planning, house: House) -> Proposal:
    division = divided(answer.subtasks, given.requirements)
    sources = {source.requirement.id: source for source in _sources(given)}
    mended: list[str] = []
    pieces = [*_kept(answer.subtasks, planning, mended)]
    asked = _for_people(given, division)
    wholes = [[sources[r] for r in division.covers[number] if r in sources] for number, _ in pieces]
    agents = [
        None if asked & {*division.covers[number]} else _agent(piece, whole, planning, mended)
        for (number, piece), whole in zip(pieces, wholes, strict=True)
    ]
    ids = [house.numbers.next(agent) for agent in agents]
    places: dict[str, SubtaskId] = {}
    for (_, piece), own in zip(pieces, ids, strict=True):
        places.setdefault(piece.key, own)
    made = []
    for ordinal, ((number, piece), whole, agent, own) in enumerate(
        zip(pieces, wholes, agents, ids, strict=True)
    ):
        text = "; ".join([piece.title, *(source.requirement.text for source in whole)])
        assigned = planning.given(agent, text) if agent is not None else None
        trade = _trade(assigned, agent, whole)
        subtask = Subtask(
            subtask_id=own,
            ordinal=ordinal,
            title=(piece.title or piece.objective or piece.key)[:120],
            objective=_objective(piece, whole),
            acceptance=_acceptance(number, division, sources),
            covers=division.covers[number],
            clauses=_clauses(piece, whole, division, number),
            depends_on=_edges(piece, places),
            implied=not piece.covers,
            behaves=_behaves(piece, whole),
            required_tags=trade.required_tags,
            consumes=trade.consumes,
            produces=trade.produces,
        )
        card = planning.manifest.agent(agent) if agent is not None else None
        routing = _decided(assigned) if assigned else _open(piece, planning)
        made.append(done_by(card, planning.manifest, subtask, routing))
    return Proposal(in_told_order(tuple(made), given.rules, division), division, tuple(dict.fromkeys(mended)))


def _behaves(piece: Piece, whole: Sequence[_Source]) -> bool:
    """Only of the request's own words do the rules know that they tell a behaviour; the model's are orders."""
    said = {text for source in whole if source.subtask is not None for text in _words(source)}
    return (
        bool(whole)
        and all(source.subtask is not None and source.subtask.behaves for source in whole)
        and {piece.title or piece.objective, piece.objective or piece.title} <= said
    )


def _words(source: _Source) -> tuple[str, ...]:
    rules = source.subtask
    return (source.requirement.text, *((rules.title, rules.objective) if rules is not None else ()))


def _sources(given: Material) -> Iterator[_Source]:
    holder = {r: subtask for subtask in given.rules.subtasks for r in subtask.covers}
    for requirement in given.requirements:
        subtask = holder.get(requirement.id)
        own = (
            (subtask.clauses[subtask.covers.index(requirement.id)],)
            if subtask is not None and len(subtask.clauses) == len(subtask.covers)
            else subtask.clauses
            if subtask is not None
            else parse(requirement.text)
        )
        yield _Source(subtask, requirement, own)


def _kept(pieces: Sequence[Piece], planning: Planning, mended: list[str]) -> Iterator[tuple[int, Piece]]:
    """The pieces but for work that nobody asked for and that may do more than read, or is too much."""
    asked = sum(1 for piece in pieces if piece.covers)
    added = 0
    for number, piece in enumerate(pieces):
        if not piece.covers:
            card = planning.manifest.agent(piece.agent)
            added += 1
            if (
                card is None
                or planning.manifest.effect_of(card)[0] != "read"
                or added > max(MOST_ADDED, asked)
            ):
                mended.append("unasked_work")
                continue
        yield number, piece


def _for_people(given: Material, division: Division) -> frozenset[RequirementId]:
    """What a person is to assign, by the margin that the service is set to: no model does it for them."""
    held = {
        requirement
        for subtask in given.rules.subtasks
        if subtask.routing is not None and subtask.routing.needs_person
        for requirement in subtask.covers
    }
    return frozenset(part.id for part in division.requirements if division.origin(part.id) in held)


def _agent(piece: Piece, whole: Sequence[_Source], planning: Planning, mended: list[str]) -> AgentId | None:
    """The named agent. Where there is none of that name: whoever does the same in the rules' plan, or whom the router finds."""
    card = planning.manifest.agent(piece.agent)
    if card is not None and card.status == "enabled":
        return card.id
    mended.append("unknown_agent")
    drafted = {source.subtask.agent if source.subtask is not None else None for source in whole}
    if len(drafted) == 1 and None not in drafted:
        return drafted.pop()
    told = (source.requirement.text for source in whole)
    return planning.routes.rank(Need(text="; ".join((piece.title or piece.objective, *told)))).chosen


def _objective(piece: Piece, whole: Sequence[_Source]) -> str:
    """What the model says, and below it what the request said: the policy reads both, and the agent is told both."""
    own = piece.objective or piece.title
    lines = list(dict.fromkeys(line for source in whole for line in _lines(source, whole)))
    missing = [line for line in lines if line not in own]
    return "\n".join([own, "", WORDS, *missing]) if missing and own else own or "\n".join(lines)


def _lines(source: _Source, whole: Sequence[_Source]) -> Iterator[str]:
    yield source.requirement.text
    if source.subtask is not None and set(source.subtask.covers) <= {other.requirement.id for other in whole}:
        yield from (line for line in source.subtask.objective.split("\n") if line.strip())


def _acceptance(number: int, division: Division, sources: Mapping[RequirementId, _Source]) -> tuple[str, ...]:
    """The criteria of the request, by the last that has to do with what they are about."""
    found: list[str] = []
    for requirement in division.covers[number]:
        origin = division.origin(requirement)
        last = max(
            n for n, held in enumerate(division.covers) if any(division.origin(r) == origin for r in held)
        )
        source = sources.get(origin)
        if last == number and source is not None and source.subtask is not None:
            found += source.subtask.acceptance
    return tuple(dict.fromkeys(found))


def _clauses(piece: Piece, whole: Sequence[_Source], division: Division, number: int) -> tuple[Clause, ...]:
    texts = {r.id: r.text for r in division.requirements}
    parts = [texts[r] for r in division.covers[number] if r in division.whole]
    told = [clause for source in whole for clause in source.clauses]
    for text in (*parts, piece.title, piece.objective):
        told += parse(text)
    return tuple(dict.fromkeys(told))


def _edges(piece: Piece, places: Mapping[str, SubtaskId]) -> tuple[Edge, ...]:
    """A name that no subtask has stays, for the check to find."""
    return tuple(
        Edge(
            on=places.get(before.key, SubtaskId(f"?{before.key}")),
            kind="model",
            reason=before.reason or "the model saw a reason and gave none",
        )
        for before in {before.key: before for before in piece.after}.values()
    )


def _decided(assigned: Assigned) -> Ranking:
    """However narrow the router's margin was: the model has chosen."""
    return assigned.ranking.model_copy(update={"low_confidence": False})


def _open(piece: Piece, planning: Planning) -> Ranking:
    """Among whom a person is to choose."""
    return planning.routes.rank(Need(text=piece.title or piece.objective))


class _Trade(NamedTuple):
    required_tags: tuple[str, ...]
    consumes: tuple[str, ...]
    produces: tuple[str, ...]


def _trade(assigned: Assigned | None, agent: AgentId | None, whole: Sequence[_Source]) -> _Trade:
    """What the rules know of this very work by this very agent; else what the agent's skill says."""
    same = [s.subtask for s in whole if s.subtask is not None and s.subtask.agent == agent]
    if same and len({s.subtask_id for s in same}) == 1 and len(same) == len(whole):
        return _Trade(same[0].required_tags, same[0].consumes, same[0].produces)
    return _Trade((), assigned.consumes, assigned.produces) if assigned else _Trade((), (), ())
