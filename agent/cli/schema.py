"""`init-db`: brings the database up to this version's schema."""

import asyncio

from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import count
from agent.cli.exits import Exit
from agent.cli.stack import reached
from agent.config import Settings
from agent.store.migrate import migrate


def init_db(settings: Settings, *, as_json: bool) -> Exit:
    """The command; harmless to repeat."""
    database, ran = asyncio.run(_migrated(settings))
    if as_json:
        emit({"database": database, "ran": list(ran)})
    elif ran:
        out().print(f"Ran {count(len(ran), 'migration')} on the {database} database: {', '.join(ran)}.")
    else:
        out().print(f"The schema of the {database} database is up to date.")
    return Exit.OK


async def _migrated(settings: Settings) -> tuple[str, list[str]]:
    async with reached(settings) as stack:
        whose = "given" if stack.database == "given" else "embedded"
        return whose, await migrate(stack.database_url)
