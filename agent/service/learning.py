"""Learns from what ended well: plans to begin later ones with, examples for routing, how long work takes."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from agent.store import past
from agent.store.database import Database
from agent.store.past import Kept, Past, Recalled
from agent.store.plans import Plans
from agent.store.pool import GONE
from agent.store.tasks import Tasks
from domain.agent import Manifest
from domain.base import Value
from domain.errors import NotFoundError
from domain.ids import AgentId
from planner.memory import Memory, Recollection, Remembered, remembered
from routing.learnt import Learnt

MOST_PLANS: Final = 3_000
"""Past plans that advise, the latest; building their index takes about a second."""

LEARN_S: Final = 15.0
AT_ONCE: Final = 100
SAMPLES: Final = 200
"""Attempts an agent's time is judged by, the latest."""


class RememberedView(Value):
    """A past plan that advises later ones; `text` is what was asked, in one line."""

    task_id: str
    manifest_version: str
    text: str
    agents: tuple[AgentId, ...]
    remembered_at: datetime


class MemoryList(Value):
    plans: tuple[RememberedView, ...]


class Forgotten(Value):
    forgotten: tuple[str, ...]


class Learning:
    """`refresh` is called every now and then; whoever plans asks `recollection` and `routes`, which it keeps new."""

    def __init__(
        self, database: Database, manifest: Manifest, recollection: Recollection, routes: Learnt
    ) -> None:
        self._database = database
        self._manifest = manifest
        self._recollection = recollection
        self._routes = routes
        self._past = Past(database.pool)
        self._stamp: tuple[object, ...] | None = None
        self.history: Mapping[AgentId, Sequence[float]] = {}
        """Seconds of finished work per agent."""

    async def keep(self) -> None:
        """Refresh now and then, until cancelled; a database that is gone for a while is asked again."""
        while True:
            with contextlib.suppress(*GONE):
                await self.refresh()
            await asyncio.sleep(LEARN_S)

    async def refresh(self) -> None:
        """Keep what has ended since, and learn anew where anything became different."""
        await self.remember()
        self.history = await self._past.durations([a.id for a in self._manifest.agents], SAMPLES)
        stamp = await self._past.stamp(self._manifest.version)
        if stamp == self._stamp:
            return
        recalled = await self._past.recall(self._manifest.version, MOST_PLANS)
        # Indexes take CPU time, and requests are served meanwhile.
        await asyncio.to_thread(self._learn, [_plan(each) for each in recalled])
        self._stamp = stamp

    async def remember(self) -> int:
        """Keep the plans of tasks that have completed since; how many there were."""
        found = await self._past.unremembered(AT_ONCE)
        kept: list[Kept] = []
        for task_id, revision in found:
            # Whoever prunes takes old tasks away at any moment.
            with contextlib.suppress(NotFoundError):
                kept.append(await self._kept(task_id, revision))
        if kept:
            async with self._database.transaction("memory") as tx:
                await past.remember(tx.connection, kept)
        return len(found)

    async def listed(self, most: int, *, every_version: bool = False) -> MemoryList:
        """The latest first; of this manifest's version unless all are asked for."""
        version = None if every_version else self._manifest.version
        return MemoryList(plans=tuple(_view(each) for each in await self._past.listed(version, most)))

    async def forget(self, task_id: str | None) -> Forgotten:
        """The plan of one task, or all. Raises NotFoundError where that one is not remembered.

        What completed a moment ago is kept first: it would else be learnt right after.
        """
        while await self.remember() == AT_ONCE:
            pass
        async with self._database.transaction("memory") as tx:
            gone = await past.forget(tx.connection, task_id)
        if task_id is not None and not gone:
            raise NotFoundError(
                f"no plan of task {task_id!r} is remembered; `orchestrator memory ls` (GET /memory) lists those that are"
            )
        await self.refresh()
        return Forgotten(forgotten=tuple(gone))

    async def _kept(self, task_id: str, revision: int) -> Kept:
        plan = (await Plans(self._database.pool).get(task_id, revision)).open()
        worth = remembered(await Tasks(self._database.pool).request(task_id), plan)
        if worth is None:
            return Kept(task_id, plan.manifest_version, plan.request_digest, None, None, None)
        steps = [{"agent": step.agent, "text": step.text} for step in worth.steps]
        return Kept(task_id, plan.manifest_version, plan.request_digest, worth.text, steps, worth.edges)

    def _learn(self, plans: Sequence[Remembered]) -> None:
        self._recollection.memory = Memory(plans)
        examples: dict[AgentId, list[str]] = defaultdict(list)
        for plan in reversed(plans):
            for step in plan.steps:
                if step.text not in examples[step.agent]:
                    examples[step.agent].append(step.text)
        self._routes.learn(examples)


def _plan(kept: Recalled) -> Remembered:
    return Remembered.model_validate(
        {
            "key": kept.task_id,
            "text": kept.text,
            "manifest_version": kept.manifest_version,
            "steps": kept.steps,
            "edges": kept.edges,
        }
    )


def _view(kept: Recalled) -> RememberedView:
    return RememberedView(
        task_id=kept.task_id,
        manifest_version=kept.manifest_version,
        text=" ".join(kept.text.split()),
        agents=tuple(AgentId(step["agent"]) for step in kept.steps),
        remembered_at=kept.remembered_at,
    )
