"""One notice on its way: what it tells, to whom, how it stands, and what to type where it is dead."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from rich.console import RenderableType

from agent.cli.draw.now import command
from agent.cli.draw.words import age, count, line, span
from agent.service.views.delivery import DeliveryView

STATE: Final = {"waiting": "yellow", "sent": "green", "dead": "bold red"}


def delivery(each: DeliveryView, suffix: str) -> Iterator[RenderableType]:
    now = datetime.now(UTC)
    old = age((now - each.created_at).total_seconds())
    to = f" to {each.recipient}" if each.recipient else ""
    yield line(
        (each.state, STATE[each.state]),
        f"  {each.channel}{to}  ",
        (each.kind.replace("_", " "), "bold"),
        f"  {old}",
    )
    about = f"task {each.task_id}, " if each.task_id else ""
    yield line((f"  {about}notice {each.notice_id}, {count(each.attempts, 'attempt')}", "dim"))
    if each.why and each.state != "sent":
        yield line("  ", (each.why, "red"))
    if each.state == "waiting":
        due = (each.next_at - now).total_seconds()
        yield line((f"  tried again {f'in {span(due)}' if due > 0 else 'now'}", "dim"))
    if each.state == "dead":
        yield command("Send it again", f"orchestrator deliveries --resend {each.notice_id}{suffix}")
