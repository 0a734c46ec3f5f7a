"""An agent that speaks the A2A protocol (0.3) over JSON-RPC: `message/send`, then `tasks/get` until it is done."""

import asyncio
from collections.abc import Mapping

import httpx

from agent.artifacts import Artifacts
from agent.secret import reveal_all
from agent.specialists import deviation
from agent.specialists.a2a_parts import AT_WORK, parts_of, shortfall, state_of
from agent.specialists.answer import MESSAGE, unsuccessful, unusable
from agent.specialists.post import Posting, post
from domain.agent import A2aEndpoint
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.base import Json, JsonObject
from domain.brief import Assignment, Brief

FIRST_LOOK_S = 0.2
LONGEST_LOOK_S = 5.0
STOPPING_S = 3.0

_INTERNAL = -32603
_GLITCHES = frozenset({"unavailable", "unknown"})


class A2a:
    def __init__(self, client: httpx.AsyncClient, artifacts: Artifacts, environ: Mapping[str, str]) -> None:
        self._client = client
        self._artifacts = artifacts
        self._environ = environ

    async def work(self, assignment: Assignment, endpoint: A2aEndpoint) -> Outcome:
        headers = reveal_all(endpoint.headers, self._environ, where=f"agent {assignment.agent}")
        talk = _Talk(self._client, f"agent {assignment.agent}", endpoint.url, headers)
        deadline = asyncio.get_running_loop().time() + assignment.timeout_s
        result = await _begun(talk, assignment)
        if isinstance(result, Unsuccessful):
            return result
        is_task = result.get("kind") == "task" or "status" in result
        if is_task:
            result = await _followed(talk, result, deadline, assignment.timeout_s)
        if isinstance(result, Unsuccessful):
            return result
        beyond = deviation.told(parts_of(result).outputs, agent=talk.agent, allowed=assignment.brief.tools)
        short = beyond or (shortfall(result, talk.agent) if is_task else None)
        return short or await self._succeeded(assignment.brief, result)

    async def _succeeded(self, brief: Brief, result: JsonObject) -> Succeeded:
        parts = parts_of(result)
        kept = [await self._artifacts.keep(brief.task_id, b.name, b.data, b.media_type) for b in parts.blobs]
        return Succeeded(outputs=parts.outputs, artifacts=(*parts.pointed, *kept))


class _Talk:
    """JSON-RPC with one agent."""

    def __init__(self, client: httpx.AsyncClient, agent: str, url: str, headers: Mapping[str, str]) -> None:
        self._client = client
        self._url = url
        self._headers = headers
        self._asked = 0
        self.agent = agent

    async def ask(
        self, method: str, params: Mapping[str, object], *, within_s: float
    ) -> JsonObject | Unsuccessful:
        self._asked += 1
        body = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params}
        answer = await post(
            self._client, Posting(self.agent, self._url, body, self._headers), timeout_s=within_s
        )
        return answer if isinstance(answer, Unsuccessful) else _result(answer, self.agent)


async def _begun(talk: _Talk, assignment: Assignment) -> JsonObject | Unsuccessful:
    """What it says to the message. Where nobody waits for it any more, the agent is told to stop."""
    asking = asyncio.create_task(
        talk.ask("message/send", _message(assignment), within_s=assignment.timeout_s)
    )
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        await asyncio.shield(_stop_what_begins(talk, asking))
        raise


async def _stop_what_begins(talk: _Talk, asking: asyncio.Task[JsonObject | Unsuccessful]) -> None:
    """Only its answer tells the id by which it can be stopped; without one, closing the connection must do."""
    try:
        result = await asyncio.wait_for(asking, STOPPING_S)
    except TimeoutError:
        return
    if not isinstance(result, Unsuccessful) and state_of(result) in AT_WORK:
        await _stop(talk, result.get("id"))


async def _followed(
    talk: _Talk, task: JsonObject, deadline: float, timeout_s: float
) -> JsonObject | Unsuccessful:
    """The task when it is over. Where nobody waits for it any more, the agent is told to stop."""
    loop, pause = asyncio.get_running_loop(), FIRST_LOOK_S
    task_id = task.get("id")
    try:
        while state_of(task) in AT_WORK:
            left = deadline - loop.time()
            if left <= pause:
                await asyncio.sleep(max(0.0, left))
                await _stop(talk, task_id)
                message = f"{talk.agent} was still at work after {timeout_s:.1f} s and was told to stop"
                return unsuccessful("timed_out", "TIMED_OUT", message)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_LOOK_S)
            seen = await talk.ask("tasks/get", {"id": task_id}, within_s=deadline - loop.time())
            if not isinstance(seen, Unsuccessful):
                task = seen
            elif seen.outcome not in _GLITCHES and not seen.error.retryable:
                return unsuccessful(
                    "unknown", "OUTCOME_UNKNOWN", f"the task was begun, but {seen.error.message}"
                )
    except asyncio.CancelledError:
        await asyncio.shield(_stop(talk, task_id))
        raise
    return task


async def _stop(talk: _Talk, task_id: Json) -> None:
    """A courtesy: whether it arrives changes nothing for us."""
    await talk.ask("tasks/cancel", {"id": task_id}, within_s=STOPPING_S)


def _message(assignment: Assignment) -> Mapping[str, object]:
    """The objective to read and the whole brief to work from; the id is the same for every attempt."""
    brief = assignment.brief
    message = {
        "kind": "message",
        "role": "user",
        "messageId": assignment.key,
        "contextId": brief.task_id,
        "parts": [
            {"kind": "text", "text": brief.objective},
            {"kind": "data", "data": brief.model_dump(mode="json")},
        ],
        "metadata": {"attempt": assignment.attempt, "subtask_id": brief.subtask_id},
    }
    return {
        "message": message,
        "configuration": {"blocking": False, "acceptedOutputModes": ["text", "data", "file"]},
    }


def _result(answer: Json, agent: str) -> JsonObject | Unsuccessful:
    match answer:
        case {"error": {"code": int(code), "message": str(message)}}:
            said = f"{agent} refused: {message[:MESSAGE]} ({code})"
            return unsuccessful("failed", "AGENT_FAILED", said, retryable=code == _INTERNAL)
        case {"result": dict(result)}:
            return result
        case _:
            return unusable(agent, "it is not JSON-RPC")
