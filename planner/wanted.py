"""Wishes and a plan to operations on that plan. What has no operation becomes a finding that says why."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from domain.ids import SubtaskId
from domain.plan import Finding, Subtask
from planner.aim import Aim, Aimed, stems
from planner.comment import (
    Claim,
    Criterion,
    Exchange,
    Forbid,
    Give,
    More,
    Order,
    Remove,
    Unclear,
    Wish,
)
from planner.operations import Add, Drop, Limit, Link, Operation, Reassign, Rebrief
from planner.rules.environment import environment_of
from planner.rules.words import words

_LEADS = re.compile(
    r"^(?:(?:to|in|on|into|onto|for|with|at|from)\s+)?(?:(?:the|a|an|our)\s+)*", re.IGNORECASE
)
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
_FIRST_WORD = re.compile(r"^\s*(\w+)")


class Meant(NamedTuple):
    """What one wish comes to. `told` says it in a sentence."""

    operations: tuple[Operation, ...] = ()
    told: str = ""
    finding: Finding | None = None


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
                return _found(
                    "claim_ignored",
                    f"“{said}” speaks of risk or approvals; only the policy does, by facts of its own",
                    "say what should be done differently",
                )
            case Unclear(said, why):
                return _lost(said, why)
            case other:
                assert_never(other)

    def _guarded(self, meant: Meant, said: str) -> Meant:
        hit = [node for operation in meant.operations for node in _changes(operation) if node in self._done]
        if not hit:
            return meant
        return _found(
            "already_done",
            f"“{said}” would change {hit[0]}, which has been worked on already",
            "ask for new work instead, or cancel the task",
        )

    def _removed(self, wish: Remove) -> Meant:
        aimed = self._aim.at(wish.what)
        if aimed.rivals:
            return _ambiguous(wish.said, aimed.rivals)
        if not wish.sure and not (aimed.whole or _PART.search(wish.what) or len(stems(wish.what)) < 2):
            aimed = Aimed()
        if not aimed.nodes:
            if wish.sure and _LIMITS.match(wish.said):
                return Meant((Limit(text=wish.said),), f"“{wish.said}”: kept in mind by everybody")
            return self._added(wish.said) if not wish.sure else _no_part(wish.said, wish.what)
        same = any(_verb(wish.said) in stems(node.title) for node in aimed.nodes)
        if not wish.sure and same and not _PART.search(wish.what):
            return _found(
                "ambiguous",
                f"“{wish.said}” may ask for {_named(aimed.nodes)} or ask to leave it out",
                "say “skip …” to leave a part out",
            )
        return self._left_out(wish.said, aimed.nodes)

    def _forbidden(self, wish: Forbid) -> Meant:
        aimed = self._aim.at(wish.what)
        if aimed.nodes and aimed.whole:
            return self._left_out(wish.said, aimed.nodes)
        return Meant((Limit(text=wish.said),), f"“{wish.said}”: kept in mind by everybody")

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
                return _found(
                    "needed_all_the_same",
                    f"“{said}”: {_named(needy)} cannot do without “{gone.title}”",
                    "leave out what needs it as well",
                )
        return _dropped(said, nodes)

    def _exchanged(self, wish: Exchange) -> Meant:
        one, other = self._aim.agent(wish.wanted), self._aim.agent(wish.unwanted)
        if one is not None and other is not None:
            held = [s for s in self._subtasks if s.agent == other.id]
            if held:
                told = f"“{wish.said}”: {_named(held)} goes to {one.id}"
                return Meant(tuple(Reassign(subtask_id=s.subtask_id, agent=one.id) for s in held), told)
        aimed = self._exchanged_at(wish)
        if aimed.rivals:
            return _ambiguous(wish.said, aimed.rivals)
        if not aimed.nodes:
            return _no_part(wish.said, wish.unwanted or wish.wanted)
        subtask = aimed.nodes[0]
        brief = _reworded(subtask.objective, wish)
        if brief == subtask.objective:
            return _lost(wish.said, f"{_named([subtask])} says so already")
        told = f"“{wish.said}”: {_named([subtask])} becomes “{brief}”"
        return Meant((Rebrief(subtask_id=subtask.subtask_id, brief=brief),), told)

    def _exchanged_at(self, wish: Exchange) -> Aimed:
        """The work that the unwanted words speak of; without them, what the wanted resembles but for the place."""
        verb = (_FIRST_WORD.match(wish.wanted) or [""])[0].strip()
        aimed = self._aim.at(wish.unwanted) if wish.unwanted else Aimed()
        if not aimed.nodes or aimed.rivals:
            aimed = self._aim.at(f"{verb} {wish.unwanted}")
        if not aimed.nodes and not aimed.rivals:
            aimed = self._aim.at(verb)
        return Aimed(aimed.nodes[:1], aimed.rivals) if aimed.nodes else aimed

    def _given(self, wish: Give) -> Meant:
        agent, aimed = self._aim.agent(wish.agent), self._aim.at(wish.what)
        if aimed.rivals:
            return _ambiguous(wish.said, aimed.rivals)
        if agent is None and aimed.nodes and wish.said.lower().split()[0] in {"use", "take", "also"}:
            return _with_criterion(wish.said, aimed.nodes)
        if agent is None:
            return _found(
                "no_such_agent",
                f"“{wish.said}”: no agent is called {wish.agent!r}",
                "name an agent by its id; `orchestrator agents` lists them",
            )
        if not aimed.nodes:
            return _no_part(wish.said, wish.what)
        others = [s for s in aimed.nodes if s.agent != agent.id]
        if not others:
            return _lost(wish.said, f"{agent.id} does that already")
        told = f"“{wish.said}”: {_named(others)} goes to {agent.id}"
        return Meant(tuple(Reassign(subtask_id=s.subtask_id, agent=agent.id) for s in others), told)

    def _ordered(self, wish: Order) -> Meant:
        first, second = self._at_work(wish.first), self._at_work(wish.second)
        rivals = first.rivals or second.rivals
        if rivals:
            return _ambiguous(wish.said, rivals)
        if first.nodes and second.nodes:
            links = tuple(
                Link(subtask_id=b.subtask_id, after=a.subtask_id)
                for a in first.nodes
                for b in second.nodes
                if a is not b and all(edge.on != a.subtask_id for edge in b.depends_on)
            )
            told = f"“{wish.said}”: {_named(second.nodes)} waits for {_named(first.nodes)}"
            return Meant(links, told) if links else _lost(wish.said, "the plan has it in this order already")
        if second.nodes:
            return self._added(wish.said, wish.first, before=second.nodes)
        if first.nodes:
            return self._added(wish.said, wish.second, after=first.nodes)
        when = wish.second if wish.main == wish.first else wish.first
        meant = self._added(wish.said, wish.main)
        return meant._replace(finding=_no_part(wish.said, when).finding)

    def _more(self, wish: More) -> Meant:
        there = self._at_work(wish.what)
        if wish.place is None:
            if there.nodes and there.whole:
                return _found(
                    "already_there", f"“{wish.said}”: the plan does that in {_named(there.nodes)}",
                    "say what about it should be different",
                )  # fmt: skip
            return self._added(wish.said, wish.what)
        others = [s for s in self._subtasks if s not in there.nodes and s.subtask_id not in self._done]
        if not there.nodes:
            kin = self._kin(wish.what, others)
            if wish.place == "first" and kin is not None:
                known = [s for s in others if any(edge.on == s.subtask_id for edge in kin.depends_on)]
                return self._added(wish.said, wish.what, after=known, before=[kin])
            roots = [s for s in others if not s.depends_on] if wish.place == "first" else []
            ends = self._ends(others) if wish.place == "last" else []
            return self._added(wish.said, wish.what, after=ends, before=roots)
        links = tuple(
            Link(subtask_id=b.subtask_id, after=a.subtask_id)
            for a, b in self._around(there.nodes[0], others, first=wish.place == "first")
        )
        told = f"“{wish.said}”: {_named(there.nodes)} comes {wish.place}"
        return Meant(links, told) if links else _lost(wish.said, "the plan has it in this order already")

    def _kin(self, what: str, others: Sequence[Subtask]) -> Subtask | None:
        """Work that does the same elsewhere: "publish to staging first" comes before what publishes."""
        alike = [s for s in others if _verb(what) and _verb(what) == _verb(s.title)]
        return alike[0] if len(alike) == 1 else None

    def _around(
        self, one: Subtask, others: Sequence[Subtask], *, first: bool
    ) -> Iterator[tuple[Subtask, Subtask]]:
        if first:
            yield from ((one, s) for s in others if not s.depends_on)
        else:
            known = {edge.on for edge in one.depends_on}
            yield from ((s, one) for s in self._ends(others) if s.subtask_id not in known)

    def _ends(self, subtasks: Sequence[Subtask]) -> list[Subtask]:
        waited = {edge.on for s in subtasks for edge in s.depends_on}
        return [s for s in subtasks if s.subtask_id not in waited]

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
            return Meant((Limit(text=wish.said),), f"“{wish.said}”: kept in mind by everybody")
        return _with_criterion(wish.said, nodes)

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
        where = f" before {_named(before)}" if before else f" after {_named(after)}" if after else ""
        return Meant((more,), f"“{said}”: more work{where}: “{brief}”")


def _changes(operation: Operation) -> tuple[SubtaskId, ...]:
    match operation:
        case Add(before=before):
            return before
        case Drop() | Reassign() | Rebrief() | Link():
            return (operation.subtask_id,)
        case _:
            return ()


def _reworded(objective: str, wish: Exchange) -> str:
    """The brief with the wanted words in the place of the unwanted; all of it anew where they are a clause."""
    places = _place(wish.unwanted) or _place(objective), _place(wish.wanted)
    if places[0] and places[1] and (stems(wish.wanted) - stems(places[1])) <= stems(objective):
        return re.sub(rf"\b{re.escape(places[0])}\b", places[1], objective, flags=re.IGNORECASE)
    unwanted, wanted = (_LEADS.sub("", text).strip() for text in (wish.unwanted, wish.wanted))
    if unwanted and re.search(rf"\b{re.escape(unwanted)}\b", objective, re.IGNORECASE):
        verb = (_FIRST_WORD.match(wish.wanted) or [""])[0].strip()
        core = wanted[len(verb) :].strip() if verb and verb.lower() in objective.lower() else wanted
        core = _LEADS.sub("", core) or wanted
        return re.sub(rf"\b{re.escape(unwanted)}\b", lambda _: core, objective, flags=re.IGNORECASE)
    return f"{wish.wanted[:1].upper()}{wish.wanted[1:]}"


def _place(text: str) -> str:
    """The word of a text that names an environment."""
    return next((word.text for word in words(text) if environment_of(f"to {word.text}") != "unknown"), "")


def _verb(said: str) -> str:
    return next(iter(sorted(stems((_FIRST_WORD.match(said) or [""])[0]))), "")


def _with_criterion(said: str, nodes: Sequence[Subtask]) -> Meant:
    operations = tuple(
        Rebrief(subtask_id=s.subtask_id, acceptance=tuple(dict.fromkeys((*s.acceptance, said))))
        for s in nodes
    )
    return Meant(operations, f"“{said}”: {_named(nodes)} is held to it")


def _dropped(said: str, nodes: Sequence[Subtask]) -> Meant:
    return Meant(
        tuple(Drop(subtask_id=s.subtask_id) for s in nodes), f"“{said}”: {_named(nodes)} is left out"
    )


def _named(nodes: Sequence[Subtask]) -> str:
    return ", ".join(f"“{s.title}”" for s in nodes)


def _lost(said: str, why: str) -> Meant:
    return _found(
        "not_understood",
        f"“{said}” changed nothing: {why}",
        "say it in other words, name the part as the plan does, or edit the plan",
    )


def _no_part(said: str, what: str) -> Meant:
    return _found(
        "no_such_part",
        f"“{said}”: no part of the plan is “{what}”",
        "name the part as the plan does, or send its id as target",
    )


def _ambiguous(said: str, rivals: Sequence[Subtask]) -> Meant:
    return _found(
        "ambiguous", f"“{said}” may mean {' or '.join(f'“{s.title}”' for s in rivals[:4])}",
        "name the part as the plan does, or send its id as target",
    )  # fmt: skip


def _found(code: str, message: str, mend: str) -> Meant:
    return Meant(finding=Finding(code=code, severity="warning", path="subtasks", message=message, mend=mend))
