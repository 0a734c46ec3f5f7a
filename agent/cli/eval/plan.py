"""`eval plan`: plans every request of a suite and scores the plans against those that people expect."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from agent.bootstrap.models import planning_calls
from agent.bootstrap.plans import Plans, environ_of, plans
from agent.cli.draw.screen import emit, err
from agent.cli.eval import files
from agent.cli.eval.shown import show
from agent.cli.exits import Exit
from agent.cli.refusal import usage
from agent.config import Settings
from agent.service.shown import dependency_views
from domain.base import JsonObject
from domain.ids import AgentId
from domain.plan import Plan, Subtask
from domain.request import Request
from planner.evaluate import Outcome, Scores, run, score
from planner.memory import Memory

PlannerName = Literal["rules", "hybrid"]


class Asked(NamedTuple):
    """What a measurement of plans is made on."""

    suite: Path
    manifest: Path | None = None
    planner: PlannerName = "rules"
    memory: Path | None = None
    split: str | None = None
    dump: Path | None = None


def plan(asked: Asked, settings: Settings, *, as_json: bool) -> Exit:
    """The command."""
    scores = measured(asked, settings)
    emit(scores.model_dump(mode="json")) if as_json else show(scores.model_dump())
    return Exit.OK


def measured(asked: Asked, settings: Settings) -> Scores:
    """Plan every case and score the lot; writes the dump where one is asked for."""
    cases = files.suite(asked.suite, split=asked.split)
    drawn = plans_for(asked.manifest, settings, memory=asked.memory)
    warn_of_strangers(files.strangers(cases, drawn.manifest))
    with _planner(asked.planner, drawn, settings) as planning:
        outcomes = run(planning, cases)
    warn_of_degraded([outcome.plan for outcome in outcomes if outcome.plan is not None])
    if asked.dump is not None:
        _write(asked.dump, outcomes)
    return score(outcomes)


def plans_for(manifest: Path | None, settings: Settings, *, memory: Path | None = None) -> Plans:
    """All that planning needs, for the manifest or tool list of an option."""
    known = files.manifest(manifest, environ_of(settings)) if manifest is not None else None
    drawn = plans(settings, manifest=known)
    if memory is None:
        return drawn
    past = Memory(files.memory(memory, drawn.manifest.version))
    return replace(drawn, planning=replace(drawn.planning, memory=past))


@contextmanager
def _planner(name: PlannerName, drawn: Plans, settings: Settings) -> Iterator[Callable[[Request], Plan]]:
    if name == "rules":
        yield drawn.planning.plan_by_rules
        return
    if not settings.models:
        raise usage("--planner hybrid asks a model; set ORCHESTRATOR_MODEL, or measure --planner rules")
    with planning_calls(settings, drawn) as planning:
        yield planning


def warn_of_strangers(missing: Collection[str]) -> None:
    """Agents that a suite expects and the manifest does not have."""
    if missing:
        shown = ", ".join(sorted(missing)[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        err().print(
            f"The suite expects agents that the manifest does not have: {shown}. Nothing scores on them."
        )


def warn_of_degraded(made: Sequence[Plan]) -> None:
    """Figures of a model that was not heard are the rules' figures."""
    reasons = Counter(plan.degraded_reason for plan in made if plan.degraded_reason is not None)
    for reason, times in reasons.most_common(1):
        err().print(
            f"{reasons.total()} of {len(made)} plans are the rules' own, for want of a model's; "
            f"{times} because: {reason}"
        )


def _write(path: Path, outcomes: Iterable[Outcome]) -> None:
    written = "".join(json.dumps(_line(outcome)) + "\n" for outcome in outcomes)
    try:
        path.write_text(written, encoding="utf-8")
    except OSError as refused:
        raise usage(f"--dump {path} cannot be written: {refused.strerror}") from refused


def _line(outcome: Outcome) -> JsonObject:
    if outcome.plan is None:
        return {"id": outcome.case.id, "plan": None, "error": outcome.error}
    return {"id": outcome.case.id, "plan": dumped(outcome.plan)}


def dumped(plan: Plan) -> JsonObject:
    """A plan in the words of the API: ids for `depends_on`, the reasons beside them."""
    kept = plan.model_dump(
        mode="json",
        include={
            "planner",
            "degraded_reason",
            "drafting",
            "manifest_version",
            "requirements",
            "constraints",
            "findings",
        },
    )
    return {
        **kept,
        "level": plan.verdict.level,
        "subtasks": [_subtask(subtask) for subtask in plan.subtasks],
        "dependencies": [view.model_dump(mode="json") for view in dependency_views(plan)],
    }


def _subtask(subtask: Subtask) -> JsonObject:
    agent: AgentId | None = subtask.agent
    return {
        "subtask_id": subtask.subtask_id,
        "title": subtask.title,
        "objective": subtask.objective,
        "agent": agent,
        "depends_on": [edge.on for edge in subtask.depends_on],
        "covers": list(subtask.covers),
        "implied": subtask.implied,
        "gated": subtask.gated,
        "risk": subtask.risk,
        "acceptance": list(subtask.acceptance),
    }
