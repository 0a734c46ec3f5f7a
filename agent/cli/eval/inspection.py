"""The same measurement as a task of Inspect AI: `inspect eval agent/plans`. Comes with the extra `[inspect]`.

    inspect eval agent/plans --model none -T suite=requests.jsonl -T manifest=agents.json

Inspect's own model is not asked: a plan is made by the rules, or by them and the models of ORCHESTRATOR_MODEL.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import reduce
from pathlib import Path
from typing import Final, cast

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from agent.bootstrap.models import planner as opened
from agent.bootstrap.plans import Plans
from agent.cli.address import settings_in
from agent.cli.eval import files
from agent.cli.eval.plan import PlannerName, dumped, plans_for
from agent.cli.refusal import usage
from agent.config import Settings
from agent.service.aside import Aside
from agent.service.ports import Planner
from domain.errors import PlanInvalidError
from domain.plan import Plan
from domain.request import Request
from planner.check import hard
from planner.coverage import matrix
from planner.evaluate import Outcome, Tally, agents_of, edges_of, gates_of, precedence_of
from planner.suites import Case

SEEN: Final = "orchestrator"
"""Where a sample's store keeps what was found of its plan."""

Counts = dict[str, list[int]]


@task
def plans(
    suite: str,
    manifest: str | None = None,
    planner: PlannerName = "rules",
    memory: str | None = None,
    split: str | None = None,
) -> Task:
    """Plan every request of a suite; figures are those of `orchestrator eval plan`, 0–100 and micro-averaged."""
    cases = files.suite(Path(suite), split=split)
    settings = settings_in(None)
    if planner == "hybrid" and not settings.models:
        raise usage("-T planner=hybrid asks a model; set ORCHESTRATOR_MODEL, or measure the rules")
    drawn = plans_for(Path(manifest) if manifest else None, settings, memory=Path(memory) if memory else None)
    return Task(
        dataset=MemoryDataset([_sample(case) for case in cases], name=Path(suite).stem),
        solver=planning({case.id: case for case in cases}, drawn, settings, planner),
        scorer=against_people(),
        name="plans",
    )


def _sample(case: Case) -> Sample:
    request = case.request
    return Sample(
        id=case.id,
        input="\n\n".join(part for part in (request.title, request.description) if part),
        target=" ".join(case.expected.agents),
        metadata={"split": case.split},
    )


@solver
def planning(cases: dict[str, Case], drawn: Plans, settings: Settings, name: PlannerName) -> Solver:
    """Puts the plan in place of a model's answer."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001  Inspect's shape
        case = cases[str(state.sample_id)]
        async with _planner(name, drawn, settings) as planner:
            plan, error = await _tried(planner, case.request)
        state.store.set(SEEN, _counts(Outcome(case, plan, 0.0, error)))
        told = {"error": error} if plan is None else dumped(plan)
        state.output = ModelOutput.from_content(f"orchestrator/{name}", json.dumps(told))
        return state

    return solve


@asynccontextmanager
async def _planner(name: PlannerName, drawn: Plans, settings: Settings) -> AsyncIterator[Planner]:
    if name == "rules":
        yield Aside(drawn.planning)
        return
    async with opened(settings, drawn) as with_models:
        yield with_models


async def _tried(planner: Planner, request: Request) -> tuple[Plan | None, str | None]:
    try:
        return await planner.plan(request, revision=1, numbers={}), None
    except PlanInvalidError as invalid:
        return None, invalid.message


def _counts(outcome: Outcome) -> Counts:
    """What figures are made of, as JSON bears it."""
    plan = outcome.plan
    valid = plan is not None and not hard(plan.findings)
    exact = plan is not None and valid and matrix(plan).exact
    return {
        "agents": list(agents_of(outcome)),
        "precedence": list(precedence_of(outcome)),
        "edges": list(edges_of(outcome)),
        "gates": list(gates_of(outcome)),
        "valid": [int(valid), 1, 1],
        "exact": [int(exact), 1, 1],
    }


def _whole(kind: str, counted: Sequence[dict[str, list[int]]]) -> Tally:
    return reduce(Tally.plus, (Tally(*counts[kind]) for counts in counted), Tally())


def _figure(name: str, kind: str, of: Callable[[Tally], float]) -> Callable[[], Metric]:
    def figure() -> Metric:
        def compute(scores: list[SampleScore]) -> float:
            return round(of(_whole(kind, [score.score.metadata or {} for score in scores])), 1)

        return compute

    registered: Callable[[], Metric] = metric(name=name)(figure)
    return registered


def _f1(whole: Tally) -> float:
    return whole.f1


def _precision(whole: Tally) -> float:
    return whole.precision


def _recall(whole: Tally) -> float:
    return whole.recall


FIGURES: Final = (
    _figure("agent_f1", "agents", _f1),
    _figure("precedence_f1", "precedence", _f1),
    _figure("edge_f1", "edges", _f1),
    _figure("gate_precision", "gates", _precision),
    _figure("gate_recall", "gates", _recall),
    _figure("valid_rate", "valid", _precision),
    _figure("exact_cover_rate", "exact", _precision),
)


@scorer(metrics=[figure() for figure in FIGURES])
def against_people() -> Scorer:
    """A sample's value is the F1 of its agents; what the figures of the whole are made of is its metadata."""

    async def judge(state: TaskState, target: Target) -> Score:
        counts = cast("Counts", state.store.get(SEEN))
        return Score(
            value=round(Tally(*counts["agents"]).f1, 1),
            answer=state.output.completion,
            explanation=f"expected agents: {target.text}",
            metadata=counts,
        )

    return judge
