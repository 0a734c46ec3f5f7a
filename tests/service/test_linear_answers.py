"""Answers written in Linear, over real sockets on both sides: genuine, fresh, once, read again, by somebody known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.service.hearing import Ear
from agent.store.approvals import Approvals
from domain.approval import Approval
from notifiers.graphql import Linear
from notifiers.linear import LinearComments
from notifiers.render import Renderer
from tests.kit import linear as kit_linear
from tests.kit.api import Api, api
from tests.kit.house import SOON
from tests.kit.linear import ADA, HUB, KEY, SECRET, Written, delivery
from tests.kit.linear import Linear as Double
from tests.kit.people import People, entry
from tests.kit.plans import DEMAND, gated, plan

RENDERER = Renderer()


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Room:
    """The API, and a Linear that calls it."""

    a: Api
    linear: Double

    async def asked(self, task: str = "t1", *, required: int = 1, level: str = "high") -> Approval:
        demand = DEMAND.model_copy(update={"required": required})
        await self.a.house.submit(
            gated(plan(task, {"a": ""}), "a", demand=demand, level=level), execute=False
        )
        return (await Approvals(self.a.house.database.pool).of(task))[-1]

    async def call(self, comment: Written, **how: Any) -> tuple[int, str]:
        answer = await delivery(comment, **how).post(self.a.client, "/webhooks/linear")
        return answer.status_code, answer.json().get("became", "")

    async def stored(self, approval: Approval) -> Approval:
        return await Approvals(self.a.house.database.pool).get(str(approval.approval_id))

    async def replies(self) -> list[dict[str, Any]]:
        rows = await self.a.house.database.pool.fetch("SELECT notice FROM delivery ORDER BY created_at")
        return [row["notice"]["message"] for row in rows]


@asynccontextmanager
async def room(dsn: str, people: People | None = None) -> AsyncIterator[Room]:
    async with kit_linear.linear() as double, httpx.AsyncClient(trust_env=False, timeout=SOON) as http:
        comments = LinearComments(Linear(http, KEY, Now(), url=double.url), RENDERER, hub=HUB)
        async with api(dsn, people=people, ear=Ear(comments, HUB, [SECRET])) as a:
            yield Room(a, double)


async def test_each_answer_is_decided_once_however_often_linear_calls(dsn: str) -> None:
    async with room(dsn) as r:
        yes, no, other = await r.asked("yes"), await r.asked("no"), await r.asked("other")
        for approval, text, status in (
            (yes, f"approve {yes.code}", "approved"),
            (no, f"reject {no.code} no rollback plan", "rejected"),
            (other, f"changes {other.code} only staging", "superseded"),
        ):
            comment = r.linear.says(text)
            called = await asyncio.gather(*(r.call(comment, delivery_id=f"d{n}") for n in range(3)))
            assert sorted(called) == [(200, "decided"), (200, "repeated"), (200, "repeated")]
            stored = await r.stored(approval)
            assert stored.status == status
            if status != "superseded":
                assert [(v.approver, v.hash_unseen) for v in stored.votes] == [(ADA.email, False)]
        assert (await r.stored(no)).votes[0].reason == "no rollback plan"
        assert await r.replies() == [], "what the log says is told from the log"


async def test_what_is_forged_late_or_edited_decides_nothing(dsn: str) -> None:
    async with room(dsn) as r:
        approval = await r.asked()
        text = f"approve {approval.code}"
        assert (await r.call(r.linear.says(text), secret="not ours"))[0] == 403
        assert (await r.call(r.linear.says(text), at=datetime.now(UTC) - timedelta(minutes=5)))[0] == 403
        edited = r.linear.says(text, edited_at="2026-11-21T09:31:00.000Z")
        assert await r.call(edited) == (200, "refused")
        told_otherwise = r.linear.says("what do you think?")
        assert await r.call(told_otherwise, body=text) == (200, "ignored")
        elsewhere = r.linear.says(text, issue={"id": "x", "identifier": "PR-1"})
        assert await r.call(elsewhere) == (200, "ignored")
        assert await r.call(r.linear.says(text), action="update") == (200, "ignored")
        unsigned = await r.a.client.post("/webhooks/linear", content=b"{}")
        assert unsigned.status_code == 403
        assert (await r.stored(approval)).votes == ()
        assert [each["kind"] for each in await r.replies()] == ["answer_not_taken"]


async def test_what_does_not_count_is_answered_with_the_reason(dsn: str) -> None:
    async with room(dsn) as r:
        critical = await r.asked("critical", level="critical")
        await r.a.house.submit(
            gated(plan("own", {"a": ""}), "a"), execute=False, metadata={"requester": ADA.email}
        )
        own = (await Approvals(r.a.house.database.pool).of("own"))[-1]
        for text, told in (
            (f"approve {critical.code}", "decide on its page"),
            (f"approve {own.code}", ADA.email),
            ("approve ABCDEFGH", "there is no approval"),
            (f"approve {critical.code} if the tests pass", "with nothing else"),
        ):
            assert await r.call(r.linear.says(text)) == (200, "refused")
            reply = (await r.replies())[-1]
            assert told in reply["why"], reply
        assert (await r.stored(critical)).votes == ()


async def test_changes_that_change_nothing_take_no_vote_from_anybody_and_are_answered(dsn: str) -> None:
    async with room(dsn) as r:
        approval = await r.asked(required=2)
        assert await r.call(r.linear.says(f"approve {approval.code}")) == (200, "counted")
        assert await r.call(r.linear.says(f"changes {approval.code} why so slow?")) == (200, "refused")
        assert "the plan stays as it is, and waits for an answer" in (await r.replies())[-1]["why"]
        stored = await r.stored(approval)
        assert (stored.status, [vote.answer for vote in stored.votes]) == ("pending", ["approve"])


async def test_a_voice_among_several_is_confirmed(dsn: str) -> None:
    async with room(dsn) as r:
        approval = await r.asked(required=2)
        assert await r.call(r.linear.says(f"approve {approval.code}")) == (200, "counted")
        reply = (await r.replies())[-1]
        assert (reply["kind"], reply["voices"], reply["required"]) == ("answer_taken", 1, 2)


async def test_a_linear_that_cannot_be_asked_shall_call_again(dsn: str) -> None:
    async with room(dsn) as r:
        approval = await r.asked()
        comment = r.linear.says(f"approve {approval.code}")
        r.linear.moods.append("errors")
        assert (await r.call(comment))[0] == 503
        assert (await r.stored(approval)).status == "pending"
        assert await r.call(comment) == (200, "decided")


async def test_a_hearing_that_broke_off_is_taken_up_when_linear_calls_again(dsn: str) -> None:
    async with room(dsn) as r:
        approval = await r.asked()
        comment = r.linear.says(f"approve {approval.code}")
        pool = r.a.house.database.pool
        await pool.execute("INSERT INTO heard VALUES ('linear', $1, db_now())", comment.id)
        assert await r.call(comment) == (200, "repeated")
        await pool.execute("UPDATE heard SET at = at - interval '1 min'")
        assert await r.call(comment) == (200, "decided")
        await pool.execute("UPDATE heard SET at = at - interval '1 min'")
        assert await r.call(comment) == (200, "repeated")


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(
        tmp_path / "people.yaml", Now(), entry("ann", "tech_lead", linear=ADA.id), entry("bob", "tester")
    )


async def test_with_keys_a_linear_account_is_a_person_of_ours_or_nobody(dsn: str, people: People) -> None:
    async with room(dsn, people) as r:
        approval = await r.asked()
        stranger = kit_linear.User("11111111-2222-4333-8444-555555555555", "eve@example.com")
        r.linear.users.append(stranger)
        assert await r.call(r.linear.says(f"approve {approval.code}", user=stranger)) == (200, "refused")
        assert "nobody here goes by" in (await r.replies())[-1]["why"]
        assert await r.call(r.linear.says(f"approve {approval.code}")) == (200, "decided")
        vote = (await r.stored(approval)).votes[0]
        assert (vote.approver, vote.role, vote.unauthenticated) == ("ann", "tech_lead", False)


async def test_without_a_secret_nothing_is_heard(dsn: str) -> None:
    async with api(dsn) as a:
        assert (await a.client.post("/webhooks/linear", content=b"{}")).status_code == 404
