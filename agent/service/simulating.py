"""Which stored plans another policy would judge otherwise: read, judge, compare; nothing is written."""

import asyncio
from typing import Final

from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.tasks import Tasks
from approvals.policy import Policy
from domain.agent import RISK_ORDER, RiskLevel
from domain.base import Value
from domain.ids import Digest, SubtaskId
from domain.plan import Plan
from domain.request import Request
from domain.task import Task, TaskStatus
from domain.verdict import Verdict
from planner.amend import ASKED_OTHERWISE

MOST: Final = 1_000


class Shift(Value):
    """A plan that would be judged otherwise, and what would be different."""

    task_id: str
    title: str
    status: TaskStatus
    revision: int
    was: RiskLevel
    now: RiskLevel
    asked_was: tuple[str, ...]
    """The roles of which somebody has to say yes; none where nobody is asked."""
    asked_now: tuple[str, ...]
    required_was: int
    required_now: int
    gates_added: tuple[SubtaskId, ...]
    gates_removed: tuple[SubtaskId, ...]
    rules_was: tuple[str, ...]
    rules_now: tuple[str, ...]


class Simulation(Value):
    """`more`: there are older tasks that were not looked at."""

    policy_version: Digest
    looked_at: int
    more: bool
    shifts: tuple[Shift, ...]


class Simulating:
    def __init__(self, database: Database) -> None:
        self._tasks = Tasks(database.pool)
        self._plans = Plans(database.pool)

    async def simulate(self, policy: Policy, *, limit: int) -> Simulation:
        """The current plans of the newest tasks. Judging is done aside: it is computing, and others wait."""
        page = await self._tasks.page(limit=limit + 1)
        shifts: list[Shift] = []
        planned = [task for task in page[:limit] if task.revision]
        for task in planned:
            plan = (await self._plans.get(task.task_id, task.revision)).open()
            request = await self._tasks.request(task.task_id)
            verdict = await asyncio.to_thread(_judged, policy, request, plan)
            if (shift := _shift(task, plan.verdict, verdict)) is not None:
                shifts.append(shift)
        return Simulation(
            policy_version=policy.version,
            looked_at=len(planned),
            more=len(page) > limit,
            shifts=tuple(shifts),
        )


def _judged(policy: Policy, request: Request, plan: Plan) -> Verdict:
    """As planning does it: what a comment must not lower stays as high as it was."""
    verdict = policy.judge(request, plan.subtasks).verdict
    floor: RiskLevel = next((hit.level for hit in plan.verdict.hits if hit.rule == ASKED_OTHERWISE), "low")
    if RISK_ORDER[floor] <= RISK_ORDER[verdict.level]:
        return verdict
    return verdict.model_copy(update={"level": floor, "demand": plan.verdict.demand})


def _shift(task: Task, was: Verdict, now: Verdict) -> Shift | None:
    asked_was, asked_now = _asked(was), _asked(now)
    if (was.level, asked_was, set(was.gated)) == (now.level, asked_now, set(now.gated)):
        return None
    return Shift(
        task_id=task.task_id,
        title=task.title,
        status=task.status,
        revision=task.revision,
        was=was.level,
        now=now.level,
        asked_was=asked_was[0],
        asked_now=asked_now[0],
        required_was=asked_was[1],
        required_now=asked_now[1],
        gates_added=tuple(node for node in now.gated if node not in was.gated),
        gates_removed=tuple(node for node in was.gated if node not in now.gated),
        rules_was=_rules(was),
        rules_now=_rules(now),
    )


def _asked(verdict: Verdict) -> tuple[tuple[str, ...], int]:
    demand = verdict.demand
    return ((), 0) if demand is None else (demand.roles, demand.required)


def _rules(verdict: Verdict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.rule for hit in verdict.hits))
