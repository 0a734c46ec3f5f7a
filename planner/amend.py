"""Changes a plan that exists: the next revision of it, judged and checked like any other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.agent import RISK_ORDER, Agent
from domain.errors import NotFoundError, OrchestratorError, PlanInvalidError
from domain.ids import AgentId, SubtaskId
from domain.plan import Finding, Plan, Subtask
from domain.request import Request
from domain.verdict import Judgement, RuleHit
from planner.aim import Aim
from planner.check import hard
from planner.comment import wishes
from planner.meant import Meant
from planner.operations import Drop, Operation
from planner.pipeline import Planning
from planner.repair import reduced, renumbered
from planner.sheet import Sheet, sheet_of
from planner.subtasks import NONE_USED, done_by
from planner.wanted import Wanted
from planner.workbench import Workbench, workbench

OF_THE_REQUEST = frozenset({"language", "nothing_asked"})
"""Findings about what was asked; the checks of a later revision do not find them again."""

ASKED_OTHERWISE = "asked-to-be-different"
"""The rule that keeps a plan as risky as the one a comment made it from."""

NOTHING_DONE: frozenset[SubtaskId] = frozenset()


@dataclass(frozen=True)
class Amended:
    """The next revision, what the words came to, and how they were understood, a sentence each."""

    plan: Plan
    operations: tuple[Operation, ...]
    understood: tuple[str, ...]


def amended(
    planning: Planning,
    request: Request,
    plan: Plan,
    comment: str,
    *,
    target: SubtaskId | None = None,
    done: frozenset[SubtaskId] = NOTHING_DONE,
    numbers: Mapping[AgentId, int] = NONE_USED,
) -> Amended:
    """The plan as somebody wants it to be. `done` can no longer be changed; `numbers` are the highest used.

    Every clause of the comment either changes the plan or becomes a finding. It is data: no word of it lowers
    the risk of what was there, or takes a gate away. Raises NotFoundError for an unknown target,
    PlanInvalidError where nothing would be left or nothing valid comes out.
    """
    bench = workbench(planning, request, plan, numbers, "asked for in a comment")
    if target is not None and all(s.subtask_id != target for s in plan.subtasks):
        raise NotFoundError(f"the plan of task {plan.task_id} has no subtask {target!r}")
    aim = Aim(plan.subtasks, planning.manifest, bench.house.capabilities, target)
    wanted = Wanted(plan.subtasks, aim, target, done)
    meant = [wanted.meant(wish) for wish in wishes(comment)]
    sheet, meant = _applied(bench, sheet_of(plan), meant)
    if not any(not s.implied for s in sheet.subtasks):
        raise PlanInvalidError("these changes would leave nothing of the plan; reject it, or cancel the task")
    operations = tuple(operation for each in meant for operation in each.operations)
    subtasks, judgement, findings = planning.settled(
        request, renumbered(reduced(sheet.subtasks)), sheet.requirements, bench.house
    )
    subtasks, judgement = _no_lower(plan, subtasks, judgement)
    said = [each.finding for each in meant if each.finding is not None]
    said += _needed_all_the_same(plan, operations, subtasks)
    return Amended(
        plan=revised(planning, plan, sheet._replace(subtasks=subtasks), judgement, (*said, *findings)),
        operations=operations,
        understood=tuple(each.told for each in meant if each.told),
    )


def _applied(bench: Workbench, sheet: Sheet, meant: Sequence[Meant]) -> tuple[Sheet, list[Meant]]:
    """One wish after the other; one that cannot be fulfilled says why, and the others go on."""
    out: list[Meant] = []
    for each in meant:
        try:
            changed = sheet
            for operation in each.operations:
                changed = bench.applied(changed, operation)
        except OrchestratorError as error:
            finding = Finding(
                code="not_understood",
                severity="warning",
                path="subtasks",
                message=f"{each.told or 'a wish'} came to nothing: {error.message}",
                mend="say it in other words, or edit the plan",
            )
            out.append(Meant(finding=finding))
            continue
        sheet = changed
        out.append(each)
    return sheet, out


def _no_lower(
    was: Plan, subtasks: tuple[Subtask, ...], judgement: Judgement
) -> tuple[tuple[Subtask, ...], Judgement]:
    """What was risky or gated stays so in a plan that only a comment changed, and somebody is asked again."""
    before = {subtask.subtask_id: subtask for subtask in was.subtasks}
    held = tuple(_as_risky(subtask, before.get(subtask.subtask_id)) for subtask in subtasks)
    gated = tuple(subtask.subtask_id for subtask in held if subtask.gated)
    verdict = judgement.verdict
    verdict = verdict.model_copy(update={"demand": verdict.demand or was.verdict.demand, "gated": gated})
    if RISK_ORDER[was.verdict.level] > RISK_ORDER[verdict.level]:
        floor = RuleHit(
            rule=ASKED_OTHERWISE,
            level=was.verdict.level,
            why=f"it comes from a plan of {was.verdict.level} risk by a comment, and comments lower nothing",
            would_be_lower_if="it were submitted as a request of its own",
        )
        verdict = verdict.model_copy(
            update={"level": was.verdict.level, "hits": (*verdict.hits, floor), "demand": was.verdict.demand}
        )
    if verdict.demand is not None and not gated:
        # Nothing is left that could wait alone.
        verdict = verdict.model_copy(update={"demand": verdict.demand.model_copy(update={"scope": "plan"})})
    return held, Judgement(verdict=verdict, risks={s.subtask_id: s.risk for s in held})


def _as_risky(subtask: Subtask, before: Subtask | None) -> Subtask:
    if before is None:
        return subtask
    risk = max(subtask.risk, before.risk, key=RISK_ORDER.__getitem__)
    return subtask.model_copy(update={"risk": risk, "gated": subtask.gated or before.gated})


def _needed_all_the_same(
    was: Plan, operations: Sequence[Operation], subtasks: Sequence[Subtask]
) -> list[Finding]:
    """What was left out and had to come back, because something else cannot do without."""
    gone = {o.subtask_id for o in operations if isinstance(o, Drop)}
    names = {name for s in was.subtasks if s.subtask_id in gone for name in s.produces}
    known = {s.subtask_id for s in was.subtasks}
    return [
        Finding(
            code="needed_all_the_same",
            severity="warning",
            path=f"subtasks[{subtask.ordinal}]",
            message=f"“{subtask.title}” was put in: what is left of the plan cannot do without",
            mend="leave out what needs it as well",
        )
        for subtask in subtasks
        if subtask.implied and subtask.subtask_id not in known and (names & set(subtask.produces) or gone)
    ]


def revised(
    planning: Planning, was: Plan, sheet: Sheet, judgement: Judgement, findings: Sequence[Finding]
) -> Plan:
    """The next revision, of what is on the sheet."""
    asked = tuple(finding for finding in was.findings if finding.code in OF_THE_REQUEST)
    return was.model_copy(
        update={
            "revision": was.revision + 1,
            "planner": "amended",
            "drafting": None,
            "manifest_version": planning.manifest.version,
            "policy_version": planning.gate.version,
            "requirements": sheet.requirements,
            "constraints": sheet.constraints,
            "findings": (*asked, *findings),
            "verdict": judgement.verdict,
            "subtasks": sheet.subtasks,
        }
    )


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
