"""The demo: all of it happens, on real servers, or it says that it did not; and it leaves nothing behind."""

import asyncio
import contextlib
import io
import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from agent.cli.address import Address
from agent.cli.demo import repository
from agent.cli.demo.audience import Program
from agent.cli.demo.proof import SHORT_SHA
from agent.cli.demo.repository import Commit
from agent.cli.demo.story import CHANGE, REQUEST, Ending, Script, perform
from agent.cli.exits import Exit
from tests.kit.command import (
    LIBRARIES,
    PATIENCE_S,
    PROGRAM,
    ROOT,
    SERVERS,
    Up,
    environment,
    folder,
    gone,
    imports_of_ours,
    orchestrator,
    started,
    up,
    used_by_imports,
)
from tests.kit.repository import NASTY_MESSAGES
from tests.kit.repository import repository as imported

TOTAL_S = 20.0
ROOM = 3.0
LISTED = """1. Collect the latest 50 commits
2. Turn the commits into release notes
3. Make sure every commit is mentioned
4. Put the release notes online in production"""
WISHED = (
    "We need release notes: collect the commits, write the notes from them, double-check the notes for missing "
    "commits, then release the notes to production."
)
FOUR = (
    "Fetch the commits of the repository. Write release notes out of them. Check the notes against the commits. "
    "Then publish them to production."
)


@pytest.fixture(scope="module")
def service() -> Iterator[Up]:
    with folder() as home:
        with up(home) as running:
            yield running
        assert gone(home) == []


@pytest.fixture
def home() -> Iterator[Path]:
    with folder() as place:
        yield place
        assert gone(place) == []


def made(place: Path, commits: int) -> list[Commit]:
    """The demo's own commits."""
    return repository.make(place, commits, datetime(2026, 7, 1, 12, tzinfo=UTC))


def nasty(place: Path, commits: int) -> list[Commit]:
    """Commits whose messages were written to break things, all of them different."""
    again = (f"{message.partition(chr(10))[0]} {i}" for i in range(2, 9) for message in NASTY_MESSAGES)
    imported(place, (*NASTY_MESSAGES, *again)[:commits])
    told = subprocess.run(
        ["git", "log", "--format=%H%x00%B%x01"], cwd=place, capture_output=True, check=True
    ).stdout.decode()
    pairs = (entry.lstrip("\n").split("\x00") for entry in told.split("\x01") if entry.strip())
    return [Commit(sha, message.partition("\n")[0]) for sha, message in pairs]


async def played(service: Up, place: Path, words: str, commits: Sequence[Commit]) -> Ending:
    change = CHANGE if words == REQUEST else None
    script = Script(f"demo-{place.parent.name[-20:]}", words, place, commits, change)
    audience = Program(Console(file=io.StringIO()), place, yes=True)
    return await perform(lambda: Address(service.url, "the test"), script, audience)


@pytest.mark.parametrize(
    ("words", "commits", "make"),
    [
        (REQUEST, 1, made),
        (REQUEST, 37, nasty),
        (LISTED, 12, nasty),
        (WISHED, 37, made),
        (FOUR, 12, made),
    ],
    ids=["its own words", "nasty messages", "a numbered list", "a wish", "four sentences"],
)
async def test_the_published_file_mentions_every_commit(
    service: Up, tmp_path: Path, words: str, commits: int, make: object
) -> None:
    assert callable(make)
    there = make(tmp_path / "repository", commits)
    assert len(there) == commits
    ending = await played(service, tmp_path / "repository", words, there)
    assert ending.refusal is None
    assert ending.exit_code is Exit.OK
    assert ending.published is not None
    lines = listed(ending.published)
    assert len(lines) == commits
    for commit in there:
        assert any(commit.sha[:SHORT_SHA] in line and commit.subject.strip() in line for line in lines)


async def test_notes_that_miss_a_commit_fail_the_check_and_are_never_published(home: Path) -> None:
    """The writer of this manifest leaves out the newest commit."""
    manifest = json.loads((ROOT / "manifests/agents-manifest.json").read_text())
    writer = next(agent for agent in manifest["agents"] if agent["id"] == "release-notes")
    content = writer["endpoint"]["arguments"]["content"]
    writer["endpoint"]["arguments"]["content"] = content.replace(
        "in inputs.commits %}", "in inputs.commits[1:] %}"
    )
    assert writer["endpoint"]["arguments"]["content"] != content
    del manifest["$schema"]
    (home / "forgetful.json").write_text(json.dumps(manifest))
    commits = made(home / "repository", 3)
    with up(home, "--manifest", str(home / "forgetful.json")) as service:
        ending = await played(service, home / "repository", REQUEST, commits)
        assert (ending.exit_code, ending.published) == (Exit.FAILED, None)
        states = {s["agent"]: s["state"] for s in ending.task["subtasks"]}  # type: ignore[index, call-overload, union-attr]
        assert (states["release-notes"], states["notes-check"]) == ("completed", "failed")
        assert states["publisher"] == "pending"
        said = await asyncio.to_thread(service.call, "watch", str(ending.task["task_id"]))
        assert said.code == 7
        assert commits[-1].subject in said.out
    assert not (home / "data/workspace/published").exists()


