"""Plans are read for all who ask together, and by one look after the other."""

import asyncio
from typing import cast

import pytest

from agent.store.rows import Pool
from agent.store.runs import Runs
from domain.errors import NotFoundError


class Empty:
    """A pool of a database without tasks: it tells who was asked for, and answers when it may."""

    def __init__(self) -> None:
        self.looks: list[list[str]] = []
        self.may = asyncio.Event()

    async def fetch(self, _query: str, task_ids: list[str]) -> list[object]:
        self.looks.append(task_ids)
        await self.may.wait()
        return []


def asking(runs: Runs, *task_ids: str) -> list["asyncio.Task[object]"]:
    return [asyncio.ensure_future(runs.load(task_id)) for task_id in task_ids]


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_in_one_turn_is_read_in_one_look_and_who_asks_meanwhile_in_the_next() -> None:
    pool = Empty()
    runs = Runs(cast("Pool", pool))
    waiting = asking(runs, "a", "b", "c")
    await turns()
    waiting += asking(runs, "d", "e")
    await turns()
    assert pool.looks == [["a", "b", "c"]]
    pool.may.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in found] == [NotFoundError] * 5
    assert pool.looks == [["a", "b", "c"], ["d", "e"]]
    with pytest.raises(NotFoundError, match="'f'"):
        await runs.load("f")


async def test_where_the_reading_is_called_off_so_are_all_who_asked() -> None:
    pool = Empty()
    runs = Runs(cast("Pool", pool))
    waiting = asking(runs, "a")
    await turns()
    waiting += asking(runs, "b")
    await turns()
    [reading] = [task for task in asyncio.all_tasks() if "Runs._look" in repr(task)]
    reading.cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in found] == [asyncio.CancelledError] * 2
    pool.may.set()
    with pytest.raises(NotFoundError, match="'c'"):
        await runs.load("c")
