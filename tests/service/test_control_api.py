"""Steering over HTTP: every order, and what is said to one that makes no sense."""

from tests.kit.api import Api, api
from tests.kit.plans import agent, node, plan
from tests.kit.specialist import failure

REQUEST = {"task_id": "t1", "title": "test", "execute": True}


def lay(a: Api, graph: dict[str, str], task: str = "t1") -> None:
    a.house.planner.plans[task] = plan(task, graph)


async def test_a_task_is_steered_by_calls_and_a_senseless_one_is_told_the_state(dsn: str) -> None:
    async with api(dsn) as a, a.house.worker():
        lay(a, {"a": "", "b": "a", "c": ""})
        a.house.specialist.hold("a")
        await a.post("/orchestrate", REQUEST)
        await a.house.specialist.begun["a"].wait()
        paused = await a.post("/tasks/t1/pause", {"reason": "lunch"})
        assert (paused.status_code, paused.json()["status"]) == (202, "pausing")
        running = await a.post(f"/tasks/t1/subtasks/{node('t1', 'a')}/skip")
        assert running.status_code == 409
        assert running.json()["error"]["fields"] == [{"path": "state", "issue": "running"}]
        assert (await a.post("/tasks/t1/priority", {"priority": "critical"})).status_code == 202
        assert (await a.post("/tasks/t1/priority", {"priority": "asap"})).status_code == 400
        assert (await a.post(f"/tasks/t1/subtasks/{node('t1', 'b')}/skip")).status_code == 202
        a.house.specialist.let_go("a")
        await a.house.until("t1", "paused")
        shown = (await a.get("/tasks/t1")).json()
        assert (shown["priority"], shown["reason"]) == ("critical", "lunch")
        assert (await a.post("/tasks/t1/unpause")).json()["status"] == "running"
        await a.house.until("t1", "completed")
        assert (await a.get("/tasks/t1")).json()["plan"]["skipped"] == [node("t1", "b")]
        for order in ("pause", "unpause"):
            refused = await a.post(f"/tasks/t1/{order}")
            assert refused.status_code == 409
            assert refused.json()["error"]["fields"] == [{"path": "status", "issue": "completed"}]
            assert (await a.post(f"/tasks/none/{order}")).status_code == 404


async def test_a_failed_subtask_is_made_again_or_given_to_another_by_a_call(dsn: str) -> None:
    async with api(dsn, agent("worker"), agent("other")) as a, a.house.worker():
        for task in ("t1", "t2"):
            lay(a, {"a": ""}, task)
        a.house.specialist.script("a", failure(retryable=False), failure(retryable=False))
        for task in ("t1", "t2"):
            await a.post("/orchestrate", {**REQUEST, "task_id": task})
            await a.house.until(task, "blocked")
        assert (await a.post(f"/tasks/t1/subtasks/{node('t1', 'a')}/retry")).status_code == 202
        await a.house.until("t1", "completed")
        assert (await a.post(f"/tasks/t1/subtasks/{node('t1', 'a')}/retry")).status_code == 409
        path = f"/tasks/t2/subtasks/{node('t2', 'a')}/answer"
        assert (await a.post(path, {"answer": "assign"})).status_code == 400
        assert (await a.post(path, {"answer": "assign", "agent": "other"})).status_code == 202
        await a.house.until("t2", "completed")


async def test_the_queue_is_set_and_stopped_by_calls(dsn: str) -> None:
    async with api(dsn) as a:
        open_queue = {"paused": False, "max_concurrent": None, "stop_on_failure": False}
        assert (await a.get("/queue/settings")).json() == open_queue
        wanted = {"paused": False, "max_concurrent": 3, "stop_on_failure": True}
        assert (await a.client.put("/queue/settings", json=wanted)).json() == wanted
        assert (await a.client.put("/queue/settings", json={"max_concurrent": 0})).status_code == 400
        stopped = await a.post("/queue/stop", {"reason": "fire drill"})
        assert stopped.json() == {"settings": {**wanted, "paused": True}, "pausing": []}
        assert (await a.get("/queue/settings")).json()["paused"] is True
        assert [e.fact.kind for e in await a.house.log()] == ["queue_changed", "queue_changed"]
