"""A small model of who may decide, walked at random beside the real thing: the database must agree at every step."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar, Final
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agent.service.deciding import Voice
from agent.service.lending import Lending, Loan
from domain.approval import Approval
from domain.errors import AlreadyDecidedError, ApprovalExpiredError, ForbiddenError
from domain.principal import Principal
from domain.verdict import Demand
from tests.kit.house import House, house
from tests.kit.plans import gated, plan

ROLE: Final = "tech_lead"
REQUESTER: Final = "req"
LEADS: Final = (REQUESTER, "ann", "bob", "cat")
PEOPLE: Final = (*LEADS, "dan")
TWO_OF_THREE: Final = Demand(roles=(ROLE,), required=2, ttl_s=600)

BOUNDED: Final = settings(
    derandomize=True, deadline=None, database=None, max_examples=8, stateful_step_count=20,
    suppress_health_check=list(HealthCheck), phases=(Phase.generate,),
)  # fmt: skip


@dataclass
class Lent:
    """A role that somebody lent: taken back it undoes votes, run out it only gives no more."""

    number: int
    owner: str
    to: str
    taken_back: bool = False
    run_out: bool = False


@dataclass
class Model:
    """What should be so, said as plainly as possible."""

    holds: dict[str, bool] = field(default_factory=lambda: {person: person in LEADS for person in PEOPLE})
    loans: list[Lent] = field(default_factory=list)
    status: str = "pending"
    late: bool = False
    said: dict[str, tuple[str, Lent | None]] = field(default_factory=dict)
    """By person: what they said, and what they spoke by where it was not a role of their own."""

    def speaks_by(self, person: str) -> Lent | None:
        """Their own role, or the first that was lent to them. Raises ForbiddenError for whoever may not speak."""
        if person == REQUESTER:
            raise ForbiddenError("whoever asked")
        if self.holds[person]:
            return None
        for lent in self.loans:
            good = not lent.taken_back and not lent.run_out
            if good and lent.to == person and self.holds[lent.owner] and lent.owner != REQUESTER:
                return lent
        raise ForbiddenError("nobody's role")

    def say(self, person: str, answer: str) -> str:
        """What they are told. Raises as the real thing does."""
        if self.late and self.status == "pending":
            self.status = "expired"
        if self.status == "expired":
            raise ApprovalExpiredError("late")
        if self.status == {"approve": "approved", "reject": "rejected"}[answer]:
            return self.status
        if self.status != "pending":
            raise AlreadyDecidedError(self.status)
        self.said[person] = answer, self.speaks_by(person)
        if answer == "reject":
            self.status = "rejected"
        elif len(self._voices()) >= TWO_OF_THREE.required:
            self.status = "approved"
        return self.status

    def _voices(self) -> set[str]:
        """Whose yes still stands; a lent role is its owner's voice."""
        voices = set()
        for person, (answer, lent) in self.said.items():
            owner = person if lent is None else lent.owner
            if answer == "approve" and self.holds[owner] and not (lent and lent.taken_back):
                voices.add(owner)
        return voices


@dataclass
class Roster:
    """The file of principals, as it is just now."""

    holds: dict[str, bool] = field(default_factory=dict)

    def who(self, person: str) -> Principal:
        roles = (ROLE,) if self.holds[person] else ()
        return Principal(id=person, roles=roles, authenticated=True)


class Real:
    """The same verbs, in Postgres."""

    def __init__(self, h: House, roster: Roster, numbers: Iterator[int]) -> None:
        self.h, self.roster = h, roster
        self._task = f"t{next(numbers)}"
        self.lending = Lending(h.database, roster.who, lambda: UUID(int=next(numbers)))

    async def ask(self) -> None:
        held = gated(plan(self._task, {"a": ""}), "a", demand=TWO_OF_THREE)
        await self.h.submit(held, execute=False, metadata={"requester": REQUESTER})

    async def approval(self) -> Approval:
        return (await self.h.looking.task(self._task)).approvals[-1]  # type: ignore[return-value]

    async def say(self, person: str, answer: Any) -> str:
        asked = await self.approval()
        voice = Voice(self.roster.who(person), answer, "because", asked.plan_hash)
        return (await self.h.deciding.decide(asked.code, voice)).status

    async def lend(self, owner: str, to: str) -> int:
        loan = Loan(to, self.h.clock.now() + timedelta(hours=1), "away", (ROLE,))
        return (await self.lending.lend(self.roster.who(owner), loan)).delegation_id.int

    async def take_back(self, lent: Lent) -> None:
        await self.lending.take_back(self.roster.who(lent.owner), UUID(int=lent.number))

    async def run_out(self, *numbers: int) -> None:
        await self.h.database.pool.execute(
            "UPDATE delegation SET starts_at = starts_at - interval '1 day', until = db_now()"
            " WHERE delegation_id = ANY ($1)",
            [UUID(int=number) for number in numbers],
        )

    async def pass_expiry(self) -> None:
        await self.h.database.pool.execute(
            "UPDATE approval SET requested_at = requested_at - interval '1 day', expires_at = db_now() WHERE task_id = $1",
            self._task,
        )

    async def ends(self) -> list[str]:
        """How the log says that it ended."""
        rows = await self.h.database.pool.fetch(
            "SELECT kind FROM event WHERE task_id = $1 AND kind = ANY ($2)",
            self._task,
            ["approval_approved", "approval_rejected", "approval_expired"],
        )
        return [row["kind"].removeprefix("approval_") for row in rows]


