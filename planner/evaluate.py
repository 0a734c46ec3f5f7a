"""How good plans are, against plans that people expect. Scores are 0–100, micro-averaged over a suite."""

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.base import Value
from domain.errors import PlanInvalidError
from domain.graph import reachable
from domain.plan import Plan, Subtask
from domain.request import Request
from planner.check import hard
from planner.coverage import matrix
from planner.suites import Case, Expected


class Scores(Value):
    """What `orchestrator eval plan --json` prints."""

    n: int
    agent_f1: float
    precedence_f1: float
    edge_f1: float
    gate_precision: float
    gate_recall: float
    valid_rate: float
    exact_cover_rate: float
    cpu_ms_p95: float


class Outcome(NamedTuple):
    """One case planned; `plan` is missing where none came out."""

    case: Case
    plan: Plan | None
    cpu_ms: float
    error: str | None = None
    """Why there is no plan."""


_FIRST = Request(task_id="warm-up", title="Write a guide, test it, and deploy it to staging")


class Tally(NamedTuple):
    """Matches, what was produced, what was expected."""

    hit: int = 0
    produced: int = 0
    expected: int = 0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(self.hit + other.hit, self.produced + other.produced, self.expected + other.expected)

    @property
    def precision(self) -> float:
        return 100.0 * self.hit / self.produced if self.produced else 100.0

    @property
    def recall(self) -> float:
        return 100.0 * self.hit / self.expected if self.expected else 100.0

    @property
    def f1(self) -> float:
        whole = self.produced + self.expected
        return 200.0 * self.hit / whole if whole else 100.0


def run(plan: Callable[[Request], Plan], cases: Iterable[Case]) -> tuple[Outcome, ...]:
    """Plan every case and take the CPU time of each; what is read once is read before."""
    plan(_FIRST)
    outcomes = []
    for case in cases:
        began = time.process_time()
        made, error = _tried(plan, case.request)
        outcomes.append(Outcome(case, made, 1_000.0 * (time.process_time() - began), error))
    return tuple(outcomes)


def _tried(plan: Callable[[Request], Plan], request: Request) -> tuple[Plan | None, str | None]:
    try:
        return plan(request), None
    except PlanInvalidError as invalid:
        return None, invalid.message


def score(outcomes: Sequence[Outcome]) -> Scores:
    """A plan that did not come out, or has a hard finding, scores nothing anywhere."""
    agents = _sum(agents_of(outcome) for outcome in outcomes)
    gates = _sum(gates_of(outcome) for outcome in outcomes)
    valid = [outcome for outcome in outcomes if _valid(outcome)]
    exact = [outcome for outcome in valid if outcome.plan is not None and matrix(outcome.plan).exact]
    times = sorted(outcome.cpu_ms for outcome in outcomes)
    return Scores(
        n=len(outcomes),
        agent_f1=round(agents.f1, 1),
        precedence_f1=round(_sum(precedence_of(outcome) for outcome in outcomes).f1, 1),
        edge_f1=round(_sum(edges_of(outcome) for outcome in outcomes).f1, 1),
        gate_precision=round(gates.precision, 1),
        gate_recall=round(gates.recall, 1),
        valid_rate=_share(len(valid), len(outcomes)),
        exact_cover_rate=_share(len(exact), len(outcomes)),
        cpu_ms_p95=round(times[min(len(times) - 1, int(0.95 * len(times)))], 2) if times else 0.0,
    )


def agents_of(outcome: Outcome) -> Tally:
    """Expected implied subtasks are optional; produced implied ones match only those, and cost nothing."""
    expected = outcome.case.expected
    wanted: Counter[str | None] = Counter(
        a for n, a in enumerate(expected.agents) if n not in expected.implied
    )
    optional: Counter[str | None] = Counter(a for n, a in enumerate(expected.agents) if n in expected.implied)
    asked = Counter(s.agent for s in _plan(outcome) if not s.implied)
    extra = asked - wanted
    forgiven = sum((extra & optional).values())
    return Tally((asked & wanted).total(), asked.total() - forgiven, wanted.total())


def precedence_of(outcome: Outcome) -> Tally:
    """Pairs of agents of which one comes before the other, however far."""
    edges = _graph(outcome)
    wanted = outcome.case.expected
    return _pairs(_closed(wanted.agents, wanted.implied, _before(wanted)), _closed(*edges))


def edges_of(outcome: Outcome) -> Tally:
    """Pairs of agents that follow one another directly, implied steps between them looked through."""
    edges = _graph(outcome)
    wanted = outcome.case.expected
    return _pairs(_direct(wanted.agents, wanted.implied, _before(wanted)), _direct(*edges))


def gates_of(outcome: Outcome) -> Tally:
    expected = outcome.case.expected
    wanted: Counter[str | None] = Counter(
        agent for number, agent in enumerate(expected.agents) if number in expected.gated
    )
    held = Counter(s.agent for s in _plan(outcome) if s.gated)
    return Tally((wanted & held).total(), held.total(), wanted.total())


Before = Mapping[int, Sequence[int]]


def _before(expected: Expected) -> Before:
    return {
        number: [first for first, second in expected.edges if second == number]
        for number in range(len(expected.agents))
    }


def _graph(outcome: Outcome) -> tuple[Sequence[str | None], frozenset[int], Before]:
    subtasks = _plan(outcome)
    place = {subtask.subtask_id: number for number, subtask in enumerate(subtasks)}
    before = {n: [place[e.on] for e in s.depends_on if e.on in place] for n, s in enumerate(subtasks)}
    return [s.agent for s in subtasks], frozenset(n for n, s in enumerate(subtasks) if s.implied), before


def _closed(agents: Sequence[str | None], implied: frozenset[int], before: Before) -> Counter[Hashable]:
    return Counter(
        (agents[first], agents[second])
        for second in before
        if second not in implied
        for first in reachable([second], before)
        if first not in implied
    )


def _direct(agents: Sequence[str | None], implied: frozenset[int], before: Before) -> Counter[Hashable]:
    return Counter(
        (agents[first], agents[second])
        for second in before
        if second not in implied
        for first in _seen_through(second, implied, before)
    )


def _seen_through(node: int, implied: frozenset[int], before: Before) -> set[int]:
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(before[node])
    while waiting:
        other = waiting.pop()
        if other in seen:
            continue
        seen.add(other)
        if other in implied:
            waiting += before[other]
        else:
            found.add(other)
    return found


def _pairs(wanted: Counter[Hashable], made: Counter[Hashable]) -> Tally:
    return Tally((wanted & made).total(), made.total(), wanted.total())


def _valid(outcome: Outcome) -> bool:
    return outcome.plan is not None and not hard(outcome.plan.findings)


def _plan(outcome: Outcome) -> Sequence[Subtask]:
    return outcome.plan.subtasks if outcome.plan is not None and _valid(outcome) else ()


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole = whole.plus(tally)
    return whole


def _share(part: int, whole: int) -> float:
    return round(100.0 * part / whole, 1) if whole else 100.0
