"""The tool agents that ship with the product, at work on real servers: git, time and the workspace."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from agent.artifacts import Artifacts
from agent.gateway.client import McpGateway
from agent.manifests import default_manifest
from agent.specialists.reach import Specialists
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.base import Json, JsonObject
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId
from tests.kit.backends import children
from tests.kit.repository import AUTHOR, NASTY_MESSAGES, repository


class House:
    """The shipped agents over one workspace; outputs are handed on by name, as the engine does."""

    def __init__(self, folder: Path, specialists: Specialists, repository: Path) -> None:
        self.workspace = folder / "workspace"
        self._specialists = specialists
        self._repository = repository
        self._manifest = default_manifest({})
        self.inputs: JsonObject = {}

    async def ask(self, agent: str, objective: str = "", context: Json = None) -> Outcome:
        card = self._manifest.agent(agent)
        assert card is not None
        brief = Brief(
            task_id="t-1",
            subtask_id=SubtaskId(f"{agent}::t-1::1"),
            title=objective or agent,
            objective=objective or card.skills[0].examples[0],
            inputs=self.inputs,
            context=context,
            repository=str(self._repository),
        )
        outcome = await self._specialists.work(
            Assignment(agent=agent, endpoint=card.endpoint, brief=brief, attempt=1, key=agent, timeout_s=60)
        )
        if isinstance(outcome, Succeeded):
            self.inputs |= outcome.outputs
        return outcome

    async def do(self, agent: str, objective: str = "", context: Json = None) -> JsonObject:
        outcome = await self.ask(agent, objective, context)
        assert isinstance(outcome, Succeeded), outcome
        return outcome.outputs


@asynccontextmanager
async def house(folder: Path, messages: tuple[str, ...]) -> AsyncIterator[House]:
    before = children()
    manifest = default_manifest({"WORKSPACE_DIR": str(folder / "workspace")})
    made = repository(folder / "repository", messages)
    async with McpGateway(lambda: manifest, {}) as gateway:
        specialists = Specialists(
            manifest=lambda: manifest,
            gateway=gateway,
            model=None,
            artifacts=Artifacts(folder / "a"),
            environ={},
        )
        async with specialists:
            yield House(folder, specialists, made)
    assert children() == before


def messages(count: int) -> tuple[str, ...]:
    """Nasty ones first, then ordinary ones with a body."""
    ordinary = (f"Change number {i}\n\nBecause of {i}." for i in range(count))
    return (*NASTY_MESSAGES, *ordinary)[:count]


@pytest.mark.parametrize("count", [1, 12, 37, 100])
async def test_the_notes_mention_every_commit_whatever_its_message(tmp_path: Path, count: int) -> None:
    async with house(tmp_path, messages(count)) as agents:
        await agents.do("git-history", "Collect the last commits of the repository")
        await agents.do("clock")
        await agents.do("release-notes")
        assert await agents.do("notes-check") == {"checked": count}
        published = await agents.do("publisher", "Publish the notes to production")
    file = tmp_path / "workspace" / "published" / "production" / "t-1.md"
    notes = file.read_text()
    assert isinstance(published["published"], dict)
    assert published["published"]["uri"] == file.as_uri()
    lines = [line for line in notes.split("\n") if line.startswith("- ")]
    assert len(lines) == count
    for message, line in zip(reversed(messages(count)), lines, strict=True):
        assert line.startswith(f"- {message.strip().split(chr(10))[0].rstrip() or '(no subject)'} (")
        assert re.search(r" \([0-9a-f]{10}, Zoë O'Hara, 20\d\d-\d\d-\d\d\)$", line)


async def test_commits_come_as_a_list_newest_first_and_exactly_as_they_were_written(tmp_path: Path) -> None:
    async with house(tmp_path, NASTY_MESSAGES) as agents:
        commits = (await agents.do("git-history"))["commits"]
    assert isinstance(commits, list)
    for message, commit in zip(reversed(NASTY_MESSAGES), commits, strict=True):
        assert isinstance(commit, dict)
        whole = message if not message or message.startswith("No newline") else f"{message}\n"
        assert (commit["message"], commit["author"]) == (whole, AUTHOR)
        assert re.fullmatch(r"[0-9a-f]{40}", str(commit["sha"]))
        assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+01:00", str(commit["date"]))


@pytest.mark.parametrize(
    ("objective", "context", "count"),
    [
        ("Collect the last 3 commits of the repository", None, 3),
        ("Gather the 10 most important facts", None, 12),
        ("Collect the last commits", {"max_count": 5}, 5),
        ("Collect the last commits", "free text", 12),
    ],
)
async def test_as_many_commits_are_collected_as_were_asked_for(
    tmp_path: Path, objective: str, context: Json, count: int
) -> None:
    async with house(tmp_path, messages(12)) as agents:
        commits = (await agents.do("git-history", objective, context))["commits"]
    assert isinstance(commits, list)
    assert len(commits) == count


async def test_notes_that_miss_a_commit_fail_the_check_which_is_not_worth_repeating(tmp_path: Path) -> None:
    async with house(tmp_path, messages(12)) as agents:
        await agents.do("git-history")
        await agents.do("release-notes")
        written = tmp_path / "workspace" / "release-notes" / "t-1.md"
        kept = [line for line in written.read_text().split("\n") if "7*7" not in line]
        written.write_text("\n".join(kept))
        outcome = await agents.ask("notes-check")
    assert isinstance(outcome, Unsuccessful)
    assert (outcome.outcome, outcome.error.retryable) == ("failed", False)
    assert "1 of 12" in outcome.error.message
    assert "Say {{ 7*7 }}" in outcome.error.message


async def test_many_commits_travel_as_a_reference_and_are_written_all_the_same(tmp_path: Path) -> None:
    async with house(tmp_path, messages(200)) as agents:
        commits = (await agents.do("git-history"))["commits"]
        assert isinstance(commits, dict), "over 16 KiB, the list stays behind and a reference goes on"
        await agents.do("release-notes")
        assert await agents.do("notes-check") == {"checked": 200}


@pytest.mark.parametrize(
    ("objective", "environment"),
    [
        ("Publish the notes to staging", "staging"),
        ("ship them to the live site", "production"),
        ("Publish the staging notes to the Production environment", "production"),
    ],
)
async def test_publishing_goes_where_the_objective_says(
    tmp_path: Path, objective: str, environment: str
) -> None:
    async with house(tmp_path, messages(1)) as agents:
        await agents.do("git-history")
        await agents.do("release-notes")
        await agents.do("publisher", objective)
    assert (tmp_path / "workspace" / "published" / environment / "t-1.md").exists()


async def test_an_input_that_is_missing_is_named(tmp_path: Path) -> None:
    async with house(tmp_path, messages(1)) as agents:
        outcome = await agents.ask("publisher")
    assert isinstance(outcome, Unsuccessful)
    assert (outcome.outcome, outcome.error.code, outcome.error.retryable) == (
        "failed",
        "TEMPLATE_FAILED",
        False,
    )
    assert "no attribute 'notes'" in outcome.error.message


async def test_a_repository_that_is_not_there_is_the_tool_s_own_failure(tmp_path: Path) -> None:
    async with house(tmp_path, messages(1)) as agents:
        agents._repository = tmp_path / "nowhere"
        outcome = await agents.ask("git-history")
    assert isinstance(outcome, Unsuccessful)
    assert outcome.outcome == "failed"
    assert "nowhere" in outcome.error.message


async def test_the_clock_and_the_state_of_the_repository(tmp_path: Path) -> None:
    async with house(tmp_path, messages(2)) as agents:
        today = (await agents.do("clock"))["date"]
        status = (await agents.do("repo-status"))["status"]
        assert (await agents.do("repo-diff"))["diff"] == "Diff with HEAD:\n"
    assert date.fromisoformat(str(today))
    assert "working tree clean" in str(status)
