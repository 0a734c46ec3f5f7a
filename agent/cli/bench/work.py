"""The work that is measured: plans in the shape 1 → n → 1, and agents that answer at once."""

import asyncio
import itertools
import json
import time
from collections.abc import Mapping
from typing import Final

from domain.agent import Agent, AgentState, McpToolEndpoint
from domain.attempt import Outcome, Succeeded
from domain.brief import Assignment
from domain.ids import AgentId, SubtaskId, subtask_id
from domain.plan import Edge, Plan, Requirement, Subtask
from domain.request import Request
from domain.verdict import Demand, Verdict
from planner.digest import digest_of

AGENTS: Final = 4
_DEMAND: Final = Demand(roles=("tech_lead",), ttl_s=600, four_eyes=False)
SLOTS: Final = 400
"""Of each agent: together just enough for every subtask that 200 tasks can run at once."""


def manifest() -> str:
    """A manifest of agents with limits, so that every attempt takes a slot."""
    agents = [
        {
            "id": agent_name(number),
            "skills": [{"id": "nothing", "name": "nothing", "description": "answers at once"}],
            "endpoint": {"kind": "http", "url": "http://127.0.0.1:9/"},
            "limits": {"max_concurrency": SLOTS},
        }
        for number in range(AGENTS)
    ]
    return json.dumps({"schema_version": "1.0", "agents": agents})


def agent_name(number: int) -> str:
    return f"bench-{number % AGENTS}"


class Idle:
    """Every agent at once, behind the port that all agents are behind."""

    async def work(self, assignment: Assignment) -> Outcome:  # noqa: ARG002  the port's shape
        return Succeeded(outputs={"done": True})

    async def state(self, agent: Agent) -> AgentState:
        return AgentState(agent=agent.id, health="healthy")


class Timed(Idle):
    """As idle, and remembers when each subtask's call came and went."""

    def __init__(self) -> None:
        self.came: dict[SubtaskId, float] = {}
        self.went: dict[SubtaskId, float] = {}
        self.arrived = asyncio.Event()

    async def work(self, assignment: Assignment) -> Outcome:
        node = assignment.brief.subtask_id
        self.came[node] = time.perf_counter()
        self.arrived.set()
        outcome = await super().work(assignment)
        self.went[node] = time.perf_counter()
        return outcome


class Held(Idle):
    """Holds every call that has a predecessor until it is let go."""

    def __init__(self) -> None:
        self.holding = 0
        self.let_go = asyncio.Event()

    async def work(self, assignment: Assignment) -> Outcome:
        if assignment.brief.inputs:
            self.holding += 1
            await self.let_go.wait()
            self.holding -= 1
        return await super().work(assignment)


class Fan:
    """A planner that knows one shape: one subtask, then `width` side by side or one `by one`, then one.

    `asks`: the whole of it waits for somebody's yes.
    """

    def __init__(self, width: int = 8, *, by_one: bool = False, asks: bool = False) -> None:
        self.width = width
        self.by_one = by_one
        self.verdict = Verdict(level="high", demand=_DEMAND) if asks else Verdict(level="low")

    async def plan(self, request: Request, *, revision: int, numbers: Mapping[AgentId, int]) -> Plan:  # noqa: ARG002  the port's shape
        task = request.task_id
        first, last = self._node(task, 0), self._node(task, self.width + 1)
        middle = [self._node(task, number) for number in range(1, self.width + 1)]
        before = {first: [], **{node: [first] for node in middle}, last: middle or [first]}
        if self.by_one:
            chain = [first, *middle, last]
            before = {first: [], **{after: [node] for node, after in itertools.pairwise(chain)}}
        subtasks = tuple(_subtask(node, place, after) for place, (node, after) in enumerate(before.items()))
        return Plan(
            task_id=task,
            revision=revision,
            planner="given",
            request_digest=digest_of(request),
            manifest_version="bench",
            policy_version="bench",
            requirements=tuple(Requirement(id=f"R{s.ordinal + 1}", text=s.title) for s in subtasks),
            verdict=self.verdict,
            subtasks=subtasks,
        )

    def _node(self, task: str, number: int) -> SubtaskId:
        return subtask_id(agent_name(number), task, number // AGENTS + 1)


def _subtask(node: SubtaskId, ordinal: int, after: list[SubtaskId]) -> Subtask:
    agent = agent_name(ordinal)
    return Subtask(
        subtask_id=node,
        ordinal=ordinal,
        title=f"part {ordinal}",
        objective=f"part {ordinal} of nothing",
        covers=(f"R{ordinal + 1}",),
        depends_on=tuple(
            Edge(on=before, kind="given", reason="the shape of the measurement") for before in after
        ),
        agent=agent,
        endpoint=McpToolEndpoint(kind="mcp-tool", server="bench", tool="nothing"),
        effect="read",
        idempotent=True,
    )
