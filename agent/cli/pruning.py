"""`prune`: lets go of tasks that ended long ago, once it has shown which."""

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.draw.now import command
from agent.cli.draw.screen import emit, out, say
from agent.cli.draw.words import count, day, line
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.service.pruning import Pruned, PrunedTask
from domain.base import JsonObject

AT_ONCE = 100
SHOWN = 20


def prune(*, days: float, yes: bool, where: Where, as_json: bool) -> Exit:
    pruned = ask(where, lambda api: _pruned(api, days, yes=yes))
    if as_json:
        emit(pruned.model_dump(mode="json"))
    else:
        _show(pruned, days, where)
    return Exit.OK


async def _pruned(api: Api, days: float, *, yes: bool) -> Pruned:
    """All of them, some a call; without a yes the first of them are shown."""
    gone: list[PrunedTask] = []
    while True:
        body: JsonObject = {
            "older_than_days": days,
            "limit": 1_000 if not yes else AT_ONCE,
            "dry_run": not yes,
        }
        answer = read(Pruned, await api.post("prune", body=body))
        gone += answer.tasks
        if not yes or not answer.more or not answer.tasks:
            return answer.model_copy(
                update={
                    "tasks": tuple(gone),
                    "subtasks": sum(task.subtasks for task in gone),
                    "events": sum(task.events for task in gone),
                }
            )


def _show(pruned: Pruned, days: float, where: Where) -> None:
    for task in pruned.tasks[:SHOWN]:
        parts = f"{count(task.subtasks, 'subtask')}, {count(task.events, 'event')}"
        out().print(line((task.task_id, "bold"), f"  {task.status} {day(task.ended_at)}, {parts}"))
    if len(pruned.tasks) > SHOWN:
        out().print(line(f"and {len(pruned.tasks) - SHOWN} more"))
    told = (
        f"{count(len(pruned.tasks), 'task')} with {count(pruned.subtasks, 'subtask')} "
        f"and {count(pruned.events, 'event')}"
    )
    if not pruned.dry_run:
        out().print(line(f"Gone: {told}. `orchestrator audit export` still proves what is left."))
    elif pruned.tasks:
        more = ", and there are more" if pruned.more else ""
        out().print(line(f"Would go: {told}{more}. Nothing went."))
        say([command("Let them go", f"orchestrator prune --older-than-days {days:g} --yes{where.suffix}")])
    else:
        out().print(line(f"No task that may go ended more than {days:g} days ago."))
