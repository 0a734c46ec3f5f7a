import asyncio
from typing import Any

import pytest

from domain.agent import AgentState
from tests.kit.api import Api, api
from tests.kit.plans import agent, gated, node, plan
from tests.kit.specialist import failure

REQUEST: dict[str, Any] = {"task_id": "t1", "title": "Do it"}


def lay(a: Api, graph: dict[str, str], *gates: str, task: str = "t1") -> None:
    drawn = plan(task, graph)
    a.house.planner.plans[task] = gated(drawn, *gates) if gates else drawn


async def test_a_request_is_planned_and_answered_with_its_plan(dsn: str) -> None:
    async with api(dsn) as a:
        lay(a, {"a": "", "b": "a"})
        answer = await a.post("/orchestrate", REQUEST)
        body = answer.json()
        assert answer.status_code == 201
        assert answer.headers["Location"] == "/tasks/t1"
        assert (body["task_id"], body["status"], body["duplicate"]) == ("t1", "planned", False)
        assert [s["subtask_id"] for s in body["subtasks"]] == [node("t1", "a"), node("t1", "b")]
        assert body["routing_plan"]["waves"] == [[node("t1", "a")], [node("t1", "b")]]
        assert body["plan"]["revision"] == 1
        assert len(body["plan"]["plan_hash"]) == 64
        assert body["plan"]["coverage"] == {"R1": [node("t1", "a")], "R2": [node("t1", "b")]}


async def test_a_risky_plan_waits_and_says_whom_to_ask(dsn: str) -> None:
    async with api(dsn) as a:
        lay(a, {"a": ""}, "a")
        body = (await a.post("/orchestrate", REQUEST)).json()
        assert body["status"] == body["routing_plan"]["status"] == "approval_pending"
        approval = (await a.get(f"/approvals/{body['routing_plan']['approval_request_id']}")).json()
        assert approval["plan_hash"] == body["plan"]["plan_hash"]
        assert approval["roles"] == ["tech_lead"]


async def test_submitting_again_answers_with_the_stored_plan(dsn: str) -> None:
    async with api(dsn) as a:
        lay(a, {"a": ""})
        first = (await a.post("/orchestrate", REQUEST)).json()
        again = await a.post("/orchestrate", REQUEST)
        assert again.status_code == 200
        assert again.json()["duplicate"] is True
        assert again.json()["plan"] == first["plan"]
        assert a.house.planner.asked == 1


async def test_a_hundred_submits_at_once_make_one_plan_and_one_approval(dsn: str) -> None:
    async with api(dsn) as a:
        lay(a, {"a": ""}, "a")
        answers = await asyncio.gather(*(a.post("/orchestrate", REQUEST) for _ in range(100)))
        assert sorted({answer.status_code for answer in answers}) == [200, 201]
        assert sum(answer.status_code == 201 for answer in answers) == 1
        assert len({answer.json()["plan"]["plan_hash"] for answer in answers}) == 1
        assert {answer.json()["status"] for answer in answers} == {"approval_pending"}
        assert a.house.planner.asked == 1
        assert await a.house.database.pool.fetchval("SELECT count(*) FROM plan") == 1
        assert await a.house.database.pool.fetchval("SELECT count(*) FROM approval") == 1


