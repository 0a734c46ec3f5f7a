"""The calls a runner has in flight, and the outcomes that came back."""

import asyncio
import time
from collections import deque
from contextlib import suppress
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
        self._expired: set[SubtaskId] = set()

    def launch(self, assignment: Assignment) -> None:
        node = assignment.brief.subtask_id
        self._running[node] = self._group.create_task(self._call(assignment))

    def call_off(self) -> None:
        """Cancel every call; each still gives its answer."""
        for call in self._running.values():
            call.cancel()

    async def wait(self, seconds: float | None) -> None:
        """Until something stirs, or for so long."""
        if seconds is None:
            await self.stirred.wait()
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.stirred.wait()
        self.stirred.clear()

    async def _call(self, assignment: Assignment) -> None:
        node = assignment.brief.subtask_id
        began = time.monotonic()
        outcome = await self._outcome(assignment)
        self.answers.append(Answer(node, outcome, time.monotonic() - began))
        self._running.pop(node, None)
        self.stirred.set()

    def _expire(self, node: SubtaskId) -> None:
        if (call := self._running.get(node)) is not None:
            self._expired.add(node)
            call.cancel()

    async def _outcome(self, assignment: Assignment) -> Outcome:
        # One timer a call, and no scope around it: thousands a second begin and end.
        node = assignment.brief.subtask_id
        timer = asyncio.get_running_loop().call_later(assignment.timeout_s, self._expire, node)
        try:
            return await self._specialist.work(assignment)
        except TimeoutError:
            return _timed_out(assignment)
        except asyncio.CancelledError:
            if node in self._expired:
                return _timed_out(assignment)
            return Unsuccessful(
                outcome="cancelled", error=Failure(code="CANCELLED", message="the call was called off")
            )
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an agent's adapter ends that attempt only
            message = f"{assignment.agent}'s adapter failed: {type(error).__name__}: {error}"
            return Unsuccessful(outcome="unknown", error=Failure(code="ADAPTER_FAILED", message=message))
        finally:
            timer.cancel()
            self._expired.discard(node)


def _timed_out(assignment: Assignment) -> Unsuccessful:
    message = f"{assignment.agent} did not answer within {assignment.timeout_s:g} s"
    return Unsuccessful(outcome="timed_out", error=Failure(code="TIMEOUT", message=message))
