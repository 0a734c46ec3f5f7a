"""What the use cases ask of the rooms above the domain."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from domain.agent import Agent, AgentState
from domain.given import GivenPlan
from domain.ids import AgentId
from domain.plan import Plan
from domain.request import Request


class Planner(Protocol):
    """Makes a valid plan of a request. Raises PlanInvalidError where none can be made."""

    async def plan(self, request: Request, *, revision: int, numbers: Mapping[AgentId, int]) -> Plan: ...


class DrawsGiven(Protocol):
    """Makes a plan of a graph that the caller drew. CPU only. Raises PlanInvalidError where it cannot be run."""

    def __call__(
        self, request: Request, given: GivenPlan, *, revision: int, numbers: Mapping[AgentId, int]
    ) -> Plan: ...


class Probe(Protocol):
    """Looks whether an agent can be reached now; may take seconds."""

    async def state(self, agent: Agent) -> AgentState: ...


class Ids(Protocol):
    """New random ids, handed in so that tests can foresee them."""

    def __call__(self) -> UUID: ...
