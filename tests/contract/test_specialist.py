"""What every way of reaching an agent keeps to: each speaks its real protocol to a real counterpart."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.artifacts import REFERENCE, Artifacts
from agent.engine.ports import Specialist
from agent.gateway.client import McpGateway
from agent.specialists.reach import Specialists
from domain.agent import A2aEndpoint, Agent, Skill
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId
from tests.kit.agents import LARGE, OBJECTIVE, REASON, WAYS, A2aAgent, Behaviour, World
from tests.kit.backends import children, until
from tests.kit.house import SOON
from tests.kit.serving import serving


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def reached(
    way: str, behaviour: Behaviour, folder: Path
) -> AsyncIterator[tuple[Specialist, World, Artifacts]]:
    async with WAYS[way](behaviour, folder) as world, reaching(world, folder) as (specialist, artifacts):
        yield specialist, world, artifacts


@asynccontextmanager
async def reaching(world: World, folder: Path) -> AsyncIterator[tuple[Specialist, Artifacts]]:
    before = children()
    artifacts = Artifacts(folder / "artifacts")
    async with McpGateway(lambda: world.manifest, {}) as gateway:
        specialists = Specialists(
            manifest=lambda: world.manifest,
            gateway=gateway,
            models=world.models,
            artifacts=artifacts,
            environ={},
        )
        async with specialists:
            yield specialists, artifacts
    assert children() == before, "a process was left behind"


def assignment(world: World, timeout_s: float = SOON) -> Assignment:
    brief = Brief(task_id="t", subtask_id=SubtaskId("a::t::1"), title="Say it", objective=OBJECTIVE)
    return Assignment(
        agent="a", endpoint=world.endpoint, brief=brief, attempt=1, key="key-1", timeout_s=timeout_s
    )


def card(world: World) -> Agent:
    return Agent(id="a", skills=(Skill(id="s"),), endpoint=world.endpoint)


def failed(outcome: Outcome) -> Unsuccessful:
    assert isinstance(outcome, Unsuccessful)
    return outcome


async def test_it_hands_over_the_brief_and_brings_back_outputs(way: str, tmp_path: Path) -> None:
    async with reached(way, "answers", tmp_path) as (specialist, world, _):
        outcome = await specialist.work(assignment(world))
    assert isinstance(outcome, Succeeded)
    assert OBJECTIVE in outcome.outputs.values(), "what was said is data and not a template"


async def test_an_agent_s_own_failure_is_passed_on_in_its_words(way: str, tmp_path: Path) -> None:
    async with reached(way, "fails", tmp_path) as (specialist, world, _):
        outcome = failed(await specialist.work(assignment(world)))
    assert outcome.outcome == "failed"
    assert REASON in outcome.error.message


async def test_an_agent_that_hangs_is_stopped_when_its_time_is_up(way: str, tmp_path: Path) -> None:
    async with reached(way, "hangs", tmp_path) as (specialist, world, _):
        await specialist.state(
            card(world)
        )  # a server that has yet to start would not have been sent the call
        began = time.monotonic()
        outcome = failed(await specialist.work(assignment(world, timeout_s=1.5)))
        assert 0.9 < time.monotonic() - began < SOON
        await until(world.stopped)
    assert outcome.outcome == "timed_out"


async def test_cancelling_the_work_stops_the_agent(way: str, tmp_path: Path) -> None:
    async with reached(way, "hangs", tmp_path) as (specialist, world, _):
        working = asyncio.create_task(specialist.work(assignment(world)))
        await until(world.began)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        await until(world.stopped)


async def test_an_agent_is_stopped_that_has_not_yet_said_what_it_began(tmp_path: Path) -> None:
    agent = A2aAgent()
    agent.may_answer.clear()
    async with serving(agent) as url:
        world = World(
            endpoint=A2aEndpoint(kind="a2a", url=f"{url}/hangs"),
            began=agent.began.is_set,
            stopped=agent.stopped.is_set,
        )
        async with reaching(world, tmp_path) as (specialist, _):
            working = asyncio.create_task(specialist.work(assignment(world)))
            await until(world.began)
            working.cancel()
            agent.may_answer.set()
            with pytest.raises(asyncio.CancelledError):
                await working
            await until(world.stopped)


async def test_an_agent_that_dies_at_work_leaves_the_outcome_unknown(way: str, tmp_path: Path) -> None:
    async with reached(way, "dies", tmp_path) as (specialist, world, _):
        outcome = failed(await specialist.work(assignment(world)))
    # A model has no effects, so there is nothing about it that one would have to know.
    assert outcome.outcome == ("failed" if way == "llm" else "unknown")
    assert outcome.error.retryable


async def test_nobody_there_is_unavailable_which_means_that_nothing_was_sent(
    way: str, tmp_path: Path
) -> None:
    async with reached(way, "absent", tmp_path) as (specialist, world, _):
        outcome = failed(await specialist.work(assignment(world)))
    assert outcome.outcome == "unavailable"


async def test_outputs_too_large_to_travel_are_kept_and_come_back_whole(way: str, tmp_path: Path) -> None:
    async with reached(way, "large", tmp_path) as (specialist, world, artifacts):
        outcome = await specialist.work(assignment(world))
        assert isinstance(outcome, Succeeded)
        assert [
            name for name, value in outcome.outputs.items() if isinstance(value, dict) and REFERENCE in value
        ]
        assert outcome.artifacts[0].uri.startswith(f"file://{tmp_path}/artifacts/t/")
        whole = await artifacts.restore("t", dict(outcome.outputs))
    assert isinstance(whole, dict)
    assert "x" * LARGE in whole.values()


@pytest.mark.parametrize("behaviour", ["answers", "absent"])
async def test_whether_it_can_be_reached_is_told_with_the_reason(
    way: str, behaviour: Behaviour, tmp_path: Path
) -> None:
    async with reached(way, behaviour, tmp_path) as (specialist, world, _):
        state = await specialist.state(card(world))
    if way == "llm":
        assert state.health == "unknown", "asking a model costs money"
    elif behaviour == "absent":
        assert state.health == "unhealthy"
        assert state.reason
    else:
        assert (state.health, state.missing_tools) == ("healthy", ())


@pytest.mark.parametrize("way", ["a2a", "http", "process"], indirect=True)
@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("asks", 'asks for more than was approved: git.push with {"force": true} (it was rejected)'),
        ("oversteps", "has called what was not approved: git.push; approved: git.log"),
    ],
)
async def test_an_agent_that_goes_beyond_what_it_may_use_deviates(
    way: str, behaviour: Behaviour, told: str, tmp_path: Path
) -> None:
    async with reached(way, behaviour, tmp_path) as (specialist, world, _):
        asked = assignment(world)
        licensed = asked.brief.model_copy(update={"tools": ("git.log",)})
        outcome = failed(await specialist.work(asked.model_copy(update={"brief": licensed})))
    assert (outcome.outcome, outcome.error.code, outcome.error.retryable) == ("deviated", "DEVIATION", False)
    assert told in outcome.error.message


@pytest.mark.parametrize("way", ["mcp-tool"], indirect=True)
async def test_a_tool_that_does_more_by_now_than_was_approved_is_not_called(way: str, tmp_path: Path) -> None:
    async with reached(way, "hangs", tmp_path) as (specialist, world, _):
        approved = assignment(world).model_copy(update={"effect": "read"})
        outcome = failed(await specialist.work(approved))
        assert not world.began()
    assert outcome.outcome == "deviated"
    assert "toolbox.hang was approved as read and is " in outcome.error.message
