"""What running a plan asks of the rest of the house."""

from typing import Protocol

from domain.agent import Agent, AgentState
from domain.attempt import Outcome
from domain.brief import Assignment


class Specialist(Protocol):
    """Does one piece of work through whatever door the agent has."""

    async def work(self, assignment: Assignment) -> Outcome:
        """Never raises for what the agent did: failures, time-outs and unknown outcomes are values.

        Cancelling the call is passed on to the agent; asyncio.CancelledError goes through.
        """
        ...

    async def state(self, agent: Agent) -> AgentState:
        """Whether the agent can be reached now and has its tools; probes, so it may take seconds."""
        ...
