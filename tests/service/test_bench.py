"""Each measurement at its smallest: what it measures holds together, whatever the figures are."""

from collections.abc import AsyncIterator

import pytest

from agent.cli.bench import engine, latency, stored, stream, submit
from agent.cli.bench.scratch import Scratch, scratch
from agent.cli.bench.serving import serving
from agent.cli.bench.work import Idle
from agent.store.pool import BY_KEY, connect
from agent.store.queries import queries
from bench import decisions


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Scratch]:
    async with scratch() as made:
        yield made


async def test_the_engine_is_measured_beside_its_floor_and_its_log_holds_together(place: Scratch) -> None:
    found = await engine.measure(place, engine.Size(tasks=5, rounds=1))
    assert found["violations"] == []
    ratios = found["ratios"]
    assert isinstance(ratios, dict)
    assert min(float(str(ratio)) for ratio in ratios.values()) > 0


async def test_hops_approvals_and_a_thousand_calls_at_once_are_measured(place: Scratch) -> None:
    found = await latency.measure(place, 1)
    hops, memory = found["predecessor_finished_to_successor_started_ms"], found["memory_mib"]
    assert isinstance(hops, dict)
    assert isinstance(memory, dict)
    assert hops["count"] == latency.CHAIN - 1
    # What this process held before is not the worker's.
    assert float(str(memory["with_1000_running"])) - float(str(memory["at_rest"])) <= 150


async def test_work_beside_what_is_stored_is_measured_in_turns_with_work_beside_nothing(
    place: Scratch,
) -> None:
    found = await stored.measure(place, 1, 400, tasks=5, asked=2)
    assert found["violations"] == []
    assert float(str(found["ratio_of_computing"])) > 0
    sizes = found["bytes_per_stored_subtask"]
    assert isinstance(sizes, dict)
    connection = await connect(place.stack.database_url, name="test")
    try:
        copied = await connection.fetchval("SELECT count(*) FROM progress WHERE task_id LIKE 'bench-%-2'")
        broken = await connection.fetchval(
            "SELECT count(*) FROM edge e LEFT JOIN subtask s USING (task_id, revision, subtask_id) "
            "LEFT JOIN progress p USING (task_id, subtask_id) WHERE s IS NULL OR p IS NULL"
        )
    finally:
        await connection.close()
    assert (copied, broken) == (stored.MODEL * 10, 0)


async def test_known_requests_are_answered_with_what_is_stored(place: Scratch) -> None:
    found = await submit.measure(place, 5)
    known = found["duplicate_ms"]
    assert isinstance(known, dict)
    assert known["count"] == 5


async def test_a_reader_that_does_not_read_is_cut_off_and_comes_back_without_loss(place: Scratch) -> None:
    async with serving(place, Idle(), worker=False) as served:
        found = await stream.slow(served)
    assert found == {"events": stream.SLOW_MARK, "cut_off": True, "lost": 0, "twice": 0}


async def test_of_four_who_decide_at_once_one_wins_and_everybody_is_told(place: Scratch) -> None:
    found = await decisions.measure(place, 12, 6, 0.2)
    for way, approvals in (("two_processes", 12), ("http", 6)):
        seen = found[way]
        assert isinstance(seen, dict)
        assert (seen["wrong"], seen["first_wrong"]) == (0, [])
        winners = seen["winners"]
        assert isinstance(winners, dict)
        assert sum(int(str(won)) for won in winners.values()) == approvals


async def test_rows_are_written_by_their_keys_before_anybody_has_looked_the_tables_over(
    place: Scratch,
) -> None:
    connection = await connect(place.floor, name="test", settings=BY_KEY)
    try:
        plan = "\n".join(
            row[0]
            for row in await connection.fetch(f"EXPLAIN {queries('steps')['write']}", {"moves": []}, 1, 1)
        )
    finally:
        await connection.close()
    assert "Seq Scan on progress" not in plan
    assert "Seq Scan on attempt" not in plan
    assert "Hash Join" not in plan
