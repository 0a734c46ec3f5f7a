"""`eval risk`: rates phrases whose tolerable levels are known."""

from pathlib import Path

from agent.cli.draw.screen import emit, out
from agent.cli.eval import files
from agent.cli.eval.plan import plans_for
from agent.cli.eval.shown import show
from agent.cli.exits import Exit
from agent.config import Settings
from approvals.risk import Rate, missed, read_cases, score


def risk(suite: Path, manifest: Path | None, settings: Settings, *, as_json: bool) -> Exit:
    """The command. With a manifest, a phrase is rated as its plan is; without one, by its words alone."""
    with files.named(suite):
        cases = read_cases(files.lines(suite))
    rate = _rate(manifest, settings)
    figures = score(rate, cases).model_dump()
    if as_json:
        emit(figures)
        return Exit.OK
    show(figures)
    for miss in missed(rate, cases):
        side, bound = ("under", miss.case.min_level) if miss.under else ("over", miss.case.max_level)
        out().print(f"{side}-rated: {miss.level} where {bound} is tolerable: {miss.case.text}")
    return Exit.OK


def _rate(manifest: Path | None, settings: Settings) -> Rate:
    drawn = plans_for(manifest, settings)
    if manifest is None:
        return drawn.policy.rate
    return lambda request: drawn.planning.plan_by_rules(request).verdict.level
