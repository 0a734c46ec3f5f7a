"""The approval page as a browser gets it: looking changes nothing, answering counts once, every end says what is stored."""

import asyncio
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.service.deciding import Voice
from agent.store.approvals import Approvals
from domain.approval import Approval
from domain.plan import Finding
from domain.principal import Principal
from notifiers.links import ApprovalLink, signed
from tests.kit.api import LINKING, Api, api
from tests.kit.house import SOON
from tests.kit.people import People, entry, key_of
from tests.kit.plans import DEMAND, gated, plan
from tests.kit.strangers import HOSTILE, RAN, UNSEEN

ANN = Principal.claimed("ann", "tech_lead")
HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def people(tmp_path: Path) -> People:
    """Read before the test's loop begins, as the service does."""
    ann = entry("ann", "tech_lead", email="ops@example.com")
    eve = entry("eve", may=("break-glass",))
    return People(tmp_path / "people.yaml", Now(), ann, entry("bob", "tester"), eve)


async def asked(a: Api, task: str = "t1", **request: Any) -> Approval:
    await a.house.submit(gated(plan(task, {"a": "", "b": "a"}), "b"), execute=False, **request)
    return (await Approvals(a.house.database.pool).of(task))[-1]


def link(approval: Approval, person: str = "ops@example.com") -> str:
    return "/link/" + LINKING.link_for(approval, person).rsplit("/", 1)[1]


def fields(page: httpx.Response) -> dict[str, str]:
    """What the form would send, were its first button pressed."""
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in pairs} | {"answer": "approve"}


