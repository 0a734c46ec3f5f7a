"""The HTTP API of a small house, over a real socket."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from agent.api.app import create_app
from agent.service.hearing import Ear, Hearing
from agent.service.lending import Lending
from agent.service.preapproving import Preapproving
from agent.service.pruning import Pruning
from agent.service.ready import Ready
from agent.service.replying import Replying
from agent.service.served import Services
from agent.service.simulating import Simulating
from agent.service.undelivered import Undelivered
from agent.store.agents import Agents
from agent.store.approvals import Approvals
from agent.store.audit import Blocks
from agent.store.warrants import Warrants
from agent.telling.linking import Linking
from approvals.policy import Policy
from domain.agent import Agent, Health
from notifiers.notice import Links
from tests.kit.house import SOON, House, house
from tests.kit.people import People, key_of
from tests.kit.serving import serving

LINKING = Linking("http://orchestrator.example", [b"k" * 32], frozenset({"ops@example.com"}))


@dataclass
class Api:
    """A client of the running API, and the house behind it."""

    client: httpx.AsyncClient
    house: House

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=headers)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params)

    def key(self, person: str | None) -> None:
        """Call with this person's key from here on, or with none."""
        self.client.headers.pop("Authorization", None)
        if person is not None:
            self.client.headers["Authorization"] = f"Bearer {key_of(person)}"

    async def events(self, path: str, count: int, *, last: int | None = None) -> list[dict[str, Any]]:
        """The next `count` events of a stream."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(SOON), self.client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    found.append(json.loads(line.removeprefix("data: ")))
                if len(found) == count:
                    break
        return found


def services(h: House, people: People | None = None, ear: Ear | None = None) -> Services:
    replying = Replying(h.database, h.deciding, h.changing, h.comparing)

    async def no_redis() -> str | None:
        return None

    async def no_gateway() -> tuple[Health, str | None]:
        return "unknown", None

    async def exposition(_accept: str) -> tuple[bytes, str]:
        return b"orchestrator_tasks_active 0\n", "text/plain"

    return Services(
        manifest=h.manifest,
        clock=h.clock,
        tasks=h.tasks,
        approvals=Approvals(h.database.pool),
        agents=Agents(h.database.pool),
        events=h.events,
        feed=h.feed,
        submitting=h.submitting,
        deciding=h.deciding,
        changing=h.changing,
        comparing=h.comparing,
        editing=h.editing,
        simulating=Simulating(h.database),
        read_policy=Policy.parse,
        lending=Lending(h.database, h.known, uuid4),
        preapproving=Preapproving(h.database, h.known, uuid4),
        warrants=Warrants(h.database.pool),
        choosing=h.choosing,
        learning=h.learning,
        executing=h.executing,
        assigning=h.assigning,
        control=h.control,
        answering=h.answering,
        queueing=h.queueing,
        pruning=Pruning(h.database),
        looking=h.looking,
        undelivered=Undelivered(h.database),
        keyring=people.keyring if people else None,
        open_paths=frozenset({"/healthz", "/readyz"}),
        replying=replying,
        hearing=Hearing(
            h.database, replying, ear, people.keyring if people else None, h.clock, links=Links()
        ),
        linking=LINKING,
        blocks=Blocks(h.database.pool),
        ready=Ready(h.database.pool, h.clock, no_redis, no_gateway),
        exposition=exposition,
        streaming=contextlib.nullcontext,
    )


@asynccontextmanager
async def api(
    dsn: str, *agents: Agent, people: People | None = None, ear: Ear | None = None
) -> AsyncIterator[Api]:
    async with house(dsn, *agents, known=people.keyring.known if people else None) as h:
        app = create_app(contextlib.nullcontext)  # type: ignore[arg-type]
        app.state.services = services(h, people, ear)
        # As at the start of the service, where nobody waits for it yet.
        app.middleware_stack = app.build_middleware_stack()
        app.openapi()
        feeding = asyncio.create_task(h.feed.run())
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=SOON) as client:
            yield Api(client, h)
        feeding.cancel()
        await asyncio.wait([feeding])
