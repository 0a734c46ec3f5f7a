"""Mends by code what code can mend, one kind of finding after another."""

from collections.abc import Mapping, Sequence

from domain.agent import Need, Ranking
from domain.graph import circle, without_shortcuts
from domain.ids import RequirementId, SubtaskId
from domain.plan import Edge, Requirement, Subtask
from domain.verdict import Judgement
from planner.implied import House, with_prerequisites, with_reviews
from planner.reasons import turned
from planner.rules.clauses import parse
from planner.subtasks import done_by

MOST_MENDS = 10_000


def repair(
    subtasks: Sequence[Subtask], requirements: Sequence[Requirement], house: House, *, reviews: bool = True
) -> tuple[Subtask, ...]:
    """The same plan with ids, edges, coverage, agents and prerequisites put right as far as code can.

    Harmless on a plan without findings. Gates come last and apart: `gated` needs the policy's judgement
    of the repaired plan.
    """
    out = _without_empty(_numbered(tuple(subtasks), house))
    out = _uncircled(_known_edges(out))
    out = tuple(turned(out, house.capabilities))
    out = _covered(out, requirements, house)
    out = _without_orphans(_known_edges(out))
    out = tuple(_assigned(subtask, house) for subtask in out)
    out = with_prerequisites(out, house)
    out = with_reviews(out, house) if reviews else out
    return renumbered(reduced(out))


def gated(subtasks: Sequence[Subtask], judgement: Judgement) -> tuple[Subtask, ...]:
    """Each subtask with the level, the gate and the place that the policy gives it."""
    held = set(judgement.verdict.gated)
    return tuple(
        subtask.model_copy(
            update={
                "risk": judgement.risks.get(subtask.subtask_id, subtask.risk),
                "gated": subtask.subtask_id in held,
                "environment": judgement.places.get(subtask.subtask_id, "unknown"),
            }
        )
        for subtask in subtasks
    )


def renumbered(subtasks: Sequence[Subtask]) -> tuple[Subtask, ...]:
    """Ordinals as the subtasks stand; ids stay."""
    return tuple(
        s if s.ordinal == number else s.model_copy(update={"ordinal": number})
        for number, s in enumerate(subtasks)
    )


def reduced(subtasks: Sequence[Subtask]) -> tuple[Subtask, ...]:
    """Without edges that a longer path already says.

    Data edges stay, for names are handed over along them; so do edges of implied work, and edges that only
    a path through implied work would make needless: what was asked keeps its own order.
    """
    asked = {s.subtask_id for s in subtasks if not s.implied}
    among = {
        s.subtask_id: tuple(e.on for e in s.depends_on if e.on in asked) for s in subtasks if not s.implied
    }
    graph = without_shortcuts(among)
    return tuple(_kept(s, set(graph[s.subtask_id]), asked) if s.subtask_id in asked else s for s in subtasks)


def _kept(subtask: Subtask, needed: set[SubtaskId], asked: set[SubtaskId]) -> Subtask:
    edges = tuple(e for e in subtask.depends_on if e.on in needed or e.kind == "data" or e.on not in asked)
    return (
        subtask if len(edges) == len(subtask.depends_on) else subtask.model_copy(update={"depends_on": edges})
    )


