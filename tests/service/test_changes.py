"""A real service, its own planner and policy: a comment becomes a better plan, and that one is approved and told."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent.cli.exits import Exit
from tests.kit.command import PATIENCE_S, Up, folder, gone, here, up

EXPORT = "Add a CSV export to the orders API, write tests for it, update the documentation, then deploy it to production"
BOB = {"approver_id": "bob", "approver_role": "tech_lead"}


@pytest.fixture(scope="module")
def service() -> Iterator[Up]:
    with folder() as home:
        with up(home) as running:
            yield running
        assert gone(home) == []


@pytest.fixture
def http(service: Up) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, trust_env=False, timeout=PATIENCE_S) as client:
        yield client


def submitted(http: httpx.Client, task: str, words: str = EXPORT) -> dict[str, str]:
    answer = http.post("/orchestrate", json={"task_id": task, "title": words})
    assert answer.status_code == 201, answer.text
    (approval,) = http.get(f"/tasks/{task}").json()["approvals"]
    return {"code": approval["code"], "hash": approval["plan_hash"]}


def test_a_comment_changes_the_plan_and_says_how_it_was_understood(http: httpx.Client) -> None:
    asked = submitted(http, "c1")
    comment = "drop the docs part, and also run a security scan before deploying. Why so slow?"
    answer = http.post(
        f"/approvals/{asked['code']}/changes", json={**BOB, "comment": comment, "plan_hash": asked["hash"]}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    agents = {s["agent"] for s in body["subtasks"]}
    assert "security" in agents
    assert "documentation" not in agents
    assert (body["superseded"]["status"], body["approval"]["status"]) == ("superseded", "pending")
    assert body["approval"]["plan_hash"] == body["plan"]["plan_hash"] != asked["hash"]
    assert body["difference"]["diff"]["was"] == 1
    assert body["difference"]["diff"]["estimate"]["now_p50_s"] > 0
    assert len(body["understood"]) == 2
    assert [f["code"] for f in body["plan"]["findings"]] == ["not_understood"]
    assert {s["state"] for s in body["subtasks"]} == {"pending", "waiting_approval"}
    stale = http.post(f"/approve/{body['approval']['code']}", json={**BOB, "plan_hash": asked["hash"]})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "PLAN_CHANGED")
    fresh = http.post(
        f"/approve/{body['approval']['code']}", json={**BOB, "plan_hash": body["approval"]["plan_hash"]}
    )
    assert fresh.json()["status"] == "approved"
    assert http.get("/tasks/c1").json()["status"] == "planned"


def test_bad_words_about_changes_are_refused_with_the_reason(http: httpx.Client) -> None:
    asked = submitted(http, "c2")
    path = f"/approvals/{asked['code']}/changes"
    for body, status, code in (
        ({**BOB}, 400, "INVALID_INPUT"),
        ({**BOB, "comment": "drop everything"}, 400, "PLAN_INVALID"),
        ({**BOB, "comment": "leave this out", "target": "nobody"}, 404, "NOT_FOUND"),
        ({"comment": "drop the docs"}, 400, "INVALID_INPUT"),
        ({**BOB, "approver_role": "intern", "comment": "drop the docs"}, 403, "FORBIDDEN"),
        ({**BOB, "comment": "drop the docs", "plan_hash": "0" * 64}, 409, "PLAN_CHANGED"),
    ):
        answer = http.post(path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), body
    assert http.get("/tasks/c2").json()["approvals"][0]["status"] == "pending"


def test_revisions_are_listed_and_compared(http: httpx.Client) -> None:
    asked = submitted(http, "c3")
    http.post(f"/approvals/{asked['code']}/changes", json={**BOB, "comment": "drop the docs part"})
    plans = http.get("/tasks/c3/plans").json()["plans"]
    assert [(p["revision"], p["cause"], p["by"]) for p in plans] == [(1, None, None), (2, "changes", "bob")]
    there, back = (http.get(f"/tasks/c3/plans/{span}/diff").json() for span in ("1..2", "2..1"))
    assert there["diff"]["removed"] == back["diff"]["added"]
    assert any(line.startswith("- Update the documentation") for line in there["lines"])
    for path, status in (("c3/plans/1..9/diff", 404), ("c9/plans", 404), ("c3/plans/0..1/diff", 400)):
        assert http.get(f"/tasks/{path}").status_code == status


def test_the_command_line_asks_and_shows_what_became_different(service: Up, http: httpx.Client) -> None:
    asked = submitted(http, "c4")
    said = service.call("changes", asked["code"].lower(), "drop the docs part. Why so slow?")
    assert said.code == Exit.APPROVAL_PENDING, said.err
    for told in (
        "✓ “drop the docs part”: “Update the documentation” is left out",
        "! “Why so slow” changed nothing",
        "Revision 1 → 2: 1 removed",
        "  - Update the documentation (documentation, risk",
        "Look and say yes",
    ):
        assert told in said.out
    shown = service.call("diff", "c4")
    assert (shown.code, "- Update the documentation" in shown.out) == (0, True)
    assert service.call("diff", "c4", "1..2", "--json").json["diff"]["now"] == 2
    assert service.call("diff", "c4", "first..last").code == Exit.USAGE
    late = service.call("changes", asked["code"], "skip the tests", "--json")
    assert late.json["error"]["code"] == "ALREADY_DECIDED"
    code = http.get("/tasks/c4").json()["approvals"][-1]["code"]
    seen = service.call("approve", code, "--as", "bob", "--role", "nobody")
    assert "Revision 1 → 2: 1 removed" in seen.out, "whoever decides sees what changed"
    assert "“Why so slow” changed nothing" in seen.out.replace("\n", " "), "and what came to nothing"


def test_an_edit_gives_another_revision_that_is_judged_and_asked_about_anew(http: httpx.Client) -> None:
    asked = submitted(http, "e1")
    nodes = {s["agent"]: s["subtask_id"] for s in http.get("/tasks/e1").json()["subtasks"]}
    operations = [
        {"op": "drop", "subtask_id": nodes["documentation"]},
        {"op": "add", "brief": "Run a security scan", "before": [nodes["release"]]},
    ]
    answer = http.post(
        "/tasks/e1/plan/edit", json={"operations": operations, "plan_hash": asked["hash"], "why": "shorter"}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["status"], body["approval"]["status"]) == ("approval_pending", "pending")
    assert body["approval"]["plan_hash"] == body["plan"]["plan_hash"] != asked["hash"]
    assert [part["agent"] for part in body["difference"]["diff"]["added"]] == ["security"]
    assert http.get(f"/approvals/{asked['code']}").json()["status"] == "superseded"
    (_, edit) = http.get("/tasks/e1/plans").json()["plans"]
    assert (edit["cause"], edit["comment"]) == ("edit", "shorter")
    late = http.post("/tasks/e1/plan/edit", json={"operations": operations, "plan_hash": asked["hash"]})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "PLAN_CHANGED")


def test_a_request_that_asks_for_nothing_is_never_done_and_a_person_can_put_work_into_it(
    service: Up, http: httpx.Client
) -> None:
    said = service.call("run", "Make it better", "--task-id", "n1", "--watch")
    assert said.code == Exit.FAILED, said.err
    for told in (
        "Task n1 is blocked: its plan has nothing to do.",
        "The request does not say what is to be done to what. Name what is to be made, changed or checked.",
        "orchestrator edit n1",
    ):
        assert told in said.out
    refused = http.post("/execute/n1")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "WRONG_STATE")
    assert "POST /tasks/n1/plan/edit" in refused.json()["error"]["message"]
    planned = service.call("run", "Make it better", "--task-id", "n2", "--no-execute")
    assert (planned.code, "so nothing will run" in planned.out) == (Exit.FAILED, True)
    work = {"operations": [{"op": "add", "brief": "Update the documentation"}]}
    edited = http.post("/tasks/n2/plan/edit", json=work).json()
    assert (edited["status"], [s["agent"] for s in edited["subtasks"]]) == ("planned", ["documentation"])


def test_an_edit_that_makes_no_valid_plan_is_refused_with_its_findings(http: httpx.Client) -> None:
    submitted(http, "e2")
    nodes = {s["agent"]: s["subtask_id"] for s in http.get("/tasks/e2").json()["subtasks"]}
    circle = {"op": "reorder", "subtask_id": nodes["feature-dev"], "after": [nodes["release"]]}
    for operation, status, code in (
        (circle, 400, "PLAN_INVALID"),
        ({"op": "gate", "subtask_id": nodes["release"]}, 400, "INVALID_INPUT"),
        ({"op": "drop", "subtask_id": nodes["release"], "risk": "low"}, 400, "INVALID_INPUT"),
        ({"op": "drop", "subtask_id": "nobody"}, 404, "NOT_FOUND"),
    ):
        answer = http.post("/tasks/e2/plan/edit", json={"operations": [operation]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    refused = http.post("/tasks/e2/plan/edit", json={"operations": [circle]}).json()["error"]
    assert "each waits for the next" in refused["fields"][0]["issue"]
    assert http.get("/tasks/e2").json()["plan"]["revision"] == 1


def test_what_makes_a_plan_harmless_frees_it_and_a_rejected_one_comes_back_by_an_edit(
    http: httpx.Client,
) -> None:
    asked = submitted(http, "e3")
    assert http.post(f"/reject/{asked['code']}", json={**BOB, "reason": "not now"}).status_code == 200
    assert http.get("/tasks/e3").json()["status"] == "rejected"
    release = next(s for s in http.get("/tasks/e3").json()["subtasks"] if s["agent"] == "release")
    operations = [{"op": "drop", "subtask_id": release["subtask_id"]}]
    edited = http.post("/tasks/e3/plan/edit", json={"operations": operations})
    assert (edited.json()["status"], edited.json()["approval"]) == ("planned", None)
    assert {s["state"] for s in edited.json()["subtasks"]} == {"pending"}


def test_the_command_line_edits_in_an_editor(service: Up, http: httpx.Client) -> None:
    submitted(http, "e4")
    said = here(
        service.home,
        "edit",
        "e4",
        "--why",
        "clearer",
        EDITOR="sed -i 's/Update the documentation/Write a manual/'",
    )
    assert said.code == Exit.APPROVAL_PENDING, said.err
    assert "Revision 1 → 2" in said.out
    assert any(s["title"] == "Write a manual" for s in http.get("/tasks/e4").json()["subtasks"])
    assert here(service.home, "edit", "e4", EDITOR="true").code == 0
    refused = here(service.home, "edit", "e4", EDITOR="sed -i 's/agent: documentation/agent: nobody/'")
    assert refused.code == Exit.NOT_FOUND
    assert "there is no enabled agent 'nobody'" in refused.err
    (again,) = re.findall(r"give it back: orchestrator (edit e4 --file \S+\.yaml)", refused.err)
    kept = Path(again.split()[-1])
    kept.write_text(kept.read_text().replace("agent: nobody", "agent: documentation"))
    assert service.call(*again.split()).err.strip() == "Nothing was changed.", "and nothing typed is lost"
    kept.unlink()
    assert here(service.home, "edit", "e4", EDITOR="false").code == Exit.USAGE
    printed = service.call("edit", "e4", "--print")
    assert "# The plan of task e4, revision 2." in printed.out
    (service.home / "plan.yaml").write_text(printed.out.replace("Write a manual", "Write a short manual"))
    assert service.call("edit", "e4", "--file", "plan.yaml", "--json").json["difference"]["diff"]["now"] == 3


def test_a_comment_that_changes_nothing_takes_nothing_from_those_who_are_asked(
    service: Up, http: httpx.Client
) -> None:
    asked = submitted(http, "c5")
    said = {**BOB, "comment": "Why so slow?", "plan_hash": asked["hash"]}
    body = http.post(f"/approvals/{asked['code']}/changes", json=said).json()
    assert (body["changed"], body["superseded"]["status"]) == (False, "pending")
    assert [f["code"] for f in body["findings"]] == ["not_understood"]
    assert (body["approval"]["code"], body["plan"]["plan_hash"]) == (asked["code"], asked["hash"])
    intern = http.post(f"/approvals/{asked['code']}/changes", json={**said, "approver_role": "intern"})
    assert (intern.status_code, intern.json()["error"]["code"]) == (403, "FORBIDDEN")
    told = service.call("changes", asked["code"], "Why so slow?")
    assert told.code == Exit.APPROVAL_PENDING, told.err
    assert "! “Why so slow” changed nothing" in told.out.replace("\n", " ")
    assert (
        f"Nothing is different: the plan stays as it is, and approval {asked['code']} is pending" in told.out
    )
    assert len(http.get("/tasks/c5/plans").json()["plans"]) == 1
    yes = http.post(f"/approve/{asked['code']}", json={**BOB, "plan_hash": asked["hash"]})
    assert yes.json()["status"] == "approved"


def test_an_edit_that_changes_nothing_leaves_a_yes_as_it_was_given_and_asks_anew_after_a_no(
    http: httpx.Client,
) -> None:
    given, refused = submitted(http, "e5"), submitted(http, "e6")
    assert http.post(f"/approve/{given['code']}", json={**BOB, "plan_hash": given["hash"]}).status_code == 200
    assert http.post(f"/reject/{refused['code']}", json={**BOB, "reason": "not now"}).status_code == 200
    for task, changed, status, revision in (("e5", False, "planned", 1), ("e6", True, "approval_pending", 2)):
        release = next(s for s in http.get(f"/tasks/{task}").json()["subtasks"] if s["agent"] == "release")
        same = [{"op": "reassign", "subtask_id": release["subtask_id"], "agent": "release"}]
        answer = http.post(f"/tasks/{task}/plan/edit", json={"operations": same})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["changed"], body["status"], body["plan"]["revision"]) == (changed, status, revision)
        assert "nothing is different" in body["difference"]["lines"][0]
    assert http.get(f"/approvals/{given['code']}").json()["status"] == "approved"