async def send(a: Api, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
    answered = await a.client.post(path, data=form, headers=HERE | headers)
    return await a.client.get(answered.headers["location"]) if answered.status_code == 303 else answered


async def stored(a: Api, approval: Approval) -> Approval:
    return await Approvals(a.house.database.pool).get(str(approval.approval_id))


async def test_looking_decides_nothing_and_the_page_is_locked_down(dsn: str) -> None:
    async with api(dsn) as a:
        approval = await asked(a, metadata={"requester": "bob"})
        before = await a.house.events.head()
        for path in (link(approval), f"/page/{approval.code}", f"/page/{approval.approval_id}", "/page"):
            page = await a.get(path)
            assert page.status_code == 200, path
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert page.headers["referrer-policy"] == "no-referrer"
            assert page.headers["cache-control"] == "no-store"
            assert "<script" not in page.text
            assert not re.search(r"\bstyle=|\bon\w+=|(?:src|href)=.?https?:", page.text)
        assert await a.house.events.head() == before
        shown = (await a.get(f"/page/{approval.code}")).text
        for told in (approval.plan_hash, approval.code, "do b", "bob", "Your decision", "house \u203a work"):
            assert told in shown
        cookie = (await a.get(f"/page/{approval.code}")).headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie


async def test_a_link_answers_once_as_whoever_was_mailed(dsn: str) -> None:
    async with api(dsn) as a:
        approval = await asked(a)
        path = link(approval)
        page = await a.get(path)
        answers = await asyncio.gather(
            *(a.client.post(path, data=fields(page) | {"text": f"fine {n}"}, headers=HERE) for n in range(4))
        )
        assert {answer.status_code for answer in answers} == {303}
        now = await stored(a, approval)
        assert (now.status, len(now.votes)) == ("approved", 1)
        assert (now.votes[0].approver, now.votes[0].unauthenticated) == ("ops@example.com", True)
        assert not now.votes[0].hash_unseen
        after = await a.get(path)
        assert "Approved" in after.text
        assert "Your decision" not in after.text


async def test_a_used_link_says_so_while_others_are_waited_for(dsn: str) -> None:
    async with api(dsn) as a:
        two = DEMAND.model_copy(update={"required": 2})
        await a.house.submit(gated(plan("t1", {"a": ""}), "a", demand=two), execute=False)
        approval = (await Approvals(a.house.database.pool).of("t1"))[-1]
        path = link(approval)
        form = fields(await a.get(path))
        first = await send(a, path, form)
        assert "This link was used before" in first.text
        again = await send(a, path, form | {"answer": "reject", "text": "no"})
        assert "This link was used before" in again.text
        now = await stored(a, approval)
        assert [(v.approver, v.answer) for v in now.votes] == [("ops@example.com", "approve")]
        assert now.status == "pending"


async def test_what_does_not_count_is_told_on_the_page_and_the_link_stays_good(dsn: str) -> None:
    async with api(dsn) as a:
        approval = await asked(a)
        path = link(approval)
        form = fields(await a.get(path))
        for change, told in (
            ({"answer": "reject", "text": " "}, "say why"),
            ({"answer": "maybe"}, "use the buttons"),
            ({"plan_hash": "0" * 64}, "plan"),
            ({"role": "intern"}, "intern"),
            ({"text": "x" * 5_000}, "cannot be read"),
        ):
            answer = await send(a, path, form | change)
            assert answer.status_code in {400, 403, 409}, change
            assert "That did not count." in answer.text
            assert told in answer.text
        assert (await stored(a, approval)).votes == ()
        kept = await send(a, path, form | {"role": "intern", "text": "I <b>looked"})
        assert "I &lt;b&gt;looked</textarea>" in kept.text
        assert "Approved" in (await send(a, path, form)).text


async def test_whoever_asked_does_not_decide_by_their_link_either(dsn: str, people: People) -> None:
    for task, known, requester in (("open", None, "ops@example.com"), ("keys", people, "ann")):
        async with api(dsn, people=known) as a:
            made = gated(plan(task, {"a": ""}), "a", level="medium")
            await a.house.submit(made, execute=False, metadata={"requester": requester})
            approval = (await Approvals(a.house.database.pool).of(task))[-1]
            path = link(approval)
            refused = await send(a, path, fields(await a.get(path)))
            assert refused.status_code == 403
            assert "asked for task" in refused.text
            assert (await stored(a, approval)).votes == ()


async def test_asking_for_changes_leads_to_the_plan_that_took_its_place(dsn: str) -> None:
    async with api(dsn) as a:
        approval = await asked(a)
        path = link(approval)
        form = fields(await a.get(path)) | {"answer": "changes", "text": "never on a <Friday>"}
        after = await send(a, path, form)
        assert "Replaced: the plan changed" in after.text
        assert (await stored(a, approval)).status == "superseded"
        successor = (await Approvals(a.house.database.pool).of("t1"))[-1]
        assert f'href="/page/{successor.approval_id}"' in after.text
        page = await a.get(f"/page/{successor.approval_id}")
        assert "Changed since revision 1" in page.text
        assert "never on a &lt;Friday&gt;" in page.text


async def test_the_page_says_what_to_look_at_and_that_the_glass_was_broken(dsn: str, people: People) -> None:
    async with api(dsn, people=people) as a:
        doubt = Finding(
            code="claim_ignored",
            severity="warning",
            path="subtasks",
            message="“it is <b>safe</b>” speaks of risk",
            mend="say what should be done",
        )
        made = gated(plan("t1", {"a": ""}), "a").model_copy(update={"findings": (doubt,)})
        await a.house.submit(made, execute=False)
        approval = (await Approvals(a.house.database.pool).of("t1"))[-1]
        page = (await a.get(link(approval))).text
        assert "To look at" in page
        assert "“it is &lt;b&gt;safe&lt;/b&gt;” speaks of risk" in page
        assert "say what should be done" in page
        a.key("eve")
        said = {"reason": "outage", "plan_hash": approval.plan_hash}
        assert (await a.post(f"/approvals/{approval.code}/break-glass", said)).status_code == 200
        a.key(None)
        after = (await a.get(link(approval))).text
        assert "🚨 Let through by breaking the glass" in after
        assert "BREAKING THE GLASS past everybody who should have been asked" in after
        assert "✅ Approved" not in after


async def test_another_sites_form_and_one_without_our_proof_are_refused(dsn: str) -> None:
    async with api(dsn) as a:
        approval = await asked(a)
        path = f"/page/{approval.approval_id}"
        form = fields(await a.get(path)) | {"person": "ann", "text": "fine"}
        foreign = (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
        )
        for headers in foreign:
            assert (await send(a, path, form, **headers)).status_code == 403
            assert (await send(a, link(approval), form, **headers)).status_code == 403
        assert (await send(a, path, form | {"proof": "0" * 64})).status_code == 403
        async with httpx.AsyncClient(base_url=a.client.base_url, timeout=SOON) as stranger:
            assert (await stranger.post(path, data=form, headers=HERE)).status_code == 403
        assert (await stored(a, approval)).votes == ()
        assert "Approved" in (await send(a, path, form)).text
        vote = (await stored(a, approval)).votes[0]
        assert (vote.approver, vote.unauthenticated) == ("ann", True)


async def test_the_page_of_every_end_says_what_is_stored(dsn: str) -> None:
    async with api(dsn) as a:
        approvals = {each: await asked(a, each) for each in ("approved", "rejected", "expired", "cancelled")}
        pool = a.house.database.pool
        await a.house.deciding.decide(approvals["approved"].code, Voice(ANN, "approve", "well done"))
        await a.house.deciding.decide(approvals["rejected"].code, Voice(ANN, "reject", "no rollback"))
        await a.house.control.cancel("cancelled", actor="bob", reason="not needed")
        await pool.execute(
            "UPDATE approval SET requested_at = requested_at - interval '1 h', expires_at = db_now() WHERE task_id = 'expired'"
        )
        for end, told in (
            ("approved", "well done"),
            ("rejected", "no rollback"),
            ("expired", "nobody decided in time"),
            ("cancelled", "Withdrawn"),
        ):
            for path in (link(approvals[end]), f"/page/{approvals[end].code}"):
                page = await a.get(path)
                assert page.status_code == 200
                assert told in page.text
                assert "<form" not in page.text
                late = await a.client.post(path, data={"answer": "approve"}, headers=HERE)
                assert late.status_code in {303, 403}
        assert (await stored(a, approvals["expired"])).status == "pending", (
            "a page was looked at, and it changed something"
        )
        assert (await stored(a, approvals["rejected"])).votes[0].answer == "reject"


async def test_a_link_that_is_not_ours_opens_nothing(dsn: str) -> None:
    async with api(dsn) as a:
        for token in ("x", "A" * 300, "%00", "..%2f..%2fetc", "%3Cb%3E"):
            for method in ("GET", "POST"):
                answer = await a.client.request(method, f"/link/{token}", headers=HERE)
                assert answer.status_code in {403, 404}
                assert "<b>" not in answer.text


async def test_a_link_of_another_key_or_of_the_past_opens_nothing(dsn: str) -> None:
    async with api(dsn) as a:
        approval = await asked(a)
        over = ApprovalLink(
            approval_id=approval.approval_id,
            plan_hash=approval.plan_hash,
            person="ops@example.com",
            expires_at=approval.requested_at,
        )
        assert (await a.get(f"/link/{signed(over, LINKING.keys[0])}")).status_code == 410
        forged = over.model_copy(update={"expires_at": approval.expires_at})
        assert (await a.get(f"/link/{signed(forged, b'e' * 32)}")).status_code == 403
        assert (await a.get("/page/ABCDEFGH")).status_code == 404


async def test_what_strangers_wrote_does_nothing_on_the_page(dsn: str) -> None:
    async with api(dsn) as a:
        word = HOSTILE.replace("\x00", "")
        made = gated(plan("t1", {"a": ""}), "a")
        step = made.subtasks[0].model_copy(update={"title": word, "objective": f"{word}\n{word}"})
        await a.house.submit(
            made.model_copy(update={"subtasks": (step,)}),
            execute=False,
            title=word[:400],
            metadata={"requester": word},
        )
        approval = (await Approvals(a.house.database.pool).of("t1"))[-1]
        page = (await a.get(f"/page/{approval.code}")).text
        tags = set(re.findall(r"<(\w+)", page))
        assert not tags & {"img", "b", "script", "i"}
        assert "javascript:" not in page
        assert "://evil" not in page
        assert RAN not in page
        assert not re.search(UNSEEN, page)


async def test_with_keys_a_risky_plan_is_decided_by_somebody_who_is_logged_in(
    dsn: str, people: People
) -> None:
    async with api(dsn, people=people) as a:
        approval = await asked(a)
        path, plain = link(approval), f"/page/{approval.approval_id}"
        for hidden in (plain, "/page"):
            shown = await a.get(hidden)
            assert (shown.status_code, "Log in" in shown.text, "do b" in shown.text) == (401, True, False)
        looked = await a.get(path)
        assert "do b" in looked.text
        assert "decided by somebody who is logged in" in looked.text
        assert (await send(a, path, fields(looked))).status_code in {401, 403}
        for wrong in ("", "orc_" + "x" * 43, key_of("ann")[:-1]):
            assert (await send(a, "/login", {"key": wrong, "next": path})).status_code == 401
        elsewhere = await a.client.post(
            "/login", data={"key": key_of("ann"), "next": "//evil.example"}, headers=HERE
        )
        assert elsewhere.headers["location"] == "/page"
        a.client.cookies.clear()
        entered = await a.client.post("/login", data={"key": key_of("ann"), "next": path}, headers=HERE)
        assert entered.headers["location"] == path
        cookie = entered.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("httponly", "samesite=strict", "max-age=28800"))
        assert key_of("ann")[4:].lower() not in cookie
        page = await a.get(plain)
        assert "You decide as" in page.text
        mine = fields(page)
        a.client.cookies.clear()
        await a.client.post("/login", data={"key": key_of("bob"), "next": plain}, headers=HERE)
        assert (await send(a, plain, mine)).status_code == 403, "a form of somebody else's login counted"
        refused = await send(a, plain, fields(await a.get(plain)))
        assert refused.status_code == 403
        assert (await stored(a, approval)).votes == ()
        a.client.cookies.clear()
        await a.client.post("/login", data={"key": key_of("ann"), "next": plain}, headers=HERE)
        decided = await send(a, plain, fields(await a.get(plain)) | {"text": "looked at it"})
        assert "Approved" in decided.text
        vote = (await stored(a, approval)).votes[0]
        assert (vote.approver, vote.role, vote.unauthenticated) == ("ann", "tech_lead", False)
        await people.change("ann")
        assert (await a.get(plain)).status_code == 401, "a login outlived its key"
