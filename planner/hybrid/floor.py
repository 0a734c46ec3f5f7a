"""What the rules gated stays gated: a model's plan is held, requirement by requirement, to the rules' own."""

from collections.abc import Sequence

from domain.agent import RISK_ORDER
from domain.ids import RequirementId
from domain.plan import Finding, Plan, Subtask
from domain.verdict import Verdict
from planner.hybrid.division import Division


def lost(rules: Plan, subtasks: Sequence[Subtask], division: Division) -> tuple[RequirementId, ...]:
    """Requirements whose subtasks are less risky, by the policy, than the one that the rules made of them."""
    return tuple(
        requirement
        for before in rules.subtasks
        for requirement in before.covers
        if _lower(before, holders(requirement, subtasks, division))
    )


def holders(requirement: RequirementId, subtasks: Sequence[Subtask], division: Division) -> list[Subtask]:
    return [s for s in subtasks if any(division.origin(r) == requirement for r in s.covers)]


def with_words(
    subtasks: Sequence[Subtask], missing: Sequence[RequirementId], rules: Plan, division: Division
) -> tuple[Subtask, ...]:
    """Whoever holds a part of what lost its gate is judged by the words of the whole."""
    out = {subtask.subtask_id: subtask for subtask in subtasks}
    for before in rules.subtasks:
        for requirement in set(before.covers) & set(missing):
            for holder in holders(requirement, subtasks, division):
                own = out[holder.subtask_id]
                clauses = tuple(dict.fromkeys((*own.clauses, *before.clauses)))
                out[own.subtask_id] = own.model_copy(update={"clauses": clauses})
    return tuple(out.values())


def findings(
    rules: Plan, subtasks: Sequence[Subtask], verdict: Verdict, division: Division
) -> tuple[Finding, ...]:
    found = [
        _finding(f"requirements[{requirement}]", _by_whom(rules, requirement))
        for requirement in lost(rules, subtasks, division)
    ]
    if RISK_ORDER[verdict.level] < RISK_ORDER[rules.verdict.level] or (
        verdict.demand is None and rules.verdict.demand is not None
    ):
        found.append(_finding("subtasks", "keep the subtasks of the draft that were held"))
    return tuple(found)


def _lower(before: Subtask, now: Sequence[Subtask]) -> bool:
    level = max((RISK_ORDER[subtask.risk] for subtask in now), default=-1)
    return level < RISK_ORDER[before.risk] or (before.gated and not any(s.gated for s in now))


def _by_whom(rules: Plan, requirement: RequirementId) -> str:
    agent = next((s.agent for s in rules.subtasks if requirement in s.covers), None)
    return f"cover it whole, and give it to {agent}, as the draft does" if agent else "cover it whole"


def _finding(path: str, mend: str) -> Finding:
    return Finding(
        code="lost_gate",
        severity="hard",
        path=path,
        message="it would be done at a lower risk than the rules found in the request, or without their gate",
        mend=mend,
    )
