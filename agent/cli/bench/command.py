"""`bench`: measures, and prints what was measured beside its floor."""

from typing import Literal, assert_never

from agent.cli.bench import engine, figures, floor, large, latency, stored, stream, submit
from agent.cli.bench.scratch import Scratch, scratch
from agent.cli.draw.screen import emit, err, out
from agent.cli.exits import Exit
from agent.cli.loop import run
from agent.store.pool import connect
from domain.base import Json, JsonObject

What = Literal["engine", "latency", "stream", "submit", "large", "stored"]


def bench(what: What, *, rounds: int, seconds: float, stored_rows: int, as_json: bool) -> Exit:
    """The command. A log that does not hold together fails it, however quick it was."""
    if not as_json:
        err().print("Measuring on a database of its own; the machine should have nothing else to do.")
    found = run(_measured(what, rounds, seconds, stored_rows))
    if as_json:
        emit(found)
    else:
        for line in _lines(found):
            out().print(line)
    return Exit.ERROR if found.get("violations") else Exit.OK


async def _measured(what: What, rounds: int, seconds: float, stored_rows: int) -> JsonObject:
    before = figures.machine()
    async with scratch() as place:
        connection = await connect(place.stack.database_url, name="orchestrator bench")
        postgres: JsonObject = {**await floor.conditions(connection), "database": place.stack.database}
        await connection.close()
        found = await _measure(what, place, rounds, seconds, stored_rows)
    return {"bench": what, "machine": before, "postgres": postgres, **found}


async def _measure(what: What, place: Scratch, rounds: int, seconds: float, stored_rows: int) -> JsonObject:
    match what:
        case "engine":
            return await engine.measure(place, engine.Size(rounds=rounds))
        case "latency":
            return await latency.measure(place, rounds * 4)
        case "stream":
            return await stream.measure(place, rounds * 20, seconds)
        case "submit":
            return await submit.measure(place, rounds * 40)
        case "large":
            return await large.measure(place)
        case "stored":
            return await stored.measure(place, rounds, stored_rows)
        case other:
            assert_never(other)


def _lines(found: JsonObject, depth: int = 0) -> list[str]:
    lines = []
    for name, value in found.items():
        label = f"{'  ' * depth}{name.replace('_', ' ')}"
        if isinstance(value, dict):
            lines += [label, *_lines(value, depth + 1)]
        else:
            lines.append(f"{label}: {_text(value)}")
    return lines


def _text(value: Json) -> str:
    match value:
        case list():
            return ", ".join(map(_text, value)) or "none"
        case _:
            return str(value)
