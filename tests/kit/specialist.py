"""A specialist whose answers are written down beforehand, and who remembers what it was asked."""

import asyncio
from collections import Counter, defaultdict, deque

from domain.agent import Agent, AgentState
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment
from domain.subtask import Failure


def failure(message: str = "no luck", *, retryable: bool = True) -> Unsuccessful:
    return Unsuccessful(outcome="failed", error=Failure(code="FAILED", message=message, retryable=retryable))


class ScriptedSpecialist:
    """Succeeds at once unless told otherwise: `script(key, …)` queues outcomes for a subtask by its key,
    `hold(key)` makes its calls wait until `let_go(key)`.
    """

    def __init__(self) -> None:
        self.asked: list[Assignment] = []
        self.begun: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.cancelled: list[str] = []
        self._scripts: dict[str, deque[Outcome]] = defaultdict(deque)
        self._gates: dict[str, asyncio.Event] = {}
        self.states: dict[str, AgentState] = {}
        self.takes_s = 0.0
        self.most_at_once = 0
        self.under_way: Counter[str] = Counter()

    def script(self, key: str, *outcomes: Outcome) -> None:
        self._scripts[key].extend(outcomes)

    def hold(self, *keys: str) -> None:
        for key in keys:
            self._gates[key] = asyncio.Event()

    def let_go(self, key: str) -> None:
        self._gates.pop(key).set()

    def calls_of(self, key: str) -> int:
        return sum(1 for a in self.asked if a.brief.subtask_id.endswith(f"::{key}"))

    async def work(self, assignment: Assignment) -> Outcome:
        key = assignment.brief.subtask_id.rsplit("::", 1)[1]
        self.asked.append(assignment)
        self.begun[key].set()
        self.under_way[key] += 1
        self.most_at_once = max(self.most_at_once, self.under_way.total())
        try:
            await asyncio.sleep(self.takes_s)
            if key in self._gates:
                await self._gates[key].wait()
        except asyncio.CancelledError:
            self.cancelled.append(key)
            raise
        finally:
            self.under_way[key] -= 1
        script = self._scripts[key]
        return script.popleft() if script else Succeeded(outputs={"from": key})

    async def state(self, agent: Agent) -> AgentState:
        return self.states.get(agent.id, AgentState(agent=agent.id, health="healthy"))
