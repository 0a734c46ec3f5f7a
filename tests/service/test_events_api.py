import asyncio

from tests.kit.api import api
from tests.kit.plans import plan


async def test_a_tasks_events_come_from_the_beginning_and_go_on(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        a.house.specialist.hold("a")
        a.house.planner.plans["t1"] = plan("t1", {"a": ""})
        await a.post("/orchestrate", {"task_id": "t1", "title": "x", "execute": True})
        await a.house.specialist.begun["a"].wait()
        reading = asyncio.create_task(a.events("/tasks/t1/events", 7))
        a.house.specialist.let_go("a")
        events = await reading
        assert [e["kind"] for e in events] == [
            "task_submitted",
            "task_planned",
            "subtask_planned",
            "task_running",
            "subtask_started",
            "subtask_completed",
            "task_completed",
        ]
        assert [e["seq"] for e in events] == sorted(e["seq"] for e in events)


async def test_a_stream_resumes_behind_the_last_id_without_loss_or_repeat(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        for n in range(5):
            await a.house.submit(plan(f"t{n}", {"a": "", "b": "a"}))
            await a.house.until(f"t{n}", "completed")
        everything = [e.seq for e in await a.house.log()]
        first = await a.events("/events", 10, last=0)
        rest = await a.events("/events", len(everything) - 10, last=first[-1]["seq"])
        assert [e["seq"] for e in first + rest] == everything


async def test_followers_lose_nothing_while_many_write(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker("w1"), a.house.worker("w2"):
        tasks, each = 30, 1 + 1 + 3 + 1 + 3 + 3 + 1
        readers = [asyncio.create_task(a.events("/events", tasks * each, last=0)) for _ in range(5)]
        await asyncio.gather(
            *(a.house.submit(plan(f"t{n}", {"a": "", "b": "a", "c": "a"})) for n in range(tasks))
        )
        for n in range(tasks):
            await a.house.until(f"t{n}", "completed")
        everything = [e.seq for e in await a.house.log()]
        for events in await asyncio.gather(*readers):
            assert [e["seq"] for e in events] == everything


async def test_a_place_that_is_no_number_is_refused(dsn: str) -> None:
    async with api(dsn) as a:
        answer = await a.client.get("/events", headers={"Last-Event-ID": "yesterday"})
        assert answer.status_code == 400
        assert answer.json()["error"]["fields"][0]["path"] == "Last-Event-ID"
