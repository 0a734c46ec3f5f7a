"""Who sees the demo: people at a terminal or behind a pipe, or a program that wants its end only."""

import shlex
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from agent.cli.confirm import confirmed, told
from agent.cli.demo.story import CHANGE
from agent.cli.draw.diff import diff_lines, unchanged, understood_lines
from agent.cli.draw.now import command
from agent.cli.draw.plan import Picture, coverage, gate, plan_tree
from agent.cli.draw.screen import is_attended, say
from agent.cli.draw.timeline import timeline
from agent.cli.draw.words import WIDEST, day, line, span, status
from agent.cli.plain import plain
from agent.cli.refusal import Refusal
from agent.cli.watching import Show, Silent, showing
from agent.service.comparing import ChangedView
from agent.service.views.approval import ApprovalView
from agent.service.views.task import TaskView
from domain.request import Request

SHOWN_NOTES = 16
"""Lines of the notes that are shown; the file has them all."""

AS_IT_IS: Final = frozenset({"", "y", "yes", "n", "no", "ok", "okay"})
"""What people type who would not have it differently."""


class Program:
    """Nothing is said; the question is answered as `--yes` has it."""

    def __init__(self, console: Console, folder: Path, *, yes: bool) -> None:
        self._console = console
        self._folder = folder
        self._yes = yes

    def submitted(self, request: Request) -> None:
        pass

    def planned(self, task: TaskView) -> None:
        pass

    async def changes(self, own: str | None) -> str | None:
        return own if self._yes else None

    def changed(self, changed: ChangedView) -> None:
        pass

    def refused(self, refusal: Refusal) -> None:
        raise refusal

    async def approves(self, approval: ApprovalView) -> bool | None:  # noqa: ARG002
        return True if self._yes else None

    def decided(self, approval: ApprovalView) -> None:
        pass

    def running(self) -> AbstractContextManager[Show]:
        return nullcontext(Silent())

    def left_pending(self, task: TaskView, approval: ApprovalView) -> None:
        """On standard error here, for the task is on standard output."""
        where = f" --data {shlex.quote(str(self._folder / 'data'))}"
        self._console.print()
        self._console.print(
            line("Nobody is here to say yes, so the approval stays ", ("pending", "bold yellow"), ".")
        )
        self._console.print(f"Everything is kept in {self._folder}. To go on:", soft_wrap=True)
        typed = (
            ("Serve it again", f"orchestrator up --port 0{where}"),
            ("and beside it", f"orchestrator approve {approval.code}{where}"),
            ("Watch it run", f"orchestrator watch {task.task_id}{where}"),
        )
        say([command(what, words) for what, words in typed], self._console)
        self._console.print("Or let the demo say yes by itself: orchestrator demo --yes")

    def ended(self, task: TaskView) -> None:
        pass


class People(Program):
    """Everything is shown as it happens."""

    def submitted(self, request: Request) -> None:
        words = plain(request.title if not request.description else request.description, keep="\n")
        self._console.print(
            Panel(
                Text(words), title=Text("The request"), title_align="left", border_style="cyan", width=WIDEST
            )
        )

    def planned(self, task: TaskView) -> None:
        assert task.plan is not None
        picture = Picture(task.title, task.plan, task.subtasks, task.dependencies)
        self._console.print()
        self._console.print(plan_tree(picture))
        self._console.print("\nWhat covers what was asked", style="bold")
        self._console.print(Padding(coverage(picture), (0, 0, 1, 2), expand=False))
        self._console.print(gate(picture))

    async def changes(self, own: str | None) -> str | None:
        if self._yes or not is_attended():
            return own if self._yes else None
        self._console.print(line(("\nWould you have it differently? ", "bold"), f"For example: {CHANGE}"))
        said = await told("Say it in words, or press Enter to go on with this plan: ")
        return None if said.strip().casefold() in AS_IT_IS else said

    def changed(self, changed: ChangedView) -> None:
        if not changed.changed:
            self._console.print()
            say(understood_lines(changed.understood, changed.findings), self._console)
            self._console.print(unchanged(changed.approval))
            return
        said = changed.superseded.votes[-1]
        self._console.print(
            line(("\nChanges asked for ", "bold yellow"), f"by {said.approver}: “{said.reason}”")
        )
        findings = changed.plan.findings if changed.plan else ()
        say(understood_lines(changed.understood, findings), self._console)
        say(
            [Padding(Group(*diff_lines(changed.difference.lines)), (1, 0, 1, 2), expand=False)], self._console
        )
        if changed.approval is not None:
            self._console.print(
                line(
                    f"Approval {changed.superseded.code} is superseded; the plan ",
                    (changed.approval.plan_hash[:12], "bold cyan"),
                    f" has its own: {changed.approval.code}.",
                )
            )

    def refused(self, refusal: Refusal) -> None:
        self._console.print(line(("Not so: ", "bold red"), refusal.message))

    async def approves(self, approval: ApprovalView) -> bool | None:
        if self._yes or not is_attended():
            return True if self._yes else None
        self._console.print(
            line("Approval ", (approval.code, "bold yellow"), f" is open until {day(approval.expires_at)}.")
        )
        return await confirmed("Approve exactly this plan?")

    def decided(self, approval: ApprovalView) -> None:
        vote = approval.votes[-1]
        self._console.print(
            line(
                (f"{approval.status} ", "bold green" if approval.status == "approved" else "bold red"),
                f"by {vote.approver} as {vote.role}: plan ",
                (approval.plan_hash[:12], "bold cyan"),
                ("\nWho that is was claimed, not proven; the record says so.", "dim"),
            )
        )
        self._console.print()

    def running(self) -> AbstractContextManager[Show]:
        return showing()

    def ended(self, task: TaskView) -> None:
        self._console.print()
        self._console.print(
            line(("Timeline  ", "bold"), status(task.status), f" in {span(task.metrics.elapsed_seconds)}")
        )
        self._console.print(Padding(timeline(task), (0, 0, 1, 2), expand=False))
        for subtask in task.subtasks:
            if subtask.error is not None:
                self._console.print(
                    line(("✗ ", "bold red"), f"{subtask.subtask_id}: {subtask.error.message}")
                )

    def shown_notes(self, notes: str, path: Path) -> None:
        lines = notes.rstrip("\n").split("\n")
        shown = [plain(text) for text in lines[:SHOWN_NOTES]]
        if len(lines) > SHOWN_NOTES:
            shown.append(f"… and {len(lines) - SHOWN_NOTES} more lines")
        self._console.print(
            Panel(
                Text("\n".join(shown)),
                title=line(("Published: ", "bold"), (str(path), "cyan")),
                title_align="left",
                border_style="green",
                width=WIDEST,
            )
        )
