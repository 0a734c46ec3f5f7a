from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.verdict import Demand
from tests.kit.api import Api, api
from tests.kit.people import People, entry
from tests.kit.plans import gated, plan

TWO = Demand(roles=("tech_lead",), required=2, ttl_s=600, escalate_to=("chief",))


class Today:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(
        tmp_path / "people.yaml",
        Today(),
        entry("req", may=("submit",)),
        entry("ann", "tech_lead", "release_manager", may=("submit",)),
        entry("bob", "tech_lead"),
        entry("eve"),
        entry("root", may=("admin",)),
        entry("hammer", may=("break-glass",)),
    )


@asynccontextmanager
async def opened(dsn: str, people: People) -> AsyncIterator[Api]:
    async with api(dsn, people=people) as a:
        yield a


async def asked(a: Api, task: str, *, by: str = "req", **gate: Any) -> Any:
    """The approval that a task of theirs waits for; None where nobody need be asked any more."""
    a.house.planner.plans[task] = gated(plan(task, {"a": ""}), "a", **gate)
    a.key(by)
    assert (await a.post("/orchestrate", {"task_id": task, "title": "Do it"})).status_code == 201
    return (await a.get(f"/tasks/{task}")).json()["approvals"][0]


async def say(a: Api, person: str, approval: Any, answer: str = "approve") -> httpx.Response:
    a.key(person)
    return await a.post(f"/{answer}/{approval['code']}", {"plan_hash": approval["plan_hash"]})


async def give(a: Api, person: str, path: str, **body: Any) -> httpx.Response:
    a.key(person)
    return await a.post(path, {"reason": "because", **body})


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


async def test_two_of_three_decide_and_the_same_person_counts_once(dsn: str, people: People) -> None:
    async with opened(dsn, people) as a:
        approval = await asked(a, "t1", demand=TWO)
        assert (await say(a, "ann", approval)).json()["status"] == "pending"
        assert (await say(a, "ann", approval)).json()["status"] == "pending"
        assert (await say(a, "bob", approval)).json()["status"] == "approved"


async def test_a_vote_counts_no_more_once_its_role_was_taken_away(dsn: str, people: People) -> None:
    async with opened(dsn, people) as a:
        approval = await asked(a, "t1", demand=TWO)
        await say(a, "ann", approval)
        await people.change("ann", roles=["release_manager"])
        assert (await say(a, "bob", approval)).json()["status"] == "pending"


async def test_a_role_is_lent_used_on_record_and_taken_back_at_once(dsn: str, people: People) -> None:
    async with opened(dsn, people) as a:
        lent = await give(a, "ann", "/delegations", to="eve", until=ahead(hours=2), roles=["tech_lead"])
        assert lent.status_code == 201
        first, second = await asked(a, "t1"), await asked(a, "t2")
        done = (await say(a, "eve", first)).json()
        vote = done["votes"][0]
        assert (done["status"], vote["means"], vote["on_behalf_of"]) == ("approved", "delegation", "ann")
        assert vote["warrant"] == lent.json()["delegation_id"]
        a.key("bob")
        path = f"/delegations/{lent.json()['delegation_id']}"
        assert (await a.client.delete(path)).status_code == 403
        assert [d["delegate"] for d in (await a.get("/delegations")).json()["delegations"]] == ["eve"]
        a.key("root")
        assert (await a.client.delete(path)).json()["revoked_by"] == "root"
        assert (await a.client.delete(path)).status_code == 409
        assert (await a.get("/delegations")).json()["delegations"] == []
        assert (await say(a, "eve", second)).status_code == 403
        assert (await say(a, "bob", second)).status_code == 200


@pytest.mark.parametrize(
    ("by", "body", "status"),
    [
        ("ann", {"to": "eve", "until": ahead(hours=1), "roles": ["ciso"]}, 403),
        ("eve", {"to": "bob", "until": ahead(hours=1)}, 403),
        ("ann", {"to": "nobody-here", "until": ahead(hours=1)}, 404),
        ("ann", {"to": "ann", "until": ahead(hours=1)}, 400),
        ("ann", {"to": "eve", "until": ahead(days=31)}, 400),
        ("ann", {"to": "eve", "until": ahead(hours=-1)}, 400),
        ("ann", {"to": "eve", "until": ahead(hours=1), "reason": " "}, 400),
    ],
)
async def test_only_what_is_ones_own_is_lent_and_for_a_time(
    dsn: str, people: People, by: str, body: dict[str, Any], status: int
) -> None:
    async with opened(dsn, people) as a:
        assert (await give(a, by, "/delegations", **body)).status_code == status


async def test_nothing_is_lent_to_whoever_asked_nor_by_them_and_not_lent_on(dsn: str, people: People) -> None:
    async with opened(dsn, people) as a:
        await give(a, "ann", "/delegations", to="req", until=ahead(hours=1))
        await give(a, "ann", "/delegations", to="eve", until=ahead(hours=1))
        assert (await say(a, "req", await asked(a, "t1"))).status_code == 403
        assert (await say(a, "eve", await asked(a, "t2", by="ann"))).status_code == 403
        assert (await give(a, "eve", "/delegations", to="bob", until=ahead(hours=1))).status_code == 403


