"""The Taskfile's verbs, with the real `task`: whatever is put into a value stays a value."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from agent.config import load
from agent.embedded.stack import shared
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
    answer = httpx.post(f"{service.url}/orchestrate", json=body, trust_env=False, timeout=PATIENCE_S).json()[
        "routing_plan"
    ]
    return {"id": answer["approval_request_id"], "code": answer["approval_code"]}


def status(service: Up, code: str) -> dict[str, object]:
    return dict(httpx.get(f"{service.url}/approvals/{code}", trust_env=False, timeout=PATIENCE_S).json())


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


def as_written(service: Up, place: Path, command: str) -> Said:
    """A line of the runbook, typed into a shell."""
    assert TASK is not None
    around = environment(service.home)
    around["PATH"] = f"{place / 'bin'}:{Path(TASK).parent}:{around['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=place,
        env=around,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def pass_time(service: Up, approval: str) -> None:
    """Nobody decides in time."""

    async def expire() -> None:
        stack = await asyncio.to_thread(lambda: shared(load(orchestrator_data=service.home / "data")))
        assert stack is not None
        connection = await asyncpg.connect(stack.database_url)
        await connection.execute(
            "UPDATE approval SET requested_at = requested_at - interval '2 days',"
            " expires_at = db_now() - interval '1 s' WHERE approval_id = $1",
            approval,
        )
        await connection.close()

    asyncio.run(expire())


def test_the_runbook_runs_as_written(service: Up, place: Path) -> None:
    """Its numbered steps, word for word; what stands in angle brackets is filled in."""
    with httpx.Client(base_url=service.url, trust_env=False, timeout=PATIENCE_S) as client:
        walk(service, place, client)


def walk(service: Up, place: Path, client: httpx.Client) -> None:
    # 1. Initialize the approval schema once per environment.
    assert as_written(service, place, "task workflow:init-db").code == 0

    # 2. Submit a high-risk task. Capture both the task_id and approval_request_id.
    asked = {}
    for task_id in ("feature-1087", "feature-1088", "feature-1089"):
        answer = client.post(
            "/orchestrate", json={"task_id": task_id, "title": PUBLISH, "priority": "high"}
        ).json()
        assert answer["status"] == answer["routing_plan"]["status"] == "approval_pending"
        asked[answer["task_id"]] = answer["routing_plan"]["approval_request_id"]
        assert client.post(f"/resume/{task_id}").status_code == 409

    # 3. Inspect the queue.
    listed = as_written(service, place, "task workflow:list-pending")
    assert listed.code == 0
    pending = {each["approval_id"]: each for each in client.get("/approvals/pending").json()["approvals"]}
    for task_id, approval in asked.items():
        assert task_id in listed.out
        assert pending[approval]["code"] in listed.out

    # 4. Approve or reject.
    approved = as_written(service, place, f"task workflow:approve REQUEST_ID={asked['feature-1087']}")
    assert approved.code == 0, approved
    rejected = as_written(
        service, place, f'task workflow:reject REQUEST_ID={asked["feature-1088"]} REASON="Need rollback plan"'
    )
    assert rejected.code == 0, rejected
    stored = client.get(f"/approvals/{asked['feature-1088']}").json()
    assert (stored["status"], stored["votes"][0]["reason"]) == ("rejected", "Need rollback plan")
    pass_time(service, asked["feature-1089"])

    # 5. Resume orchestration once approved; rejections and expirations propagate back as HTTP errors (403/410).
    resumed = client.post("/resume/feature-1087")
    assert (resumed.status_code, resumed.json()["status"]) == (200, "planned")
    assert resumed.json()["subtasks"]
    assert client.post("/resume/feature-1088").status_code == 403
    assert client.post("/resume/feature-1089").status_code == 410

    # Approve via API, as in the example.
    again = client.post("/orchestrate", json={"task_id": "feature-1090", "title": PUBLISH}).json()[
        "routing_plan"
    ]
    example = "approver_id=alex@example.com&approver_role=tech_lead&justification=Reviewed+and+approved"
    answer = client.post(f"/approve/{again['approval_request_id']}?{example}")
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    vote = answer.json()["votes"][0]
    assert (vote["approver"], vote["role"], vote["reason"]) == (
        "alex@example.com",
        "tech_lead",
        "Reviewed and approved",
    )
    assert (vote["unauthenticated"], vote["hash_unseen"]) == (True, True)
