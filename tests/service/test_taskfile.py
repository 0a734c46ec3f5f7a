"""The Taskfile's verbs, with the real `task`: whatever is put into a value stays a value."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit.command import PATIENCE_S, ROOT, Said, Up, environment, folder, gone, up

TASK = shutil.which("task", path=str(Path(sys.executable).parent))
PUBLISH = "Write release notes and publish them to production"
NASTY = """say "no" 'n' {{env "HOME"}} $(touch pwned) `touch pwned` \\ ; é"""

pytestmark = pytest.mark.skipif(TASK is None, reason="go-task-bin is not installed")


@pytest.fixture(scope="module")
def service() -> Iterator[Up]:
    with folder() as home:
        with up(home, "--no-worker") as running:
            yield running
        assert gone(home) == []


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that has the Taskfile, an `orchestrator` on the path, and whatever a value may have made."""
    shutil.copy(ROOT / "Taskfile.yml", tmp_path)
    program = tmp_path / "bin/orchestrator"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agent.cli "$@"\n')
    program.chmod(0o755)
    return tmp_path


def task(service: Up, place: Path, *arguments: str, **env: str) -> Said:
    """Run with `-x`, which hands on the exit code of the command."""
    assert TASK is not None
    around = environment(service.home, **env)
    around["PATH"] = f"{place / 'bin'}:{around['PATH']}"
    done = subprocess.run(
        [TASK, "-x", *arguments],
        cwd=place,
        env=around,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def asked(service: Up, task_id: str) -> dict[str, str]:
    """The approval that a new risky task waits for."""
    body = {"task_id": task_id, "title": PUBLISH}
    answer = httpx.post(f"{service.url}/orchestrate", json=body, trust_env=False).json()["routing_plan"]
    return {"id": answer["approval_request_id"], "code": answer["approval_code"]}


def status(service: Up, code: str) -> dict[str, object]:
    return dict(httpx.get(f"{service.url}/approvals/{code}", trust_env=False).json())


def test_a_value_with_a_command_in_it_does_nothing(service: Up, place: Path) -> None:
    waiting = asked(service, "untouched")
    for value in (
        "x; echo PWNED",
        "$(touch pwned)",
        "`touch pwned`",
        "' ; touch pwned #",
        f"{waiting['code']}; touch pwned",
    ):
        for verb in ("workflow:approve", "workflow:reject"):
            said = task(service, place, verb, f"REQUEST_ID={value}", REASON="x")
            assert said.code == 2, said
            assert "PWNED" not in said.out
            assert "is no approval" in said.err
    assert not list(place.glob("**/pwned"))
    assert status(service, waiting["code"])["status"] == "pending"


def test_an_option_in_the_place_of_an_approval_is_no_option(service: Up, place: Path) -> None:
    said = task(service, place, "workflow:approve", "REQUEST_ID=--help")
    assert said.code == 2
    assert "'--help' is no approval" in said.err


def test_a_reason_in_the_environment_arrives_as_it_was_written(service: Up, place: Path) -> None:
    waiting = asked(service, "refused")
    said = task(service, place, "workflow:reject", f"REQUEST_ID={waiting['id']}", REASON=NASTY)
    assert said.code == 0, said
    stored = status(service, waiting["code"])
    assert stored["status"] == "rejected"
    assert stored["votes"][0]["reason"] == NASTY  # type: ignore[index]
    assert not list(place.glob("**/pwned"))


def test_a_rejection_without_a_reason_is_not_sent(service: Up, place: Path) -> None:
    waiting = asked(service, "no-reason")
    said = task(service, place, "workflow:reject", f"REQUEST_ID={waiting['code']}")
    assert said.code != 0
    assert "REASON" in said.err
    assert status(service, waiting["code"])["status"] == "pending"


def test_approving_by_code_names_the_person_at_the_machine(service: Up, place: Path) -> None:
    waiting = asked(service, "wanted")
    listed = task(service, place, "workflow:list-pending")
    assert waiting["code"] in listed.out
    said = task(service, place, "workflow:approve", f"REQUEST_ID={waiting['code']}")
    assert said.code == 0, said
    vote = status(service, waiting["code"])["votes"][0]  # type: ignore[index]
    assert vote["approver"] == f"tester@{socket.gethostname()}"
    assert vote["hash_unseen"] is False
    again = task(service, place, "workflow:reject", f"REQUEST_ID={waiting['code']}", REASON="too late")
    assert again.code == 1
    assert "already approved" in again.err


def test_the_schema_is_brought_up_to_date(service: Up, place: Path) -> None:
    said = task(service, place, "workflow:init-db")
    assert (said.code, said.out) == (0, "The schema of the embedded database is up to date.\n")


def test_every_verb_says_what_it_does() -> None:
    assert TASK is not None
    around = {**os.environ, "NO_COLOR": "1"}
    told = subprocess.run(
        [TASK, "--list-all", "--json"], cwd=ROOT, env=around, capture_output=True, text=True, check=True
    )
    verbs = {verb["name"]: verb["desc"] for verb in json.loads(told.stdout)["tasks"]}
    assert all(verbs.values())
    assert {"workflow:init-db", "workflow:list-pending", "workflow:approve", "workflow:reject"} <= set(verbs)
    assert {"test", "lint", "types", "contracts", "demo", "up"} <= set(verbs)
