"""One of two processes that decide the same approvals at the same moment; it is told which on its standard input.

    python -m bench.contender postgresql://…           answers each line of JSON with one

Each voice is counted by the function that the API calls, in a transaction of its own.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from uuid import uuid4

from agent.cli.bench.work import Fan
from agent.service.changing import Changing
from agent.service.deciding import Deciding, Voice
from agent.service.planning import Planning
from agent.service.revising import Revising
from agent.store.clock import DatabaseClock
from agent.store.database import Database, open_database
from domain.errors import AlreadyDecidedError, ApprovalExpiredError
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan
from domain.principal import Principal
from domain.request import Request
from planner.amend import Amended
from planner.operations import Limit

Side = Literal["approve", "reject", "expire", "changes"]
Told = tuple[str, Side, str | None]
"""Which approval, who asked, and what they were told; the clock is told nothing."""

AT_ONCE: Final = 8


@dataclass(frozen=True, order=True)
class Contested:
    approval_id: str
    task_id: str


class Contender:
    def __init__(self, database: Database, clock: DatabaseClock) -> None:
        self._deciding = Deciding(database, clock, dict, lambda _status, _seconds: None)
        planning = Planning(database, Fan(1), clock, uuid4)
        self._changing = Changing(self._deciding, planning, Revising(clock), _narrowed)
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def contest(self, sides: list[tuple[Contested, Side]]) -> list[Told]:
        return list(await asyncio.gather(*(self._say(contested, side) for contested, side in sides)))

    async def _say(self, contested: Contested, side: Side) -> Told:
        async with self._gate:
            try:
                told = await self._told(contested, side)
            except AlreadyDecidedError as error:
                told = error.message.rsplit(" ", 1)[1]
            except ApprovalExpiredError:
                told = "expired"
        return contested.approval_id, side, told

    async def _told(self, contested: Contested, side: Side) -> str | None:
        if side == "expire":
            await self._deciding.expire(contested.task_id)
            return None
        voice = Voice(Principal.claimed(side, "tech_lead"), side, "because")
        if side == "changes":
            return (await self._changing.change(contested.approval_id, voice)).superseded.status
        return (await self._deciding.decide(contested.approval_id, voice)).status


def _narrowed(
    _request: Request,
    plan: Plan,
    comment: str,
    *,
    target: SubtaskId | None,  # noqa: ARG001  the port's shape
    done: frozenset[SubtaskId],  # noqa: ARG001
    numbers: Mapping[AgentId, int],  # noqa: ARG001
) -> Amended:
    """The comment becomes a limit: the least that makes another plan."""
    changed = plan.model_copy(
        update={
            "revision": plan.revision + 1,
            "planner": "amended",
            "constraints": (*plan.constraints, comment),
        }
    )
    return Amended(changed, (Limit(text=comment),), (f"kept in mind: {comment}",))


async def main(dsn: str) -> None:
    async with open_database(dsn) as database:
        clock = DatabaseClock()
        await clock.sync(database.pool)
        contender = Contender(database, clock)
        _answer("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            sides = [(Contested(*contested), side) for contested, side in json.loads(line)]
            _answer(await contender.contest(sides))


def _answer(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
