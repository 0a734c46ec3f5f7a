"""`orchestrator up` and every command that speaks to it, as separate processes."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.command import PATIENCE_S, Up, belonging, document, folder, gone, here, started, up
from tests.kit.repository import repository

PUBLISH = (
    "Collect the last commits of the repository, write release notes from them and publish them to production"
)
STATUS = "Show the status of the working tree"


@pytest.fixture(scope="module")
def service() -> Iterator[Up]:
    """One service for all tests that leave it as it was."""
    with folder() as home:
        repository(home / "repository", ["First", "Second {{ 7*7 }}"])
        with up(home) as running:
            yield running
        assert gone(home) == []


def submitted(service: Up, task_id: str, text: str = PUBLISH, *options: str) -> dict[str, Any]:
    """A request as the command line submits it."""
    said = service.call("run", text, "--task-id", task_id, "--repository", "repository", "--json", *options)
    assert said.err == ""
    return dict(said.json)


def code_of(service: Up, task_id: str) -> str:
    return str(got(service, task_id)["routing_plan"]["approval_code"])


def got(service: Up, task_id: str) -> Any:
    return httpx.get(f"{service.url}/tasks/{task_id}", timeout=PATIENCE_S).json()


def test_it_tells_where_it_serves_and_the_pages_are_there(service: Up) -> None:
    assert (service.home / "data/url").read_text() == f"{service.url}\n"
    for name in ("docs", "metrics"):
        assert httpx.get(service.told[name], timeout=PATIENCE_S).status_code == 200
    with httpx.stream("GET", service.told["events"], timeout=PATIENCE_S) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
    assert json.loads(Path(service.told["log"]).read_text().splitlines()[0])["level"] == "INFO"


def test_a_second_service_on_the_same_folder_is_told_who_has_it(service: Up) -> None:
    said = service.call("up", "--port", "0", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "FOLDER_IN_USE")
    assert str(service.process.pid) in said.json["error"]["message"]
    assert (service.home / "data/url").read_text() == f"{service.url}\n"


def test_a_port_that_is_taken_is_told_before_anything_is_started(service: Up) -> None:
    port = service.url.rsplit(":", 1)[1]
    said = service.call("up", "--port", port, "--data", "other")
    assert said.code == 1
    assert f"port {port} of 127.0.0.1 is in use; choose another with --port" in said.err
    assert not (service.home / "other/postgres").exists()


def test_a_bad_manifest_is_refused_with_its_path_and_the_reason(service: Up) -> None:
    (service.home / "bad.json").write_text('{"schema_version": "1.0", "agents": [{"id": "x"}]}')
    said = service.call("up", "--port", "0", "--data", "another", "--manifest", "bad.json", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "MANIFEST_INVALID")
    assert {"path": "agents[0].skills", "issue": "Field required"} in said.json["error"]["fields"]
    assert belonging(service.home / "another") == []


def test_a_risky_request_waits_and_the_inbox_has_the_commands(service: Up) -> None:
    answer = submitted(service, "waits")
    assert answer["status"] == "approval_pending"
    assert service.call("run", PUBLISH, "--task-id", "waits").code == 3
    code = code_of(service, "waits")
    inbox = service.call("inbox")
    assert inbox.code == 0
    assert f"orchestrator approve {code}" in inbox.out
    assert answer["plan"]["plan_hash"][:12] in inbox.out
    listed = service.call("inbox", "--json").json["approvals"]
    assert code in [approval["code"] for approval in listed]


def test_approving_shows_the_plan_and_sends_the_hash_that_was_seen(service: Up) -> None:
    answer = submitted(service, "approved")
    code = code_of(service, "approved")
    said = service.call("approve", code.lower(), "--as", "ann", "--role", "release_manager")
    assert said.code == 0
    assert answer["plan"]["plan_hash"] in said.out
    assert "by ann as release_manager (nobody checked who that is)" in said.out
    assert service.call("watch", "approved").code == 0
    task = got(service, "approved")
    vote = task["approvals"][0]["votes"][0]
    assert (vote["approver"], vote["hash_unseen"], vote["unauthenticated"]) == ("ann", False, True)
    assert {subtask["state"] for subtask in task["subtasks"]} == {"completed"}
    assert (
        "Second {{ 7*7 }}" in (service.home / "data/workspace/published/production/approved.md").read_text()
    )


def test_what_it_was_going_to_do_who_let_it_and_what_it_cost_are_one_command(service: Up) -> None:
    answer = submitted(service, "told")
    code = code_of(service, "told")
    before = service.call("show", "told")
    assert (before.code, f"orchestrator approve {code}" in before.out) == (0, True)
    service.call("reject", code, "--as", "bea", "--role", "tech_lead", "--reason", "not on a Friday")
    said = service.call("show", "told")
    assert said.code == 0, said
    for told in (
        f"Plan {answer['plan']['plan_hash'][:12]}",
        f"Approval {code} for plan {answer['plan']['plan_hash'][:12]}, revision 1: rejected",
        "bea said no as tech_lead: not on a Friday · who that is was claimed, not proven",
        "none: nothing of it was started",
        "no money for 0 attempts",
        "Task told is rejected",
    ):
        assert told in said.out
    assert service.call("show", "told", "--json").json["approvals"] == got(service, "told")["approvals"]
    assert service.call("show", "nobodys").code == 6


def test_who_approves_is_the_person_at_the_machine_in_the_first_role_that_is_asked(service: Up) -> None:
    submitted(service, "defaults", PUBLISH, "--no-execute")
    approval = service.call("approve", code_of(service, "defaults"), "--json").json
    vote = approval["votes"][0]
    assert vote["role"] == approval["roles"][0]
    assert vote["approver"] == f"tester@{socket.gethostname()}"


def test_a_rejection_needs_a_reason_and_is_the_end_of_it(service: Up) -> None:
    submitted(service, "rejected")
    code = code_of(service, "rejected")
    assert service.call("reject", code).code == 2
    said = service.call("reject", code, "--reason", 'no "rollback" {{ plan }} $(id)', "--json")
    assert (said.code, said.json["status"]) == (0, "rejected")
    assert said.json["votes"][0]["reason"] == 'no "rollback" {{ plan }} $(id)'
    assert service.call("watch", "rejected").code == 4
    again = service.call("approve", code, "--json")
    assert (again.code, again.json["error"]["code"]) == (4, "ALREADY_DECIDED")
    assert service.call("execute", "rejected").code == 4


def test_a_task_that_needs_nobody_runs_while_it_is_watched_line_by_line(service: Up) -> None:
    said = service.call("run", STATUS, "--task-id", "quick", "--repository", "repository", "--watch")
    assert said.code == 0
    kinds = [line.split()[1] for line in said.out.splitlines() if re.match(r"\d\d:\d\d:\d\d  ", line)]
    assert kinds[0] == "task_submitted"
    assert kinds[-1] == "task_completed"
    assert "Task quick is completed" in said.out


def test_watching_as_json_ends_in_the_task_and_nothing_else(service: Up) -> None:
    said = service.call("run", STATUS, "--repository", "repository", "--watch", "--json")
    assert said.code == 0
    assert (said.json["status"], said.json["subtasks"][0]["state"]) == ("completed", "completed")


def test_a_planned_task_rests_until_it_is_executed(service: Up) -> None:
    assert submitted(service, "later", STATUS, "--no-execute")["status"] == "planned"
    watched = service.call("watch", "later")
    assert watched.code == 0
    assert "orchestrator execute later" in watched.out
    assert service.call("execute", "later", "--json").json["status"] == "running"
    assert service.call("watch", "later").code == 0


def test_a_blocked_task_says_what_it_asks_and_takes_an_answer(service: Up) -> None:
    """There is no such repository, and no second try would make one."""
    answer = service.call("run", STATUS, "--task-id", "stuck", "--repository", "/nowhere", "--json").json
    node = answer["subtasks"][0]["subtask_id"]
    watched = service.call("watch", "stuck")
    assert watched.code == 7
    assert f"orchestrator answer stuck {node} skip" in watched.out
    assert service.call("assign", "stuck", node, "nobody", "--json").code == 6
    said = service.call("answer", "stuck", node, "done", "--outputs", '{"status": "clean"}', "--json")
    assert (said.code, said.json["status"]) == (0, "running")
    task = service.call("watch", "stuck", "--json").json
    assert task["subtasks"][0]["outputs"] == {"status": "clean"}


def test_every_order_has_a_command_that_gives_it(service: Up) -> None:
    def status(*words: str) -> str:
        said = service.call(*words, "--json")
        assert said.code == 0, said
        return str(said.json["status"])

    try:
        assert service.call("queue", "--pause", "--max-concurrent", "3", "--json").json == {
            "paused": True,
            "max_concurrent": 3,
            "stop_on_failure": False,
        }
        node = submitted(service, "steered", STATUS)["subtasks"][0]["subtask_id"]
        assert status("pause", "steered", "--reason", "lunch") == "paused"
        assert status("priority", "steered", "critical") == "paused"
        assert status("unpause", "steered") == "running"
        assert status("skip", "steered", node) == "running"
        assert service.call("stop", "--all", "--reason", "fire drill", "--json").json["pausing"] == [
            "steered"
        ]
        assert status("unpause", "steered") == "running"
    finally:
        service.call("queue", "--resume", "--max-concurrent", "0")
    task = service.call("watch", "steered", "--json").json
    assert (task["status"], task["priority"], task["subtasks"][0]["state"]) == (
        "completed",
        "critical",
        "skipped",
    )
    refused = service.call("pause", "steered", "--json")
    assert refused.code == 1
    assert refused.json["error"]["fields"] == [{"path": "status", "issue": "completed"}]


def test_a_plan_comes_from_a_file_and_what_is_stuck_in_it_is_made_again_or_given_to_another(
    service: Up,
) -> None:
    plan = {"subtasks": [{"id": name, "objective": STATUS} for name in ("look", "again")]}
    (service.home / "plan.json").write_text(json.dumps(plan))
    words = ("--task-id", "brought", "--repository", "/nowhere", "--plan", "plan.json", "--json")
    answer = service.call("run", "A plan of my own", *words).json
    assert (answer["plan"]["planner"], len(answer["subtasks"])) == ("given", 2)
    assert service.call("watch", "brought").code == 7
    first, second = answer["subtasks"]
    for order in (("retry", first["subtask_id"]), ("assign", second["subtask_id"], first["agent"])):
        said = service.call(order[0], "brought", *order[1:], "--json")
        assert (said.code, said.json["status"]) == (0, "running")
    assert service.call("cancel", "brought").code == 0


def test_cancelling_is_the_end_and_says_so(service: Up) -> None:
    submitted(service, "gone")
    assert service.call("cancel", "gone", "--reason", "not now").code == 0
    assert service.call("watch", "gone").code == 8
    assert service.call("approve", code_of(service, "gone")).code == 8


def test_the_same_id_is_never_planned_twice(service: Up) -> None:
    first = submitted(service, "twice", STATUS, "--no-execute")
    again = submitted(service, "twice", "Something else", "--no-execute")
    assert (again["duplicate"], again["request_changed"]) == (True, True)
    assert again["plan"] == first["plan"]


@pytest.mark.parametrize(
    "command", [("watch", "nothing"), ("approve", "ABCDEFGH"), ("cancel", "nothing"), ("agents", "x")]
)
def test_what_is_not_there_is_not_found(service: Up, command: tuple[str, ...]) -> None:
    said = service.call(*command, "--json")
    assert (said.code, said.json["error"]["code"]) == (6, "NOT_FOUND")


def test_tasks_are_listed_in_pages_and_filtered(service: Up) -> None:
    for number in range(3):
        submitted(service, f"listed-{number}", STATUS, "--no-execute", "--requester", "lister")
    page = service.call("tasks", "--requester", "lister", "--limit", "2", "--json").json
    assert [task["task_id"] for task in page["tasks"]] == ["listed-2", "listed-1"]
    rest = service.call("tasks", "--requester", "lister", "--cursor", page["next"], "--json").json
    assert [task["task_id"] for task in rest["tasks"]] == ["listed-0"]
    assert (
        service.call("tasks", "--status", "completed", "--requester", "lister", "--json").json["tasks"] == []
    )
    shown = service.call("tasks", "--requester", "lister", "--limit", "2")
    assert "listed-2" in shown.out
    assert f"orchestrator tasks --cursor {page['next']}" in shown.out


def test_agents_are_listed_and_told_of_in_full(service: Up) -> None:
    assert "git-history" in service.call("agents", "--domain", "repository").out
    assert "“Publish the notes to production”" in service.call("agents", "publisher").out
    found = service.call("agents", "--capability", "changelog", "--json").json["agents"]
    assert [agent["id"] for agent in found] == ["release-notes"]


def test_bad_input_names_every_field(service: Up) -> None:
    said = service.call("tasks", "--status", "sleepy", "--limit", "5", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "INVALID_INPUT")
    assert said.json["error"]["fields"][0]["path"].startswith("status")


def test_a_callback_that_would_never_be_called_is_refused_at_once_and_nothing_is_stored(service: Up) -> None:
    request = {"task_id": "called", "title": STATUS, "callback_url": "http://127.0.0.1:8080/hook"}
    refused = httpx.post(f"{service.url}/orchestrate", json=request, timeout=PATIENCE_S)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (422, "CALLBACK_REFUSED")
    assert "127.0.0.1 is loopback; name it in WEBHOOK_NETWORKS if it is yours" in error["message"]
    assert [field["path"] for field in error["fields"]] == ["callback_url"]
    assert httpx.get(f"{service.url}/tasks/called", timeout=PATIENCE_S).status_code == 404


def test_a_worker_of_its_own_runs_what_the_service_does_not(service: Up) -> None:
    """The service that plans has no worker here; another process on the same folder does the work."""
    with folder() as home, up(home, "--no-worker") as idle:
        repository(home / "repository", ["One"])
        submitted(idle, "handed", STATUS)
        worker = started(home, "worker", "--concurrency", "4", "--json")
        try:
            assert document(worker)["concurrency"] == 4
            assert idle.call("watch", "handed").code == 0
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=PATIENCE_S)
        assert worker.returncode == 0


def test_the_schema_is_up_to_date_beside_a_service(service: Up) -> None:
    ran = service.call("init-db", "--json")
    assert (ran.code, ran.json) == (0, {"database": "embedded", "ran": []})


def test_the_doctor_finds_a_service_that_is_up_well(service: Up) -> None:
    said = service.call("doctor", "--json")
    found = {check["name"]: check["state"] for check in said.json["checks"]}
    assert (said.code, said.json["status"]) == (0, "ok"), said.json
    well = ("python", "git", "data folder", "database", "schema", "redis", "manifest", "policy", "server git")
    assert [found[name] for name in well] == ["ok"] * len(well)
    assert [found[name] for name in ("model", "linear", "mail")] == ["off"] * 3


def test_the_doctor_says_what_to_do_about_each_part_that_is_not_well(service: Up) -> None:
    manifest = {
        "schema_version": "1.0",
        "servers": {
            "gone": {"transport": "stdio", "command": "no-such-program", "tools": {"t": {"effect": "read"}}}
        },
        "agents": [
            {
                "id": "a",
                "skills": [{"id": "s"}],
                "endpoint": {"kind": "mcp-tool", "server": "gone", "tool": "t"},
            }
        ],
    }
    (service.home / "ill.json").write_text(json.dumps(manifest))
    busy = service.url.rsplit(":", 1)[1]
    ill = {
        "DATABASE_URL": "postgresql://me@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "PORT": busy,
        "SMTP_HOST": "mail.example.com",
    }
    said = here(service.home, "doctor", "--json", "--manifest", "ill.json", "--data", "nowhere", **ill)
    found = {check["name"]: check for check in said.json["checks"]}
    assert said.code == 1
    assert {name for name, check in found.items() if check["state"] == "broken"} == {
        "database",
        "server gone",
    }
    assert found["port"]["says"] == f"an orchestrator answers at {service.url}"
    assert [found[name]["state"] for name in ("mail", "redis")] == ["warning"] * 2
    assert "notes are lost until it does" in found["redis"]["says"]
    for name in ("server gone", "mail", "model", "redis"):
        assert found[name]["mend"]
    assert not (service.home / "nowhere").exists(), "looking makes nothing"
    shown = here(service.home, "doctor", "--manifest", "ill.json", "--data", "nowhere", **ill)
    assert "2 parts must be mended." in shown.out


def test_a_bad_setting_is_the_doctors_first_word(service: Up) -> None:
    said = here(service.home, "doctor", "--json", PORT="many")
    assert said.code == 1
    (check,) = said.json["checks"]
    assert (check["name"], check["state"]) == ("settings", "broken")
    assert "PORT" in check["says"]


def test_a_worker_without_a_service_says_where_it_looked(tmp_path: Path) -> None:
    said = here(tmp_path, "worker", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "UNREACHABLE")
    assert str(tmp_path / "data") in said.json["error"]["message"]
    half = here(tmp_path, "worker", "--json", DATABASE_URL="postgresql://x@y/z")
    assert half.json["error"]["code"] == "CONFIG_INVALID"
    assert "REDIS_URL" in half.json["error"]["message"]
