"""`eval route`: ranks agents for texts whose right agent is known."""

from pathlib import Path

from agent.cli.draw.screen import emit
from agent.cli.eval import files
from agent.cli.eval.plan import plans_for, warn_of_strangers
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
        of = f" of split {split!r}" if split else ""
        raise InvalidInputError(
            f"{suite}: no text{of} with a known agent is in it; give lines of text + agent, or steps with their tools"
        )
    router = plans_for(manifest, settings).router
    unknown = frozenset[str]().union(*(case.agents for case in cases))
    warn_of_strangers(unknown - {agent.id for agent in router.manifest.agents})
    figures = evaluate(router, cases).model_dump(exclude={"n"})
    emit(figures) if as_json else show({"n": len(cases), **figures})
    return Exit.OK
