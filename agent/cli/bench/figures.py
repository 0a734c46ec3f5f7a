"""Numbers of several rounds as one: medians, and where it matters the slow tail."""

import os
import platform
import statistics
from collections.abc import Sequence

from domain.base import JsonObject


def median(values: Sequence[float]) -> float:
    return rounded(statistics.median(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def milliseconds(seconds: Sequence[float]) -> JsonObject:
    return {
        "p50": rounded(percentile(seconds, 0.5) * 1_000),
        "p99": rounded(percentile(seconds, 0.99) * 1_000),
        "max": rounded(max(seconds) * 1_000),
        "count": len(seconds),
    }


def rounded(value: float) -> float:
    """Three digits that say something."""
    return float(f"{value:.3g}") if abs(value) < 1_000 else float(round(value))


def machine() -> JsonObject:
    load = os.getloadavg()[0]
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": rounded(load)}
