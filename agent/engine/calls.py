"""The calls a runner has in flight, and the outcomes that came back."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import NamedTuple, Self

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


class _Call:
    """One that has not come back. `ending` is how it is to end, once it was stopped."""

    __slots__ = ("assignment", "begun", "due", "ending", "task")

    def __init__(self, assignment: Assignment, due: float) -> None:
        self.assignment = assignment
        self.due = due
        self.begun = False
        self.ending: Unsuccessful | None = None
        self.task: asyncio.Task[None] | None = None

    def stop(self, ending: Unsuccessful) -> None:
        """It still gives its answer; that of a task which is cancelled before its first turn nobody would hear."""
        self.ending = self.ending or ending
        if self.begun and self.task is not None:
            self.task.cancel()


class Calls:
    """`stirred` is set whenever there is something new to look at: an answer, or a hint from outside.

    Within the block; it ends when all calls are back.
    """

    def __init__(self, specialist: Specialist) -> None:
        self.stirred = asyncio.Event()
        self.answers: deque[Answer] = deque()
        self._specialist = specialist
        self._running: dict[SubtaskId, _Call] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        self.call_off()
        if self._alarm is not None:
            self._alarm.cancel()
        if left := [call.task for call in self._running.values() if call.task is not None]:
            await asyncio.wait(left)

    def launch(self, assignment: Assignment) -> None:
        loop = asyncio.get_running_loop()
        call = _Call(assignment, loop.time() + assignment.timeout_s)
        self._running[assignment.brief.subtask_id] = call
        # No group around them: nothing that a specialist raises gets out of a call.
        call.task = loop.create_task(self._make(call))
        self._watch(call.due)

    def call_off(self) -> None:
        """Cancel every call; each still gives its answer."""
        for call in self._running.values():
            call.stop(_called_off())

    async def wait(self, seconds: float | None) -> None:
        """Until something stirs, or for so long."""
        if seconds is None:
            await self.stirred.wait()
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.stirred.wait()
        self.stirred.clear()

    def _watch(self, due: float) -> None:
        """One timer for all calls: thousands a second begin and end long before they are due."""
        if self._alarm is not None:
            if self._alarm_at <= due:
                return
            self._alarm.cancel()
        self._alarm_at = due
        self._alarm = asyncio.get_running_loop().call_at(due, self._expire)

    def _expire(self) -> None:
        self._alarm = None
        waiting = [call for call in self._running.values() if call.ending is None]
        for call in waiting:
            if call.due <= self._alarm_at:
                call.stop(_timed_out(call.assignment))
        if later := [call.due for call in waiting if call.ending is None]:
            self._watch(min(later))

    async def _make(self, call: _Call) -> None:
        node = call.assignment.brief.subtask_id
        call.begun, began = True, time.monotonic()
        outcome = call.ending or await self._outcome(call)
        self.answers.append(Answer(node, outcome, time.monotonic() - began))
        self._running.pop(node, None)
        self.stirred.set()

    async def _outcome(self, call: _Call) -> Outcome:
        assignment = call.assignment
        try:
            return await self._specialist.work(assignment)
        except TimeoutError:
            return _timed_out(assignment)
        except asyncio.CancelledError:
            return call.ending or _called_off()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an agent's adapter ends that attempt only
            message = f"{assignment.agent}'s adapter failed: {type(error).__name__}: {error}"
            return Unsuccessful(outcome="unknown", error=Failure(code="ADAPTER_FAILED", message=message))


def _timed_out(assignment: Assignment) -> Unsuccessful:
    message = f"{assignment.agent} did not answer within {assignment.timeout_s:g} s"
    return Unsuccessful(outcome="timed_out", error=Failure(code="TIMEOUT", message=message))


def _called_off() -> Unsuccessful:
    return Unsuccessful(
        outcome="cancelled", error=Failure(code="CANCELLED", message="the call was called off")
    )
