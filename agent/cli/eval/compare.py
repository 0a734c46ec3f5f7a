"""`eval compare` and `eval gate`: two measurements side by side, and whether the later one is worse."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from agent.cli.draw.screen import emit, out
from agent.cli.eval import files
from agent.cli.eval.plan import Asked, measured
from agent.cli.eval.shown import beside
from agent.cli.exits import Exit
from agent.cli.refusal import usage
from agent.config import Settings
from domain.errors import InvalidInputError

LOWER_IS_BETTER = frozenset({"under_rated", "over_rated"})


class Change(NamedTuple):
    """One figure in two measurements. `drop` is by how much the later is worse; negative where it is better."""

    name: str
    before: float
    after: float

    @property
    def drop(self) -> float:
        fallen = self.before - self.after
        return round(-fallen if self.name in LOWER_IS_BETTER else fallen, 6)

    @property
    def counts(self) -> bool:
        """Times are the machine's, and the number of cases is no merit."""
        return self.name != "n" and not self.name.startswith("cpu_ms")


def changes(before: Mapping[str, float], after: Mapping[str, float]) -> tuple[Change, ...]:
    """The figures that both have; raises InvalidInputError where they do not measure the same."""
    if set(before) != set(after):
        odd = ", ".join(sorted(set(before) ^ set(after)))
        raise InvalidInputError(f"the two do not measure the same: only one of them has {odd}")
    if before.get("n") != after.get("n"):
        raise InvalidInputError(
            f"the two were measured on {before['n']:g} and {after['n']:g} cases; measure both on one suite"
        )
    return tuple(Change(name, value, after[name]) for name, value in before.items())


def compare(before: Path, after: Path, *, as_json: bool) -> Exit:
    """The command: `after` against `before`, figure by figure."""
    found = changes(files.figures(before), files.figures(after))
    if as_json:
        emit({c.name: {"a": c.before, "b": c.after, "change": round(c.after - c.before, 6)} for c in found})
    else:
        beside(before.name, after.name, [(c.name, c.before, c.after) for c in found])
    return Exit.OK


def gate(
    baseline: Path,
    max_drop: float,
    figures: Path | None,
    asked: Asked | None,
    settings: Settings,
    *,
    as_json: bool,
) -> Exit:
    """The command: fails where any figure is worse than the baseline by more than `max_drop` points."""
    found = changes(files.figures(baseline), _now(figures, asked, settings))
    fallen = [change for change in found if change.counts and change.drop > max_drop]
    if as_json:
        emit(
            {
                "passed": not fallen,
                "max_drop": max_drop,
                "worse": {c.name: {"baseline": c.before, "now": c.after, "drop": c.drop} for c in fallen},
            }
        )
    else:
        beside("baseline", "now", [(c.name, c.before, c.after) for c in found])
        for change in fallen:
            out().print(
                f"{change.name} is worse by {change.drop:g}, and {max_drop:g} is allowed", style="red"
            )
    return Exit.FAILED if fallen else Exit.OK


def _now(figures: Path | None, asked: Asked | None, settings: Settings) -> dict[str, float]:
    if (figures is None) == (asked is None):
        raise usage("give either a file of figures to hold against the baseline, or --suite to measure now")
    if figures is not None:
        return files.figures(figures)
    assert asked is not None
    return {name: float(value) for name, value in measured(asked, settings).model_dump().items()}
