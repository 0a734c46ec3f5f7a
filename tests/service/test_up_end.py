"""How `orchestrator up` begins and ends: quickly, without what it does not need, and leaving nothing behind."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.kit.command import PATIENCE_S, Up, belonging, document, folder, gone, started, up, used_by_imports
from tests.kit.repository import repository

START_S = 3.0
ROOM = 2.5
STATUS = "Show the status of the working tree"
WRITE = "Collect the last commits of the repository and write release notes from them"


@pytest.fixture
def home() -> Iterator[Path]:
    with folder() as place:
        yield place
        assert gone(place) == []


def test_on_a_folder_that_is_there_it_starts_within_three_seconds(home: Path) -> None:
    """On a busy machine: computing hardly more than it takes to import the libraries that serve."""
    with up(home):
        pass
    assert any(took < START_S or used < used_by_imports() * ROOM for took, used in _starts(home))


def _starts(home: Path) -> Iterator[tuple[float, float]]:
    """Seconds on the wall, and of computing, of three starts."""
    for _ in range(3):
        began = time.monotonic()
        with up(home) as service:
            took = time.monotonic() - began
            used = psutil.Process(service.process.pid).cpu_times()
            assert (
                httpx.get(f"{service.url}/readyz", trust_env=False, timeout=PATIENCE_S).json()["database"]
                == "connected"
            )
        yield took, used.user + used.system


def test_it_serves_and_runs_tasks_without_importing_litellm(home: Path) -> None:
    repository(home / "repository", ["One"])
    imported = home / "imported.txt"
    with imported.open("w") as told:
        process = started(home, "up", "--port", "0", "--json", python=["-X", "importtime"], stderr=told)
    service = Up(home, process, document(process))
    assert service.call("run", STATUS, "--repository", "repository", "--watch").code == 0
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)
    lines = imported.read_text().splitlines()
    names = {line.rsplit("|", 1)[1].strip().partition(".")[0] for line in lines if "|" in line}
    assert "fastapi" in names
    assert not names & {"litellm", "openai"}


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon_though_somebody_listens_to_its_events(
    home: Path, signum: signal.Signals
) -> None:
    process = started(home, "up", "--port", "0", "--json")
    service = Up(home, process, document(process))
    with httpx.stream("GET", f"{service.url}/events", trust_env=False, timeout=PATIENCE_S) as events:
        assert next(events.iter_lines()) == ": heartbeat"
        began = time.monotonic()
        os.killpg(process.pid, signum)
        process.communicate(timeout=PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S / 4
    assert process.returncode == 0
    assert not (home / "data/url").exists()


@pytest.mark.parametrize("moment", [0.3, 1.2, 2.0])
def test_ctrl_c_while_it_starts_leaves_no_process(home: Path, moment: float) -> None:
    process = started(home, "up", "--port", "0")
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)


def test_an_impatient_person_leaves_no_process_either(home: Path) -> None:
    process = started(home, "up", "--port", "0", "--json")
    document(process)
    for _ in range(5):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.05)
    process.communicate(timeout=PATIENCE_S)


def test_watching_goes_on_through_a_kill_and_a_restart_elsewhere(home: Path) -> None:
    """Wherever in its work it is killed: all of it may be done again."""
    repository(home / "repository", ["One"])
    first = started(home, "up", "--port", "0", "--json")
    service = Up(home, first, document(first))
    assert service.call("run", WRITE, "--task-id", "kept", "--repository", "repository").code == 0
    watching = started(home, "watch", "kept")
    assert watching.stdout is not None
    _until(watching, "task_submitted")
    first.kill()
    first.communicate()
    with up(home, "--port", "0") as second:
        assert second.told["database"] == "adopted"
        rest, errors = watching.communicate(timeout=PATIENCE_S)
    assert (watching.returncode, errors) == (0, "")
    assert "Task kept is completed" in rest
    assert (home / "data/workspace/release-notes/kept.md").exists()


def _until(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return


def test_servers_of_a_killed_service_are_taken_over_and_then_stopped(home: Path) -> None:
    process = started(home, "up", "--port", "0", "--json")
    document(process)
    process.kill()
    process.communicate()
    assert (home / "data/url").exists(), "nobody was there to take it back"
    assert belonging(home) != []
    with up(home) as service:
        assert (service.told["database"], service.told["redis"]) == ("adopted", "adopted")