async def test_a_proof_reads_the_file_and_not_the_tasks_word(service: Up, tmp_path: Path) -> None:
    there = made(tmp_path / "repository", 2)
    more = [*there, Commit("f" * 40, "Never committed")]
    ending = await played(service, tmp_path / "repository", REQUEST, more)
    assert ending.exit_code is Exit.ERROR
    assert ending.refusal is not None
    assert "misses 1 of 3 commits: ffffffffff Never committed" in ending.refusal.message


async def test_a_plan_that_nothing_holds_is_no_demo(service: Up, tmp_path: Path) -> None:
    there = made(tmp_path / "repository", 1)
    ending = await played(service, tmp_path / "repository", "Show the status of the working tree", there)
    assert ending.exit_code is Exit.ERROR
    assert ending.refusal is not None
    assert "needed no approval" in ending.refusal.message


def test_all_of_it_happens_within_twenty_seconds_and_is_kept_where_that_is_asked(home: Path) -> None:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    said = orchestrator(home, "demo", "--yes", "--json", "--keep", "kept")
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    # Where the machine is busy or slow, the clock on the wall measures that: it computes about twice what the imports of its
    # processes do.
    assert took < TOTAL_S or used < ROOM * used_by_imports(LIBRARIES, *SERVERS)
    assert (said.code, said.err) == (0, "")
    assert {subtask["state"] for subtask in said.json["subtasks"]} == {"completed"}
    notes = home / f"kept/data/workspace/published/production/{said.json['task_id']}.md"
    assert len(listed(notes)) == 12
    assert not (home / "release-notes-demo").exists()
    assert orchestrator(home, "demo", "--yes", "--keep", "kept").code == 2


def test_what_is_shown_holds_all_that_somebody_new_wants_to_see(home: Path) -> None:
    """A second run, beside what the first one left."""
    (home / "release-notes-demo").mkdir()
    (home / "release-notes-demo/demo-before.md").write_text("before")
    said = orchestrator(home, "demo", "--yes", "--commits", "2")
    assert (said.code, said.err) == (0, "")
    flat = " ".join(re.sub("[│╭╮╰╯─]", " ", said.out).split())
    for told in (
        REQUEST,
        "The gate: risk high, approval needed",
        "changes-production on publisher",
        "Changes asked for by tester@",
        "more work before “Publish the notes to production”: “Publish the notes to staging”",
        "Revision 1 → 2: 1 added",
        "+ Publish the notes to staging (publisher, risk medium)",
        "lower if it were done in staging or development",
        "after notes-check: “then” in the request",
        "check that the notes mention every commit notes-check",
        "approved by tester@",
        "Timeline completed in",
        "Published: ",
        "- Add invoices and their line items (",
    ):
        assert told in flat
    for page in ("docs", "events", "metrics"):
        assert re.search(rf"http://127.0.0.1:\d+/{page}", said.out)
    (notes,) = set((home / "release-notes-demo").iterdir()) - {home / "release-notes-demo/demo-before.md"}
    assert str(notes) in said.out
    assert len(listed(notes)) == 2
    assert list(home.glob("orchestrator-demo-*")) == [], "its folder is gone"


def listed(notes: Path) -> list[str]:
    return [line for line in notes.read_bytes().decode().split("\n") if line.startswith("- ")]


def test_where_nobody_can_say_yes_it_stays_pending_and_can_be_gone_on_with(home: Path) -> None:
    said = orchestrator(home, "demo", "--json")
    assert (said.code, said.json["status"]) == (3, "approval_pending")
    assert gone(home) == []
    typed = re.findall(r"orchestrator (approve \w{8}|watch demo-\w+|up --port 0) (--data) (\S+)", said.err)
    (serve, _, data), (approve, _, _), (watch, _, _) = typed
    with up(home, *serve.split()[1:], "--data", data) as service:
        assert service.call(*approve.split(), "--data", data).code == 0
        assert service.call(*watch.split(), "--data", data).code == 0
    assert len(listed(Path(data) / f"workspace/published/production/{said.json['task_id']}.md")) == 12


