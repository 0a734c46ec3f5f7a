"""Shells ask for what could stand next, and get it."""

import json

import pytest

from agent.cli.app import run


@pytest.mark.parametrize(
    ("shell", "told"),
    [
        ("bash", "complete -o default -F _orchestrator_completion orchestrator"),
        ("zsh", "compdef _orchestrator_completion orchestrator"),
        ("fish", "complete --command orchestrator"),
    ],
)
def test_each_shell_is_told_whom_to_ask(shell: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert told in script
    assert run(["completion", shell, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"shell": shell, "script": script}


def test_another_shell_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "at", "offered"),
    [("orchestrator sh", "1", {"show"}), ("orchestrator audit ", "2", {"export", "verify"})],
)
def test_what_could_stand_next_is_offered(
    words: str,
    at: str,
    offered: set[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("_ORCHESTRATOR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", at)
    with pytest.raises(SystemExit) as ended:
        run([])
    assert not ended.value.code
    assert set(capsys.readouterr().out.split()) == offered
