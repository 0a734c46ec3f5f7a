"""`queue` and `stop`: how much runs at once, and everything to a stop."""

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.draw.now import command
from agent.cli.draw.screen import emit, out, say
from agent.cli.draw.words import count, line
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.queueing import Stopped
from domain.base import JsonObject
from domain.queue import QueueSettings


def queue(
    *, paused: bool | None, at_once: int | None, stop_on_failure: bool | None, where: Where, as_json: bool
) -> Exit:
    wanted: JsonObject = {}
    if paused is not None:
        wanted["paused"] = paused
    if at_once is not None:
        wanted["max_concurrent"] = at_once or None
    if stop_on_failure is not None:
        wanted["stop_on_failure"] = stop_on_failure
    answer = ask(where, lambda api: _settings(api, wanted))
    if as_json:
        emit(answer)
    else:
        _show(read(QueueSettings, answer), where)
    return Exit.OK


async def _settings(api: Api, wanted: JsonObject) -> JsonObject:
    stored = await api.get("queue", "settings")
    return await api.put("queue", "settings", body={**stored, **wanted}) if wanted else stored


def stop(*, everything: bool, reason: str | None, where: Where, as_json: bool) -> Exit:
    if not everything:
        raise usage("say `stop --all` to stop everything; `pause TASK_ID` and `cancel TASK_ID` stop one task")
    body: JsonObject = {"reason": reason} if reason else {}
    answer = ask(where, lambda api: api.post("queue", "stop", body=body))
    if as_json:
        emit(answer)
    else:
        stopped = read(Stopped, answer)
        out().print(line("The queue is paused, and ", count(len(stopped.pausing), "task"), " with it."))
        say([command("Go on", f"orchestrator queue --resume{where.suffix}")])
        say([command("And with a task", f"orchestrator unpause TASK_ID{where.suffix}")])
    return Exit.OK


def _show(settings: QueueSettings, where: Where) -> None:
    limit = settings.max_concurrent
    at_once = (
        "as many tasks at once as workers can hold" if limit is None else f"{count(limit, 'task')} at once"
    )
    failure = "a failure stops it" if settings.stop_on_failure else "failures do not stop it"
    out().print(
        line("The queue is ", ("paused" if settings.paused else "open", "bold"), f": {at_once}; {failure}.")
    )
    if settings.paused:
        say([command("Open it", f"orchestrator queue --resume{where.suffix}")])