def test_ctrl_c_at_any_moment_leaves_no_process_and_no_folder(home: Path) -> None:
    for moment in (0.3, 1.5, 2.8, 4.2):
        process = started(home, "demo", "--yes")
        imports_of_ours(process)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode in {130, -signal.SIGINT, 0}, moment
        assert gone(home) == [], moment
        assert list(home.glob("orchestrator-demo-*")) == [], moment


class Person:
    """Somebody at a terminal."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self._mine, theirs = pty.openpty()
        env = environment(home, TERM="xterm-256color", COLUMNS="100", LINES="50")
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments],
            cwd=home,
            env=env,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            process_group=0,
        )
        os.close(theirs)
        self.seen = ""
        self._all = b""

    def sees(self, words: str, seconds: float = PATIENCE_S) -> str:
        """Read until the words are there."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            assert time.monotonic() < end, self.seen[-2000:]
            if select.select([self._mine], [], [], 0.2)[0] and not self._read():
                break
        assert words in self.seen, self.seen[-2000:]
        return self.seen

    def types(self, text: str) -> None:
        os.write(self._mine, text.encode())

    def waits(self) -> int:
        with contextlib.suppress(OSError):
            while self._read():
                pass
        os.close(self._mine)
        return self.process.wait(timeout=PATIENCE_S)

    def _read(self) -> bool:
        try:
            data = os.read(self._mine, 65_536)
        except OSError:  # the other end was closed
            return False
        self._all += data  # what is read ends anywhere, within a letter too
        self.seen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._all.decode("utf-8", "replace"))
        return bool(data)


def test_at_a_terminal_it_asks_runs_and_serves_until_it_is_left(home: Path) -> None:
    person = Person(home, "demo")
    person.sees("or press Enter to go on with this plan: ")
    person.types("\n")
    person.sees("Approve exactly this plan? [y/N]")
    person.types("y\n")
    told = person.sees("They answer until you press Enter.")
    (docs,) = set(re.findall(r"http://127.0.0.1:\d+/docs", told))
    assert httpx.get(docs, trust_env=False, timeout=PATIENCE_S).status_code == 200
    os.killpg(person.process.pid, signal.SIGINT)
    assert person.waits() == 0
    assert list((home / "release-notes-demo").glob("*.md"))


def test_at_a_terminal_a_change_can_be_typed_and_is_seen_before_it_is_approved(home: Path) -> None:
    person = Person(home, "demo")
    person.sees("or press Enter to go on with this plan: ")
    person.types("why so slow? Also publish the notes to staging before publishing to production\n")
    person.sees("“why so slow” changed nothing")
    person.sees("Revision 1 → 2: 1 added")
    person.sees("+ Publish the notes to staging (publisher, risk medium)")
    person.types("drop everything\n")
    person.sees("Not so: these changes would leave nothing of the plan")
    person.types("\n")
    person.sees("Approve exactly this plan? [y/N]")
    person.types("y\n")
    person.sees("They answer until you press Enter.")
    person.types("\n")
    assert person.waits() == 0


def test_at_a_terminal_anything_but_yes_is_a_no(home: Path) -> None:
    person = Person(home, "demo")
    person.sees("or press Enter to go on with this plan: ")
    person.types("\n")
    person.sees("Approve exactly this plan? [y/N]")
    person.types("\n")
    person.sees("rejected by tester@")
    person.sees("They answer until you press Enter.")
    person.types("\n")
    assert person.waits() == Exit.REJECTED
    assert not (home / "release-notes-demo").exists()


def test_ctrl_c_at_the_question_ends_it_with_nothing_approved(home: Path) -> None:
    person = Person(home, "demo")
    person.sees("or press Enter to go on with this plan: ")
    person.types("\n")
    person.sees("Approve exactly this plan? [y/N]")
    os.killpg(person.process.pid, signal.SIGINT)
    assert person.waits() == Exit.INTERRUPTED
    assert "nothing was left running" in person.seen


def test_nothing_outside_the_demo_knows_its_request() -> None:
    rooms = ("agent", "approvals", "domain", "notifiers", "planner", "routing")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py") if "demo" not in file.parts]
    assert len(files) > 100
    knowing = [
        file for file in files if re.search(r"mention every commit|demo-[0-9a-f]{6}", file.read_text())
    ]
    assert knowing == []
