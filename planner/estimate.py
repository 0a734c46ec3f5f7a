"""When a plan will be done and what it will cost: a simulation over its graph with its agents' limits."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import add
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from domain.agent import Agent, Cost, LlmEndpoint, Manifest, Sla
from domain.base import Value
from domain.graph import waves
from domain.ids import AgentId, SubtaskId
from domain.plan import Subtask

DRAWS = 10_000
ENOUGH = 20
"""Samples of an agent's work from which on history is believed more than its SLA."""

MOST_SLOTS = 8
"""Agents that may do more at once than this are taken to be never short of slots."""

_NORMAL = NormalDist()
_P95 = _NORMAL.inv_cdf(0.95)
_USUAL_SPREAD = 0.5
_USUAL_SHARE = 0.25
"""An agent that only names a time-out is taken to need a quarter of it, more or less."""

_PROMPT_TOKENS = 2_000


class Timing(Value):
    """How long one subtask takes. `prior`: by the agent's SLA, for want of history."""

    subtask_id: SubtaskId
    p50_s: float
    p90_s: float
    samples: int
    prior: bool
    critical: bool


class Estimate(Value):
    """Seconds and dollars for a whole plan. `p_on_time` is null where nothing is due."""

    p50_s: float
    p90_s: float
    cost_p10_usd: float
    cost_p50_usd: float
    cost_p90_usd: float
    p_on_time: float | None
    prior: bool
    critical_path: tuple[SubtaskId, ...]
    subtasks: tuple[Timing, ...]
    draws: int


NO_HISTORY: Mapping[AgentId, Sequence[float]] = {}

Column = list[float]
"""One value a draw."""


class _Work(NamedTuple):
    """What is known of how long a subtask takes: its possible durations in order, and where they come from."""

    table: Column
    samples: int


def estimate(
    subtasks: Sequence[Subtask],
    manifest: Manifest,
    random: Random,
    *,
    history: Mapping[AgentId, Sequence[float]] = NO_HISTORY,
    now: datetime | None = None,
    due: datetime | None = None,
    draws: int = DRAWS,
) -> Estimate:
    """Simulate the graph; `history` are seconds of finished work per agent, `now` is when it would begin."""
    work = _works(subtasks, history, draws)
    order = _in_order(subtasks, work)
    durations = _drawn(subtasks, work, random, draws)
    finish = _finish(order, durations, manifest, draws)
    cost = _cost(subtasks, durations, manifest, draws)
    path = _critical(order, work)
    done = sorted(finish)
    return Estimate(
        p50_s=_at(done, 0.5),
        p90_s=_at(done, 0.9),
        cost_p10_usd=_at(cost, 0.1),
        cost_p50_usd=_at(cost, 0.5),
        cost_p90_usd=_at(cost, 0.9),
        p_on_time=_share_by(done, (due - now).total_seconds())
        if due is not None and now is not None
        else None,
        prior=any(known.samples < ENOUGH for known in work.values()),
        critical_path=path,
        subtasks=tuple(_timing(subtask, work[subtask.subtask_id], path) for subtask in subtasks),
        draws=draws,
    )


def _works(
    subtasks: Sequence[Subtask], history: Mapping[AgentId, Sequence[float]], draws: int
) -> dict[SubtaskId, _Work]:
    """Subtasks of one agent, and agents of one SLA, share a table."""
    tables: dict[AgentId | Sla, Column] = {}
    works = {}
    for subtask in subtasks:
        seen = history.get(subtask.agent, ()) if subtask.agent else ()
        known = len(seen) >= ENOUGH and subtask.agent is not None
        key: AgentId | Sla = subtask.agent if known and subtask.agent else subtask.sla
        if key not in tables:
            tables[key] = _empirical(seen, draws) if known else _by_sla(subtask.sla, draws)
        works[subtask.subtask_id] = _Work(tables[key], len(seen))
    return works


