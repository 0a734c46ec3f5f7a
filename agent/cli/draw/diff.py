"""What became different from one revision of a plan to another; signs say it where colours do not."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from agent.service.views.approval import ApprovalView
from domain.plan import Finding

STYLES = {"+": "green", "-": "red", "~": "yellow"}


def diff_lines(lines: Sequence[str]) -> Iterator[Text]:
    """The lines as the service tells them, each after its sign."""
    first, *rest = lines
    yield Text(first, style="bold")
    for told in rest:
        yield Text(f"  {told}", style=STYLES.get(told[:1], "dim" if told.startswith(" ") else ""))


def unchanged(approval: ApprovalView | None) -> Text:
    """What is said where a change comes to the plan that there is."""
    stands = f", and approval {approval.code} is {approval.status} as before" if approval else ""
    return Text(f"Nothing is different: the plan stays as it is{stands}.", style="bold")


def understood_lines(understood: Iterable[str], findings: Iterable[Finding]) -> Iterator[Text]:
    """How each clause was taken, and what of it came to nothing."""
    for told in understood:
        yield Text.assemble(("✓ ", "green"), told)
    for finding in findings:
        yield Text.assemble(("! ", "yellow"), f"{finding.message}; {finding.mend}")
