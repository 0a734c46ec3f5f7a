from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from agent.engine import recorder
from agent.engine.consumer import Consumer
from agent.store.at_once import AtOnce
from agent.store.progress import Standings
from agent.store.step import Step, Take
from agent.store.steps import BatchResult, write_batch
from agent.store.taking import Taking
from domain.attempt import Succeeded
from domain.base import JsonObject
from tests.kit.house import house
from tests.kit.plans import agent, node, plan

WIDE = {"a": "", "b": "a", "c": "a", "d": "b c"}


def losing_answers(
    monkeypatch: pytest.MonkeyPatch, writer: type[AtOnce] | type[Taking], times: int
) -> list[BatchResult]:
    """The answers of the first few writes that were committed: they are here, and the writer never hears them."""
    write: Any = writer.write
    lost: list[BatchResult] = []

    async def deaf(self: Any, *args: Any) -> BatchResult | None:
        result: BatchResult | None = await write(self, *args)
        if result is not None and len(lost) < times:
            lost.append(result)
            raise asyncpg.ConnectionDoesNotExistError("the answer was lost")
        return result

    monkeypatch.setattr(writer, "write", deaf)
    return lost


async def test_a_plan_without_obstacles_never_goes_the_long_way(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_way: list[Step | Take] = []

    async def watched(
        connection: Any, worker_id: int, batch: int, entries: Sequence[Step | Take], actor: str
    ) -> BatchResult:
        long_way.extend(entries)
        return await write_batch(connection, worker_id, batch, entries, actor)

    monkeypatch.setattr(recorder, "write_batch", watched)
    async with house(dsn, agent(slots=3)) as h, h.worker():
        await h.submit(plan("t1", WIDE))
        await h.until("t1", "completed")
    assert long_way == []


async def test_what_a_subtask_left_behind_is_stored_as_it_is_whatever_stands_in_it(dsn: str) -> None:
    left: list[JsonObject] = [{"a": "1\n2\r\n\t", "\n": "\u2028 ä"}, {}, {"": ["", None, 1.5, {"\\": '"'}]}]
    async with house(dsn, agent(slots=3)) as h, h.worker():
        for key, outputs in zip("abc", left, strict=True):
            h.specialist.script(key, Succeeded(outputs=outputs))
        await h.submit(plan("t1", WIDE))
        await h.until("t1", "completed")
        standings = {each.subtask_id: each.outputs for each in await Standings(h.database.pool).of("t1")}
    assert [standings[node("t1", key)] for key in "abc"] == left


async def test_tasks_whose_taking_was_answered_to_nobody_are_run_all_the_same(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = losing_answers(monkeypatch, Taking, 1)
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", WIDE))
        task = await h.until("t1", "completed")
    assert (len(lost), task.epoch) == (1, 1)


async def test_steps_whose_answer_was_lost_are_written_once_and_told_all_the_same(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = losing_answers(monkeypatch, AtOnce, 3)
    async with house(dsn, agent(slots=3)) as h, h.worker():
        await h.submit(plan("t1", WIDE))
        await h.until("t1", "completed")
        assert len(lost) == 3
        asked = [a.brief.subtask_id.rsplit("::", 1)[1] for a in h.specialist.asked]
        assert sorted(asked) == ["a", "b", "c", "d"]
        assert {p.attempt for p in await h.standings.of("t1")} == {1}
        held = await h.database.pool.fetchval("SELECT count(*) FROM slot WHERE task_id IS NOT NULL")
        assert held == 0


async def test_what_this_process_sets_going_is_taken_up_though_the_queue_is_silent(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(self: Consumer) -> None:
        await self.closing.wait()

    monkeypatch.setattr(Consumer, "run", silent)
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", WIDE))
        await h.until("t1", "completed")
        await h.submit(plan("t2", WIDE), execute=False)
        await h.execute("t2")
        await h.until("t2", "completed")
