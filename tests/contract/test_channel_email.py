"""Mail as servers really take it: greylists, refusals, time-outs at the worst moment, and certificates."""

import re
from email.message import EmailMessage

import pytest
from hypothesis import given, settings

from domain.errors import ConfigurationError
from notifiers.email import UNTIL_MENDED_S, Email, MailServer, addresses, compose, security_of
from notifiers.notice import Links, tell
from notifiers.ports import Dead, Later, Outcome, Sent, Unsure
from notifiers.render import Renderer
from tests.kit.channels import SENDER, closed_port
from tests.kit.notices import NOW, asked, ended, everything, notice, told
from tests.kit.smtp import HOST, mail_server
from tests.kit.smtp import MailServer as Double
from tests.kit.strangers import HOSTILE, UNSEEN, strangers
from tests.kit.tls import Authority

ADA = "ada@example.com"
RENDERER = Renderer()


def channel(double: Double, **changes: object) -> Email:
    server = MailServer(HOST, double.port, double.trust)._replace(**changes)  # type: ignore[arg-type]
    return Email(server, RENDERER, sender=SENDER)


def mail(message: object = None) -> EmailMessage:
    return compose(notice(message, "email", ADA), RENDERER, sender=SENDER)  # type: ignore[arg-type]


async def told_to(double: Double, *moods: str) -> Outcome:
    double.moods.extend(moods)  # type: ignore[arg-type]
    return await channel(double).send(notice(channel="email", to=ADA))


async def test_a_mail_has_text_and_html_and_says_that_a_machine_wrote_it() -> None:
    async with mail_server() as double:
        assert isinstance(await told_to(double), Sent)
        (read,) = double.messages()
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert (read["From"], read["To"], read["Auto-Submitted"]) == (SENDER, ADA, "auto-generated")
    assert "🟠 high risk" in read["Subject"]
    assert double.clear_text == [False]


async def test_a_retry_is_the_same_mail_byte_for_byte() -> None:
    async with mail_server() as double:
        await told_to(double)
        await told_to(double)
        first, second = (re.sub(rb"(?m)^(X-Peer|Received):.*\r\n", b"", raw) for raw in double.raw)
    assert first == second


@pytest.mark.parametrize("mood", ["greylists", "busy_after_data"])
async def test_4xx_is_for_now(mood: str) -> None:
    async with mail_server() as double:
        assert isinstance(await told_to(double, mood), Later)
        assert isinstance(await told_to(double), Sent)


@pytest.mark.parametrize("mood", ["refuses", "rejects_after_data"])
async def test_5xx_is_for_good(mood: str) -> None:
    async with mail_server() as double:
        outcome = await told_to(double, mood)
    assert isinstance(outcome, Dead)
    assert re.search(r"55[04]", outcome.why)


async def test_no_answer_after_data_is_unsure_and_the_same_id_is_sent_again() -> None:
    async with mail_server() as double:
        double.moods.append("hangs_after_data")
        hasty = channel(double, timeout_s=2.0)
        assert isinstance(await hasty.send(notice(channel="email", to=ADA)), Unsure)
        double.release.set()
        assert isinstance(await told_to(double), Sent)
        assert len(double.messages()) == 2
        assert len({read["Message-ID"] for read in double.messages()}) == 1


async def test_no_answer_before_data_is_no_doubt_at_all() -> None:
    async with mail_server() as double:
        double.moods.append("hangs")
        outcome = await channel(double, timeout_s=2.0).send(notice(channel="email", to=ADA))
    assert isinstance(outcome, Later)
    assert double.raw == []


async def test_a_password_is_sent_over_tls_only_and_a_wrong_one_waits_to_be_put_right() -> None:
    async with mail_server(auth=True) as double:
        good = channel(double, user="ops", password="right")
        assert isinstance(await good.send(notice(channel="email", to=ADA)), Sent)
        assert double.logins == [("ops", "right")]
        bad = channel(double, user="ops", password="wrong-secret")
        outcome = await bad.send(notice(channel="email", to=ADA))
    assert isinstance(outcome, Later)
    assert outcome.after_s == UNTIL_MENDED_S
    assert "SMTP_PASS" in outcome.why
    assert "wrong-secret" not in outcome.why


async def test_port_465_speaks_tls_from_the_first_byte() -> None:
    assert [security_of(port) for port in (25, 465, 587)] == ["starttls", "tls", "starttls"]
    async with mail_server(implicit=True) as double:
        assert isinstance(await channel(double, security="tls").send(notice(channel="email", to=ADA)), Sent)
        assert double.clear_text == [False]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", [{"certified_for": "mail.evil.example"}, {"known": False}])
