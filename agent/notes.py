"""Jots down what agents did, on the side: the note may be lost, the work never waits for it."""

import asyncio
from typing import Final

from agent.cache import Notes
from agent.engine.ports import Specialist
from domain.agent import Agent, AgentState
from domain.attempt import Outcome, Succeeded
from domain.brief import Assignment

WAITING: Final = 1_000
"""Notes that may wait to be written; more are dropped."""

REST_S: Final = 0.1
"""Between two writes: a worker in full swing would write once for every handful of notes."""


class Noted:
    """A specialist whose every attempt leaves a note; `run()` writes them in the background."""

    def __init__(self, specialist: Specialist, notes: Notes) -> None:
        self._specialist = specialist
        self._notes = notes
        self._waiting: dict[str, list[str]] = {}
        self._room = WAITING
        self._something = asyncio.Event()

    async def work(self, assignment: Assignment) -> Outcome:
        outcome = await self._specialist.work(assignment)
        if self._room:
            self._room -= 1
            self._waiting.setdefault(assignment.brief.task_id, []).append(_note(assignment, outcome))
            self._something.set()
        return outcome

    async def state(self, agent: Agent) -> AgentState:
        return await self._specialist.state(agent)

    async def run(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            waiting, self._waiting, self._room = self._waiting, {}, WAITING
            await self._notes.add_all(waiting)
            await asyncio.sleep(REST_S)


def _note(assignment: Assignment, outcome: Outcome) -> str:
    done = f"{assignment.agent}, attempt {assignment.attempt} of {assignment.brief.subtask_id}"
    if isinstance(outcome, Succeeded):
        return f"{done}: left {', '.join(outcome.outputs) or 'nothing'}"
    return f"{done}: {outcome.outcome}, {outcome.error.message}"
