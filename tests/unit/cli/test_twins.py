"""What the API says of its calls, in commands."""

import pytest

from agent.cli.twins import as_commands


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "there is no task 'x'; GET /tasks lists those there are",
            "`orchestrator tasks` lists those there are",
        ),
        ("task 'a.b' has no subtask 'x'; GET /tasks/a.b lists them", "`orchestrator show a.b` lists them"),
        ("it waits; GET /tasks/t-1 shows by whom", "`orchestrator show t-1` shows by whom"),
        (
            "there is no approval 'ZZ'; GET /approvals/pending lists those that wait",
            "`orchestrator inbox` lists",
        ),
        ("there is no enabled agent 'bob'; GET /agents lists them", "`orchestrator agents` lists them"),
    ],
)
def test_a_call_that_has_a_command_is_called_by_it(said: str, told: str) -> None:
    assert told in as_commands(said)
    assert "GET" not in as_commands(said)


@pytest.mark.parametrize(
    "said",
    [
        "POST /tasks/t1/plan/edit",
        "GET /tasks/t1/plan does it",
        "GET /delegations lists those that stand",
        "no GET at all",
    ],
)
def test_a_call_that_has_none_stays(said: str) -> None:
    assert as_commands(said) == said
