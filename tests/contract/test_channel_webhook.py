"""Calling URLs that strangers gave: over real sockets, with whoever tries to lead the call elsewhere."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from ipaddress import ip_network

import pytest

from notifiers.exchange import LIMIT, Answered, Lost, NotSent
from notifiers.outbound import Outbound, Refused, look_up
from notifiers.ports import Dead, Later, Sent, Unsure
from notifiers.reachable import Reach
from notifiers.webhook import Webhook
from tests.kit.channels import SECRET, Clock, closed_port, verified_id
from tests.kit.hook import Hook, hook
from tests.kit.house import SOON
from tests.kit.notices import changed, notice
from tests.kit.tls import Authority

HOME = (ip_network("127.0.0.1/32"),)
BODY = b'{"x": 1}'


class Names:
    """A resolver that gives one answer after another, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers: Iterator[Sequence[str]] = iter(answers)
        self._last: Sequence[str] = ()
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        self._last = next(self._answers, self._last)
        return self._last


def outbound(
    double: Hook, names: Names, *, authority: Authority | None = None, timeout_s: float = SOON
) -> Outbound:
    trust = (authority or Authority()).trust()
    return Outbound(trust, reach=Reach(HOME, {double.port}), resolve=names, timeout_s=timeout_s)


def url(double: Hook, scheme: str = "http", host: str = "hooks.example") -> str:
    return f"{scheme}://{host}:{double.port}/in?tenant=1"


async def test_the_checked_address_is_called_under_the_name_that_was_given() -> None:
    authority, names = Authority(), Names(["127.0.0.1"])
    async with hook(tls=authority.serving("hooks.example")) as double:
        answered = await outbound(double, names, authority=authority).post(
            url(double, "https"), BODY, {"x-y": "z"}
        )
        assert isinstance(answered, Answered)
        (call,) = double.taken
    assert answered.status == 200
    assert call.line == "POST /in?tenant=1 HTTP/1.1"
    assert call.headers["host"] == f"hooks.example:{double.port}"
    assert call.headers["x-y"] == "z"
    assert (call.name, call.body) == ("hooks.example", BODY)


async def test_a_name_that_means_something_else_a_moment_later_leads_nowhere_else() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"], ["169.254.169.254"])
    async with hook() as honest, hook(address="127.0.0.2") as trap:
        sender = outbound(honest, names)
        assert isinstance(await sender.post(url(honest), BODY, {}), Answered)
        assert names.asked == ["hooks.example"]
        # The second call looks it up anew, and what it finds now is refused before a connection is made.
        assert isinstance(await sender.post(url(honest), BODY, {}), Refused)
        assert (honest.calls, trap.calls) == (1, 0)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.2"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.2"],
        ["64:ff9b::7f00:2"],
        ["fe80::1%1"],
        ["127.0.0.1", "127.0.0.2"],
    ],
)
async def test_a_name_that_leads_home_is_refused_whatever_else_it_leads_to(answers: list[str]) -> None:
    async with hook() as double:
        refused = await outbound(double, Names(answers)).post(url(double), BODY, {})
        assert double.calls == 0
    assert isinstance(refused, Refused)
    assert "WEBHOOK_NETWORKS" in refused.why


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "2130706434",
        "0x7f.2",
        "0177.0.0.2",
        "127.2",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
    ],
)
async def test_an_address_written_out_is_refused_in_every_spelling(host: str) -> None:
    names = Names(["127.0.0.1"])
    async with hook(address="127.0.0.2") as trap:
        assert isinstance(await outbound(trap, names).post(url(trap, host=host), BODY, {}), Refused)
        assert trap.calls == 0
    assert names.asked == []


async def test_by_default_the_machine_itself_is_refused_by_its_real_name_too() -> None:
    async with hook() as double:
        sender = Outbound(Authority().trust(), reach=Reach(ports={double.port}))
        assert isinstance(await sender.post(url(double, host="localhost"), BODY, {}), Refused)
        assert double.calls == 0


async def test_the_system_looks_names_up() -> None:
    assert "127.0.0.1" in await look_up("localhost", 80)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with hook() as double, hook() as trap:
        double.moods.append("302")
        answered = await outbound(double, Names(["127.0.0.1"])).post(url(double), BODY, {})
        assert trap.calls == 0
    assert isinstance(answered, Answered)
    assert answered.status == 302


async def test_an_answer_without_end_is_read_to_its_limit() -> None:
    async with hook() as double:
        double.moods.append("flood")
        answered = await outbound(double, Names(["127.0.0.1"])).post(url(double), BODY, {})
    assert isinstance(answered, Answered)
    assert len(answered.body) == LIMIT


