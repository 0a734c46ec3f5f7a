"""A stream that breaks off is taken up again, behind the last event that was seen."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from agent.cli import stream
from agent.cli.address import Address
from agent.cli.api import Api
from agent.cli.refusal import Refusal
from agent.cli.stream import Told, follow
from domain.event import Event, shown
from domain.facts.task import TaskChanged
from domain.task import TaskStatus
from tests.kit.serving import Receive, Scope, Send, answer, serving


def told(seq: int, status: TaskStatus = "running") -> bytes:
    fact = TaskChanged.model_validate({"kind": f"task_{status}", "task_id": "t", "status": status})
    event = Event(seq=seq, at=datetime(2026, 7, 1, tzinfo=UTC), actor="x", fact=fact)
    return f": heartbeat\n\nid: {seq}\nevent: {fact.kind}\ndata: {json.dumps(shown(event))}\n\n".encode()


class Breaking:
    """Tells one event a connection, then breaks off; remembers from where it was asked to go on."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refuse_with: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        self.asked.append(headers[b"last-event-id"].decode())
        if self.refuse_with is not None:
            body = {"error": {"code": "NOT_FOUND", "message": "there is no such task"}}
            await answer(send, self.refuse_with, json.dumps(body).encode())
            return
        await answer(send, 200, told(len(self.asked)), {"content-type": "text/event-stream"})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "FIRST_WAIT_S", 0.001)


async def events(source: AsyncIterator[Told], count: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(60):
        async for item in source:
            if isinstance(item, Event):
                found.append(item.seq)
            if len(found) == count:
                return found
    return found


async def test_it_goes_on_behind_the_last_event_without_loss_or_repeat(quick: None) -> None:
    application = Breaking()
    async with serving(application) as url:
        assert await events(follow(lambda: Address(url, "test"), "t"), 3) == [1, 2, 3]
    assert application.asked == ["0", "1", "2"]


async def test_a_service_that_comes_back_elsewhere_is_found_there(quick: None) -> None:
    first, second = Breaking(), Breaking()
    places: list[str] = []
    async with serving(first) as one, serving(second) as other:
        places = ["http://127.0.0.1:9", one, "http://127.0.0.1:9", other]
        second.asked.append("before")
        source = follow(lambda: Address(places.pop(0) if len(places) > 1 else places[0], "test"), "t")
        assert await events(source, 2) == [1, 2]
    assert second.asked[1] == "1"


async def test_a_service_that_stays_away_is_given_up(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE_S", 0.2)
    with pytest.raises(Refusal, match="connection is lost"):
        await events(follow(lambda: Address("http://127.0.0.1:9", "test"), "t"), 1)


async def test_a_task_that_is_not_there_is_not_waited_for(quick: None) -> None:
    application = Breaking()
    application.refuse_with = 404
    async with serving(application) as url:
        with pytest.raises(Refusal, match="no such task") as refused:
            await events(follow(lambda: Address(url, "test"), "t"), 1)
    assert refused.value.exit_code == 6
    assert len(application.asked) == 1


async def test_this_machine_is_asked_without_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, 200, b'{"status": "healthy"}')

    async with serving(application) as url, Api(Address(url, "test")) as api:
        assert await api.get("healthz") == {"status": "healthy"}


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>"), (200, b"[1]"), (502, b"bad gateway"), (404, b"{}")]
)
async def test_something_else_on_the_port_is_told_apart(status: int, body: bytes) -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, status, body)

    async with serving(application) as url, Api(Address(url, "test")) as api:
        with pytest.raises(Refusal, match=r"not as an orchestrator does|does not answer as"):
            await api.get("tasks")


async def test_odd_ids_stay_one_step_of_the_path() -> None:
    seen: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["raw_path"].decode())
        await answer(send, 200, b"{}")

    async with serving(application) as url, Api(Address(url, "test")) as api:
        await api.get("tasks", "../agents?x=1#y")
        await api.post("tasks", "t", "subtasks", "a::t::1", "answer", body={})
    assert seen == ["/tasks/..%2Fagents%3Fx%3D1%23y", "/tasks/t/subtasks/a%3A%3At%3A%3A1/answer"]
    assert httpx.URL(seen[1]).path == "/tasks/t/subtasks/a::t::1/answer"
