"""The service and its commands with a language model set: it plans beside the rules, and they plan on while it is down."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.kit.command import Said, folder, here
from tests.kit.drafts import answer, piece
from tests.kit.model import Fails, Line, Says, ScriptedModel, scripted
from tests.kit.service import Service, service

NOBODY = "http://127.0.0.1:9/v1"
MANIFEST = Path(__file__).parents[2] / "manifests" / "agents-manifest.json"
NOTES = {"title": "Write release notes for version 2 and a short migration guide"}
SPLIT = answer(
    piece("notes", "release-notes", "R1", title="Write the notes"),
    piece("steps", "research", "R2: which steps it takes", title="Find out the steps"),
    piece("guide", "documentation", "R2: the text", title="Write the guide", after=["steps"]),
)
AGENTS = {
    "schema_version": "1.0",
    "agents": [
        {"id": "writer", "skills": [{"id": "write"}], "endpoint": {"kind": "llm"}},
    ],
}
ELSEWHERE = {
    "ORCHESTRATOR_MODEL": "small,large",
    "DATABASE_URL": "postgresql://me@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}
"""Nothing that the doctor would have to start."""

CASE = {"id": "c1", **NOTES, "expect": {"subtasks": [{"key": "a", "agent": "release-notes"}], "edges": []}}


@pytest.fixture
def home() -> Any:
    with folder() as place:
        yield place


async def commanded(home: Path, url: str, *arguments: str, **env: str) -> Said:
    """A command in a thread of its own, while the model answers in this one."""
    settings = {
        "ORCHESTRATOR_MODEL": "small",
        "OPENAI_BASE_URL": url,
        "ORCHESTRATOR_MODEL_TIMEOUT": "50",
    } | env
    return await asyncio.to_thread(lambda: here(home, *arguments, **settings))


async def test_a_service_plans_with_its_model_and_by_rules_while_that_is_down(home: Path) -> None:
    async with scripted() as model:
        env = {"ORCHESTRATOR_MODEL": "small", "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-quiet"}
        # The first question imports the library within its time, which takes long on a busy machine.
        env |= {"ORCHESTRATOR_MODEL_TIMEOUT": "50"}
        async with service(home, MANIFEST, **env) as running:
            model.script += [Says(SPLIT), *[Fails(503, "sk-quiet is tired")] * 3]
            first = (await running.post("/orchestrate", {"task_id": "m-1", **NOTES})).json()
            assert first["plan"]["planner"] == "model"
            assert first["plan"]["drafting"]["outcome"] == "taken"
            assert first["plan"]["drafting"]["spending"] == {
                "calls": 1,
                "tokens_in": 11,
                "tokens_out": 7,
                "cost_usd": None,
            }
            asked = [s["agent"] for s in first["subtasks"] if not s["implied"]]
            assert asked == ["release-notes", "research", "documentation"]

            second = (await running.post("/orchestrate", {"task_id": "m-2", **NOTES})).json()
            assert (second["plan"]["planner"], second["plan"]["drafting"]["outcome"]) == ("rules", "failed")
            assert "HTTP 503" in second["plan"]["degraded_reason"]
            assert "sk-quiet" not in json.dumps(second)

            stored = await running.task("m-2")
            assert stored["plan"]["degraded_reason"] == second["plan"]["degraded_reason"]
            assert stored["plan"]["drafting"] == second["plan"]["drafting"]
            await narrowly_routed(running, model)
            told = (await running.client.get("/metrics")).text
            assert 'orchestrator_plans_total{outcome="taken",planner="model"} 1.0' in told
            assert 'orchestrator_plans_total{outcome="failed",planner="rules"} 1.0' in told
            assert 'orchestrator_model_calls_total{model="small",outcome="answered"} 2.0' in told
            assert 'orchestrator_model_tokens_total{direction="in",model="small"} 22.0' in told


async def narrowly_routed(running: Service, model: ScriptedModel) -> None:
    """Words that no agent knows fit all of them as badly: the model chooses, or the router's choice stands."""
    model.script.append(Fails(404))
    own = (await running.post("/route", {"text": "zzz"})).json()
    assert (own["decided_by"], own["low_confidence"]) == ("router", True)
    rival = own["candidates"][1]["agent"]
    model.script.append(Says(json.dumps({"agent": rival})))
    chosen = (await running.post("/route", {"text": "zzz"})).json()
    assert (chosen["chosen"], chosen["decided_by"], chosen["low_confidence"]) == (rival, "model", False)
    assert chosen["candidates"][1]["why_not"] == f"the model chose {rival} among near equals"
    wide = (await running.post("/route", {"text": "Review and test the change"})).json()
    assert (wide["decided_by"], wide["low_confidence"]) == ("router", False)


async def test_plan_doctor_and_eval_ask_the_model_that_is_set(home: Path) -> None:
    async with scripted(Says(SPLIT)) as model:
        said = await commanded(home, model.url, "plan", NOTES["title"], "--json")
        assert said.json["plan"]["planner"] == "model", said.err

        model.script += [Fails(400, "no response_format here"), Says('{"answer": "yes"}'), Fails(401)]
        (home / "agents.json").write_text(json.dumps(AGENTS))
        doctor = await commanded(
            home, model.url, "doctor", "--json", "--manifest", "agents.json", **ELSEWHERE
        )
        checks = {check["name"]: check for check in doctor.json["checks"]}
        assert checks["model small"]["state"] == "ok"
        assert checks["model small"]["says"] == "small answers and takes JSON, though no schema"
        assert checks["model large"]["state"] == "warning"

        warming: list[Line] = [Fails(404)]
        model.script += [*warming, Says(SPLIT)]
        (home / "suite.jsonl").write_text(json.dumps(CASE) + "\n")
        measuring = ("eval", "plan", "--suite", "suite.jsonl", "--planner", "hybrid", "--json")
        measured = await commanded(home, model.url, *measuring, "--dump", "plans.jsonl")
        assert measured.json["valid_rate"] == 100.0
        assert json.loads((home / "plans.jsonl").read_text())["plan"]["planner"] == "model"
        assert measured.err == ""

        model.script += [Fails(404), Fails(404)]
        unheard = await commanded(home, model.url, *measuring)
        assert unheard.json["valid_rate"] == 100.0
        assert "1 of 1 plans are the rules' own" in " ".join(unheard.err.split())
        assert "HTTP 404" in unheard.err
    assert_plays_no_favourites(model)


def assert_plays_no_favourites(model: ScriptedModel) -> None:
    """Both models were asked by their own names."""
    assert {request["model"] for request in model.requests} == {"small", "large"}


def test_a_plan_without_its_model_says_why_on_the_screen(home: Path) -> None:
    said = here(home, "plan", NOTES["title"], ORCHESTRATOR_MODEL="small", OPENAI_BASE_URL=NOBODY)
    assert said.code == 0
    assert "planned by rules" in said.out
    assert "cannot be reached" in " ".join(said.out.split())


def test_a_budget_in_dollars_without_a_price_is_refused_at_the_start(home: Path) -> None:
    said = here(
        home, "plan", "Write a guide", "--json", ORCHESTRATOR_MODEL="small", ORCHESTRATOR_MODEL_USD="0.1"
    )
    assert (said.code, said.json["error"]["code"]) == (1, "CONFIG_INVALID")
    assert "ORCHESTRATOR_MODEL_PRICES" in said.json["error"]["message"]
