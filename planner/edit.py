"""A plan edited by hand: operations applied as they were given, then judged and checked; nothing is repaired."""

from collections.abc import Mapping, Sequence

from domain.errors import FieldIssue, InvalidInputError, PlanInvalidError
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan
from domain.request import Request
from planner.amend import NOTHING_DONE, revised
from planner.check import hard
from planner.operations import Operation, touched
from planner.pipeline import Planning
from planner.repair import renumbered
from planner.sheet import sheet_of
from planner.subtasks import NONE_USED
from planner.workbench import workbench


def edited(
    planning: Planning,
    request: Request,
    plan: Plan,
    operations: Sequence[Operation],
    *,
    done: frozenset[SubtaskId] = NOTHING_DONE,
    numbers: Mapping[AgentId, int] = NONE_USED,
) -> Plan:
    """The next revision. `done` can no longer be changed; `numbers` are the highest used per agent.

    Raises NotFoundError for an unknown subtask or agent, InvalidInputError for what was worked on already,
    PlanInvalidError with every finding where what comes out is no plan.
    """
    _refuse_done(operations, done)
    bench = workbench(planning, request, plan, numbers, "put there by hand")
    sheet = sheet_of(plan)
    for operation in operations:
        sheet = bench.applied(sheet, operation)
    if all(subtask.implied for subtask in sheet.subtasks):
        raise PlanInvalidError("this edit would leave nothing of the plan; reject it, or cancel the task")
    subtasks, judgement = planning.judged(request, renumbered(sheet.subtasks))
    findings = planning.checked(subtasks, sheet.requirements, judgement)
    if broken := hard(findings):
        raise PlanInvalidError(
            f"the edited plan is not valid: {broken[0].message} ({broken[0].mend})",
            fields=[FieldIssue(finding.path, f"{finding.message}: {finding.mend}") for finding in broken],
        )
    return revised(planning, plan, sheet._replace(subtasks=subtasks), judgement, findings)


def _refuse_done(operations: Sequence[Operation], done: frozenset[SubtaskId]) -> None:
    issues = [
        FieldIssue(f"operations[{place}]", f"{node} has been worked on and can no longer be changed")
        for place, operation in enumerate(operations)
        for node in touched(operation)
        if node in done
    ]
    if issues:
        raise InvalidInputError(issues[0].issue, fields=issues)
