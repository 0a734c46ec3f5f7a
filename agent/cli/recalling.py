"""`memory`: which past plans advise later ones, and forgetting them."""

from rich.table import Table
from rich.text import Text

from agent.cli.address import Where
from agent.cli.ask import ask
from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import count
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.learning import Forgotten, MemoryList


def ls(*, where: Where, limit: int, every_version: bool, as_json: bool) -> Exit:
    answer = ask(where, lambda api: api.get("memory", limit=limit, every_version=every_version))
    if as_json:
        emit(answer)
        return Exit.OK
    plans = read(MemoryList, answer).plans
    table = Table(box=None, header_style="dim", padding=(0, 1), pad_edge=False)
    for name in ("task", "remembered", "agents", "request"):
        table.add_column(name, overflow="fold")
    for plan in plans:
        table.add_row(
            Text(plan.task_id, style="bold"),
            f"{plan.remembered_at:%Y-%m-%d %H:%M}",
            Text(", ".join(plan.agents)),
            Text(" ".join(plan.text.split())[:80]),
        )
    out().print(table if plans else "No plan is remembered yet.")
    return Exit.OK


def forget(task_id: str | None, *, everything: bool, where: Where, as_json: bool) -> Exit:
    if (task_id is None) != everything:
        raise usage("name the task whose plan is to be forgotten, or --all")
    path = ("memory",) if task_id is None else ("memory", task_id)
    answer = ask(where, lambda api: api.delete(*path))
    if as_json:
        emit(answer)
    else:
        out().print(f"Forgot {count(len(read(Forgotten, answer).forgotten), 'plan')}.")
    return Exit.OK
