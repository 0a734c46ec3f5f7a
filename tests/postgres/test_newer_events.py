"""A newer program beside this one writes what is not known here: nobody stumbles over it, and nothing of it is lost."""

import base64
from typing import Any

import pytest

from agent.audit.auditor import READER, Auditor
from agent.audit.book import written
from agent.audit.check import check
from agent.audit.key import SigningKey
from agent.store.audit import Blocks
from domain.event import FACT, Unknown, known
from domain.facts.subtask import SubtaskStopped
from domain.ids import SubtaskId
from domain.subtask import Failure
from tests.kit.api import Api, api
from tests.kit.house import House
from tests.kit.plans import gated, node, plan
from tests.postgres.test_telling import Destinations, Telling

KEY = SigningKey(base64.b64encode(b"k" * 32).decode())
WHERE = Destinations(linear=True, callbacks=True)

A_FIELD_MORE = """
CREATE FUNCTION newer() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.data = NEW.data || '{"mood": "good"}'; RETURN NEW; END $$;
CREATE TRIGGER newer BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION newer()
"""
TELEPORTED = {"kind": "task_teleported", "task_id": "t1", "to": "mars"}
DOZING = {"kind": "task_paused", "task_id": "t1", "status": "dozing"}
THAWED = {"kind": "house_thawed"}


async def written_by_a_newer_one(h: House, *facts: dict[str, str]) -> None:
    await h.database.pool.execute("SELECT append_events('worker:newer', $1)", list(facts))


async def worked_on(a: Api, telling: Telling) -> None:
    """A task that people are asked about and that is done, in a log with a field more in everything and kinds between."""
    h = a.house
    await h.database.pool.execute(A_FIELD_MORE)
    await written_by_a_newer_one(h, THAWED)
    await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "b"), callback_url="https://caller.example/hook")
    await written_by_a_newer_one(h, TELEPORTED, DOZING)
    await h.approve("t1")
    await h.until("t1", "completed")


async def test_people_and_callers_are_told_of_what_is_known_whatever_stands_between(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker(), Telling(a.house, WHERE) as telling:
        await worked_on(a, telling)
        await telling.until(7, "sent")
        told = sorted(getattr(n.message, "status", n.message.kind) for n in telling.channel.told if n.to)
        assert told == ["approval_pending", "completed", "planned", "running"]
        assert sorted(n.message.kind for n in telling.channel.told if not n.to) == [
            "approval_ended",
            "approval_required",
            "task_told",
        ]


async def test_whoever_follows_the_log_gets_all_of_it_as_it_was_written(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker(), Telling(a.house, WHERE) as telling:
        await worked_on(a, telling)
        log = await a.house.log()
        everything = await a.events("/events", len(log), last=0)
        assert {event["data"]["mood"] for event in everything} == {"good"}
        assert [event["kind"] for event in everything if event["actor"] == "worker:newer"] == [
            "house_thawed",
            "task_teleported",
            "task_paused",
        ]
        of_task = await a.events("/tasks/t1/events", len(log) - 1)
        assert of_task == everything[1:]
        (teleported,) = [event for event in of_task if event["kind"] == "task_teleported"]
        assert (teleported["task_id"], teleported["data"]) == ("t1", {"to": "mars", "mood": "good"})


async def test_a_task_is_shown_and_the_chain_holds_over_what_is_not_known(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker(), Telling(a.house, WHERE) as telling:
        await worked_on(a, telling)
        shown = (await a.get("/tasks/t1")).json()
        assert [change["status"] for change in shown["status_history"]] == [
            "planning",
            "approval_pending",
            "planned",
            "running",
            "completed",
        ]
        pool = a.house.database.pool
        await pool.execute("INSERT INTO reader VALUES ($1, 0)", READER)
        while await Auditor(a.house.database, KEY, a.house.clock).step():
            pass
        lines = [line.decode() async for line in written(Blocks(pool))]
        log = await a.house.log()
        assert check(lines, trusted=[KEY.public]).entries == len(log)
        assert [event.fact for event in log if isinstance(event.fact, Unknown)] == [
            Unknown(kind="house_thawed"),
            Unknown(kind="task_teleported", task_id="t1"),
            Unknown(kind="task_paused", task_id="t1"),
        ]


def test_what_is_known_of_a_fact_is_read_though_there_is_more_within_it() -> None:
    fact = SubtaskStopped(
        kind="subtask_failed",
        task_id="t1",
        subtask_id=SubtaskId(node("t1", "a")),
        state="failed",
        error=Failure(code="LOST", message="gone"),
    )
    told: dict[str, Any] = fact.model_dump(mode="json")
    told["error"]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        FACT.validate_python(told)
    assert known(told) == fact
