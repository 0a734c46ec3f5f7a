"""Workers die and freeze at any moment: the log that they leave has no mistake in it."""

import asyncio
import signal

from tests.kit.chaos import Chaos, scene, verdict
from tests.kit.house import SOON
from tests.kit.plans import gated, node, plan_of, subtask


def scenario(task: str):  # type: ignore[no-untyped-def]
    """With an approval, a retry, a time-out and something left out; four things take effect."""
    made = plan_of(
        task,
        *(
            subtask(task, key, after, ordinal=place, timeout_s=0.3 if word == "slow" else 20.0).model_copy(
                update={"objective": f"{word} work"}
            )
            for place, (key, after, word) in enumerate(
                [
                    ("a", "", "calm"),
                    ("b", "a", "fails"),
                    ("c", "a", "slow"),
                    ("d", "b c", "calm"),
                    ("e", "d", "calm"),
                ]
            )
        ),
    )
    return gated(made, "d")


EFFECTS = 4


async def test_a_crash_after_any_effect_loses_nothing_and_goes_on_elsewhere(dsn: str) -> None:
    async with scene(dsn) as (house, zygote):
        for n in range(1, EFFECTS + 1):
            before = await house.database.pool.fetchval("SELECT count(*) FROM effect")
            task = f"t{n}"
            zygote.start(f"doomed{n}", crash_after=before + n)
            await house.submit(scenario(task))
            await house.answering.skip(task, node(task, "e"), actor="ann")
            await house.approve(task)
            async with asyncio.timeout(SOON):
                while await house.database.pool.fetchval("SELECT count(*) FROM effect") < before + n:
                    await asyncio.sleep(0.02)
            zygote.alive.pop(f"doomed{n}")
            zygote.start(f"next{n}")
            await house.until(task, "completed", seconds=SOON)
            assert await house.states(task) == {**dict.fromkeys("abcd", "completed"), "e": "skipped"}
            zygote.signal(f"next{n}", signal.SIGKILL)
        checker, wrong = await verdict(house)
        assert wrong == []
        assert len(checker.tasks) == EFFECTS


async def test_random_kills_and_freezes_leave_a_log_without_a_mistake(dsn: str) -> None:
    async with scene(dsn) as (house, zygote):
        chaos = Chaos(house, zygote, seed=7, workers=2)
        async with asyncio.timeout(300):
            await chaos.run(240, each=12, pause_s=(0.3, 0.9), most=12)
        checker, wrong = await verdict(house)
        assert wrong == []
        assert chaos.kills + chaos.freezes > 0
        assert sum(len(task.nodes) for task in checker.tasks.values()) == 240
