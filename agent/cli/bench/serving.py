"""The whole service on a port of its own, with agents that measure instead of working."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, nullcontext
from typing import NamedTuple

from agent.api.app import create_app
from agent.bootstrap.serve import serve
from agent.cli.bench.scratch import Scratch
from agent.cli.haste import settled
from agent.cli.listen import served
from agent.cli.port import bound
from agent.engine.ports import Specialist
from agent.service.served import Services
from agent.store.database import Database, open_database


class Served(NamedTuple):
    services: Services
    database: Database
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(place: Scratch, specialist: Specialist, *, worker: bool = True) -> AsyncIterator[Served]:
    with closing(bound("127.0.0.1", 0)) as listener:
        async with (
            open_database(place.stack.database_url) as database,
            serve(place.settings, place.stack, worker=worker, specialist=specialist) as services,
            served(create_app(lambda: nullcontext(services)), listener),
        ):
            settled()
            yield Served(services, database, _port(listener))


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port
