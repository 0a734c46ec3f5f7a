"""A worker that others gave up for dead while a call of its own goes on: it drops the call and begins anew."""

from tests.kit.house import house
from tests.kit.plans import plan


async def test_a_worker_given_up_for_dead_drops_what_lasts_and_takes_what_comes(dsn: str) -> None:
    async with house(dsn) as h:
        h.specialist.hold("held")
        await h.submit(plan("t1", {"held": ""}))
        # The ticket lies in the queue before there is a worker, so the queue brings it round and waits for it.
        async with h.worker():
            await h.until_state("t1", "held", "running")
            await h.database.pool.execute("DELETE FROM worker")
            await h.submit(plan("t2", {"a": ""}))
            await h.until("t2", "completed")
        assert h.specialist.cancelled[:1] == ["held"]
