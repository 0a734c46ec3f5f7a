"""The calls a runner has in flight, and the outcomes that came back."""

import asyncio
import time
from collections import deque
from typing import NamedTuple

from agent.engine.ports import Specialist
from domain.attempt import Outcome, Unsuccessful
from domain.brief import Assignment
from domain.ids import SubtaskId
from domain.subtask import Failure


class Answer(NamedTuple):
    """A call that came back: of which subtask, how, and after how many seconds."""

    subtask_id: SubtaskId
    outcome: Outcome
    seconds: float


class Calls:
    """`stirred` is set whenever there is something new to look at: an answer, or a hint from outside."""

    def __init__(self, group: asyncio.TaskGroup, specialist: Specialist) -> None:
        self.stirred = asyncio.Event()
        self.answers: deque[Answer] = deque()
        self._group = group
        self._specialist = specialist
        self._running: dict[SubtaskId, asyncio.Task[None]] = {}

    def launch(self, assignment: Assignment) -> None:
        node = assignment.brief.subtask_id
        self._running[node] = self._group.create_task(self._call(assignment), name=f"call {node}")

    def call_off(self) -> None:
        """Cancel every call; each still gives its answer."""
        for call in self._running.values():
            call.cancel()

    async def wait(self, seconds: float | None) -> None:
        """Until something stirs, or for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.stirred.wait()
        except TimeoutError:
            return
        finally:
            self.stirred.clear()

    async def _call(self, assignment: Assignment) -> None:
        node = assignment.brief.subtask_id
        began = time.monotonic()
        outcome = await self._outcome(assignment)
        self.answers.append(Answer(node, outcome, time.monotonic() - began))
        self._running.pop(node, None)
        self.stirred.set()

    async def _outcome(self, assignment: Assignment) -> Outcome:
        try:
            async with asyncio.timeout(assignment.timeout_s):
                return await self._specialist.work(assignment)
        except TimeoutError:
            message = f"{assignment.agent} did not answer within {assignment.timeout_s:g} s"
            return Unsuccessful(outcome="timed_out", error=Failure(code="TIMEOUT", message=message))
        except asyncio.CancelledError:
            return Unsuccessful(
                outcome="cancelled", error=Failure(code="CANCELLED", message="the call was called off")
            )
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an agent's adapter ends that attempt only
            message = f"{assignment.agent}'s adapter failed: {type(error).__name__}: {error}"
            return Unsuccessful(outcome="unknown", error=Failure(code="ADAPTER_FAILED", message=message))
