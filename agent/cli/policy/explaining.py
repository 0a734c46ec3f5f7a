"""`policy explain`: which rules fired on a task's plan, on which facts, and what would make it lower."""

from collections.abc import Iterator

from rich.text import Text

from agent.cli.address import Where
from agent.cli.ask import ask
from agent.cli.draw.screen import emit, say
from agent.cli.draw.words import line, risk
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import Refusal
from agent.service.views.task import TaskView
from domain.ids import SubtaskId
from domain.verdict import RuleHit


def explain(task_id: str, *, where: Where, as_json: bool) -> Exit:
    """The command."""
    task = read(TaskView, ask(where, lambda api: api.get("tasks", task_id)))
    if task.plan is None:
        raise Refusal("WRONG_STATE", f"task {task_id} has no plan yet; look again in a moment")
    if as_json:
        emit(
            {
                "task_id": task.task_id,
                "revision": task.plan.revision,
                "plan_hash": task.plan.plan_hash,
                "verdict": task.plan.verdict.model_dump(mode="json"),
                "risks": {s.subtask_id: s.risk for s in task.subtasks},
            }
        )
    else:
        say(_lines(task))
    return Exit.OK


def _lines(task: TaskView) -> Iterator[Text]:
    plan = task.plan
    assert plan is not None
    titles: dict[SubtaskId | None, str] = {s.subtask_id: s.title for s in task.subtasks}
    yield line(("Plan ", "bold"), (plan.plan_hash[:12], "bold cyan"), ": risk ", risk(plan.level))
    if not plan.verdict.hits:
        yield line("No rule found any risk.")
    for hit in plan.verdict.hits:
        yield from _hit(hit, titles.get(hit.subtask_id, "the whole plan"))
    quiet = [s for s in task.subtasks if all(hit.subtask_id != s.subtask_id for hit in plan.verdict.hits)]
    for subtask in quiet:
        yield line(risk(subtask.risk), f"  {subtask.title}: no rule fired")
    yield line(("Asked: " + plan.why[-1] if plan.verdict.demand else "Nobody need be asked.", "bold"))


def _hit(hit: RuleHit, on: str) -> Iterator[Text]:
    yield line(risk(hit.level), "  ", (hit.rule, "bold"), f" on {on}: {hit.why}")
    for name, value in hit.facts.items():
        if value:
            yield line((f"    {name}: ", "dim"), value)
    yield line(("    lower if ", "dim"), hit.would_be_lower_if)
