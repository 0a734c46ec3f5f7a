"""When a plan would be done and what it would cost, in one line."""

from collections.abc import Mapping

from rich.text import Text

from agent.cli.draw.words import line, span
from planner.estimate import ENOUGH, Estimate


def expected(estimate: Estimate, names: Mapping[str, str]) -> Text:
    """Half of the time by the first figure, nine times of ten by the second."""
    told = f"{span(estimate.p50_s)}, nine times of ten within {span(estimate.p90_s)}"
    path = " → ".join(names.get(node, node) for node in estimate.critical_path)
    return line(
        ("Expected ", "bold"),
        told,
        _cost(estimate),
        _due(estimate),
        (f" · longest way {path}", "dim"),
        (f" · a prior: fewer than {ENOUGH} runs are known", "dim") if estimate.prior else "",
    )


def _cost(estimate: Estimate) -> str:
    low, high = estimate.cost_p10_usd, estimate.cost_p90_usd
    if high <= 0:
        return ""
    return f" · ${low:.2f} to ${high:.2f}" if high - low >= 0.005 else f" · ${high:.2f}"


def _due(estimate: Estimate) -> str:
    return "" if estimate.p_on_time is None else f" · {estimate.p_on_time:.0%} on time"
