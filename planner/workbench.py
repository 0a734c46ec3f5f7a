"""Applies operations to a plan's subtasks and requirements. What comes out is not judged or checked yet."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import assert_never

from domain.agent import Agent, Need
from domain.errors import NotFoundError, PlanInvalidError
from domain.ids import AgentId, RequirementId, SubtaskId
from domain.plan import Edge, Plan, Requirement, Subtask
from domain.request import Request
from planner.combine import combined
from planner.drop import without
from planner.implied import House, with_prerequisites
from planner.operations import (
    Add,
    Drop,
    Limit,
    Link,
    Merge,
    Operation,
    Piece,
    Reassign,
    Rebrief,
    Reorder,
    Retime,
    Split,
)
from planner.pipeline import Planning
from planner.rules.clauses import parse
from planner.sheet import Sheet
from planner.subtasks import done_by, subtasks_of, title_of


class Workbench:
    """What operations need: the planner for new work, and ids that were never used."""

    def __init__(self, planning: Planning, house: House, why: str) -> None:
        self._planning = planning
        self._house = house
        self._why = why

    @property
    def house(self) -> House:
        return self._house

    def applied(self, sheet: Sheet, operation: Operation) -> Sheet:
        """Raises NotFoundError for an unknown subtask or agent, PlanInvalidError where there is nothing to add."""
        match operation:
            case Add():
                return self._add(sheet, operation)
            case Drop():
                return without(sheet, operation.subtask_id)
            case Split():
                return self._split(sheet, operation)
            case Merge():
                return combined(sheet, operation)
            case Reassign():
                subtask = sheet.one(operation.subtask_id)
                return sheet.put(self._given(subtask, self._agent(operation.agent)))
            case Reorder():
                return self._reorder(sheet, operation)
            case Link():
                behind = sheet.one(operation.after).subtask_id
                return sheet.put(self._behind(sheet.one(operation.subtask_id), (behind,)))
            case Rebrief():
                return _rebrief(sheet, operation)
            case Retime():
                subtask = sheet.one(operation.subtask_id)
                sla = subtask.sla.model_copy(update={"timeout_s": operation.timeout_s})
                return sheet.put(subtask.model_copy(update={"sla": sla}))
            case Limit():
                kept = tuple(dict.fromkeys((*sheet.constraints, operation.text)))
                return sheet._replace(constraints=kept)
            case other:
                assert_never(other)

    def _agent(self, agent_id: str) -> Agent:
        agent = self._house.manifest.agent(agent_id)
        if agent is None or agent.status == "disabled":
            raise NotFoundError(f"there is no enabled agent {agent_id!r}; GET /agents lists them")
        return agent

    def _given(self, subtask: Subtask, agent: Agent) -> Subtask:
        """With what the agent takes and leaves; tags that it lacks are asked for no longer."""
        routing = self._house.routes.rank(Need(text=subtask.objective))
        given = self._planning.assigner.given(agent.id, routing, subtask.objective)
        own = {tag.lower() for tag in agent.tags}
        fitted = subtask.model_copy(
            update={
                "consumes": given.consumes,
                "produces": given.produces,
                "required_tags": tuple(tag for tag in subtask.required_tags if tag.lower() in own),
            }
        )
        return done_by(agent, self._house.manifest, fitted, given.ranking)

    def _add(self, sheet: Sheet, operation: Add) -> Sheet:
        for node in (*operation.after, *operation.before):
            sheet.one(node)
        made, requirements = self._made(sheet, operation)
        waited = {edge.on for s in made for edge in s.depends_on}
        begun = tuple(s if s.depends_on else self._behind(s, operation.after) for s in made)
        ends = tuple(s.subtask_id for s in made if s.subtask_id not in waited)
        before = tuple(
            self._behind(s, ends) if s.subtask_id in operation.before else s for s in sheet.subtasks
        )
        whole = with_prerequisites((*before, *begun), self._house)
        return sheet._replace(subtasks=whole, requirements=(*sheet.requirements, *requirements))

    def _made(self, sheet: Sheet, operation: Add) -> tuple[tuple[Subtask, ...], tuple[Requirement, ...]]:
        if operation.agent is not None:
            return self._by_hand(sheet, operation, self._agent(operation.agent))
        drafted = self._planning.drafted(operation.brief)
        if not drafted.nodes:
            raise PlanInvalidError(f"“{operation.brief}” does not say what is to be done to what")
        made = subtasks_of(drafted, self._house.manifest, self._house.numbers)
        names = _fresh(sheet.requirements, len(drafted.requirements))
        renamed = dict(zip((r.id for r in drafted.requirements), names, strict=True))
        requirements = tuple(r.model_copy(update={"id": renamed[r.id]}) for r in drafted.requirements)
        return (
            tuple(
                s.model_copy(
                    update={
                        "covers": tuple(renamed[r] for r in s.covers),
                        "acceptance": (*s.acceptance, *operation.acceptance),
                    }
                )
                for s in made
            ),
            requirements,
        )

    def _by_hand(
        self, sheet: Sheet, operation: Add, agent: Agent
    ) -> tuple[tuple[Subtask, ...], tuple[Requirement, ...]]:
        (name,) = _fresh(sheet.requirements, 1)
        subtask = Subtask(
            subtask_id=self._house.numbers.next(agent.id),
            ordinal=len(sheet.subtasks),
            title=title_of(operation.brief),
            objective=operation.brief,
            acceptance=operation.acceptance,
            covers=(name,),
            clauses=parse(operation.brief),
        )
        return (self._given(subtask, agent),), (Requirement(id=name, text=operation.brief),)

    def _edge(self, on: SubtaskId) -> Edge:
        return Edge(on=on, kind="given", reason=self._why)

    def _behind(self, subtask: Subtask, nodes: Sequence[SubtaskId]) -> Subtask:
        known = {edge.on for edge in subtask.depends_on}
        added = tuple(self._edge(node) for node in dict.fromkeys(nodes) if node not in known)
        return subtask.model_copy(update={"depends_on": (*subtask.depends_on, *added)}) if added else subtask

    def _reorder(self, sheet: Sheet, operation: Reorder) -> Sheet:
        subtask = sheet.one(operation.subtask_id)
        known = {edge.on: edge for edge in subtask.depends_on}
        wanted = dict.fromkeys(sheet.one(node).subtask_id for node in operation.after)
        edges = tuple(known.get(node) or self._edge(node) for node in wanted)
        return sheet.put(subtask.model_copy(update={"depends_on": edges}))

    def _split(self, sheet: Sheet, operation: Split) -> Sheet:
        """The requirement becomes one for each piece, so that it still shows who covers what."""
        whole = sheet.one(operation.subtask_id)
        pieces = [self._piece(whole, piece, place) for place, piece in enumerate(operation.into)]
        if operation.in_a_row:
            pieces = [
                pieces[0],
                *(
                    piece.model_copy(update={"depends_on": (self._edge(before.subtask_id),)})
                    for before, piece in pairwise(pieces)
                ),
            ]
        ends = pieces[-1:] if operation.in_a_row else pieces
        behind = [p.subtask_id for p in ends if p.subtask_id != whole.subtask_id]
        at = sheet.subtasks.index(whole)
        others = tuple(
            _moved(s, whole.subtask_id, behind, keep=not operation.in_a_row) for s in sheet.subtasks
        )
        requirements: list[Requirement] = []
        for requirement in sheet.requirements:
            if requirement.id in whole.covers[:1]:
                requirements += [Requirement(id=p.covers[0], text=p.objective) for p in pieces]
            elif requirement.id not in whole.covers:
                requirements.append(requirement)
        if whole.implied:
            pieces = [piece.model_copy(update={"covers": ()}) for piece in pieces]
        return sheet._replace(
            subtasks=(*others[:at], *pieces, *others[at + 1 :]), requirements=tuple(requirements)
        )

    def _piece(self, whole: Subtask, piece: Piece, place: int) -> Subtask:
        agent = piece.agent or whole.agent
        name = RequirementId(f"{whole.covers[0] if whole.covers else 'R'}.{place + 1}")
        subtask = whole.model_copy(
            update={
                "subtask_id": whole.subtask_id if place == 0 else self._house.numbers.next(agent),
                "title": title_of(piece.brief),
                "objective": piece.brief,
                "clauses": parse(piece.brief),
                "covers": (name,),
            }
        )
        return subtask if piece.agent is None else self._given(subtask, self._agent(piece.agent))


def workbench(
    planning: Planning, request: Request, plan: Plan, numbers: Mapping[AgentId, int], why: str
) -> Workbench:
    """`numbers` are the highest `n` used per agent in the task; `why` is the reason of edges that are put in."""
    return Workbench(planning, planning.house(request, plan.subtasks, numbers=numbers), why)


def _moved(subtask: Subtask, node: SubtaskId, behind: Sequence[SubtaskId], *, keep: bool) -> Subtask:
    """What waited for `node` waits for those instead, or, with `keep`, as well."""
    old = next((edge for edge in subtask.depends_on if edge.on == node), None)
    if old is None or not behind:
        return subtask
    rest = tuple(edge for edge in subtask.depends_on if keep or edge.on != node)
    added = tuple(old.model_copy(update={"on": on}) for on in behind)
    return subtask.model_copy(update={"depends_on": (*rest, *added)})


def _rebrief(sheet: Sheet, operation: Rebrief) -> Sheet:
    subtask = sheet.one(operation.subtask_id)
    said: dict[str, object] = {}
    if operation.brief is not None and operation.brief != subtask.objective:
        said = {
            "title": title_of(operation.brief.split("\n", 1)[0]),
            "objective": operation.brief,
            "clauses": parse(operation.brief),
        }
        sheet = _asked_anew(sheet, subtask, operation.brief)
    if operation.title is not None:
        said["title"] = operation.title
    if operation.acceptance is not None:
        said["acceptance"] = operation.acceptance
    return sheet.put(subtask.model_copy(update=said))


def _asked_anew(sheet: Sheet, subtask: Subtask, brief: str) -> Sheet:
    """A subtask that covers one thing is asked for in its new words."""
    if len(subtask.covers) != 1:
        return sheet
    return sheet._replace(
        requirements=tuple(
            r.model_copy(update={"text": brief}) if r.id == subtask.covers[0] else r
            for r in sheet.requirements
        )
    )


def _fresh(requirements: Sequence[Requirement], count: int) -> list[RequirementId]:
    """Counted on from the highest, so that no name means two things in one change."""
    numbers = [int(found[1]) for r in requirements if (found := _NUMBERED.match(r.id)) is not None]
    last = max(numbers, default=0)
    return [RequirementId(f"R{last + number}") for number in range(1, count + 1)]


_NUMBERED = re.compile(r"^R(\d+)")