def _by_sla(sla: Sla, draws: int) -> Column:
    """Log-normal through p50 and p95, cut off at the time-out; evenly spaced quantiles."""
    middle = sla.p50_s or (
        sla.p95_s / math.exp(_P95 * _USUAL_SPREAD) if sla.p95_s else sla.timeout_s * _USUAL_SHARE
    )
    spread = math.log(max(sla.p95_s / middle, 1.001)) / _P95 if sla.p95_s and middle else _USUAL_SPREAD
    scale = math.log(max(middle, 1e-6))
    step = max(1, draws // 1_000)
    coarse = [
        math.exp(scale + spread * _NORMAL.inv_cdf((place + 0.5) / (draws / step)))
        for place in range(draws // step)
    ]
    return [min(coarse[min(place // step, len(coarse) - 1)], sla.timeout_s) for place in range(draws)]


def _empirical(seen: Sequence[float], draws: int) -> Column:
    ordered = sorted(seen)
    return [ordered[place * len(ordered) // draws] for place in range(draws)]


def _drawn(
    subtasks: Sequence[Subtask], work: Mapping[SubtaskId, _Work], random: Random, draws: int
) -> dict[SubtaskId, Column]:
    """Every quantile once per subtask, in an order of its own (a Latin hypercube).

    One shuffle serves all: the same shuffled row, begun elsewhere, is as good as independent of itself.
    """
    row = list(range(draws))
    random.shuffle(row)
    shuffled: dict[int, Column] = {}
    columns = {}
    for subtask in subtasks:
        table = work[subtask.subtask_id].table
        mixed = shuffled.setdefault(id(table), []) or shuffled[id(table)]
        if not mixed:
            mixed.extend(map(table.__getitem__, row))
        start = random.randrange(draws)
        columns[subtask.subtask_id] = mixed[start:] + mixed[:start]
    return columns


def _in_order(subtasks: Sequence[Subtask], work: Mapping[SubtaskId, _Work]) -> list[Subtask]:
    """Subtasks in the order in which they would usually begin."""
    by_id = {subtask.subtask_id: subtask for subtask in subtasks}
    begins: dict[SubtaskId, float] = {}
    levels = waves({s.subtask_id: tuple(e.on for e in s.depends_on) for s in subtasks})
    for level in levels:
        for subtask_id in level:
            before = [edge.on for edge in by_id[subtask_id].depends_on if edge.on in begins]
            begins[subtask_id] = max((begins[on] + _middle(work[on]) for on in before), default=0.0)
    depth = {subtask_id: number for number, level in enumerate(levels) for subtask_id in level}
    return [by_id[i] for i in sorted(begins, key=lambda i: (begins[i], depth[i]))]


def _finish(
    order: Sequence[Subtask], durations: Mapping[SubtaskId, Column], manifest: Manifest, draws: int
) -> Column:
    """When the last subtask is done, draw by draw."""
    ends: dict[SubtaskId, Column] = {}
    free = _slots(order, manifest, draws)
    nothing = [0.0] * draws
    for subtask in order:
        before = [ends[edge.on] for edge in subtask.depends_on if edge.on in ends]
        begin = _latest(before, nothing)
        slots = free.get(subtask.agent) if subtask.agent else None
        if slots is not None:
            begin = _later(begin, slots[0])
        ends[subtask.subtask_id] = list(map(add, begin, durations[subtask.subtask_id]))
        if slots is not None:
            _take(slots, ends[subtask.subtask_id])
    waited = {edge.on for subtask in order for edge in subtask.depends_on}
    return _latest([ends[s.subtask_id] for s in order if s.subtask_id not in waited], nothing)


def _latest(columns: Sequence[Column], nothing: Column) -> Column:
    return reduce(_later, columns) if columns else nothing


def _later(one: Column, other: Column) -> Column:
    # Written out: calling max() for every draw would take four times as long.
    return [a if a > b else b for a, b in zip(one, other, strict=True)]  # noqa: FURB136


def _earlier(one: Column, other: Column) -> Column:
    return [a if a < b else b for a, b in zip(one, other, strict=True)]  # noqa: FURB136


def _slots(order: Sequence[Subtask], manifest: Manifest, draws: int) -> dict[AgentId, list[Column]]:
    """For agents that may have to queue: when each of their slots is free, the first free one first."""
    counts = Counter(subtask.agent for subtask in order if subtask.agent is not None)
    limits = {agent.id: agent.limits.max_concurrency for agent in manifest.agents}
    return {
        agent: [[0.0] * draws for _ in range(limit)]
        for agent, count in counts.items()
        if (limit := limits.get(agent)) is not None and count > limit and limit <= MOST_SLOTS
    }


def _take(slots: list[Column], end: Column) -> None:
    """The first free slot is taken until `end`; slots stay in order, in every draw."""
    for place in range(len(slots) - 1):
        slots[place], end = _earlier(end, slots[place + 1]), _later(end, slots[place + 1])
    slots[-1] = end


def _cost(
    subtasks: Sequence[Subtask], durations: Mapping[SubtaskId, Column], manifest: Manifest, draws: int
) -> Column:
    fixed = 0.0
    by_rate: dict[float, list[Column]] = {}
    for subtask in subtasks:
        agent = manifest.agent(subtask.agent) if subtask.agent else None
        if agent is not None:
            fixed += _per_call(agent)
            by_rate.setdefault(agent.cost.per_minute_usd / 60, []).append(durations[subtask.subtask_id])
    running = [0.0] * draws
    for rate, columns in by_rate.items():
        if rate:
            running = [
                spent + rate * sum(each)
                for spent, each in zip(running, zip(*columns, strict=True), strict=True)
            ]
    return sorted(fixed + each for each in running)


def _per_call(agent: Agent) -> float:
    cost: Cost = agent.cost
    tokens = (
        agent.endpoint.max_output_tokens + _PROMPT_TOKENS if isinstance(agent.endpoint, LlmEndpoint) else 0
    )
    return cost.per_call_usd + cost.per_million_tokens_usd * tokens / 1_000_000


def _critical(order: Sequence[Subtask], work: Mapping[SubtaskId, _Work]) -> tuple[SubtaskId, ...]:
    """The chain of subtasks that takes longest, by usual durations."""
    length: dict[SubtaskId, float] = {}
    before: dict[SubtaskId, SubtaskId | None] = {}
    for subtask in order:
        known = [edge.on for edge in subtask.depends_on if edge.on in length]
        last = max(known, key=lambda on: length[on], default=None)
        before[subtask.subtask_id] = last
        length[subtask.subtask_id] = _middle(work[subtask.subtask_id]) + (length[last] if last else 0.0)
    at: SubtaskId | None = max(length, key=lambda i: length[i], default=None)
    path: list[SubtaskId] = []
    while at is not None:
        path.append(at)
        at = before[at]
    return tuple(reversed(path))


def _timing(subtask: Subtask, known: _Work, path: Sequence[SubtaskId]) -> Timing:
    return Timing(
        subtask_id=subtask.subtask_id,
        p50_s=_at(known.table, 0.5),
        p90_s=_at(known.table, 0.9),
        samples=known.samples,
        prior=known.samples < ENOUGH,
        critical=subtask.subtask_id in path,
    )


def _middle(known: _Work) -> float:
    return known.table[len(known.table) // 2]


def _at(ordered: Column, share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 6) if ordered else 0.0


def _share_by(ordered: Column, seconds: float) -> float:
    return round(bisect_right(ordered, seconds) / len(ordered), 4) if ordered else 1.0
