from importlib.resources import files

import asyncpg

from agent.store.pool import connect
from agent.store.queries import queries

FILES = sorted(entry.name.removesuffix(".sql") for entry in files("agent.store").joinpath("sql").iterdir())
ALL = [(f"{file}.{name}", sql) for file in FILES for name, sql in queries(file).items()]


async def test_every_query_fits_the_migrated_schema(dsn: str) -> None:
    connection = await connect(dsn, name="test")
    unfit = []
    try:
        for name, sql in ALL:
            try:
                await connection.prepare(sql)
            except asyncpg.PostgresError as error:
                unfit.append(f"{name}: {error}")
    finally:
        await connection.close()
    assert unfit == []
