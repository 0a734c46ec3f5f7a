"""Wishes and a plan to operations on that plan. What has no operation becomes a finding that says why."""

import re
from collections.abc import Sequence
from typing import assert_never

from domain.ids import SubtaskId
from domain.plan import Subtask
from planner.aim import Aim, Aimed, stems
from planner.comment import Claim, Criterion, Exchange, Forbid, Give, More, Order, Remove, Unclear, Wish
from planner.meant import (
    Meant,
    ambiguous,
    as_finding,
    kept_in_mind,
    left_out,
    lost,
    no_part,
    titles,
    with_criterion,
)
from planner.operations import Add, Drop, Link, Operation, Reassign, Rebrief
from planner.placing import around, ends, kin
from planner.reword import first_word, reworded, verb_of

_RESTS = re.compile(
    r"\b(?:second|another|again|once more|one more|twice|extra|additional|more|new)\b", re.IGNORECASE
)
_PART = re.compile(r"\b(?:parts?|steps?|(?:sub)?tasks?|stages?|work)\b", re.IGNORECASE)
_LIMITS = re.compile(r"^(?:\w+[,\s]+)*no\s", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?:(?:also|and|please|make sure|ensure|see to it|that)[,\s]+)*(?P<what>.+?)\s+(?:also\s+)?"
    r"(?:should|must|has to|have to|needs? to|ought to|is to|are to|mentions?|lists?|says?|contains?|names?|includes?|is|are)\b",
    re.IGNORECASE,
)