ANYBODY: Final = st.sampled_from((*PEOPLE, "dan"))
LEAD: Final = st.sampled_from(LEADS)


class Walk(RuleBasedStateMachine):
    """Each walk asks about a plan of its own, in a house that stands already."""

    run: ClassVar[Callable[[Coroutine[Any, Any, Any]], Any]]
    house: ClassVar[House]
    roster: ClassVar[Roster]
    numbers: ClassVar[Iterator[int]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.roster.holds = self.model.holds
        self.real = Real(self.house, self.roster, self.numbers)
        self.run(self.real.ask())

    @rule(who=ANYBODY, answer=st.sampled_from(("approve", "approve", "approve", "reject")))
    def say(self, who: str, answer: str) -> None:
        assert _told(lambda: self.run(self.real.say(who, answer))) == _told(
            lambda: self.model.say(who, answer)
        )

    @rule(who=LEAD)
    def lose_or_regain_the_role(self, who: str) -> None:
        self.model.holds[who] = not self.model.holds[who]

    @rule(owner=LEAD, to=ANYBODY)
    def lend(self, owner: str, to: str) -> None:
        if owner != to and self.model.holds[owner]:
            self.model.loans.append(Lent(self.run(self.real.lend(owner, to)), owner, to))

    @precondition(lambda self: any(not lent.taken_back for lent in self.model.loans))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        lent = data.draw(st.sampled_from([one for one in self.model.loans if not one.taken_back]))
        self.run(self.real.take_back(lent))
        lent.taken_back = True

    @precondition(lambda self: any(not lent.run_out for lent in self.model.loans))
    @rule(data=st.data())
    def let_a_loan_run_out(self, data: st.DataObject) -> None:
        lent = data.draw(st.sampled_from([one for one in self.model.loans if not one.run_out]))
        self.run(self.real.run_out(lent.number))
        lent.run_out = True

    @precondition(lambda self: self.model.status == "pending" and not self.model.late)
    @rule(whether=st.sampled_from((False, False, True)))
    def pass_the_expiry(self, whether: bool) -> None:
        if whether:
            self.run(self.real.pass_expiry())
            self.model.late = True

    @precondition(lambda self: self.model.status != "pending")
    @rule()
    def ask_anew(self) -> None:
        self.model = Model(holds=self.model.holds, loans=self.model.loans)
        self.real = Real(self.house, self.roster, self.numbers)
        self.run(self.real.ask())

    def teardown(self) -> None:
        """The next walk begins in the same house, with nothing lent."""
        self.run(self.real.run_out(*(lent.number for lent in self.model.loans)))

    @invariant()
    def the_database_agrees(self) -> None:
        stored = self.run(self.real.approval())
        told = {v.approver: (v.answer, v.warrant and v.warrant.int) for v in stored.votes}
        meant = {who: (answer, lent and lent.number) for who, (answer, lent) in self.model.said.items()}
        assert (stored.status, told) == (self.model.status, meant)
        decided = [] if self.model.status == "pending" else [self.model.status]
        assert self.run(self.real.ends()) == decided


def _told(said: Any) -> str:
    try:
        return str(said())
    except (AlreadyDecidedError, ApprovalExpiredError, ForbiddenError) as error:
        return type(error).__name__


Move = tuple[str, dict[str, Any]]


def says(who: str, answer: str = "approve") -> Move:
    return "say", {"who": who, "answer": answer}


def lends(owner: str, to: str) -> Move:
    return "lend", {"owner": owner, "to": to}


def turns(who: str) -> Move:
    return "lose_or_regain_the_role", {"who": who}


BY_HAND: Final[tuple[tuple[Move, ...], ...]] = (
    (says("ann"), says("ann"), says("req"), says("dan"), says("bob"), says("cat", "reject")),
    (lends("ann", "dan"), says("ann"), says("dan"), says("bob")),
    (lends("ann", "dan"), lends("req", "dan"), says("dan"), turns("ann"), says("bob"), says("cat")),
    (says("ann"), turns("ann"), says("bob"), turns("ann"), says("bob")),
    (lends("ann", "req"), says("req"), says("ann"), says("bob", "reject"), says("cat")),
    (says("ann"), ("pass_the_expiry", {"whether": True}), says("bob"), says("cat", "reject")),
)
"""What must be walked in any case: one voice twice, the requester, a role lent and lost, the clock."""


def by_hand(walking: type[Walk]) -> None:
    for moves in BY_HAND:
        walk = walking()
        for verb, arguments in moves:
            getattr(walk, verb)(**arguments)
            walk.the_database_agrees()
        walk.teardown()


async def test_two_of_three_whoever_speaks_twice_for_others_or_without_a_right(dsn: str) -> None:
    await asyncio.to_thread(walked, dsn)


def walked(dsn: str) -> None:
    """On a loop of its own: rules are plain functions, and each runs one verb to its end."""
    roster = Roster()
    with asyncio.Runner() as runner:
        standing = house(dsn, known=roster.who)
        h = runner.run(standing.__aenter__())
        try:
            run = staticmethod(runner.run)
            parts = {"run": run, "house": h, "roster": roster, "numbers": count(1)}
            walking = type("Walking", (Walk,), parts)
            by_hand(walking)
            run_state_machine_as_test(walking, settings=BOUNDED)
        finally:
            runner.run(standing.__aexit__(None, None, None))