async def test_a_bad_certificate_gets_no_mail(security: str, wrong: dict[str, object]) -> None:
    async with mail_server(implicit=security == "tls", **wrong) as double:  # type: ignore[arg-type]
        outcome = await channel(double, security=security).send(notice(channel="email", to=ADA))
        assert double.raw == []
    assert isinstance(outcome, Later)
    assert "certificate" in outcome.why


async def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    async with mail_server(starttls=False) as double:
        outcome = await told_to(double)
        assert double.raw == []
    assert isinstance(outcome, Later)
    assert "STARTTLS" in outcome.why


async def test_mail_goes_in_the_clear_only_where_that_is_asked_for_and_never_with_a_password() -> None:
    async with mail_server(starttls=False) as double:
        assert isinstance(await channel(double, security="none").send(notice(channel="email", to=ADA)), Sent)
        assert double.clear_text == [True]
        with pytest.raises(ConfigurationError, match="in the clear"):
            channel(double, security="none", user="ops", password="right")


async def test_nobody_there_is_told_as_it_is() -> None:
    gone = Email(MailServer(HOST, closed_port(), Authority().trust()), RENDERER, sender=SENDER)
    outcome = await gone.send(notice(channel="email", to=ADA))
    assert isinstance(outcome, Later)
    assert "localhost" in outcome.why


def test_what_follows_a_question_is_in_its_thread() -> None:
    root = mail(asked())
    assert root["In-Reply-To"] is None
    for message in (asked(kind="approval_reminder"), ended(), told()):
        follows = mail(message)
        assert follows["In-Reply-To"] == follows["References"] == root["Message-ID"]
        assert follows["Message-ID"] != root["Message-ID"]


def test_each_mailbox_gets_a_mail_and_a_link_of_its_own() -> None:
    mails = [
        compose(
            tell(
                asked(), channel="email", at=NOW, to=to, links=Links(answer=f"https://o.example/a/{to[:3]}")
            ),
            RENDERER,
            sender=SENDER,
        )
        for to in (ADA, "bob@example.com")
    ]
    assert len({each["Message-ID"] for each in mails}) == 2
    assert ["https://o.example/a/ada" in text(each) for each in mails] == [True, False]


def text(made: EmailMessage) -> str:
    part = made.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@given(strangers)
@settings(deadline=None, max_examples=60)
def test_no_header_can_be_slipped_in(word: str) -> None:
    calm = list(mail(asked("notes")).keys())
    made = mail(asked(word))
    raw = made.as_bytes()
    head, *_ = raw.split(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if line[:1] not in {b" ", b"\t"}]
    assert [line.split(b":")[0].decode() for line in lines] == [*calm[:-1], *calm[-1:]]
    assert b"\n" not in head.replace(b"\r\n", b"")
    raw.decode("ascii")


@pytest.mark.parametrize("which", range(len(everything())))
def test_nothing_unseen_comes_out_of_a_subject(which: int) -> None:
    subject = str(mail(everything(HOSTILE)[which])["Subject"])
    assert re.findall(UNSEEN, subject) == []
    assert "\n" not in subject


def test_half_a_word_in_the_encoding_of_headers_stays_half_a_word() -> None:
    made = mail(asked("=?utf-8?q?=0D=0ABcc:=20eve@evil.example?= =?utf-8?b?4oCu?="))
    assert "= ?utf-8?q?=0D=0ABcc" in made["Subject"]
    assert "\u202e" not in made["Subject"]
    assert made["Bcc"] is None


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example.com\r\nBcc: eve@evil.example",
        "ada@example.com, eve@evil.example",
        "<ada@example.com>",
        "a b@example.com",
        "ädä@example.com",
        "ada@exa mple.com",
        "x" * 65 + "@example.com",
    ],
)
async def test_a_bad_address_is_dead_and_nobody_is_called(to: str) -> None:
    gone = Email(MailServer(HOST, 1, Authority().trust()), RENDERER, sender=SENDER)
    outcome = await gone.send(notice(channel="email", to=to))
    assert isinstance(outcome, Dead)
    assert "is no mail address" in outcome.why


def test_a_setting_may_name_several_mailboxes() -> None:
    assert addresses(" ada@example.com, ops+x@mail.example.com ,") == (ADA, "ops+x@mail.example.com")
    with pytest.raises(ConfigurationError, match="nobody"):
        addresses("ada@example.com, nobody")
    with pytest.raises(ConfigurationError):
        Email(MailServer(HOST, 1, Authority().trust()), RENDERER, sender="nobody")
