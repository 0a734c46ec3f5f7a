"""`policy test`: cases in a file, judged here and now; nothing is running and nothing is stored."""

from pathlib import Path

from agent.bootstrap.plans import policy_of, policy_text
from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import count, line, risk
from agent.cli.exits import Exit
from agent.cli.plain import plain
from agent.cli.refusal import usage
from agent.config import Settings
from agent.manifests import default_manifest
from approvals.cases import Answer, read_cases, tried


def try_cases(file: Path, settings: Settings, *, as_json: bool) -> Exit:
    """The command. A case that is not as it should be ends it with 7, as a test does."""
    cases = read_cases(read_text(file), str(file))
    policy = policy_of(
        policy_text(settings), settings=settings, manifest=default_manifest({"WORKSPACE_DIR": "."})
    )
    answers = tried(policy, cases)
    wrong = [answer for answer in answers if answer.wrong]
    if as_json:
        emit(
            {
                "cases": len(answers),
                "wrong": len(wrong),
                "answers": [a.model_dump(mode="json") for a in answers],
            }
        )
    else:
        for answer in answers:
            _tell(answer)
        out().print(f"{count(len(answers), 'case')}, {len(wrong)} wrong")
    return Exit.FAILED if wrong else Exit.OK


def read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"{file} cannot be read: {error}") from error


def _tell(answer: Answer) -> None:
    mark = ("✗ ", "bold red") if answer.wrong else ("✓ ", "green")
    out().print(line(mark, risk(answer.level), f"  {plain(answer.name)}"))
    for why in answer.wrong:
        out().print(line((f"    {plain(why)}", "red")))
    if answer.wrong:
        for hit in answer.hits:
            out().print(line((f"    {hit.rule} ({hit.level}): {plain(hit.why)}", "dim")))
