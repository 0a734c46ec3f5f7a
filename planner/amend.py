"""Changes a plan that exists: the next revision of it, judged and checked like any other."""

from domain.agent import Agent
from domain.errors import NotFoundError, PlanInvalidError
from domain.ids import SubtaskId
from domain.plan import Plan
from domain.request import Request
from planner.check import hard
from planner.pipeline import Planning
from planner.subtasks import done_by


def reassigned(planning: Planning, request: Request, plan: Plan, node: SubtaskId, agent: Agent) -> Plan:
    """The plan with one subtask given to another agent; its id stays.

    Raises NotFoundError for a subtask the plan does not have, PlanInvalidError where the change breaks it.
    """
    if all(subtask.subtask_id != node for subtask in plan.subtasks):
        raise NotFoundError(f"the plan of task {plan.task_id} has no subtask {node!r}")
    changed = tuple(
        done_by(agent, planning.manifest, subtask) if subtask.subtask_id == node else subtask
        for subtask in plan.subtasks
    )
    subtasks, judgement = planning.judged(request, changed)
    findings = planning.checked(subtasks, plan.requirements, judgement)
    if broken := hard(findings):
        raise PlanInvalidError(f"giving {node} to {agent.id} breaks the plan: {broken[0].message}")
    return plan.model_copy(
        update={
            "revision": plan.revision + 1,
            "planner": "amended",
            "drafting": None,
            "manifest_version": planning.manifest.version,
            "policy_version": planning.gate.version,
            "findings": findings,
            "verdict": judgement.verdict,
            "subtasks": subtasks,
        }
    )
