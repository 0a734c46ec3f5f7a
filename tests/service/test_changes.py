"""A real service, its own planner and policy: a comment becomes a better plan, and that one is approved and told."""

from collections.abc import Iterator

import httpx
import pytest

from agent.cli.exits import Exit
from tests.kit.command import Up, folder, gone, up

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
    with httpx.Client(base_url=service.url, trust_env=False, timeout=60) as client:
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
