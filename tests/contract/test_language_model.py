"""What every language model keeps to, whichever library reaches it."""

import asyncio
import gzip
import importlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from agent.llm import litellm
from agent.llm.bound import MOST_BYTES
from agent.llm.litellm import LiteLlmModel
from agent.llm.openai import OpenAiModel
from agent.llm.port import LanguageModel
from domain.completion import Message
from domain.errors import ModelError
from tests.kit.backends import until
from tests.kit.house import SOON
from tests.kit.model import Fails, Floods, Hangs, HangsUp, Says, Sends, scripted

QUESTION = [Message(role="system", text="Be brief."), Message(role="user", text="How are {{ you }}?")]

Make = Callable[[str], LanguageModel]


@pytest.fixture(scope="module", autouse=True)
def libraries() -> None:
    """Imported before any test's deadline runs: on a busy machine that takes longer than what is tested."""
    importlib.import_module("openai").AsyncOpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")
    litellm._import()


@pytest.fixture(params=["openai", "litellm"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    made: list[LanguageModel] = []

    def make_one(url: str) -> LanguageModel:
        through_openai = request.param == "openai"
        model = (
            OpenAiModel("small", api_key="k", base_url=url)
            if through_openai
            else LiteLlmModel("openai/small", api_key="k", base_url=url)
        )
        made.append(model)
        return model

    yield make_one
    for model in made:
        await model.aclose()


async def ask(model: LanguageModel, timeout_s: float = SOON) -> str:
    return (await model.complete(QUESTION, max_output_tokens=100, timeout_s=timeout_s)).text


async def test_it_answers_and_counts_what_was_spent(make: Make) -> None:
    async with scripted("Fine.") as server:
        answer = await make(server.url).complete(QUESTION, max_output_tokens=50, timeout_s=SOON)
    assert (answer.text, answer.tokens_in, answer.tokens_out, answer.truncated) == ("Fine.", 11, 7, False)
    assert server.requests[0]["messages"] == [{"role": m.role, "content": m.text} for m in QUESTION]
    assert server.requests[0]["max_tokens"] == 50
    assert server.keys == ["Bearer k"]


async def test_a_shape_is_asked_for_as_a_strict_schema(make: Make) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    async with scripted('{"a": "b"}') as server:
        await make(server.url).complete(QUESTION, max_output_tokens=50, timeout_s=SOON, schema=schema)
    asked = server.requests[0]["response_format"]
    assert (asked["type"], asked["json_schema"]["schema"], asked["json_schema"]["strict"]) == (
        "json_schema",
        schema,
        True,
    )


async def test_an_answer_that_ran_into_its_limit_says_so(make: Make) -> None:
    async with scripted(Says("half of", finish="length")) as server:
        answer = await make(server.url).complete(QUESTION, max_output_tokens=2, timeout_s=SOON)
    assert answer.truncated


@pytest.mark.parametrize(
    ("status", "retryable"), [(400, False), (401, False), (404, False), (429, True), (500, True), (503, True)]
)
async def test_a_failure_is_asked_once_and_says_whether_again_may_help(
    make: Make, status: int, retryable: bool
) -> None:
    async with scripted(Fails(status, "so it is")) as server:
        with pytest.raises(ModelError, match=f"HTTP {status}") as failed:
            await ask(make(server.url))
    assert failed.value.retryable is retryable
    assert len(server.requests) == 1


async def test_how_long_to_wait_is_passed_on(make: Make) -> None:
    async with scripted(Fails(429, "slow down", headers=(("retry-after", "7"),))) as server:
        with pytest.raises(ModelError) as failed:
            await ask(make(server.url))
    assert failed.value.retry_after_s == 7.0


@pytest.mark.parametrize(
    "date", ["Sat, 21 Nov 2026 06:45:00 GMT", "Saturday, 21-Nov-26 06:45:00 GMT", "Sat Nov 21 06:45:00 2026"]
)
async def test_when_to_ask_again_may_be_a_date_in_each_of_the_ways_of_http(make: Make, date: str) -> None:
    at = datetime(2026, 11, 21, 6, 45, tzinfo=UTC)
    async with scripted(Fails(429, "slow down", headers=(("retry-after", date),))) as server:
        with pytest.raises(ModelError) as failed:
            await ask(make(server.url))
    assert failed.value.retry_at == at
    assert failed.value.pause_s(at - timedelta(seconds=90)) == 90.0
    assert failed.value.pause_s(at + timedelta(seconds=90)) == 0.0


@pytest.mark.parametrize("nonsense", ["soon", "nan", "inf", "-3", "", "Sat, 99 Nov 2026 99:99:99 GMT"])
async def test_when_to_ask_again_is_not_believed_where_it_says_nothing(make: Make, nonsense: str) -> None:
    async with scripted(Fails(429, "slow down", headers=(("retry-after", nonsense),))) as server:
        with pytest.raises(ModelError) as failed:
            await ask(make(server.url))
    assert failed.value.pause_s(datetime(2026, 11, 21, tzinfo=UTC)) == 0.0


@pytest.mark.parametrize("line", [Floods(), Sends(b" " * (MOST_BYTES + 1))])
async def test_an_answer_without_end_is_not_read_and_not_asked_for_again(
    make: Make, line: Floods | Sends
) -> None:
    async with scripted(line, "Fine.") as server:
        model = make(server.url)
        with pytest.raises(ModelError, match="more than 16 MiB") as failed:
            await ask(model)
        assert await ask(model) == "Fine.", "it may be asked other things"
    assert (failed.value.kind, failed.value.retryable) == ("failed", False)


async def test_an_answer_packed_unasked_is_not_unpacked(make: Make) -> None:
    packed = Sends(gzip.compress(b" " * 10**6), headers=(("content-encoding", "gzip"),))
    async with scripted(packed) as server:
        with pytest.raises(ModelError, match="packed its answer") as failed:
            await ask(make(server.url))
    assert not failed.value.retryable


@pytest.mark.parametrize("dripping", [False, True])
async def test_a_model_that_hangs_is_given_up_in_time(make: Make, dripping: bool) -> None:
    async with scripted("warm", Hangs(dripping=dripping)) as server:
        model = make(server.url)
        await ask(model)
        began = time.monotonic()
        with pytest.raises(ModelError, match="did not answer within"):
            await ask(model, timeout_s=1.5)
        assert time.monotonic() - began < SOON
        await asyncio.wait_for(server.stopped.wait(), SOON)


@pytest.mark.parametrize(
    "line", [HangsUp(), Sends(b"<html>"), Sends(b'{"choices": []}'), Says(None), Says("")]
)
async def test_an_unusable_answer_is_an_error_and_not_an_empty_text(
    make: Make, line: HangsUp | Sends | Says
) -> None:
    async with scripted(line) as server:
        with pytest.raises(ModelError) as failed:
            await ask(make(server.url))
    assert failed.value.retryable


async def test_nobody_there_is_an_error_that_names_the_model(make: Make) -> None:
    with pytest.raises(ModelError, match="small") as failed:
        await ask(make("http://127.0.0.1:9/v1"))
    assert failed.value.retryable


async def test_cancelling_the_question_is_noticed_by_the_model(make: Make) -> None:
    async with scripted("warm", Hangs()) as server:
        model = make(server.url)
        await ask(model)
        asking = asyncio.create_task(ask(model))
        await until(lambda: len(server.requests) == 2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.wait_for(server.stopped.wait(), SOON)


async def test_json_of_any_shape_can_be_asked_for(make: Make) -> None:
    async with scripted("{}") as server:
        await make(server.url).complete(QUESTION, max_output_tokens=50, timeout_s=SOON, json_object=True)
    assert server.requests[0]["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize("status", [400, 422])
async def test_a_question_that_is_rejected_as_it_was_put_is_told_from_other_failures(
    make: Make, status: int
) -> None:
    async with scripted(Fails(status, "unknown parameter response_format"), Fails(500)) as server:
        model = make(server.url)
        with pytest.raises(ModelError) as rejected:
            await model.complete(QUESTION, max_output_tokens=50, timeout_s=SOON, schema={"type": "object"})
        with pytest.raises(ModelError) as failed:
            await ask(model)
    assert (rejected.value.kind, rejected.value.status) == ("rejected", status)
    assert (failed.value.kind, failed.value.status) == ("failed", 500)


@pytest.mark.parametrize("usage", ['{"prompt_tokens": -5, "completion_tokens": "many"}', "{}", "[]", "7"])
async def test_what_a_server_says_of_its_usage_is_not_believed_blindly(make: Make, usage: str) -> None:
    body = (
        '{"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [{"index": 0, '
        '"finish_reason": "stop", "message": {"role": "assistant", "content": "Fine."}}], "usage": %s}'
    )
    async with scripted(Sends((body % usage).encode())) as server:
        model = make(server.url)
        with suppress(ModelError):  # a library may refuse the whole answer instead
            answer = await model.complete(QUESTION, max_output_tokens=50, timeout_s=SOON)
            assert (answer.text, answer.tokens_in, answer.tokens_out) == ("Fine.", 0, 0)
