"""The tool agents that ship with the product, at work on real servers: git, time and the workspace."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from agent.artifacts import Artifacts
from agent.gateway.client import McpGateway
from agent.manifests import default_manifest
from agent.specialists.reach import Specialists
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.base import Json, JsonObject
from domain.brief import Assignment, Brief
from domain.clause import Environment
from domain.ids import SubtaskId
from tests.kit.backends import children
from tests.kit.repository import AUTHOR, NASTY_MESSAGES, repository


class House:
    """The shipped agents at work for one task; outputs are handed on by name, as the engine does."""

    def __init__(self, specialists: Specialists, workspace: Path, repository: Path) -> None:
        self.workspace = workspace
        self.repository = repository
        self.task_id = f"t-{uuid4()}"
        self._specialists = specialists
        self._manifest = default_manifest({})
        self.inputs: JsonObject = {}

    async def ask(
        self,
        agent: str,
        objective: str = "",
        context: Json = None,
        environment: Environment | None = "unknown",
    ) -> Outcome:
        card = self._manifest.agent(agent)
        assert card is not None
        brief = Brief(
            task_id=self.task_id,
            subtask_id=SubtaskId(f"{agent}::{self.task_id}::1"),
            title=objective or agent,
            objective=objective or card.skills[0].examples[0],
            inputs=self.inputs,
            context=context,
            repository=str(self.repository),
            environment=environment,
        )
        outcome = await self._specialists.work(
            Assignment(agent=agent, endpoint=card.endpoint, brief=brief, attempt=1, key=agent, timeout_s=120)
        )
        if isinstance(outcome, Succeeded):
            self.inputs |= outcome.outputs
        return outcome

    async def do(self, agent: str, objective: str = "", context: Json = None) -> JsonObject:
        outcome = await self.ask(agent, objective, context)
        assert isinstance(outcome, Succeeded), outcome
        return outcome.outputs

    def notes(self, environment: str) -> Path:
        return self.workspace / "published" / environment / f"{self.task_id}.md"


Open = Callable[[Sequence[str]], House]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def workshop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Specialists, Path]]:
    """One set of servers for all tests here: starting them is most of the time that the tests take."""
    before, folder = children(), tmp_path_factory.mktemp("workshop")
    manifest = default_manifest({"WORKSPACE_DIR": str(folder)})
    async with McpGateway(lambda: manifest, {}) as gateway:
        specialists = Specialists(
            manifest=lambda: manifest,
            gateway=gateway,
            models=(),
            artifacts=Artifacts(folder / "a"),
            environ={},
        )
        async with specialists:
            yield specialists, folder
    assert children() == before, "a server was left behind"


@pytest.fixture
def house(workshop: tuple[Specialists, Path], tmp_path: Path) -> Open:
    return lambda messages: House(*workshop, repository(tmp_path / "repository", messages))


def messages(count: int) -> tuple[str, ...]:
    """Nasty ones first, then ordinary ones with a body."""
    ordinary = (f"Change number {i}\n\nBecause of {i}." for i in range(count))
    return (*NASTY_MESSAGES, *ordinary)[:count]


@pytest.mark.parametrize("count", [1, 12, 37, 100])
async def test_the_notes_mention_every_commit_whatever_its_message(house: Open, count: int) -> None:
    agents = house(messages(count))
    await agents.do("git-history", "Collect the last commits of the repository")
    await agents.do("clock")
    await agents.do("release-notes")
    assert await agents.do("notes-check") == {"checked": count}
    published = await agents.do("publisher", "Publish the notes to production")
    file = agents.notes("production")
    notes = file.read_text()
    assert isinstance(published["published"], dict)
    assert published["published"]["uri"] == file.as_uri()
    lines = [line for line in notes.split("\n") if line.startswith("- ")]
    assert len(lines) == count
    for message, line in zip(reversed(messages(count)), lines, strict=True):
        assert line.startswith(f"- {message.strip().split(chr(10))[0].rstrip() or '(no subject)'} (")
        assert re.search(r" \([0-9a-f]{10}, Zoë O'Hara, 20\d\d-\d\d-\d\d\)$", line)


async def test_commits_come_as_a_list_newest_first_and_exactly_as_they_were_written(house: Open) -> None:
    agents = house(NASTY_MESSAGES)
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
    house: Open, objective: str, context: Json, count: int
) -> None:
    agents = house(messages(12))
    commits = (await agents.do("git-history", objective, context))["commits"]
    assert isinstance(commits, list)
    assert len(commits) == count


async def test_notes_that_miss_a_commit_fail_the_check_which_is_not_worth_repeating(house: Open) -> None:
    agents = house(messages(12))
    await agents.do("git-history")
    await agents.do("release-notes")
    written = agents.workspace / "release-notes" / f"{agents.task_id}.md"
    kept = [line for line in written.read_text().split("\n") if "7*7" not in line]
    written.write_text("\n".join(kept))
    outcome = await agents.ask("notes-check")
    assert isinstance(outcome, Unsuccessful)
    assert (outcome.outcome, outcome.error.retryable) == ("failed", False)
    assert "1 of 12" in outcome.error.message
    assert "Say {{ 7*7 }}" in outcome.error.message


async def test_many_commits_travel_as_a_reference_and_are_written_all_the_same(house: Open) -> None:
    agents = house(messages(200))
    commits = (await agents.do("git-history"))["commits"]
    assert isinstance(commits, dict), "over 16 KiB, the list stays behind and a reference goes on"
    await agents.do("release-notes")
    assert await agents.do("notes-check") == {"checked": 200}


@pytest.mark.parametrize(
    ("judged", "environment"),
    [
        ("staging", "staging"),
        ("development", "development"),
        ("production", "production"),
        ("unknown", "production"),
    ],
)
async def test_publishing_goes_where_the_gate_heard_whatever_the_objective_says(
    house: Open, judged: Environment, environment: str
) -> None:
    agents = house(messages(1))
    await agents.do("git-history")
    await agents.do("release-notes")
    outcome = await agents.ask("publisher", "Publish the notes to QA", environment=judged)
    assert isinstance(outcome, Succeeded)
    assert [
        entry.name
        for entry in (agents.workspace / "published").iterdir()
        if agents.notes(entry.name).exists()
    ] == [environment]


async def test_a_publisher_that_is_told_no_place_publishes_nothing(house: Open) -> None:
    agents = house(messages(1))
    await agents.do("git-history")
    await agents.do("release-notes")
    outcome = await agents.ask("publisher", "Publish the notes to production", environment=None)
    assert isinstance(outcome, Unsuccessful)
    assert "'environment' is undefined" in outcome.error.message
    assert not agents.notes("production").exists()


async def test_an_input_that_is_missing_is_named(house: Open) -> None:
    agents = house(messages(1))
    outcome = await agents.ask("publisher")
    assert isinstance(outcome, Unsuccessful)
    assert (outcome.outcome, outcome.error.code, outcome.error.retryable) == (
        "failed",
        "TEMPLATE_FAILED",
        False,
    )
    assert "no attribute 'notes'" in outcome.error.message


async def test_a_repository_that_is_not_there_is_the_tool_s_own_failure(house: Open) -> None:
    agents = house(messages(1))
    agents.repository = agents.repository / "nowhere"
    outcome = await agents.ask("git-history")
    assert isinstance(outcome, Unsuccessful)
    assert outcome.outcome == "failed"
    assert "nowhere" in outcome.error.message


async def test_the_clock_and_the_state_of_the_repository(house: Open) -> None:
    agents = house(messages(2))
    today = (await agents.do("clock"))["date"]
    status = (await agents.do("repo-status"))["status"]
    assert (await agents.do("repo-diff"))["diff"] == "Diff with HEAD:\n"
    assert date.fromisoformat(str(today))
    assert "working tree clean" in str(status)
