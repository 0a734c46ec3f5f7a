"""Measures routing against cases whose right answer is known."""

import time
from collections.abc import Sequence

from domain.agent import Need
from domain.base import Value
from routing.route import Router
from routing.suite import RouteCase

COVERED = 0.8


class RouteFigures(Value):
    """Percentages, 0–100, but for `n` and the milliseconds."""

    n: int
    top1: float
    top3: float
    mrr: float
    top1_at_80pct_coverage: float
    """Top-1 over the 80 % of cases that the router was surest of."""
    cpu_ms_p99: float


class _Decision(Value):
    rank: int | None
    lead: float
    cpu_ms: float


def evaluate(router: Router, cases: Sequence[RouteCase]) -> RouteFigures:
    """Ranks every case once; a right agent that was not listed counts as missed."""
    decisions = [_decide(router, case) for case in cases]
    ranks = [decision.rank for decision in decisions]
    surest = sorted(decisions, key=lambda decision: -decision.lead)[: round(COVERED * len(decisions))]
    return RouteFigures(
        n=len(cases),
        top1=_share([rank == 1 for rank in ranks]),
        top3=_share([rank is not None and rank <= 3 for rank in ranks]),
        mrr=round(100 * sum(1 / rank for rank in ranks if rank) / len(ranks), 1) if ranks else 0.0,
        top1_at_80pct_coverage=_share([decision.rank == 1 for decision in surest]),
        cpu_ms_p99=round(_percentile([decision.cpu_ms for decision in decisions], 0.99), 3),
    )


def _decide(router: Router, case: RouteCase) -> _Decision:
    need = Need(text=case.text)
    started = time.process_time_ns()
    router.rank(need)
    cpu_ms = (time.process_time_ns() - started) / 1e6
    ranking = router.rank(need, shown=len(router.manifest.agents))
    able = [candidate for candidate in ranking.candidates if candidate.is_eligible]
    rank = next((place for place, c in enumerate(able, start=1) if c.agent in case.agents), None)
    best, rival = ([candidate.score for candidate in able[:2]] + [0.0, 0.0])[:2]
    return _Decision(rank=rank, lead=(best - rival) / best if best else 0.0, cpu_ms=cpu_ms)


def _share(right: Sequence[bool]) -> float:
    return round(100 * sum(right) / len(right), 1) if right else 0.0


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
