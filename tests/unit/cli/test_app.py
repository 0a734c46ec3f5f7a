"""The front of the command line: quick, complete, and one way of saying no."""

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic_core import SchemaError

from agent.cli.app import COMMANDS, GROUPS, run
from agent.cli.deciding import checked
from agent.cli.exits import Exit
from agent.cli.refusal import Refusal

NAMES = [*(name for _, name, _ in COMMANDS), *(name for _, name, _, _ in GROUPS)]
ASKED_FOR = {
    *("route", "memory"),
    "bench",
    *(
        "up",
        "demo",
        "worker",
        "init-db",
        "doctor",
        "plan",
        "run",
        "watch",
        "show",
        "tasks",
        "inbox",
        "approve",
    ),
    *("reject", "agents", "cancel", "answer", "assign", "execute", "pause", "unpause", "priority", "retry"),
    *("skip", "queue", "stop", "prune"),
    *(
        "eval",
        "deliveries",
        "keys",
        "audit",
        "changes",
        "diff",
        "edit",
        "policy",
        "delegation",
        "preapproval",
        "break-glass",
        "completion",
    ),
}


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_all_commands_are_there_and_the_first_screen_names_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(NAMES) == ASKED_FOR
    code, out, _ = said(capsys, "--help")
    assert code == 0
    for name in NAMES:
        assert f"  {name} " in out
    assert max(map(len, out.splitlines())) <= 80
    code, without, _ = said(capsys)
    assert (code, without.strip()) == (0, out.strip())


@pytest.mark.parametrize("name", NAMES)
def test_every_command_tells_of_itself_and_speaks_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, name, "--help")
    assert code == 0
    assert "--json" in out


@pytest.mark.parametrize("name", [*NAMES, "audit verify", "delegation lend"])
def test_what_a_command_takes_is_told_whole_in_eighty_columns(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = said(capsys, *name.split(), "--help")
    assert max(map(len, out.splitlines())) <= 80
    for unread in ("…", "<", "x>=", "  TEXT TEXT"):
        assert unread not in out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--version")
    assert (code, out.split()[0]) == (0, "orchestrator")


@pytest.mark.parametrize(
    "arguments",
    [
        ("paln",),
        ("plan",),
        ("plan", "x", "--no-such-option"),
        ("watch",),
        ("run", "x", "--priority", "soon"),
        ("up", "--port", "70000"),
        ("approve", "x; echo PWNED"),
        ("tasks", "--url", "localhost:1"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong_in_both_languages(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    code, out, err = said(capsys, *arguments, "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "USAGE"
    assert err == ""


def test_a_service_that_is_not_there_is_told_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "tasks", "--url", "http://127.0.0.1:9", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "UNREACHABLE")
    assert "orchestrator up" in error["message"]


def test_words_after_two_dashes_are_words(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "tasks", "--url", "http://127.0.0.1:9", "--", "--json")
    assert (code, out) == (2, "")
    assert "Error: " in err


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("KM4QX7PA", "KM4QX7PA"),
        ("km4qx7pa", "KM4QX7PA"),
        ("71F4459D-1477-4c43-bc28-fe9adfb312d8", "71f4459d-1477-4c43-bc28-fe9adfb312d8"),
    ],
)
def test_an_approval_is_named_by_id_or_code_in_any_case(typed: str, sent: str) -> None:
    assert checked(typed) == sent


@pytest.mark.parametrize(
    "typed", ["", "x; echo PWNED", "$(id)", "KM4QX7P", "KM4QX7P0", "--yes", "../tasks", "KM4QX7PA\n"]
)
def test_nothing_else_is_sent_anywhere(typed: str) -> None:
    with pytest.raises(Refusal, match="is no approval"):
        checked(typed)


def test_the_first_screen_computes_hardly_more_than_its_library_takes_to_import() -> None:
    shown = [sys.executable, "-m", "agent.cli", "--help"]
    floor = [sys.executable, "-c", "import typer.core, rich.console"]
    pairs = [(_cpu_seconds(shown), _cpu_seconds(floor)) for _ in range(5)]
    assert min(screen for screen, _ in pairs) < 3 * min(imported for _, imported in pairs)


def _cpu_seconds(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_what_takes_seconds_to_import_is_not_imported_to_show_help() -> None:
    script = "import sys; from agent.cli.app import run; run(['run', '--help']); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    loaded = set(told.splitlines()[-1].split())
    assert not loaded & {
        "fastapi",
        "mcp",
        "litellm",
        "openai",
        "asyncpg",
        "httpx",
        "agent.bootstrap",
    }


def test_nothing_that_is_wrong_is_told_twice(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    manifest = tmp_path / "mine.json"
    manifest.write_text('{"schema_version": "1.0", "agents": [{"id": "a"}]}')
    code, _, err = said(capsys, "plan", "Write the docs", "--manifest", str(manifest))
    assert code == 1
    assert err.count("agents[0].skills") == 1


def test_an_interrupt_that_a_model_in_the_making_takes_for_a_fault_is_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise SchemaError(
            "Error building `model` serializer:\n  SchemaError: Field `kind`:\n  KeyboardInterrupt: "
        )

    monkeypatch.setattr("agent.cli.app.build", interrupted)
    assert run(["tasks"]) == Exit.INTERRUPTED
    assert capsys.readouterr().err == ""
