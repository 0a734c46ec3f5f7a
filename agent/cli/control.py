"""Orders about tasks and subtasks: run, stop, answer, hand to another agent."""

import json
import shlex
from collections.abc import Mapping, Sequence

from agent.cli.address import Where
from agent.cli.ask import ask
from agent.cli.draw.now import command
from agent.cli.draw.screen import emit, out, say
from agent.cli.draw.words import line, status
from agent.cli.exits import OF_TASK, Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.views.task import Accepted
from domain.base import Json, JsonObject


def execute(task_id: str, *, mode: str, checkpoints: Sequence[str], where: Where, as_json: bool) -> Exit:
    body: JsonObject = {"execution_mode": mode, "checkpoints": list(checkpoints)}
    answer = ask(where, lambda api: api.post("execute", task_id, body=body))
    return _told(answer, where, as_json=as_json)


def cancel(task_id: str, *, reason: str | None, where: Where, as_json: bool) -> Exit:
    body: JsonObject = {"reason": reason} if reason else {}
    answer = ask(where, lambda api: api.post("tasks", task_id, "cancel", body=body))
    _told(answer, where, as_json=as_json)
    return Exit.OK


def order(task_id: str, *path: str, body: Mapping[str, Json], where: Where, as_json: bool) -> Exit:
    """One that says all there is to say in its path and a word or two."""
    return _told(
        ask(where, lambda api: api.post("tasks", task_id, *path, body=dict(body))), where, as_json=as_json
    )


def respond(
    task_id: str,
    subtask_id: str,
    answer: str,
    *,
    outputs: str | None,
    agent: str | None,
    where: Where,
    as_json: bool,
) -> Exit:
    body: JsonObject = {"answer": answer}
    if agent is not None:
        body["agent"] = agent
    if outputs is not None:
        body["outputs"] = json_option(outputs, "--outputs")
    stored = ask(where, lambda api: api.post("tasks", task_id, "subtasks", subtask_id, "answer", body=body))
    return _told(stored, where, as_json=as_json)


def json_option(text: str, name: str) -> Json:
    try:
        value: Json = json.loads(text)
    except ValueError as error:
        raise usage(f'{name} is not JSON ({error}); quote it as \'{{"key": "value"}}\'') from error
    return value


def _told(answer: JsonObject, where: Where, *, as_json: bool) -> Exit:
    accepted = read(Accepted, answer)
    if as_json:
        emit(answer)
    else:
        console = out()
        console.print(line("Task ", (accepted.task_id, "bold"), " is ", status(accepted.status), "."))
        if accepted.status in {"running", "pausing", "cancelling"}:
            typed = f"orchestrator watch {shlex.quote(accepted.task_id)}{where.suffix}"
            say([command("Watch it", typed)])
    return OF_TASK[accepted.status]
