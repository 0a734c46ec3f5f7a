"""What to do next about a task, in sentences and exact commands."""

import json
import shlex
from collections.abc import Iterator
from itertools import chain
from textwrap import shorten
from typing import Final, assert_never

from rich.text import Text

from agent.cli.draw.words import day, line, span, status
from agent.service.views.approval import ApprovalView
from agent.service.views.subtask import SubtaskView
from agent.service.views.task import TaskView

OUTPUT: Final = 200
"""Characters of an answer that are shown; `GET /tasks/{id}` has all of it."""


def what_now(task: TaskView, suffix: str = "") -> Iterator[Text]:
    """`suffix` is what every command has to be told besides: where the service is."""
    head = line("Task ", (task.task_id, "bold"), " is ", status(task.status))
    if task.status == "completed":
        yield line(head, f", in {span(task.metrics.elapsed_seconds)}.")
    else:
        yield line(head, f": {task.reason}." if task.reason else ".")
    yield from _next(task, suffix)
    if task.status != "approval_pending":
        yield from _waiting(task, suffix)


def _next(task: TaskView, suffix: str) -> Iterator[Text]:
    quoted = shlex.quote(task.task_id)
    match task.status:
        case "planned" | "blocked" if is_empty(task):
            yield from _unasked(task)
            yield from going_on(task, suffix)
        case "completed":
            yield from _left(task)
        case "approval_pending":
            pending = (approval for approval in task.approvals if approval.status == "pending")
            yield from chain.from_iterable(to_decide(approval, suffix) for approval in pending)
        case "planned":
            yield command("Run it", f"orchestrator execute {quoted}{suffix}")
        case "paused":
            yield command("Go on", f"orchestrator execute {quoted}{suffix}")
        case "blocked":
            yield from _asked(task, suffix)
        case "failed":
            yield from chain.from_iterable(map(_why, task.subtasks))
        case "rejected" | "expired":
            yield command("Edit its plan", f"orchestrator edit {quoted}{suffix}")
            yield line("  Or submit the request, changed, under another task id.")
        case "planning" | "running" | "pausing" | "cancelling":
            yield watching(task.task_id, suffix)
        case "cancelled":
            pass
        case other:
            assert_never(other)


def is_empty(task: TaskView) -> bool:
    """Whether its plan gives nobody anything to do."""
    return task.plan is not None and not task.subtasks


def going_on(task: TaskView, suffix: str) -> Iterator[Text]:
    """What may be done about a plan that gives nobody anything to do."""
    quoted = shlex.quote(task.task_id)
    yield command("Ask anew", f'orchestrator run "…"{suffix}')
    yield command("Plan it by hand", f"orchestrator edit {quoted}{suffix}")
    yield command("Give up", f"orchestrator cancel {quoted}{suffix}")


def _unasked(task: TaskView) -> Iterator[Text]:
    for finding in task.plan.findings if task.plan is not None else ():
        yield line((f"  {_sentence(finding.message)}", "yellow"), f" {_sentence(finding.mend)}")


def watching(task_id: str, suffix: str = "") -> Text:
    return command("Watch it", f"orchestrator watch {shlex.quote(task_id)}{suffix}")


def _left(task: TaskView) -> Iterator[Text]:
    """What it ends with: the answers of those that nobody builds on, and the files."""
    built_on = {before for subtask in task.subtasks for before in subtask.depends_on}
    files = {artifact.uri for artifact in task.artifacts}
    for subtask in task.subtasks:
        if subtask.subtask_id not in built_on:
            for name, value in subtask.outputs.items():
                if not (isinstance(value, dict) and value.get("uri") in files):
                    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                    yield line("  ", (f"{name}: ", "dim"), shorten(text, OUTPUT, placeholder=" …"))
    yield from (_whole_line(line("  ", (artifact.uri, "cyan"))) for artifact in task.artifacts)


def _whole_line(text: Text) -> Text:
    """Never broken into lines: it is there to be copied."""
    text.no_wrap, text.overflow = True, "ignore"
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _waiting(task: TaskView, suffix: str) -> Iterator[Text]:
    """The rest of the plan may run while its risky part waits."""
    ended = task.status in {"completed", "failed", "cancelled"}
    pending = [a for a in task.approvals if a.status == "pending" and a.scope == "subtask" and not ended]
    yield from chain.from_iterable(to_decide(approval, suffix) for approval in pending)


def to_decide(approval: ApprovalView, suffix: str = "") -> Iterator[Text]:
    who = f"{approval.required} of {', '.join(approval.roles)}"
    yield line(
        "Approval ", (approval.code, "bold yellow"), f" asks {who}, until {day(approval.expires_at)}, "
        "for plan ", (approval.plan_hash[:12], "bold cyan"), "."
    )  # fmt: skip
    reason = ' --reason "…"' if approval.justification else ""
    yield command("Look and say yes", f"orchestrator approve {approval.code}{reason}{suffix}")
    yield command("Ask for changes", f'orchestrator changes {approval.code} "…"{suffix}')
    yield command("Say no", f'orchestrator reject {approval.code} --reason "…"{suffix}')


def command(what: str, typed: str) -> Text:
    return _whole_line(line(f"  {what + ':' if what else '':<17} ", (typed, "bold")))


def _asked(task: TaskView, suffix: str) -> Iterator[Text]:
    for subtask in task.subtasks:
        yield from _question(task, subtask, suffix)
        yield from _failure(task, subtask, suffix)


def _question(task: TaskView, subtask: SubtaskView, suffix: str) -> Iterator[Text]:
    question = subtask.question
    if question is None:
        return
    where = f"{shlex.quote(task.task_id)} {shlex.quote(subtask.subtask_id)}"
    yield line((subtask.subtask_id, "bold"), f": {question.required_input}")
    for option in question.options:
        match option.id:
            case "assign":
                typed = f"orchestrator assign {where} AGENT"
            case "cancel":
                typed = f"orchestrator cancel {shlex.quote(task.task_id)}"
            case "retry" | "skip" | "done" | "fail":
                typed = f"orchestrator answer {where} {option.id}"
        mark = " (recommended)" if option.recommended else ""
        yield line(f"  {option.label}{mark}")
        yield command("", f"{typed}{suffix}")
    until = f" by {day(question.deadline)}" if question.deadline else ""
    yield line((f"  If you do nothing{until}: {question.if_you_do_nothing}", "dim"))


def _failure(task: TaskView, subtask: SubtaskView, suffix: str) -> Iterator[Text]:
    """One that failed asks nothing, and its successors wait all the same until somebody says what to make of it."""
    if subtask.state != "failed":
        return
    yield from _why(subtask)
    where = f"{shlex.quote(task.task_id)} {shlex.quote(subtask.subtask_id)}"
    yield command("Try it again", f"orchestrator answer {where} retry{suffix}")
    yield command("It was done", f"orchestrator answer {where} done{suffix}")
    yield command("Go on without", f"orchestrator answer {where} skip{suffix}")
    yield command("Another agent", f"orchestrator assign {where} AGENT{suffix}")
    yield command("Give up", f"orchestrator cancel {shlex.quote(task.task_id)}{suffix}")


def _why(subtask: SubtaskView) -> Iterator[Text]:
    if subtask.error is not None:
        yield line(("  ✗ ", "bold red"), (subtask.subtask_id, "bold"), f": {subtask.error.message}")