@pytest.mark.parametrize(
    ("mood", "outcome"), [("drip", Answered), ("hang", Lost), ("cut", Lost), ("garbage", Lost)]
)
async def test_who_keeps_us_waiting_is_left_in_time(mood: str, outcome: type) -> None:
    async with hook() as double:
        double.moods.append(mood)
        started = time.monotonic()
        found = await outbound(double, Names(["127.0.0.1"]), timeout_s=2.0).post(url(double), BODY, {})
    assert isinstance(found, outcome)
    assert time.monotonic() - started < SOON


async def test_a_name_server_that_never_answers_is_left_in_time() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    sender = Outbound(Authority().trust(), resolve=never, timeout_s=0.2)
    assert isinstance(await sender.post("https://hooks.example/", BODY, {}), NotSent)


async def test_a_name_that_is_not_known_may_be_known_later() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    sender = Outbound(Authority().trust(), resolve=unknown)
    assert isinstance(await sender.post("https://hooks.example/", BODY, {}), NotSent)


@pytest.mark.parametrize("certified", ["other.example", None])
async def test_a_certificate_for_another_name_or_by_nobody_known_gets_nothing(certified: str | None) -> None:
    authority = Authority()
    served = authority.serving(certified) if certified else Authority().serving("hooks.example")
    async with hook(tls=served) as double:
        found = await outbound(double, Names(["127.0.0.1"]), authority=authority).post(
            url(double, "https"), BODY, {}
        )
        assert double.calls == 0
    assert isinstance(found, NotSent)
    assert "CERTIFICATE_VERIFY_FAILED" in found.why


async def test_two_names_on_one_address_are_each_checked_for_themselves() -> None:
    authority = Authority()
    async with hook(tls=authority.serving("hooks.example")) as double:
        sender = outbound(double, Names(["127.0.0.1"]), authority=authority)
        assert isinstance(await sender.post(url(double, "https"), BODY, {}), Answered)
        # A connection kept from before would have been good enough for the second name.
        assert isinstance(await sender.post(url(double, "https", host="evil.example"), BODY, {}), NotSent)
        assert double.calls == 1


async def test_the_next_address_of_a_name_is_tried_where_the_first_is_down() -> None:
    reach_all = (ip_network("127.0.0.0/8"),)
    async with hook() as double:
        sender = Outbound(
            Authority().trust(),
            reach=Reach(reach_all, {double.port}),
            resolve=Names(["127.0.0.9", "127.0.0.1"]),
        )
        assert isinstance(await sender.post(url(double), BODY, {}), Answered)


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with hook() as double, hook() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert isinstance(await outbound(double, Names(["127.0.0.1"])).post(url(double), BODY, {}), Answered)
        assert (double.calls, proxy.calls) == (1, 0)


def channel(double: Hook) -> Webhook:
    return Webhook(outbound(double, Names(["127.0.0.1"])), (SECRET,), Clock())


async def test_a_retry_has_the_same_id_and_body_and_a_signature_of_its_own_time() -> None:
    async with hook() as double:
        sent = notice(changed(), "webhook", url(double))
        double.moods.append("cut")
        assert isinstance(await channel(double).send(sent), Unsure)
        assert isinstance(await channel(double).send(sent), Sent)
        first, second = double.taken
    assert verified_id(first) == verified_id(second) == str(sent.notice_id)
    assert first.body == second.body


async def test_410_ends_it_for_good() -> None:
    async with hook() as double:
        double.moods.append("410")
        outcome = await channel(double).send(notice(changed(), "webhook", url(double)))
    assert isinstance(outcome, Dead)
    assert outcome.gone


@pytest.mark.parametrize(("mood", "after_s"), [("302", None), ("404", None), ("429", 7.0), ("500", None)])
async def test_every_other_refusal_is_tried_again_when_the_receiver_likes(
    mood: str, after_s: float | None
) -> None:
    async with hook() as double:
        double.moods.append(mood)
        outcome = await channel(double).send(notice(changed(), "webhook", url(double)))
    assert isinstance(outcome, Later)
    assert (outcome.after_s, mood in outcome.why) == (after_s, True)


async def test_a_url_that_may_not_be_called_is_dead_but_not_gone() -> None:
    async with hook() as double:
        outcome = await channel(double).send(notice(changed(), "webhook", "http://169.254.169.254/latest"))
    assert isinstance(outcome, Dead)
    assert not outcome.gone


async def test_nobody_there_is_tried_again() -> None:
    port = closed_port()
    sender = Outbound(Authority().trust(), reach=Reach(HOME, {port}), resolve=Names(["127.0.0.1"]))
    outcome = await Webhook(sender, (SECRET,), Clock()).send(
        notice(changed(), "webhook", f"https://hooks.example:{port}/")
    )
    assert isinstance(outcome, Later)
