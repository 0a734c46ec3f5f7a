import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.api.app import create_app
from tests.kit.api import Api, api
from tests.kit.people import People, entry, key_of
from tests.kit.plans import agent, gated, node, plan


class Today:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(
        tmp_path / "people.yaml",
        Today(),
        entry("ann", "tech_lead", may=("submit",)),
        entry("bob", "tech_lead", "release_manager", email="bob@example.com"),
        entry("op", may=("operate",)),
        entry("eve"),
    )


async def waiting(a: Api, task: str = "t1") -> Any:
    """An approval of a task that ann submitted."""
    a.house.planner.plans[task] = gated(plan(task, {"a": ""}), "a")
    a.key("ann")
    assert (await a.post("/orchestrate", {"task_id": task, "title": "Do it"})).status_code == 201
    return (await a.get("/approvals/pending")).json()["approvals"][0]


async def test_without_a_good_key_nothing_answers_but_whether_it_lives(dsn: str, people: People) -> None:
    async with api(dsn, people=people) as a:
        for path in (
            "/tasks",
            "/agents",
            "/approvals/pending",
            "/metrics",
            "/events",
            "/docs",
            "/openapi.json",
            "/x",
        ):
            refused = await a.get(path)
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, "UNAUTHENTICATED"), path
            assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert (await a.post("/orchestrate", {})).status_code == 401
        assert (await a.post("/tasks", None, Authorization="Basic YW5uOmFubg==")).status_code == 401
        assert (await a.get("/healthz")).status_code == 200
        assert (await a.get("/readyz")).status_code == 200
        a.client.headers["X-API-Key"] = key_of("eve")
        assert (await a.get("/tasks")).status_code == 200


FOR_EVERYBODY = {
    # These only look.
    "/resume/{task_id}",
    "/route",
    # It is signed by who sends it.
    "/webhooks/linear",
    # Roles say who decides, approval by approval.
    "/approve/{approval_id}",
    "/reject/{approval_id}",
    "/approvals/{approval_id}/changes",
    # Only what is one's own can be lent, said in advance, or taken back.
    "/delegations",
    "/delegations/{delegation_id}",
    "/approvals/{approval_id}/preapprove",
    "/preapprovals/{preapproval_id}",
}
"""What somebody with a key and no right at all gets past the door of, besides looking."""


async def test_whatever_changes_something_takes_a_right(dsn: str, people: People) -> None:
    served = create_app(lambda: None).openapi()["paths"]  # type: ignore[arg-type, return-value]
    async with api(dsn, people=people) as a:
        a.key("eve")
        passed = set()
        for path, item in served.items():
            for method in item.keys() - {"get"}:
                answer = await a.client.request(method, re.sub(r"\{\w+\}", "x", path), json={})
                if "it takes the right" not in answer.text:
                    passed.add(path)
        assert passed == FOR_EVERYBODY & served.keys()


async def test_rights_let_people_do_what_they_were_given_for(dsn: str, people: People) -> None:
    async with api(dsn, people=people) as a:
        await waiting(a)
        assert (await a.post("/tasks/t1/cancel")).status_code == 403
        a.key("op")
        assert (await a.post("/orchestrate", {"task_id": "t2", "title": "Do it"})).status_code == 403
        assert (await a.post("/tasks/t1/cancel")).status_code == 202
        log = await a.house.log()
        assert [e.actor for e in log if e.fact.kind in {"task_submitted", "task_cancelled"}] == ["ann", "op"]


async def test_who_decides_is_what_the_key_says(dsn: str, people: People) -> None:
    async with api(dsn, people=people) as a:
        found = await waiting(a)
        code, seen = found["code"], {"plan_hash": found["plan_hash"]}
        a.key("bob")
        for claim in ("approver_id=ann", "approver_id=bob&approver_role=tech_boss"):
            refused = await a.post(f"/approve/{code}?{claim}", seen)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN"), claim
        done = (await a.post(f"/approve/{code}?approver_id=bob@example.com", seen)).json()
        vote = done["votes"][0]
        assert done["status"] == "approved"
        assert (vote["approver"], vote["unauthenticated"], vote["hash_unseen"]) == ("bob", False, False)