class Wanted:
    """Over one plan. `done` are subtasks that can no longer be changed."""

    def __init__(
        self, subtasks: Sequence[Subtask], aim: Aim, target: SubtaskId | None, done: frozenset[SubtaskId]
    ) -> None:
        self._subtasks = subtasks
        self._aim = aim
        self._target = next((s for s in subtasks if s.subtask_id == target), None)
        self._done = done

    def meant(self, wish: Wish) -> Meant:
        match wish:
            case Remove():
                return self._guarded(self._removed(wish), wish.said)
            case Exchange():
                return self._guarded(self._exchanged(wish), wish.said)
            case Give():
                return self._guarded(self._given(wish), wish.said)
            case Order():
                return self._guarded(self._ordered(wish), wish.said)
            case More():
                return self._guarded(self._more(wish), wish.said)
            case Criterion():
                return self._guarded(self._criterion(wish), wish.said)
            case Forbid():
                return self._guarded(self._forbidden(wish), wish.said)
            case Claim(said):
                return as_finding(
                    "claim_ignored",
                    f"“{said}” speaks of risk or approvals; only the policy does, by facts of its own",
                    "say what should be done differently",
                )
            case Unclear(said, why):
                return lost(said, why)
            case other:
                assert_never(other)

    def _guarded(self, meant: Meant, said: str) -> Meant:
        hit = [node for operation in meant.operations for node in _changes(operation) if node in self._done]
        if not hit:
            return meant
        return as_finding(
            "already_done",
            f"“{said}” would change {hit[0]}, which has been worked on already",
            "ask for new work instead, or cancel the task",
        )

    def _removed(self, wish: Remove) -> Meant:
        aimed = self._aim.at(wish.what)
        if aimed.rivals:
            return ambiguous(wish.said, aimed.rivals)
        if not wish.sure and not (aimed.whole or _PART.search(wish.what) or len(stems(wish.what)) < 2):
            aimed = Aimed()
        if not aimed.nodes:
            if wish.sure and _LIMITS.match(wish.said):
                return kept_in_mind(wish.said)
            return self._added(wish.said) if not wish.sure else no_part(wish.said, wish.what)
        same = any(verb_of(wish.said) in stems(node.title) for node in aimed.nodes)
        if not wish.sure and same and not _PART.search(wish.what):
            return as_finding(
                "ambiguous",
                f"“{wish.said}” may ask for {titles(aimed.nodes)} or ask to leave it out",
                "say “skip …” to leave a part out",
            )
        return self._left_out(wish.said, aimed.nodes)

    def _forbidden(self, wish: Forbid) -> Meant:
        aimed = self._aim.at(wish.what)
        if aimed.nodes and aimed.whole:
            return self._left_out(wish.said, aimed.nodes)
        return kept_in_mind(wish.said)

    def _left_out(self, said: str, nodes: Sequence[Subtask]) -> Meant:
        """Implied work stays for as long as somebody cannot do without."""
        for gone in (s for s in nodes if s.implied):
            needy = [
                s
                for s in self._subtasks
                if (s not in nodes and set(s.consumes) & set(gone.produces))
                or any(edge.on == gone.subtask_id and edge.kind == "implied" for edge in s.depends_on)
            ]
            if needy:
                return as_finding(
                    "needed_all_the_same",
                    f"“{said}”: {titles(needy)} cannot do without “{gone.title}”",
                    "leave out what needs it as well",
                )
        return left_out(said, nodes)

    def _exchanged(self, wish: Exchange) -> Meant:
        one, other = self._aim.agent(wish.wanted), self._aim.agent(wish.unwanted)
        if one is not None and other is not None:
            held = [s for s in self._subtasks if s.agent == other.id]
            if held:
                told = f"“{wish.said}”: {titles(held)} goes to {one.id}"
                return Meant(tuple(Reassign(subtask_id=s.subtask_id, agent=one.id) for s in held), told)
        aimed = self._exchanged_at(wish)
        if aimed.rivals:
            return ambiguous(wish.said, aimed.rivals)
        if not aimed.nodes:
            return no_part(wish.said, wish.unwanted or wish.wanted)
        subtask = aimed.nodes[0]
        brief = reworded(subtask.objective, wish)
        if brief == subtask.objective:
            return lost(wish.said, f"{titles([subtask])} says so already")
        told = f"“{wish.said}”: {titles([subtask])} becomes “{brief}”"
        return Meant((Rebrief(subtask_id=subtask.subtask_id, brief=brief),), told)

    def _exchanged_at(self, wish: Exchange) -> Aimed:
        """The work that the unwanted words speak of; without them, what the wanted resembles but for the place."""
        verb = first_word(wish.wanted)
        aimed = self._aim.at(wish.unwanted) if wish.unwanted else Aimed()
        if not aimed.nodes or aimed.rivals:
            aimed = self._aim.at(f"{verb} {wish.unwanted}")
        if not aimed.nodes and not aimed.rivals:
            aimed = self._aim.at(verb)
        return Aimed(aimed.nodes[:1], aimed.rivals) if aimed.nodes else aimed

    def _given(self, wish: Give) -> Meant:
        agent, aimed = self._aim.agent(wish.agent), self._aim.at(wish.what)
        if aimed.rivals:
            return ambiguous(wish.said, aimed.rivals)
        if agent is None and aimed.nodes and wish.said.lower().split()[0] in {"use", "take", "also"}:
            return with_criterion(wish.said, aimed.nodes)
        if agent is None:
            return as_finding(
                "no_such_agent",
                f"“{wish.said}”: no agent is called {wish.agent!r}",
                "name an agent by its id; `orchestrator agents` lists them",
            )
        if not aimed.nodes:
            return no_part(wish.said, wish.what)
        others = [s for s in aimed.nodes if s.agent != agent.id]
        if not others:
            return lost(wish.said, f"{agent.id} does that already")
        told = f"“{wish.said}”: {titles(others)} goes to {agent.id}"
        return Meant(tuple(Reassign(subtask_id=s.subtask_id, agent=agent.id) for s in others), told)

    def _ordered(self, wish: Order) -> Meant:
        first, second = self._at_work(wish.first), self._at_work(wish.second)
        rivals = first.rivals or second.rivals
        if rivals:
            return ambiguous(wish.said, rivals)
        if first.nodes and second.nodes:
            links = tuple(
                Link(subtask_id=b.subtask_id, after=a.subtask_id)
                for a in first.nodes
                for b in second.nodes
                if a is not b and all(edge.on != a.subtask_id for edge in b.depends_on)
            )
            told = f"“{wish.said}”: {titles(second.nodes)} waits for {titles(first.nodes)}"
            return Meant(links, told) if links else lost(wish.said, "the plan has it in this order already")
        if second.nodes:
            return self._added(wish.said, wish.first, before=second.nodes)
        if first.nodes:
            return self._added(wish.said, wish.second, after=first.nodes)
        when = wish.second if wish.main == wish.first else wish.first
        meant = self._added(wish.said, wish.main)
        return meant._replace(finding=no_part(wish.said, when).finding)

    def _more(self, wish: More) -> Meant:
        there = self._at_work(wish.what)
        if wish.place is None:
            if there.nodes and there.whole:
                return as_finding(
                    "already_there", f"“{wish.said}”: the plan does that in {titles(there.nodes)}",
                    "say what about it should be different",
                )  # fmt: skip
            return self._added(wish.said, wish.what)
        others = [s for s in self._subtasks if s not in there.nodes and s.subtask_id not in self._done]
        if not there.nodes:
            return self._placed(wish, others)
        links = tuple(
            Link(subtask_id=b.subtask_id, after=a.subtask_id)
            for a, b in around(there.nodes[0], others, first=wish.place == "first")
        )
        told = f"“{wish.said}”: {titles(there.nodes)} comes {wish.place}"
        return Meant(links, told) if links else lost(wish.said, "the plan has it in this order already")

    def _placed(self, wish: More, others: Sequence[Subtask]) -> Meant:
        """New work, first or last of all, or before what does the same elsewhere."""
        same = kin(wish.what, others)
        if wish.place == "first" and same is not None:
            known = [s for s in others if any(edge.on == s.subtask_id for edge in same.depends_on)]
            return self._added(wish.said, wish.what, after=known, before=[same])
        roots = [s for s in others if not s.depends_on] if wish.place == "first" else []
        last = ends(others) if wish.place == "last" else []
        return self._added(wish.said, wish.what, after=last, before=roots)

    def _at_work(self, phrase: str) -> Aimed:
        """Work that is there. "A second check" is none, nor is what differs in a word that matters."""
        if _RESTS.search(phrase):
            return Aimed()
        aimed = self._aim.at(phrase)
        if aimed.rivals:
            whole = tuple(s for s in aimed.rivals if stems(phrase) <= stems(f"{s.title} {s.objective}"))
            return Aimed(whole, whole=True) if len(whole) == 1 else Aimed(rivals=whole)
        named = len(stems(phrase)) <= 2 or aimed.whole
        return aimed if named else Aimed()

    def _criterion(self, wish: Criterion) -> Meant:
        subject = _SUBJECT.match(wish.said)
        aimed = self._aim.at(subject["what"] if subject else wish.said)
        nodes = aimed.nodes or ((self._target,) if self._target is not None else ())
        if not nodes:
            return kept_in_mind(wish.said)
        return with_criterion(wish.said, nodes)

    def _added(
        self,
        said: str,
        what: str | None = None,
        *,
        after: Sequence[Subtask] = (),
        before: Sequence[Subtask] = (),
    ) -> Meant:
        brief = what or said
        brief = f"{brief[:1].upper()}{brief[1:]}"
        more = Add(
            brief=brief,
            after=tuple(s.subtask_id for s in after),
            before=tuple(s.subtask_id for s in before),
        )
        where = f" before {titles(before)}" if before else f" after {titles(after)}" if after else ""
        return Meant((more,), f"“{said}”: more work{where}: “{brief}”")


def _changes(operation: Operation) -> tuple[SubtaskId, ...]:
    match operation:
        case Add(before=before):
            return before
        case Drop() | Reassign() | Rebrief() | Link():
            return (operation.subtask_id,)
        case _:
            return ()
