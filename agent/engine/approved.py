"""Whether what is stored is still what was sealed, and whether people let it run: asked before anything starts."""

from collections.abc import Callable
from datetime import datetime

from pydantic import ValidationError

from agent.engine.reading import Runnable
from agent.store.plans import UNASSIGNED
from agent.store.runs import Run
from approvals.gate import permits
from approvals.seal import verify_root
from domain.errors import OrchestratorError, PlanChangedError
from domain.ids import SubtaskId
from domain.request import Request
from domain.task import Task

DigestOf = Callable[[Request], str]


def refusal(task: Task, run: Run, now: datetime, digest_of: DigestOf) -> str | None:
    """Why this plan may not run, or None."""
    if not _is_sealed(task, run):
        return "the stored plan is not the one that was sealed; find out who changed it"
    if not _is_asked_for(run, digest_of):
        return "the stored request is not the one that was planned; find out who changed it"
    approval = run.approvals.get(run.plan_hash)
    try:
        permits(approval, run.plan_hash, run.plan.verdict, now, begun=task.started_at)
    except OrchestratorError as error:
        return error.message
    return None


def refuse_other(run: Run, node: SubtaskId, subtask: Runnable) -> None:
    """Raise PlanChangedError where what stands beside a subtask's text says otherwise than the text."""
    if subtask.subtask_id != node or run.beside[node] != (subtask.ordinal, subtask.agent or UNASSIGNED):
        raise PlanChangedError(f"the stored row of {node} is not the one that was sealed")
    if subtask.edges != frozenset(run.edges[node]):
        raise PlanChangedError(f"the stored edges of {node} are not those that were sealed")


def _is_sealed(task: Task, run: Run) -> bool:
    digests = [sealed.digest for sealed in run.subtasks.values()]
    return (
        run.is_whole
        and task.plan_hash == run.plan_hash
        and verify_root(run.header, digests, run.plan_hash)
        and not _was_asked_as_another(task, run)
        and _says_what_stands_beside(task, run)
    )


def _says_what_stands_beside(task: Task, run: Run) -> bool:
    try:
        plan = run.plan
    except ValidationError:
        return False
    return (plan.task_id, plan.revision) == (task.task_id, task.revision) and (
        (plan.planner, plan.verdict.level) == (run.planner, run.level)
    )


def _was_asked_as_another(task: Task, run: Run) -> bool:
    """A revision is one plan: where people were asked about it under another hash, all of it was changed since."""
    return any(a.revision == task.revision and a.plan_hash != run.plan_hash for a in run.approvals.values())


def _is_asked_for(run: Run, digest_of: DigestOf) -> bool:
    """Agents are told of the request beside the plan; behind a yes it must be the one that people saw."""
    try:
        return run.plan.verdict.demand is None or digest_of(run.request) == run.plan.request_digest
    except (ValidationError, OrchestratorError):
        return False
