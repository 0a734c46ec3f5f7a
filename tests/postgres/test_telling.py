"""From the log to a channel: each event once, however many read it, and until it has arrived."""

import asyncio
from collections import deque
from collections.abc import Collection
from datetime import timedelta
from typing import Self

from agent.engine.consumer import Consumer
from agent.service.deciding import Voice
from agent.store.approvals import Approvals
from agent.store.deliveries import Deliveries, Delivery, resend
from agent.store.plans import Plans
from agent.store.tickets import DELIVER
from agent.telling.composing import Composing
from agent.telling.courier import Courier
from agent.telling.destinations import Destinations
from agent.telling.herald import Herald
from domain.principal import Principal
from notifiers.notice import Asked, Notice
from notifiers.ports import Dead, Later, Outcome, Sent, Unsure
from tests.kit.house import SOON, House, house
from tests.kit.plans import DEMAND, gated, plan


class ScriptedChannel:
    """Takes every notice unless told otherwise; `script(…)` queues other outcomes."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.outcomes: deque[Outcome] = deque()

    async def send(self, notice: Notice) -> Outcome:
        self.told.append(notice)
        return self.outcomes.popleft() if self.outcomes else Sent(receipt="r")


class Telling:
    def __init__(self, h: House, where: Destinations) -> None:
        self.channel = ScriptedChannel()
        pool = h.database.pool
        composing = Composing(h.tasks, Plans(pool), Approvals(pool), where, differs=h.comparing.lines)
        self.heralds = [Herald(h.database, composing) for _ in range(2)]
        names = ("linear", "email", "slack", "webhook")
        channels = dict.fromkeys(names, self.channel)
        self._courier = Courier(h.database, channels, h.clock, lambda: 0.0, lambda _channel, _outcome: None)  # type: ignore[arg-type]
        self._consumer = Consumer(h.database, DELIVER, self._courier.deliver, 4)
        self._deliveries = Deliveries(pool)
        self._running: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._running = [asyncio.create_task(herald.run()) for herald in self.heralds]
        self._running.append(asyncio.create_task(self._consumer.run()))
        async with asyncio.timeout(SOON):
            await self._consumer.listening.wait()
            while not await self._deliveries._pool.fetchval("SELECT count(*) FROM reader"):
                await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_raised: object) -> None:
        self._consumer.close()
        for running in self._running:
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def until(self, count: int, state: str) -> list[Delivery]:
        async with asyncio.timeout(SOON):
            while len(found := [d for d in await self._deliveries.page() if d.state == state]) < count:
                await asyncio.sleep(0.01)
        return found


LINEAR = Destinations(linear=True)


async def test_an_approval_is_announced_once_though_two_read_the_log(dsn: str) -> None:
    async with house(dsn) as h, Telling(h, LINEAR) as telling:
        for n in range(10):
            await h.submit(gated(plan(f"t{n}", {"a": ""}), "a"), execute=False)
        await telling.until(10, "sent")
        assert [n.message.kind for n in telling.channel.told] == ["approval_required"] * 10
        assert len({n.notice_id for n in telling.channel.told}) == 10


async def test_the_outcome_is_told_where_the_question_was_asked(dsn: str) -> None:
    where = Destinations(linear=True, mail=True, mailboxes=("ops@example.com",))
    async with house(dsn) as h, h.worker(), Telling(h, where) as telling:
        await h.submit(gated(plan("t1", {"a": ""}), "a"), metadata={"requester": "bob@example.com"})
        approval = (await h.looking.task("t1")).approvals[0]
        await h.deciding.decide(
            approval.code, Voice(Principal.claimed("ann", "tech_lead"), "approve", "fine")
        )
        await h.until("t1", "completed")
        await telling.until(8, "sent")
        told = sorted((n.message.kind, n.to) for n in telling.channel.told)
        assert told == [
            ("approval_ended", ""),
            ("approval_ended", "bob@example.com"),
            ("approval_ended", "ops@example.com"),
            ("approval_required", ""),
            ("approval_required", "ops@example.com"),
            ("task_told", ""),
            ("task_told", "bob@example.com"),
            ("task_told", "ops@example.com"),
        ]
        assert len({n.thread for n in telling.channel.told if n.to == ""}) == 1


async def test_a_question_about_a_changed_plan_says_what_changed(dsn: str) -> None:
    async with house(dsn) as h, Telling(h, LINEAR) as telling:
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        approval = (await h.looking.task("t1")).approvals[0]
        by = Principal.claimed("ann", "tech_lead")
        await h.changing.change(approval.code, Voice(by, "changes", "also tell the customers"))
        await telling.until(3, "sent")
        asked = [n.message for n in telling.channel.told if isinstance(n.message, Asked)]
        # Two notices are on their way at once, and either may be there first.
        first, second = sorted(asked, key=lambda message: message.approval.revision)
        assert first.diff == ()
        assert second.diff == (await h.comparing.diff("t1", 1, 2)).lines
        assert any("also tell the customers" in line for line in second.diff)


class People:
    def mailbox(self, name: str) -> str | None:
        return f"{name}@example.com"

    def mailboxes(self, roles: Collection[str]) -> tuple[str, ...]:
        return tuple(f"{role}@example.com" for role in roles)


async def test_those_who_were_passed_over_hear_that_the_glass_was_broken(dsn: str) -> None:
    eve = Principal(id="eve", rights=frozenset({"break-glass"}), authenticated=True)
    where = Destinations(mail=True, mailboxes=("ops@example.com",))
    demand = DEMAND.model_copy(update={"roles": ("lead",), "escalate_to": ("ciso",)})
    async with house(dsn) as h:
        for task in ("usual", "broken"):
            await h.submit(gated(plan(task, {"a": ""}), "a", demand=demand), execute=False)
        usual, broken = [(await h.looking.task(task)).approvals[0] for task in ("usual", "broken")]
        before = await h.events.head()
        await h.deciding.decide(usual.code, Voice(Principal.claimed("ann", "lead"), "approve"))
        await h.deciding.break_glass(broken.code, Voice(eve, "approve", "outage", broken.plan_hash))
        pool = h.database.pool
        composing = Composing(h.tasks, Plans(pool), Approvals(pool), where, People())
        told = [p for event in await h.events.after(before) for p in await composing.parcels(event)]
    hear = {task: {p.notice.to for p in told if p.task_id == task} for task in ("usual", "broken")}
    assert hear["usual"] == {"ops@example.com"}
    assert hear["broken"] == {"ops@example.com", "lead@example.com", "ciso@example.com"}


async def test_what_does_not_arrive_is_sent_again_under_the_same_id(dsn: str) -> None:
    async with house(dsn) as h, Telling(h, LINEAR) as telling:
        telling.channel.outcomes.extend([Later(why="busy"), Unsure(why="hung up")])
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        sent = await telling.until(1, "sent")
        assert sent[0].attempts == 3
        assert len({n.notice_id for n in telling.channel.told}) == 1


async def test_what_will_never_arrive_is_a_dead_letter_and_can_be_sent_again(dsn: str) -> None:
    async with house(dsn) as h, Telling(h, LINEAR) as telling:
        telling.channel.outcomes.append(Dead(why="no such issue"))
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        dead = (await telling.until(1, "dead"))[0]
        assert dead.why == "no such issue"
        async with h.database.transaction("test") as tx:
            assert await resend(tx.connection, dead.notice_id)
        await telling.until(1, "sent")


async def test_a_delivery_is_given_up_when_there_is_nothing_left_to_decide(dsn: str) -> None:
    async with house(dsn) as h, Telling(h, LINEAR) as telling:
        telling.channel.outcomes.append(Later(why="down", after_s=3_600))
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        dead = (await telling.until(1, "dead"))[0]
        assert "given up" in (dead.why or "")


async def test_a_callback_hears_every_status_until_it_says_gone(dsn: str) -> None:
    async with house(dsn) as h, h.worker(), Telling(h, Destinations(callbacks=True)) as telling:
        await h.submit(plan("t1", {"a": ""}), callback_url="https://caller.example/hook")
        await h.until("t1", "completed")
        await telling.until(3, "sent")
        told = sorted(telling.channel.told, key=lambda n: n.message.seq)  # type: ignore[union-attr]
        assert [n.message.status for n in told] == ["planned", "running", "completed"]  # type: ignore[union-attr]
        telling.channel.outcomes.append(Dead(why="410", gone=True))
        await h.submit(plan("t2", {"a": ""}), callback_url="https://caller.example/hook", execute=False)
        await telling.until(1, "dead")
        await h.submit(plan("t3", {"a": ""}), callback_url="https://caller.example/hook", execute=False)
        await asyncio.gather(*(herald.step() for herald in telling.heralds))
        assert len(await telling._deliveries.page()) == 4


async def test_a_courier_that_died_over_a_notice_is_replaced(dsn: str) -> None:
    async with house(dsn) as h:
        where = Telling(h, LINEAR)
        async with h.database.transaction("test") as tx:
            await tx.connection.execute("INSERT INTO reader VALUES ('herald', 0)")
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        await where.heralds[0].step()
        await h.database.pool.execute(
            "UPDATE delivery SET claimed_until = db_now() + interval '60 s'; DELETE FROM pgqueuer"
        )
        async with where as telling:
            await h.database.pool.execute("UPDATE clock SET ahead = $1", timedelta(minutes=2))
            await telling.until(1, "sent")
            assert len(telling.channel.told) == 1