async def test_the_plan_that_was_seen_is_named_and_another_is_refused(dsn: str, people: People) -> None:
    async with api(dsn, people=people) as a:
        code = (await waiting(a))["code"]
        a.key("bob")
        bare = await a.post(f"/approve/{code}")
        assert (bare.status_code, bare.json()["error"]["fields"][0]["path"]) == (400, "plan_hash")
        other = await a.post(f"/approve/{code}", {"plan_hash": "0" * 64})
        assert (other.status_code, other.json()["error"]["code"]) == (409, "PLAN_CHANGED")


async def test_neither_the_submitter_nor_somebody_without_the_role_decides(dsn: str, people: People) -> None:
    async with api(dsn, people=people) as a:
        found = await waiting(a)
        seen = {"plan_hash": found["plan_hash"]}
        for person in ("ann", "eve"):
            a.key(person)
            refused = await a.post(f"/approve/{found['code']}", seen)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN"), person
        await people.change("bob", roles=[])
        a.key("bob")
        assert (await a.post(f"/approve/{found['code']}", seen)).status_code == 403
        await people.change("bob")
        assert (await a.post(f"/approve/{found['code']}", seen)).status_code == 401


async def test_who_asked_is_whoever_the_key_says_unless_they_ask_for_another(
    dsn: str, people: People
) -> None:
    async with api(dsn, people=people) as a:
        assert (await waiting(a))["requester"] == "ann"
        assert (await a.get("/tasks/t1")).json()["requester"] == "ann"
        other = {"task_id": "t2", "title": "Do it", "metadata": {"requester": "carl@example.com"}}
        a.house.planner.plans["t2"] = gated(plan("t2", {"a": ""}), "a")
        assert (await a.post("/orchestrate", other)).status_code == 201
        assert (await a.get("/tasks/t2")).json()["approvals"][0]["requester"] == "carl@example.com"
        again = (await a.post("/orchestrate", {"task_id": "t1", "title": "Do it"})).json()
        assert again["request_changed"] is False


async def test_without_authentication_the_record_says_so(dsn: str) -> None:
    async with api(dsn) as a:
        await a.house.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        approval = (await a.get("/approvals/pending")).json()["approvals"][0]
        done = await a.post(f"/approve/{approval['code']}?approver_id=ann&approver_role=tech_lead")
        vote = done.json()["votes"][0]
        assert (vote["unauthenticated"], vote["hash_unseen"]) == (True, True)
        voted = next(e.fact for e in await a.house.log() if e.fact.kind == "approval_voted")
        assert (voted.unauthenticated, voted.hash_unseen) == (True, True)


async def test_whoever_changed_the_plan_does_not_approve_what_came_of_it(dsn: str, people: People) -> None:
    async with api(dsn, agent(), agent("other"), people=people) as a:
        await waiting(a)
        await people.change("bob", may=["operate"])
        a.key("bob")
        given = await a.post(f"/tasks/t1/subtasks/{node('t1', 'a')}/assign", {"agent": "other"})
        assert given.status_code == 202
        found = (await a.get("/approvals/pending")).json()["approvals"][0]
        assert found["authors"] == ["ann", "bob"]
        refused = await a.post(f"/approve/{found['code']}", {"plan_hash": found["plan_hash"]})
        assert refused.status_code == 403
        assert "changed its plan" in refused.json()["error"]["message"]


async def test_whoever_asked_for_changes_is_an_author_of_what_came_of_them(dsn: str, people: People) -> None:
    """A comment may ask for more work; one person alone would otherwise bring it in and let it run."""
    async with api(dsn, people=people) as a:
        first = await waiting(a)
        path = f"/approvals/{first['code']}/changes"
        a.key("bob")
        unseen = await a.post(path, {"comment": "also tell the customers"})
        assert (unseen.status_code, unseen.json()["error"]["fields"][0]["path"]) == (400, "plan_hash")
        a.key("ann")
        seen = {"comment": "also tell the customers", "plan_hash": first["plan_hash"]}
        assert (await a.post(path, seen)).status_code == 403, "she asked for the task"
        a.key("bob")
        changed = (await a.post(path, seen)).json()
        assert changed["superseded"]["votes"][0]["approver"] == "bob"
        assert changed["approval"]["authors"] == ["ann", "bob"]
        said = {"plan_hash": changed["approval"]["plan_hash"]}
        refused = await a.post(f"/approve/{changed['approval']['code']}", said)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
