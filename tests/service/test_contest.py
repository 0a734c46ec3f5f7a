import asyncio
import random
from collections import Counter

from agent.service.deciding import Voice
from domain.errors import AlreadyDecidedError, ApprovalExpiredError
from domain.principal import Principal
from tests.kit.api import api
from tests.kit.house import house
from tests.kit.plans import gated, plan

CONTESTS = 1_000


async def test_of_a_thousand_contested_approvals_each_has_one_winner_and_everybody_is_told(dsn: str) -> None:
    """Approve, reject and the clock, at once; whoever loses hears what is stored."""
    draw = random.Random(7)
    async with house(dsn) as h:
        wrong: list[str] = []
        tally: Counter[str] = Counter()

        async def contest(number: int) -> None:
            task = f"t{number}"
            await h.submit(gated(plan(task, {"a": ""}), "a"), execute=False)
            approval = (await h.looking.task(task)).approvals[0]
            if number % 3 == 0:
                await h.database.pool.execute(
                    "UPDATE approval SET requested_at = requested_at - interval '1 hour',"
                    " expires_at = db_now() + $2 * interval '1 ms' WHERE approval_id = $1",
                    approval.approval_id,
                    draw.random() * 20,
                )

            async def say(answer: str) -> str:
                try:
                    voice = Voice(Principal.claimed(f"{answer}r", "tech_lead"), answer, "because")  # type: ignore[arg-type]
                    return (await h.deciding.decide(approval.code, voice)).status
                except AlreadyDecidedError as error:
                    return error.message.rsplit(" ", 1)[1]
                except ApprovalExpiredError:
                    return "expired"

            async def expire() -> str:
                await h.deciding.expire(task)
                return ""

            sides = [say("approve"), say("reject"), expire(), say("approve")]
            draw.shuffle(sides)
            told = set(await asyncio.gather(*sides)) - {""}
            stored = (await h.looking.task(task)).approvals[0].status
            tally[stored] += 1
            if told != {stored}:
                wrong.append(f"{task}: stored {stored}, told {told}")

        for start in range(0, CONTESTS, 50):
            await asyncio.gather(*(contest(n) for n in range(start, start + 50)))
        assert wrong == []
        assert sum(tally.values()) == CONTESTS
        assert min(tally["approved"], tally["rejected"], tally["expired"]) > 0


async def test_over_http_the_same_answer_again_is_200_and_another_is_409(dsn: str) -> None:
    async with api(dsn) as a:
        await a.house.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        code = (await a.get("/approvals/pending")).json()["approvals"][0]["code"]
        who = "?approver_id=ann&approver_role=tech_lead"
        assert (await a.post(f"/approve/{code}{who}")).status_code == 200
        assert (await a.post(f"/approve/{code}{who}")).status_code == 200
        other = await a.post(f"/reject/{code}{who}")
        assert (other.status_code, other.json()["error"]["code"]) == (409, "ALREADY_DECIDED")
        assert "approved" in other.json()["error"]["message"]
        assert (await a.get("/approvals/pending")).json()["approvals"] == []


async def test_an_approval_of_another_plan_is_refused(dsn: str) -> None:
    async with api(dsn) as a:
        await a.house.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        code = (await a.get("/approvals/pending")).json()["approvals"][0]["code"]
        body = {"approver_id": "ann", "approver_role": "tech_lead", "plan_hash": "0" * 64}
        answer = await a.post(f"/approve/{code}", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "PLAN_CHANGED")


async def test_neither_a_stranger_nor_the_requester_decides(dsn: str) -> None:
    async with api(dsn) as a:
        await a.house.submit(gated(plan("t1", {"a": ""}), "a"), execute=False, metadata={"requester": "ann"})
        code = (await a.get("/approvals/pending")).json()["approvals"][0]["code"]
        assert (await a.post(f"/approve/{code}?approver_id=ann&approver_role=tech_lead")).status_code == 403
        assert (await a.post(f"/approve/{code}?approver_id=bob&approver_role=intern")).status_code == 403
        missing = await a.post(f"/approve/{code}")
        assert missing.status_code == 400
        assert [f["path"] for f in missing.json()["error"]["fields"]] == ["approver_id", "approver_role"]
