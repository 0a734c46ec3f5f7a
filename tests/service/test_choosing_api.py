"""Who could do a piece of work, and what past plans teach, over a real socket and a real database."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.service.choosing import Choosing
from agent.store.changes import AgentFound
from agent.store.past import Past
from domain.agent import AgentState, Candidate, Need, Ranking, Skill
from domain.facts.agent import AgentHealthChanged
from domain.ids import AgentId
from domain.plan import Plan
from tests.kit.api import Api, api
from tests.kit.command import orchestrator
from tests.kit.plans import agent, plan

PAINT = Skill(id="painting", tags=("paint",), description="Paints walls and doors")
SING = Skill(id="singing", tags=("song",), description="Sings songs")


def able(name: str, skill: Skill) -> Any:
    return agent(name).model_copy(update={"skills": (skill,), "description": skill.description})


AGENTS = (able("painter-1", PAINT), able("painter-2", PAINT), able("singer", SING))


def drawn(a: Api, task_id: str, who: str) -> Plan:
    made = plan(task_id, {"a": ""}, agent_id=who)
    return made.model_copy(update={"manifest_version": a.house.manifest.version})


async def finished(a: Api, task_id: str, who: str = "painter-1") -> None:
    await a.house.submit(drawn(a, task_id, who), description="Paint the garden door")
    async with a.house.worker():
        await a.house.until(task_id, "completed")


async def test_agents_are_ranked_for_words_with_reasons_for_and_against(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        answer = (await a.post("/route", {"text": "Paint the wall", "required_skills": ["paint"]})).json()
        by_agent = {each["agent"]: each for each in answer["candidates"]}

        assert answer["chosen"] in {"painter-1", "painter-2"}
        assert by_agent[answer["chosen"]]["why_not"] is None
        assert "paint" in by_agent["painter-1"]["matched"]
        assert by_agent["singer"]["is_eligible"] is False
        assert "paint" in by_agent["singer"]["why_not"]
        assert all(0 <= each["score"] <= 100 for each in answer["candidates"])
        other = ({"painter-1", "painter-2"} - {answer["chosen"]}).pop()
        assert "sooner" in by_agent[other]["why_not"]
        assert (await a.post("/route", {"text": ""})).status_code == 400
        assert (await a.post("/route", {"text": "  "})).status_code == 400
        assert (await a.post("/route", {"text": "x", "skills": ["y"]})).status_code == 400


async def test_a_sick_agent_is_no_candidate_and_the_answer_says_why(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        sick = AgentState(agent=AgentId("painter-1"), health="unhealthy", reason="it is out of paint")
        found = AgentHealthChanged(agent=sick.agent, health="unhealthy", reason=sick.reason)
        async with a.house.database.transaction("test") as tx:
            await tx.record(AgentFound(sick), found)
        answer = (await a.post("/route", {"text": "Paint the wall"})).json()
        by_agent = {each["agent"]: each for each in answer["candidates"]}

        assert answer["chosen"] == "painter-2"
        assert "out of paint" in by_agent["painter-1"]["why_not"]


async def test_candidates_of_a_stored_subtask_are_told(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        made = drawn(a, "t1", "singer")
        await a.house.submit(made, execute=False)
        node_id = made.subtasks[0].subtask_id
        answer = await a.get(f"/tasks/t1/subtasks/{node_id}/candidates", limit=2)

        assert answer.status_code == 200
        assert len(answer.json()["candidates"]) == 2
        assert (await a.get("/tasks/t1/subtasks/nobody/candidates")).status_code == 404
        assert (await a.get(f"/tasks/t2/subtasks/{node_id}/candidates")).status_code == 404


async def test_a_plan_that_ended_well_is_remembered_teaches_and_can_be_forgotten(
    dsn: str, tmp_path: Path
) -> None:
    async with api(dsn, *AGENTS) as a:
        await finished(a, "t1")
        await a.house.learning.refresh()
        (kept,) = (await a.get("/memory")).json()["plans"]
        near = a.house.recollection.nearest("Paint the garden door", a.house.manifest.version)

        assert (kept["task_id"], kept["agents"]) == ("t1", ["painter-1"])
        assert kept["text"].endswith("Paint the garden door")
        assert "\n" not in kept["text"]
        assert [match.past.key for match in near] == ["t1"]
        assert len(a.house.learning.history[AgentId("painter-1")]) == 1

        url = str(a.client.base_url)
        listed = await asyncio.to_thread(orchestrator, tmp_path, "memory", "ls", "--url", url)
        assert "t1" in listed.out
        gone = await asyncio.to_thread(
            orchestrator, tmp_path, "memory", "forget", "t1", "--json", "--url", url
        )
        assert json.loads(gone.out) == {"forgotten": ["t1"]}
        await a.house.learning.refresh()
        assert (await a.get("/memory")).json()["plans"] == []
        assert a.house.recollection.nearest("Paint the garden door", a.house.manifest.version) == ()
        assert (await a.client.delete("/memory/t1")).status_code == 404


async def test_what_was_forgotten_the_moment_it_ended_is_not_learnt_again(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        await finished(a, "t1")
        gone = await a.client.delete("/memory")
        for _ in range(2):
            await a.house.learning.refresh()

        assert gone.json() == {"forgotten": ["t1"]}
        assert (await a.get("/memory")).json()["plans"] == []
        assert a.house.recollection.nearest("Paint the garden door", a.house.manifest.version) == ()


async def test_what_is_pruned_while_it_is_being_remembered_is_passed_over(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with api(dsn, *AGENTS) as a:
        await finished(a, "t1")
        await finished(a, "t2")
        pool, found = a.house.database.pool, Past.unremembered

        async def pruned_meanwhile(past: Past, most: int) -> list[tuple[str, int]]:
            seen = await found(past, most)
            await pool.execute("DELETE FROM task WHERE task_id = 't1'")
            return seen

        monkeypatch.setattr(Past, "unremembered", pruned_meanwhile)
        await a.house.learning.refresh()
        assert [each["task_id"] for each in (await a.get("/memory")).json()["plans"]] == ["t2"]


async def test_confirmed_work_becomes_an_example_for_routing(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        need = Need(text="Zorble the fence")
        before = a.house.routes.rank(need, shown=3)
        made = drawn(a, "t1", "singer")
        titled = made.subtasks[0].model_copy(update={"title": "Zorble the gate"})
        await a.house.submit(made.model_copy(update={"subtasks": (titled,)}))
        async with a.house.worker():
            await a.house.until("t1", "completed")
        await a.house.learning.refresh()
        after = a.house.routes.rank(need, shown=3)

        assert {c.score for c in before.candidates} == {0.0}
        assert after.chosen == "singer"


async def test_a_plan_says_when_it_would_be_done_and_that_it_is_a_guess(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        soon = datetime.now(UTC) + timedelta(days=2)
        await a.house.submit(
            drawn(a, "t1", "painter-1"),
            execute=False,
            metadata={"due_date": soon.isoformat()},
        )
        expected = (await a.get("/tasks/t1")).json()["plan"]["estimate"]

        assert 0 < expected["p50_s"] <= expected["p90_s"]
        assert expected["prior"] is True
        assert expected["p_on_time"] == 1.0
        assert len(expected["critical_path"]) == 1


async def test_the_command_asks_the_service_who_could_do_it(dsn: str, tmp_path: Path) -> None:
    async with api(dsn, *AGENTS) as a:
        url = str(a.client.base_url)
        said = await asyncio.to_thread(
            orchestrator, tmp_path, "route", "Sing a song", "--require", "song", "--url", url
        )
        assert "It goes to singer" in said.out
        assert "lacks the required tag song" in said.out


class Narrow:
    """A router that hardly knows."""

    def __init__(self, *, needs_person: bool) -> None:
        self._needs_person = needs_person

    def rank(self, need: Need, states: object, *, shown: int) -> Ranking:
        able = tuple(Candidate(agent=a.id, is_eligible=True, score=5.0) for a in AGENTS)
        return Ranking(
            chosen=able[0].agent,
            candidates=able[:shown],
            low_confidence=True,
            needs_person=self._needs_person,
        )


class Names:
    """A model that names the last of them."""

    async def settled(self, text: str, ranking: Ranking) -> Ranking:
        *rest, last = ranking.candidates
        return ranking.model_copy(
            update={"chosen": last.agent, "candidates": (last, *rest), "low_confidence": False}
        )


async def test_a_narrow_choice_is_the_models_unless_a_person_is_to_make_it(dsn: str) -> None:
    async with api(dsn, *AGENTS) as a:
        need, database = Need(text="Do it"), a.house.database
        chosen = await Choosing(database, Narrow(needs_person=False), Names()).route(need, 1)
        alone = await Choosing(database, Narrow(needs_person=False)).route(need, 1)
        asked = await Choosing(database, Narrow(needs_person=True), Names()).route(need, 1)
    assert (chosen.chosen, chosen.decided_by, len(chosen.candidates)) == ("singer", "model", 1)
    assert (alone.chosen, alone.decided_by, alone.low_confidence) == ("painter-1", "router", True)
    assert (asked.chosen, asked.decided_by, asked.needs_person) == (None, "router", True)
