"""`eval route`: ranks agents for texts whose right agent is known."""

from pathlib import Path

from agent.cli.draw.screen import emit
from agent.cli.eval import files
from agent.cli.eval.plan import plans_for
from agent.cli.eval.shown import show
from agent.cli.exits import Exit
from agent.config import Settings
from domain.errors import InvalidInputError
from planner.suites import agent_id
from routing.evaluate import evaluate
from routing.suite import read_cases


def route(
    suite: Path, manifest: Path | None, settings: Settings, *, split: str | None, as_json: bool
) -> Exit:
    """The command."""
    with files.named(suite):
        cases = read_cases(files.lines(suite), agent_id, split=split)
    if not cases:
        raise InvalidInputError(
            f"{suite}: it has no text with a known agent; give lines of text + agent, or steps with their tools"
        )
    figures = evaluate(plans_for(manifest, settings).router, cases).model_dump(exclude={"n"})
    emit(figures) if as_json else show({"n": len(cases), **figures})
    return Exit.OK