async def test_a_yes_in_advance_lets_plans_of_the_same_kind_through_and_no_others(
    dsn: str, people: People
) -> None:
    async with opened(dsn, people) as a:
        seen = await asked(a, "t1")
        path, body = f"/approvals/{seen['code']}/preapprove", {"plan_hash": seen["plan_hash"]}
        assert (await give(a, "eve", path, until=ahead(hours=1), **body)).status_code == 403
        assert (await give(a, "bob", path, until=ahead(hours=9), **body)).status_code == 400
        assert (await give(a, "bob", path, until=ahead(hours=1), plan_hash="0" * 64)).status_code == 409
        given = await give(a, "bob", path, until=ahead(hours=1), **body)
        assert given.status_code == 201
        assert (await a.get(f"/approvals/{seen['code']}")).json()["status"] == "pending"
        same, other = await asked(a, "t2"), await asked(a, "t3", level="critical")
        vote = same["votes"][0]
        assert (same["status"], vote["approver"], vote["means"], vote["hash_unseen"]) == (
            "approved",
            "bob",
            "preapproval",
            True,
        )
        assert other["status"] == "pending"
        own = await asked(a, "t4", by="ann")
        assert own["status"] == "approved"
        a.key("bob")
        await a.client.delete(f"/preapprovals/{given.json()['preapproval_id']}")
        assert (await asked(a, "t5"))["status"] == "pending"


async def test_a_yes_in_advance_is_one_voice_and_none_for_ones_own_plan(dsn: str, people: People) -> None:
    async with opened(dsn, people) as a:
        seen = await asked(a, "t1", demand=TWO)
        path = f"/approvals/{seen['code']}/preapprove"
        await give(a, "ann", path, until=ahead(hours=1), plan_hash=seen["plan_hash"])
        half = await asked(a, "t2", demand=TWO)
        assert (half["status"], [v["approver"] for v in half["votes"]]) == ("pending", ["ann"])
        assert (await say(a, "bob", half)).json()["status"] == "approved"
        assert (await asked(a, "t3", by="ann", demand=TWO))["votes"] == []


async def test_what_was_said_in_advance_is_worth_what_its_speaker_may_say_now(
    dsn: str, people: People
) -> None:
    async with opened(dsn, people) as a:
        seen = await asked(a, "t1")
        path = f"/approvals/{seen['code']}/preapprove"
        await give(a, "bob", path, until=ahead(hours=1), plan_hash=seen["plan_hash"])
        await people.change("bob", roles=[])
        assert (await asked(a, "t2"))["status"] == "pending"


async def test_critical_plans_are_looked_at_each_time(dsn: str, people: People) -> None:
    async with opened(dsn, people) as a:
        seen = await asked(a, "t1", level="critical")
        path = f"/approvals/{seen['code']}/preapprove"
        refused = await give(a, "bob", path, until=ahead(hours=1), plan_hash=seen["plan_hash"])
        assert (refused.status_code, "each time" in refused.text) == (403, True)


async def test_the_glass_is_broken_by_those_named_for_it_with_a_reason_out_loud(
    dsn: str, people: People
) -> None:
    async with opened(dsn, people) as a:
        approval = await asked(a, "t1", demand=TWO)
        path, seen = f"/approvals/{approval['code']}/break-glass", {"plan_hash": approval["plan_hash"]}
        for person in ("ann", "root"):
            assert (await give(a, person, path, **seen)).status_code == 403
        assert (await give(a, "hammer", path, **{**seen, "reason": " "})).status_code == 400
        assert (await give(a, "hammer", path, plan_hash="0" * 64)).status_code == 409
        done = (await give(a, "hammer", path, **seen)).json()
        vote = done["votes"][0]
        assert (done["status"], done["required"]) == ("approved", 2)
        assert (vote["approver"], vote["means"], vote["reason"]) == ("hammer", "break_glass", "because")
        facts = [e.fact for e in await a.house.log() if e.fact.kind == "glass_broken"]
        assert [(f.by, f.reason) for f in facts] == [("hammer", "because")]
        assert (await give(a, "hammer", path, **seen)).status_code == 409


async def test_without_authentication_nothing_is_lent_said_in_advance_or_broken(dsn: str) -> None:
    async with api(dsn) as a:
        await a.house.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        found = (await a.get("/approvals/pending")).json()["approvals"][0]
        seen, until = {"plan_hash": found["plan_hash"]}, ahead(hours=1)
        for path, body in (
            ("/delegations", {"to": "bob", "until": until}),
            (f"/approvals/{found['code']}/preapprove", {**seen, "until": until}),
            (f"/approvals/{found['code']}/break-glass", seen),
        ):
            assert (await a.post(path, {"reason": "because", **body})).status_code == 403, path
        assert (await a.client.delete(f"/delegations/{uuid4()}")).status_code == 404