def _numbered(subtasks: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    seen: set[SubtaskId] = set()
    out = []
    for subtask in subtasks:
        fresh = subtask
        if subtask.subtask_id in seen:
            fresh = subtask.model_copy(update={"subtask_id": house.numbers.next(subtask.agent)})
        seen.add(fresh.subtask_id)
        out.append(fresh)
    return tuple(out)


def _without_empty(subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    """A subtask without words takes its title or its objective from the other; without both it goes."""
    out = []
    for subtask in subtasks:
        said = subtask.objective.strip() or subtask.title.strip()
        if said and not (subtask.objective.strip() and subtask.title.strip()):
            out.append(
                subtask.model_copy(update={"objective": said, "title": subtask.title.strip() or said[:120]})
            )
        elif said:
            out.append(subtask)
    return tuple(out)


def _known_edges(subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    known = {subtask.subtask_id for subtask in subtasks}
    out = []
    for subtask in subtasks:
        edges: dict[SubtaskId, Edge] = {}
        for edge in subtask.depends_on:
            if edge.on in known and edge.on != subtask.subtask_id:
                edges.setdefault(edge.on, edge)
        same = len(edges) == len(subtask.depends_on)
        out.append(subtask if same else subtask.model_copy(update={"depends_on": tuple(edges.values())}))
    return tuple(out)


def _uncircled(subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    """Cut each circle at the weakest edge that closes it."""
    by_id = {subtask.subtask_id: subtask for subtask in subtasks}
    for _ in range(MOST_MENDS):
        stuck = circle(_graph(list(by_id.values())))
        if not stuck:
            break
        pairs = [(stuck[i], stuck[(i + 1) % len(stuck)]) for i in range(len(stuck))]
        holder, on = min(pairs, key=lambda pair: _strength(by_id, *pair))
        edges = tuple(edge for edge in by_id[holder].depends_on if edge.on != on)
        by_id[holder] = by_id[holder].model_copy(update={"depends_on": edges})
    return tuple(by_id[subtask.subtask_id] for subtask in subtasks)


_STRENGTH: Mapping[str, int] = {
    "phase": 0, "implied": 1, "model": 1, "anaphor": 2, "sequence": 3, "list": 4, "given": 5, "explicit": 6, "data": 7,
}  # fmt: skip


def _strength(by_id: Mapping[SubtaskId, Subtask], holder: SubtaskId, on: SubtaskId) -> tuple[int, int]:
    edge = next(edge for edge in by_id[holder].depends_on if edge.on == on)
    backwards = by_id[on].ordinal > by_id[holder].ordinal
    return _STRENGTH[edge.kind], 0 if backwards else 1


def _covered(
    subtasks: tuple[Subtask, ...], requirements: Sequence[Requirement], house: House
) -> tuple[Subtask, ...]:
    """Exact cover: the first holder keeps a requirement, the idle go, what nobody holds gets a subtask."""
    asked = {requirement.id: requirement for requirement in requirements}
    free = set(asked)
    out: list[Subtask] = []
    for subtask in subtasks:
        kept = tuple(r for r in dict.fromkeys(subtask.covers) if r in free and not subtask.implied)
        free -= set(kept)
        if kept or subtask.implied:
            out.append(subtask if kept == subtask.covers else subtask.model_copy(update={"covers": kept}))
    return (*_known_edges(tuple(out)), *(_added(asked[r], len(out), house) for r in asked if r in free))


def _added(requirement: Requirement, ordinal: int, house: House) -> Subtask:
    ranking = house.routes.rank(Need(text=requirement.text))
    agent = house.manifest.agent(ranking.chosen) if ranking.chosen else None
    covers: tuple[RequirementId, ...] = (requirement.id,)
    subtask = Subtask(
        subtask_id=house.numbers.next(agent.id if agent else None),
        ordinal=ordinal,
        title=requirement.text[:120],
        objective=requirement.text,
        clauses=parse(requirement.text),
        covers=covers,
        routing=ranking,
    )
    return done_by(agent, house.manifest, subtask)


def _without_orphans(subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    used = {edge.on for subtask in subtasks for edge in subtask.depends_on}
    return tuple(s for s in subtasks if not s.implied or s.depends_on or s.subtask_id in used)


def _assigned(subtask: Subtask, house: House) -> Subtask:
    """Route again what went to nobody known or to an agent that lacks a required tag; fill in a lost endpoint."""
    agent = house.manifest.agent(subtask.agent) if subtask.agent else None
    fit = agent is not None and {t.lower() for t in subtask.required_tags} <= {t.lower() for t in agent.tags}
    if agent is not None and fit:
        return subtask if subtask.endpoint is not None else done_by(agent, house.manifest, subtask)
    if subtask.agent is None:
        return subtask
    ranking = _reranked(subtask, house)
    chosen = house.manifest.agent(ranking.chosen) if ranking.chosen else None
    return done_by(chosen, house.manifest, subtask, ranking)


def _reranked(subtask: Subtask, house: House) -> Ranking:
    return house.routes.rank(Need(text=subtask.objective, required_tags=subtask.required_tags))


def _graph(subtasks: Sequence[Subtask]) -> dict[SubtaskId, tuple[SubtaskId, ...]]:
    return {s.subtask_id: tuple(edge.on for edge in s.depends_on) for s in subtasks}
