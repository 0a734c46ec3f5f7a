"""Commands of `eval`: how good plans, routing and risk ratings are."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Json, Manifest, Policy

Suite = Annotated[
    Path, typer.Option("--suite", metavar="FILE", help="Cases, one JSON object a line.", show_default=False)
]
Agents = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        metavar="FILE",
        help="Agents manifest in place of the shipped one; a list of tools (`nodes`) will do.",
    ),
]
Split = Annotated[str | None, typer.Option("--split", help="Only the cases of this split.")]
Memory = Annotated[
    Path | None, typer.Option("--memory", metavar="FILE", help="Past plans, in the format of a suite.")
]


class PlannerChoice(StrEnum):
    rules = "rules"
    hybrid = "hybrid"


Planner = Annotated[
    PlannerChoice, typer.Option("--planner", help="Rules alone, or with the model of ORCHESTRATOR_MODEL.")
]


def plan(
    *,
    suite: Suite,
    manifest: Agents = None,
    planner: Planner = PlannerChoice.rules,
    memory: Memory = None,
    split: Split = None,
    dump: Annotated[
        Path | None, typer.Option("--dump", metavar="FILE", help="Write every plan here, one a line.")
    ] = None,
    policy: Policy = None,
    as_json: Json = False,
) -> int:
    """Score plans against those that people expect, 0–100, micro-averaged."""
    from agent.cli.address import settings_in
    from agent.cli.eval.plan import Asked
    from agent.cli.eval.plan import plan as work

    asked = Asked(suite, manifest, planner.value, memory, split, dump)
    return work(asked, settings_in(None, orchestrator_policy=policy), as_json=as_json)


def route(*, suite: Suite, manifest: Agents = None, split: Split = None, as_json: Json = False) -> int:
    """Score the choice of agents for texts whose right agent is known."""
    from agent.cli.address import settings_in
    from agent.cli.eval.route import route as work

    return work(suite, manifest, settings_in(None), split=split, as_json=as_json)


def risk(*, suite: Suite, manifest: Agents = None, policy: Policy = None, as_json: Json = False) -> int:
    """Count phrases that are rated too low or too high.

    With a manifest each is rated as its plan is; without one, by its words alone.
    """
    from agent.cli.address import settings_in
    from agent.cli.eval.risk import risk as work

    return work(suite, manifest, settings_in(None, orchestrator_policy=policy), as_json=as_json)


def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="Figures, as `--json` printed them.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Later figures of the same kind.")],
    *,
    as_json: Json = False,
) -> int:
    """Lay two measurements side by side."""
    from agent.cli.eval.compare import compare as work

    return work(before, after, as_json=as_json)


def gate(
    figures: Annotated[
        Path | None, typer.Argument(metavar="FIGURES", help="Figures to judge; or give --suite.")
    ] = None,
    *,
    baseline: Annotated[
        Path, typer.Option("--baseline", metavar="FILE", help="Earlier figures.", show_default=False)
    ],
    max_drop: Annotated[
        float, typer.Option("--max-drop", min=0, metavar="N", help="Points that a figure may be worse by.")
    ] = 0.0,
    suite: Annotated[
        Path | None, typer.Option("--suite", metavar="FILE", help="Plan this suite and judge its figures.")
    ] = None,
    manifest: Manifest = None,
    planner: Planner = PlannerChoice.rules,
    memory: Memory = None,
    split: Split = None,
    policy: Policy = None,
    as_json: Json = False,
) -> int:
    """Fail where a figure is worse than it was; times are not compared."""
    from agent.cli.address import settings_in
    from agent.cli.eval.compare import gate as work
    from agent.cli.eval.plan import Asked

    asked = Asked(suite, manifest, planner.value, memory, split) if suite is not None else None
    settings = settings_in(None, orchestrator_policy=policy)
    return work(baseline, max_drop, figures, asked, settings, as_json=as_json)
