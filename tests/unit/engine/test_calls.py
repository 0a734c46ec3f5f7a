"""Calls in flight: each gives one answer, whether it comes back, is called off, or takes too long."""

import asyncio
from collections.abc import Mapping

from agent.engine.calls import Answer, Calls
from domain.agent import Agent, AgentState, McpToolEndpoint
from domain.attempt import Outcome, Succeeded
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId

PATIENCE_S = 60
AT_ONCE_S = 0.001
DOOR = McpToolEndpoint(kind="mcp-tool", server="s", tool="t")
QUICK, SLOW, LATE = (SubtaskId(f"worker::t::{name}") for name in ("quick", "slow", "late"))


class Working:
    """Answers at once to `quick` alone; remembers who came."""

    def __init__(self) -> None:
        self.came: list[SubtaskId] = []

    async def work(self, assignment: Assignment) -> Outcome:
        self.came.append(assignment.brief.subtask_id)
        if assignment.brief.subtask_id != QUICK:
            await asyncio.Event().wait()
        return Succeeded(outputs={"done": True})

    async def state(self, agent: Agent) -> AgentState:
        return AgentState(agent=agent.id, health="healthy")


def sent(node: SubtaskId, timeout_s: float = PATIENCE_S) -> Assignment:
    brief = Brief(task_id="t", subtask_id=node, title="x", objective="x")
    return Assignment(agent="worker", endpoint=DOOR, brief=brief, attempt=1, key="k", timeout_s=timeout_s)


async def back(calls: Calls, count: int) -> Mapping[SubtaskId, str]:
    """How so many calls came back."""
    answers: list[Answer] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(answers) < count:
            await calls.wait(None)
            answers += calls.answers
            calls.answers.clear()
    assert len(answers) == count
    return {answer.subtask_id: answer.outcome.outcome for answer in answers}


async def test_whoever_takes_too_long_has_timed_out_and_the_others_go_on() -> None:
    async with Calls(Working()) as calls:
        calls.launch(sent(LATE))
        calls.launch(sent(SLOW, AT_ONCE_S))
        calls.launch(sent(QUICK))
        assert await back(calls, 2) == {QUICK: "completed", SLOW: "timed_out"}
        calls.call_off()
        assert await back(calls, 1) == {LATE: "cancelled"}


async def test_one_time_after_the_other_runs_out() -> None:
    async with Calls(Working()) as calls:
        calls.launch(sent(SLOW, AT_ONCE_S))
        calls.launch(sent(LATE, 5 * AT_ONCE_S))
        assert await back(calls, 2) == {SLOW: "timed_out", LATE: "timed_out"}


async def test_what_is_called_off_before_its_first_turn_gives_its_answer_and_is_never_made() -> None:
    working = Working()
    async with Calls(working) as calls:
        calls.launch(sent(SLOW))
        calls.call_off()
        assert await back(calls, 1) == {SLOW: "cancelled"}
    assert working.came == []


async def test_the_block_ends_when_all_calls_are_back() -> None:
    async with Calls(Working()) as calls:
        calls.launch(sent(SLOW))
        await asyncio.sleep(0)
    assert [answer.outcome.outcome for answer in calls.answers] == ["cancelled"]