async def test_a_caller_who_will_not_wait_is_told_that_it_is_being_planned(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        lay(a, {"a": ""})
        a.house.planner.may_plan.clear()
        answer = await a.post("/orchestrate", REQUEST, Prefer="respond-async")
        assert answer.status_code == 202
        assert answer.json()["status"] == "planning"
        assert answer.json()["plan"] is None
        a.house.planner.may_plan.set()
        await a.house.until("t1", "planned")


async def test_bad_input_is_told_with_every_field(dsn: str) -> None:
    async with api(dsn) as a:
        answer = await a.post(
            "/orchestrate",
            {"task_id": "-x", "priority": "urgent", "metadata": {"due_date": "soon"}, "colour": "red"},
        )
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["code"] == "INVALID_INPUT"
        assert {f["path"] for f in error["fields"]} >= {"task_id", "title", "priority", "colour"}
        assert any(path.startswith("metadata.due_date") for path in (f["path"] for f in error["fields"]))


@pytest.mark.parametrize(
    ("body", "why"),
    [(b"{", "not JSON"), (b"[]", "not an object"), (b'{"task_id": "t1", "title": "a\\u0000b"}', "a NUL")],
)
async def test_what_cannot_be_read_is_refused(dsn: str, body: bytes, why: str) -> None:
    async with api(dsn) as a:
        answer = await a.client.post(
            "/orchestrate", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400, why
        assert answer.json()["error"]["fields"]


AS_JSON = {"content-type": "application/json"}


async def test_a_body_over_the_limit_is_refused_while_it_is_read(dsn: str) -> None:
    async def endless() -> Any:
        sent = 0
        while sent < 50_000_000:
            sent += 65_536
            yield b"x" * 65_536

    async with api(dsn) as a:
        told = await a.client.post("/orchestrate", content=b"x" * 300_000)
        assert told.status_code == 413
        assert told.json()["error"]["code"] == "TOO_LARGE"
        streamed = await a.client.post("/orchestrate", content=endless())
        assert streamed.status_code == 413
        assert "which is 256 KiB" in told.json()["error"]["message"]
        assert streamed.json() == told.json()
        elsewhere = await a.client.post("/approve/x", content=endless(), headers=AS_JSON)
        assert (elsewhere.status_code, elsewhere.json()) == (413, told.json())


async def test_unknown_things_are_not_found(dsn: str) -> None:
    async with api(dsn) as a:
        for path in ("/tasks/none", "/agents/none", "/approvals/none", "/tasks/none/events", "/nowhere"):
            answer = await a.get(path)
            assert answer.status_code == 404, path
            assert answer.json()["error"]["code"] == "NOT_FOUND"
        for path in (
            "/resume/none",
            "/execute/none",
            "/tasks/none/cancel",
            "/approve/none?approver_id=a&approver_role=b",
        ):
            assert (await a.post(path)).status_code == 404, path


async def test_the_gate_answers_with_its_state(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        lay(a, {"a": ""}, "a")
        submitted = (await a.post("/orchestrate", REQUEST)).json()
        approval = submitted["routing_plan"]["approval_request_id"]
        for path in ("/resume/t1", "/execute/t1"):
            answer = await a.post(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "APPROVAL_PENDING")
            assert answer.json()["error"]["fields"] == [{"path": "status", "issue": "approval_pending"}]
        yes = await a.post(
            f"/approve/{approval}?approver_id=alex@example.com&approver_role=tech_lead&justification=ok"
        )
        assert yes.status_code == 200
        assert yes.json()["votes"][0]["unauthenticated"] is True
        assert yes.json()["votes"][0]["hash_unseen"] is True
        for _ in range(2):
            resumed = await a.post("/resume/t1")
            assert resumed.status_code == 200
            assert resumed.json()["status"] == "planned"
            assert len(resumed.json()["subtasks"]) == 1
        assert (await a.post("/execute/t1", {"execution_mode": "auto"})).status_code == 202
        await a.house.until("t1", "completed")


async def test_a_rejection_is_told_as_403_and_an_expiry_as_410(dsn: str) -> None:
    async with api(dsn) as a:
        for task in ("t1", "t2"):
            lay(a, {"a": ""}, "a", task=task)
            await a.post("/orchestrate", {**REQUEST, "task_id": task})
        code = (await a.get("/tasks/t1")).json()["approvals"][0]["code"]
        no = await a.post(
            f"/reject/{code}", {"approver_id": "ann", "approver_role": "tech_lead", "reason": "no"}
        )
        assert no.json()["status"] == "rejected"
        await a.house.database.pool.execute("UPDATE clock SET ahead = interval '2 hours'")
        for path in ("/resume/t1", "/execute/t1"):
            assert (await a.post(path)).status_code == 403
        for path in ("/resume/t2", "/execute/t2"):
            answer = await a.post(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (410, "APPROVAL_EXPIRED")


async def test_a_task_shows_how_everything_in_it_stands(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        lay(a, {"a": "", "b": "a"})
        a.house.specialist.script("a", failure())
        await a.post("/orchestrate", {**REQUEST, "execute": True, "metadata": {"due_date": "2999-01-01"}})
        await a.house.until("t1", "completed")
        body = (await a.get("/tasks/t1")).json()
        assert body["status"] == "completed"
        assert body["subtasks"][0]["outputs"] == {"from": "a"}
        assert body["subtasks"][0]["attempt"] == 2
        assert body["dependencies"] == [
            {
                "subtask_id": node("t1", "b"),
                "depends_on": node("t1", "a"),
                "kind": "given",
                "reason": "b after a",
            }
        ]
        assert [c["status"] for c in body["status_history"]] == [
            "planning",
            "planned",
            "running",
            "completed",
        ]
        metrics = body["metrics"]
        assert metrics["progress_percent"] == 100.0
        assert metrics["on_time"] is True
        assert (metrics["attempts"], metrics["retries"]) == (3, 1)
        assert metrics["elapsed_seconds"] > 0


async def test_tasks_are_listed_newest_first_in_pages(dsn: str) -> None:
    async with api(dsn) as a:
        for n in range(5):
            lay(a, {"a": ""}, task=f"t{n}")
            await a.post("/orchestrate", {**REQUEST, "task_id": f"t{n}"})
        seen, cursor = [], None
        while True:
            page = (await a.get("/tasks", limit=2, **({"cursor": cursor} if cursor else {}))).json()
            seen += [t["task_id"] for t in page["tasks"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == ["t4", "t3", "t2", "t1", "t0"]
        assert (await a.get("/tasks", status="running")).json()["tasks"] == []
        assert (await a.get("/tasks", cursor="nonsense")).status_code == 400
        assert (await a.get("/tasks", status="odd")).status_code == 400


async def test_a_running_task_can_be_cancelled_and_an_ended_one_cannot(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        lay(a, {"a": ""})
        a.house.specialist.hold("a")
        await a.post("/orchestrate", {**REQUEST, "execute": True})
        await a.house.specialist.begun["a"].wait()
        assert (await a.post("/tasks/t1/cancel")).status_code == 202
        await a.house.until("t1", "cancelled")
        assert (await a.post("/tasks/t1/cancel")).status_code == 202
        lay(a, {"a": ""}, task="t2")
        a.house.specialist.let_go("a")
        await a.post("/orchestrate", {**REQUEST, "task_id": "t2", "execute": True})
        await a.house.until("t2", "completed")
        assert (await a.post("/tasks/t2/cancel")).status_code == 409


async def test_nothing_can_run_is_told_as_503_with_what_is_blocked(dsn: str) -> None:
    async with api(dsn) as a:
        lay(a, {"a": ""})
        a.house.specialist.states["worker"] = AgentState(agent="worker", health="unhealthy", reason="gone")
        await a.post("/orchestrate", REQUEST)
        answer = await a.post("/execute/t1")
        assert answer.status_code == 503
        error = answer.json()["error"]
        assert error["code"] == "AGENT_UNAVAILABLE"
        assert error["fields"] == [{"path": f"subtasks[{node('t1', 'a')}]", "issue": "gone"}]
        question = (await a.get("/tasks/t1")).json()["subtasks"][0]["question"]
        assert question["required_input"]


async def test_a_blocked_subtask_is_routed_by_hand(dsn: str) -> None:
    async with api(dsn, agent("worker"), agent("other")) as a, a.house.worker():
        lay(a, {"a": ""})
        a.house.specialist.script("a", failure(retryable=False))
        await a.post("/orchestrate", {**REQUEST, "execute": True})
        await a.house.until("t1", "blocked")
        path = f"/tasks/t1/subtasks/{node('t1', 'a')}/assign"
        assert (await a.post(path, {"agent": "nobody"})).status_code == 404
        assert (await a.post(path, {"agent": "other"})).status_code == 202
        await a.house.until("t1", "completed")
        late = await a.post(path, {"agent": "worker"})
        assert (late.status_code, late.json()["error"]["fields"][0]["issue"]) == (409, "completed")


async def test_agents_are_shown_with_skills_health_load_and_limits(dsn: str) -> None:
    async with api(dsn, agent("worker", slots=3), agent("other")) as a:
        agents = (await a.get("/agents")).json()["agents"]
        assert [x["id"] for x in agents] == ["worker", "other"]
        assert agents[0]["limits"]["max_concurrency"] == 3
        assert (agents[0]["health"], agents[0]["load"]) == ("unknown", 0)
        assert (await a.get("/agents", capability="nothing")).json()["agents"] == []
        assert (
            len(
                (await a.get("/agents", capability="work", domain="general", health="unknown")).json()[
                    "agents"
                ]
            )
            == 2
        )
        assert (await a.get("/agents/worker")).json()["skills"][0]["id"] == "work"


async def test_health_readiness_and_metrics_answer(dsn: str) -> None:
    async with api(dsn) as a:
        assert (await a.get("/healthz")).json()["status"] == "healthy"
        ready = (await a.get("/readyz")).json()
        assert (ready["status"], ready["database"], ready["redis"]) == ("ready", "connected", "connected")
        assert "orchestrator_tasks_active" in (await a.get("/metrics")).text
        assert "/orchestrate" in (await a.get("/openapi.json")).json()["paths"]
        assert (await a.get("/docs")).status_code == 200
