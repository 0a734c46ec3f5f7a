"""`plan`: what would be done, made here and now, with no service and nothing stored."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Final

from agent.bootstrap.models import planner
from agent.bootstrap.plans import Plans, plans
from agent.cli.draw.plan import Picture, whole
from agent.cli.draw.screen import emit, say
from agent.cli.exits import OF_TASK, Exit
from agent.cli.read import read
from agent.cli.wording import Wording
from agent.config import Settings
from agent.service.estimating import MOST_DRAWS, MOST_NODES
from agent.service.shown import dependency_views, plan_view, routing_view, subtask_views
from agent.service.views.plan import PlanView
from agent.service.views.subtask import DependencyView, SubtaskView
from approvals.seal import seal
from domain.agent import Manifest
from domain.base import JsonObject, Value
from domain.plan import Plan
from domain.request import Request
from domain.subtask import Progress, SubtaskState
from domain.task import Task, TaskStatus
from planner.digest import digest_of
from planner.estimate import Estimate, estimate

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a task that is not stored was created; nobody is shown it."""


class Tried(Value):
    """What `POST /orchestrate` would answer, and the edges with their reasons."""

    task_id: str
    status: TaskStatus
    plan: PlanView
    subtasks: tuple[SubtaskView, ...]
    dependencies: tuple[DependencyView, ...]


def plan(wording: Wording, settings: Settings, *, as_json: bool) -> Exit:
    """The command. As with `terraform plan`, the exit code says whether somebody would have to approve."""
    request = wording.request()
    with_agents = plans(settings)
    drawn = asyncio.run(_planned(request, settings, with_agents))
    answer = answered(request, drawn, _expected(request, drawn, with_agents.manifest))
    tried = read(Tried, answer)
    if as_json:
        emit(answer)
    else:
        picture = Picture(request.title, tried.plan, tried.subtasks, tried.dependencies)
        say(whole(picture))
    return OF_TASK[tried.status]


async def _planned(request: Request, settings: Settings, with_agents: Plans) -> Plan:
    async with planner(settings, with_agents) as making:
        return await making.plan(request, revision=1, numbers={})


def _expected(request: Request, drawn: Plan, manifest: Manifest) -> Estimate | None:
    """If it began now; nothing has been learnt here of how long agents take."""
    if not 0 < len(drawn.subtasks) <= MOST_NODES:
        return None
    due = request.due_at
    return estimate(drawn.subtasks, manifest, Random(0), now=datetime.now(UTC), due=due, draws=MOST_DRAWS)  # noqa: S311  no secret


def answered(request: Request, drawn: Plan, expected: Estimate | None = None) -> JsonObject:
    """In the API's own shape, so that whoever reads the one can read the other."""
    task = _task(request, drawn)
    subtasks = subtask_views(drawn, list(_standings(drawn).values()))
    tried = Tried(
        task_id=request.task_id,
        status=task.status,
        plan=plan_view(drawn, task, expected=expected),
        subtasks=subtasks,
        dependencies=dependency_views(drawn),
    )
    routing = routing_view(task, drawn, ())
    return {
        **tried.model_dump(mode="json"),
        "routing_plan": routing.model_dump(mode="json"),
        "duplicate": False,
        "request_changed": False,
    }


def _task(request: Request, drawn: Plan) -> Task:
    return Task(
        task_id=request.task_id,
        title=request.title,
        priority=request.priority,
        requester=request.metadata.requester,
        request_digest=digest_of(request),
        status="planned" if drawn.verdict.demand is None else "approval_pending",
        revision=drawn.revision,
        plan_hash=seal(drawn).plan_hash,
        created_at=NEVER,
    )


def _standings(drawn: Plan) -> Mapping[str, Progress]:
    def state(gated: bool, agent: str | None) -> SubtaskState:
        return "blocked" if agent is None else "waiting_approval" if gated else "pending"

    return {
        s.subtask_id: Progress(
            subtask_id=s.subtask_id, state=state(s.subtask_id in drawn.verdict.gated, s.agent)
        )
        for s in drawn.subtasks
    }
