"""An agent that is a program: the brief on its standard input, its outputs on its standard output."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress

from agent.secret import reveal_all
from agent.specialists import deviation
from agent.specialists.answer import MESSAGE, outcome_of, unsuccessful, unusable
from domain.agent import ProcessEndpoint
from domain.attempt import Outcome
from domain.brief import Assignment

LARGEST_ANSWER = 16 * 1024 * 1024
PATIENCE_S = 2.0
"""Between asking a program to end and ending it."""

_INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER")
"""Programs get these and what their endpoint names; the rest of the environment holds our secrets."""


class Process:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    async def work(self, assignment: Assignment, endpoint: ProcessEndpoint) -> Outcome:
        agent = f"agent {assignment.agent}"
        try:
            child = await self._start(assignment, endpoint)
        except (OSError, ValueError) as error:
            return unsuccessful("unavailable", "NOT_SENT", f"{agent} cannot be started: {error}")
        try:
            async with asyncio.timeout(assignment.timeout_s):
                out, err = await _exchange(child, assignment.brief.model_dump_json().encode())
                code = await child.wait()
        except TimeoutError:
            message = f"{agent} was still running after {assignment.timeout_s:.1f} s and was ended"
            return unsuccessful("timed_out", "TIMED_OUT", message)
        except _TooLargeError:
            return unusable(agent, f"it has over {LARGEST_ANSWER} bytes")
        finally:
            await _end(child)
        return _read(assignment, code, out, err)

    async def _start(self, assignment: Assignment, endpoint: ProcessEndpoint) -> asyncio.subprocess.Process:
        own = reveal_all(endpoint.env, self._environ, where=f"agent {assignment.agent}")
        inherited = {name: self._environ[name] for name in _INHERITED if name in self._environ}
        return await asyncio.create_subprocess_exec(
            endpoint.command,
            *endpoint.args,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=endpoint.cwd,
            env={**inherited, "ORCHESTRATOR_IDEMPOTENCY_KEY": assignment.key, **own},
            # A group of its own, so that whatever it starts can be ended with it.
            start_new_session=True,
        )


class _TooLargeError(Exception):
    pass


async def _exchange(child: asyncio.subprocess.Process, brief: bytes) -> tuple[bytes, bytes]:
    assert child.stdin
    assert child.stdout
    assert child.stderr
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_feed(child.stdin, brief))
            out = group.create_task(_answer(child.stdout))
            err = group.create_task(_tail(child.stderr))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return out.result(), err.result()


async def _feed(stdin: asyncio.StreamWriter, brief: bytes) -> None:
    """A program may well answer without having read all of it."""
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(brief)
        await stdin.drain()
    stdin.close()


async def _answer(stdout: asyncio.StreamReader) -> bytes:
    answer = bytearray()
    while chunk := await stdout.read(65_536):
        answer += chunk
        if len(answer) > LARGEST_ANSWER:
            raise _TooLargeError
    return bytes(answer)


async def _tail(stderr: asyncio.StreamReader) -> bytes:
    """The end of what it says, which is where the reason is; all of it is read, so that it can go on."""
    tail = b""
    while chunk := await stderr.read(65_536):
        tail = (tail + chunk)[-MESSAGE:]
    return tail


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ends the program and everything in its group, also where the one who waits is being cancelled."""
    _signal(child, signal.SIGTERM)
    try:
        if child.returncode is None:
            await asyncio.shield(_reaped(child))
    finally:
        _signal(child, signal.SIGKILL)


async def _reaped(child: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await child.wait()
    except TimeoutError:
        _signal(child, signal.SIGKILL)
        await child.wait()


def _signal(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _read(assignment: Assignment, code: int, out: bytes, err: bytes) -> Outcome:
    agent = f"agent {assignment.agent}"
    said = err.decode(errors="replace").strip()[-MESSAGE:]
    if code < 0:
        name = signal.Signals(-code).name
        return unsuccessful(
            "unknown", "OUTCOME_UNKNOWN", f"{agent} was ended by {name} from outside. {said}".strip()
        )
    if code > 0:
        return unsuccessful(
            "failed", "AGENT_FAILED", f"{agent} ended with {code}: {said or 'it gave no reason'}"
        )
    try:
        document = json.loads(out)
        beyond = deviation.told(document, agent=agent, allowed=assignment.brief.tools)
        return beyond or outcome_of(document, agent=agent, local=True)
    except (ValueError, RecursionError):
        return unusable(agent, "its output is not JSON")
