"""An agent that is a language model: the configured models stand in for one another, within one attempt's time."""

import importlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.llm.openai import OpenAiModel
from agent.llm.speaker import Speaker
from agent.specialists.llm import Llm
from domain.agent import LlmEndpoint
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment, Brief
from domain.completion import Completion
from domain.errors import ModelError
from domain.ids import SubtaskId
from tests.kit.drafts import Hand
from tests.kit.model import Fails, Floods, Line, scripted

CARD = LlmEndpoint(kind="llm", instructions="Be brief.")


@pytest.fixture(scope="module", autouse=True)
def library() -> None:
    """Imported before any test's deadline runs: on a busy machine that takes longer than what is tested."""
    importlib.import_module("openai").AsyncOpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")


def assignment(timeout_s: float = 300.0) -> Assignment:
    brief = Brief(task_id="t", subtask_id=SubtaskId("a::t::1"), title="Say it", objective="Say it")
    return Assignment(agent="a", endpoint=CARD, brief=brief, attempt=1, key="k", timeout_s=timeout_s)


@asynccontextmanager
async def asked(*urls: str, hand: Hand | None = None) -> AsyncIterator[Llm]:
    names = ("first", "second", "third")[: len(urls)]
    speakers = [
        Speaker(name, OpenAiModel(name, api_key="k", base_url=url), hand or Hand())
        for name, url in zip(names, urls, strict=True)
    ]
    yield Llm(speakers, time.monotonic)
    for speaker in speakers:
        await speaker.model.aclose()


def said(outcome: Outcome) -> object:
    assert isinstance(outcome, Succeeded)
    return outcome.outputs["model"]


@pytest.mark.parametrize("line", [Fails(500), Fails(429), Fails(401), Fails(404), Fails(400), Floods()])
async def test_the_second_model_works_where_the_first_does_not(line: Line) -> None:
    async with scripted(line) as ill, scripted("Done.") as well, asked(ill.url, well.url) as agent:
        assert said(await agent.work(assignment(), CARD)) == "second"


class Silent:
    """Says nothing for all the time that it is given."""

    name = "silent"

    def __init__(self, watch: "Watch") -> None:
        self.watch = watch
        self.given: list[float] = []

    async def complete(self, messages: object, *, timeout_s: float, **_more: object) -> Completion:
        self.given.append(timeout_s)
        self.watch.seconds += timeout_s
        raise ModelError("model silent did not answer", kind="timed_out", retryable=True)

    async def aclose(self) -> None:
        """Nothing is open."""


class Watch:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_model_that_hangs_leaves_time_for_the_next_and_all_of_them_take_one_attempts_time() -> None:
    watch = Watch()
    silent = [Silent(watch) for _ in range(3)]
    agent = Llm([Speaker("silent", each, Hand()) for each in silent], watch)
    outcome = await agent.work(assignment(30.0), CARD)
    assert isinstance(outcome, Unsuccessful)
    assert outcome.outcome == "timed_out"
    assert [each.given for each in silent] == [[18.0], [pytest.approx(7.2)], [pytest.approx(4.8)]]
    assert watch.seconds == pytest.approx(130.0)


async def test_a_model_that_is_left_alone_is_not_asked_before_the_others_but_the_only_one_is() -> None:
    hand = Hand()
    async with (
        scripted(*[Fails(500)] * 4) as ill,
        scripted(*["Done."] * 4) as well,
        asked(ill.url, well.url, hand=hand) as agent,
        asked(ill.url, hand=hand) as alone,
    ):
        for _ in range(4):
            assert said(await agent.work(assignment(), CARD)) == "second"
        assert len(ill.requests) == 3
        assert isinstance(await alone.work(assignment(), CARD), Unsuccessful)
        assert len(ill.requests) == 4


async def test_where_no_model_works_every_reason_is_told() -> None:
    async with (
        scripted(Fails(503, "too busy")) as one,
        scripted(Fails(404, "no such model")) as two,
        asked(one.url, two.url) as agent,
    ):
        outcome = await agent.work(assignment(), CARD)
    assert isinstance(outcome, Unsuccessful)
    assert "model first failed with HTTP 503" in outcome.error.message
    assert "model second failed with HTTP 404" in outcome.error.message
    assert outcome.error.retryable


async def test_an_agent_that_names_its_model_gets_that_one_or_none() -> None:
    card = CARD.model_copy(update={"model": "special"})
    async with scripted("Done.", Fails(500)) as one, scripted() as two, asked(one.url, two.url) as agent:
        assert said(await agent.work(assignment(), card)) == "special"
        assert isinstance(await agent.work(assignment(), card), Unsuccessful)
