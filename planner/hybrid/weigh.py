"""A proposal to a plan: implied work, policy, checks and repair by code, the same as for the rules' own."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.ids import AgentId
from domain.plan import MAX_SUBTASKS, Finding, Plan, Subtask
from domain.verdict import Judgement
from planner.check import hard
from planner.coverage import matrix
from planner.hybrid import floor
from planner.hybrid.answer import Answer
from planner.hybrid.material import Material
from planner.hybrid.proposal import Proposal, proposed
from planner.implied import House, with_implied
from planner.pipeline import Planning
from planner.repair import reduced, renumbered, repair


class Weighed(NamedTuple):
    """A plan that may be taken, with the codes of what code put right in it; or no plan, and what is wrong."""

    plan: Plan | None
    mended: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Judged(NamedTuple):
    subtasks: tuple[Subtask, ...]
    judgement: Judgement
    findings: tuple[Finding, ...]


def weighed(answer: Answer, given: Material, planning: Planning, numbers: Mapping[AgentId, int]) -> Weighed:
    """A model that finds nothing to do where the rules found nothing is agreed with."""
    if not answer.subtasks and not given.rules.requirements:
        return Weighed(given.rules)
    house = planning.house(given.request, numbers=numbers)
    proposal = proposed(answer, given, planning, house)
    made = renumbered(with_implied(proposal.subtasks, house))
    wrong = hard(_judged(made, proposal, given, planning).findings)
    mended = (*proposal.mended, *(finding.code for finding in wrong))
    subtasks = reduced(made) if not wrong else _repaired(made, proposal, house)
    settled = _settled(subtasks, proposal, given, planning)
    if still := hard(settled.findings):
        return Weighed(None, findings=still)
    plan = _plan(settled, proposal, given, planning)
    if not matrix(plan).exact:
        return Weighed(None, findings=settled.findings)
    return Weighed(plan, tuple(dict.fromkeys(mended)))


def _repaired(made: tuple[Subtask, ...], proposal: Proposal, house: House) -> tuple[Subtask, ...]:
    """By code as far as it goes; then again what is implied, for the repair may have added work."""
    mended = repair(made, proposal.division.requirements, house)
    return renumbered(reduced(with_implied(mended, house)))


def _settled(subtasks: Sequence[Subtask], proposal: Proposal, given: Material, planning: Planning) -> _Judged:
    """Judged and checked; once more where a part of something held had been put into harmless words."""
    settled = _judged(subtasks, proposal, given, planning)
    missing = floor.lost(given.rules, settled.subtasks, proposal.division)
    if missing:
        wordy = floor.with_words(settled.subtasks, missing, given.rules, proposal.division)
        settled = _judged(wordy, proposal, given, planning)
    gates = floor.findings(given.rules, settled.subtasks, settled.judgement.verdict, proposal.division)
    return settled._replace(findings=(*settled.findings, *gates))


def _judged(subtasks: Sequence[Subtask], proposal: Proposal, given: Material, planning: Planning) -> _Judged:
    if len(subtasks) > MAX_SUBTASKS:
        raise ValueError(f"{len(subtasks)} subtasks reached the judge; answers are held to fewer")
    judged, judgement = planning.judged(given.request, subtasks)
    found = planning.checked(judged, proposal.division.requirements, judgement)
    return _Judged(judged, judgement, found)


def _plan(settled: _Judged, proposal: Proposal, given: Material, planning: Planning) -> Plan:
    return given.rules.model_copy(
        update={
            "planner": "model",
            "policy_version": planning.gate.version,
            "requirements": proposal.division.requirements,
            "findings": settled.findings,
            "verdict": settled.judgement.verdict,
            "subtasks": settled.subtasks,
        }
    )
