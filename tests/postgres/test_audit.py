"""The chain over a real log: behind those who write, without a gap, and no change of a stored event goes unseen."""

import asyncio
import base64
from typing import Any

import pytest

from agent.audit.auditor import Auditor
from agent.audit.book import written
from agent.audit.check import check
from agent.audit.key import SigningKey
from agent.store.audit import Blocks
from domain.errors import AuditBrokenError
from tests.kit.house import SOON, House, house
from tests.kit.plans import plan

KEY = SigningKey(base64.b64encode(b"k" * 32).decode())


async def lines(h: House) -> list[str]:
    return [line.decode() async for line in written(Blocks(h.database.pool))]


async def chained(h: House) -> None:
    async with asyncio.timeout(SOON):
        while (await Blocks(h.database.pool).unchained())[0]:
            await asyncio.sleep(0.02)


async def test_every_event_is_chained_once_whoever_chains(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        auditors = [asyncio.create_task(Auditor(h.database, KEY, h.clock).run()) for _ in range(3)]
        for n in range(20):
            await h.submit(plan(f"t{n}", {"a": "", "b": "a"}))
        for n in range(20):
            await h.until(f"t{n}", "completed")
        await chained(h)
        for auditor in auditors:
            auditor.cancel()
        await asyncio.wait(auditors)
        found = check(await lines(h), trusted=[KEY.public])
        log = await h.log()
        assert (found.entries, found.last) == (len(log), log[-1].seq)


SPOILED = {
    "UPDATE event SET actor = 'eve' WHERE seq = $1": "was changed",
    'UPDATE event SET data = data || \'{"title": "another"}\' WHERE seq = $1': "was changed",
    "DELETE FROM event WHERE seq = $1": "is missing",
    "UPDATE event SET at = at + interval '1 us' WHERE seq = $1": "was changed",
}


async def test_no_change_of_a_stored_event_goes_unseen(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(plan("t1", {"a": ""}), execute=False, title="secret words")
        auditor = Auditor(h.database, KEY, h.clock)
        async with h.database.transaction("test") as tx:
            await tx.connection.execute("INSERT INTO reader VALUES ('auditor', 0)")
        while await auditor.step():
            pass
        assert "secret words" not in "".join(await lines(h))
        first: int = await h.database.pool.fetchval(
            "SELECT min(seq) FROM event WHERE kind = 'task_submitted'"
        )
        for sql, told in SPOILED.items():
            kept: Any = await h.database.pool.fetchrow("SELECT * FROM event WHERE seq = $1", first)
            await h.database.pool.execute(sql, first)
            with pytest.raises(AuditBrokenError, match=f"entry {first} {told}"):
                check(await lines(h))
            await h.database.pool.execute("DELETE FROM event WHERE seq = $1", first)
            await _put_back(h, kept)
        check(await lines(h), trusted=[KEY.public])


async def _put_back(h: House, row: Any) -> None:
    columns = list(row.keys())
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    await h.database.pool.execute(
        f"INSERT INTO event ({', '.join(columns)}) VALUES ({places})", *row.values()
    )
