"""Notices that did not arrive: listed with the reason, and sent again by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from agent.store import deliveries
from agent.store.deliveries import Parcel
from domain.facts.house import NoticeResent
from domain.ids import short_code
from notifiers.notice import ChannelName, Links, Notice, NotTaken, tell
from tests.kit.api import Api, api
from tests.kit.command import orchestrator

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def notice(answer: str, channel: ChannelName = "webhook", to: str = "") -> Notice:
    message = NotTaken(answer_id=answer, why=f"\x1b[31m{short_code(uuid4())}")
    return tell(message, channel=channel, at=NOW, to=to, links=Links())


async def store(a: Api, *notices: Notice, state: str, why: str = "no such issue") -> None:
    async with a.house.database.transaction("test") as tx:
        parcels = [Parcel(each, "t1", NOW + timedelta(days=1)) for each in notices]
        await deliveries.add(tx.connection, parcels)
        await tx.connection.execute(
            "UPDATE delivery SET state = $2, why = $3, attempts = 2,"
            " settled_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE db_now() END WHERE notice_id = ANY ($1)",
            [each.notice_id for each in notices],
            state,
            why,
        )


async def test_what_did_not_arrive_is_listed_in_pages_without_secrets(dsn: str) -> None:
    async with api(dsn) as a:
        dead = [notice(str(n), to=f"https://me:pw@hook.example:8443/in?key={n}") for n in range(5)]
        await store(a, *dead, state="dead")
        await store(a, notice("sent", "linear"), state="sent")
        seen: list[str] = []
        page = (await a.get("/deliveries", state="dead", limit=2)).json()
        while True:
            assert {d["recipient"] for d in page["deliveries"]} == {"https://hook.example:8443/in?…"}
            seen += [d["notice_id"] for d in page["deliveries"]]
            if page["next"] is None:
                break
            page = (await a.get("/deliveries", state="dead", limit=2, cursor=page["next"])).json()
        assert sorted(seen) == sorted(str(each.notice_id) for each in dead)
        assert len((await a.get("/deliveries")).json()["deliveries"]) == 6
        assert (await a.get("/deliveries", task_id="other")).json()["deliveries"] == []
        assert (await a.get("/deliveries", cursor="x")).status_code == 400


async def test_only_a_dead_notice_is_sent_again(dsn: str) -> None:
    async with api(dsn) as a:
        dead, sent = notice("dead"), notice("sent")
        await store(a, dead, state="dead")
        await store(a, sent, state="sent")
        again = await a.post(f"/deliveries/{dead.notice_id}/resend")
        assert (again.status_code, again.json()["state"]) == (200, "waiting")
        told = [event.fact for event in await a.house.log() if isinstance(event.fact, NoticeResent)]
        assert [fact.notice_id for fact in told] == [dead.notice_id]
        tickets = await a.house.database.pool.fetch(
            "SELECT payload FROM pgqueuer WHERE entrypoint = 'deliver'"
        )
        assert [bytes(row["payload"]).decode() for row in tickets].count(str(dead.notice_id)) == 2
        for each, status in ((dead, 409), (sent, 409), (notice("unknown"), 404)):
            assert (await a.post(f"/deliveries/{each.notice_id}/resend")).status_code == status
        assert (await a.post("/deliveries/nothing/resend")).status_code == 400


async def test_the_command_shows_the_reason_and_sends_again(dsn: str, tmp_path: Path) -> None:
    async with api(dsn) as a:
        url = str(a.client.base_url)
        dead = notice("dead", "email", "ops@example.com")
        await store(a, dead, state="dead", why="the mail server said 550 \x1b[2J no such user")
        said = await asyncio.to_thread(orchestrator, tmp_path, "deliveries", "--url", url)
        assert said.code == 0, said
        assert "no such user" in said.out
        assert "\x1b" not in said.out
        assert f"orchestrator deliveries --resend {dead.notice_id}" in said.out
        again = await asyncio.to_thread(orchestrator, tmp_path, "deliveries", "--resend-dead", "--url", url)
        assert f"Notice {dead.notice_id} is on its way again" in again.out
        assert (await a.get("/deliveries", state="waiting")).json()["deliveries"][0]["attempts"] == 2
