"""A model's answers to every request of the golden set: no good plan is accused, and no gate is talked away."""

from functools import cache
from pathlib import Path

from approvals.policy import Policy
from domain.agent import RISK_ORDER, Manifest
from domain.base import JsonObject
from domain.plan import Plan
from planner.hybrid.answer import Answer, read
from planner.hybrid.material import Material, material
from planner.hybrid.weigh import Weighed, weighed
from planner.pipeline import Planning
from planner.suites import read_suite
from routing.route import Router
from tests.kit.drafts import answer

HERE = Path(__file__).parent
POLICY = HERE.parents[1] / "manifests" / "risk-policy.yaml"


@cache
def planner() -> Planning:
    known = Manifest.model_validate_json((HERE / "agents.json").read_text("utf-8"))
    return Planning(known, Router(known), Policy.load(POLICY))


def echoed(rules: Plan) -> str:
    """The draft as a model would say it again: what was asked for, without what our rules imply."""
    asked = [subtask for subtask in rules.subtasks if not subtask.implied]
    known = {subtask.subtask_id for subtask in asked}
    pieces: list[JsonObject] = [
        {
            "key": subtask.subtask_id,
            "agent": subtask.agent,
            "title": subtask.title,
            "objective": subtask.objective,
            "covers": [{"requirement": requirement, "part": None} for requirement in subtask.covers],
            "after": [{"key": e.on, "reason": e.reason} for e in subtask.depends_on if e.on in known],
        }
        for subtask in asked
    ]
    return answer(*pieces)


@cache
def all_weighed() -> list[tuple[Material, Weighed]]:
    found = []
    for case in read_suite((HERE / "requests.jsonl").read_text("utf-8")):
        given = material(planner(), case.request, planner().plan_by_rules(case.request))
        said = read(echoed(given.rules), most=100)
        assert isinstance(said, Answer)
        found.append((given, weighed(said, given, planner(), {})))
    return found


def test_the_rules_own_plan_is_taken_from_a_model_without_a_mend() -> None:
    refused = [given.request.task_id for given, found in all_weighed() if found.plan is None]
    mended = {given.request.task_id: found.mended for given, found in all_weighed() if found.mended}
    assert (refused, mended) == ([], {})


def test_the_same_agents_do_the_same_in_the_same_order_at_no_lower_risk() -> None:
    different = []
    for given, found in all_weighed():
        assert found.plan is not None
        if shape(found.plan) != shape(given.rules):
            different.append(given.request.task_id)
    assert different == []


CALM = {
    "title": "Tidy up the wording",
    "objective": "Tidy up the wording of a page",
    "risk": "low",
    "approver": "me",
}


def softened(rules: Plan, agent: str) -> dict[str, str]:
    """What a request that talks a model round might get it to say: harmless words, one harmless agent."""
    wholes = [
        {"key": r.id, "agent": agent, "covers": [{"requirement": r.id, "part": None}], **CALM}
        for r in rules.requirements
    ]
    parts = [
        {"key": f"{r.id}{n}", "agent": agent, "covers": [{"requirement": r.id, "part": f"word {n}"}], **CALM}
        for r in rules.requirements
        for n in (1, 2)
    ]
    lump = {"key": "all", "agent": agent, **CALM}
    lump["covers"] = [{"requirement": r.id, "part": None} for r in rules.requirements]
    return {"wholes": answer(*wholes), "parts": answer(*parts), "lump": answer(lump), "nothing": answer()}


def test_no_request_that_is_held_can_be_talked_out_of_its_gate() -> None:
    held = [given for given, _ in all_weighed() if given.rules.verdict.gated]
    assert len(held) > 30
    lowered = [
        (given.request.task_id, name)
        for given in held
        for name, text in softened(given.rules, "docs").items()
        if _lowered(given, text)
    ]
    assert lowered == []


def _lowered(given: Material, text: str) -> bool:
    said = read(text, most=1_000)
    assert isinstance(said, Answer)
    found = weighed(said, given, planner(), {})
    if found.plan is None:
        return False
    before, now = given.rules.verdict, found.plan.verdict
    gone = any(
        not any(s.gated and any(str(c).split(".")[0] == r for c in s.covers) for s in found.plan.subtasks)
        for held in given.rules.subtasks
        if held.gated
        for r in held.covers
    )
    return gone or now.demand is None or RISK_ORDER[now.level] < RISK_ORDER[before.level]


def shape(plan: Plan) -> object:
    asked = {s.subtask_id: s.covers for s in plan.subtasks if not s.implied}
    return [
        (s.agent, s.covers, s.gated, {asked[e.on] for e in s.depends_on if e.on in asked})
        for s in plan.subtasks
        if not s.implied
    ]
