"""Every channel with the other side of it, behind one shape: what arrived there, and how it may misbehave."""

import json
import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from ipaddress import ip_network
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook as Verifier

from notifiers.email import Email
from notifiers.email import MailServer as Account
from notifiers.graphql import Linear
from notifiers.linear import LinearComments
from notifiers.notice import ChannelName, Message, Notice
from notifiers.outbound import Outbound
from notifiers.ports import Channel
from notifiers.reachable import Reach
from notifiers.render import Renderer
from notifiers.slack import Slack
from notifiers.webhook import Webhook
from tests.kit import linear as kit_linear
from tests.kit.hook import Call, hook
from tests.kit.notices import notice
from tests.kit.smtp import HOST, mail_server
from tests.kit.tls import Authority

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
PATIENT_S = 60.0
HASTY_S = 0.2
"""For whoever is known never to answer."""
SENDER = "orchestrator@house.example"


class Clock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Place:
    """One channel, and what tells it from the others.

    `arrived` gives the ids of what came, as the receiver tells one from another; `recognises`: it can.
    """

    name: ChannelName
    channel: Channel
    hasty: Channel
    """The same channel, which waits for nobody long."""
    gone: Channel
    """The same channel where nobody listens."""
    moods: deque[Any]
    behave: Mapping[str, Any]
    arrived: Callable[[], list[str]]
    read: Callable[[], list[str]]
    skeleton: Callable[[str], object]
    to: str = ""
    recognises: bool = True

    def notice(self, message: Message | None = None, *, to: str | None = None) -> Notice:
        return notice(message, self.name, self.to if to is None else to)

    def be(self, mood: str) -> None:
        self.moods.append(self.behave[mood])


_HELD: list[socket.socket] = []


def closed_port() -> int:
    """A port at which nobody answers: it is held by somebody who never listens, so that no other gets it."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    return int(held.getsockname()[1])


@asynccontextmanager
async def linear_place() -> AsyncIterator[Place]:
    async with kit_linear.linear() as double, httpx.AsyncClient(trust_env=False) as http:

        def channel(url: str, timeout_s: float = PATIENT_S) -> LinearComments:
            client = Linear(http, kit_linear.KEY, Clock(), url=url, timeout_s=timeout_s)
            return LinearComments(client, Renderer(), hub=kit_linear.HUB)

        yield Place(
            name="linear",
            channel=channel(double.url),
            hasty=channel(double.url, HASTY_S),
            gone=channel(f"http://127.0.0.1:{closed_port()}/graphql"),
            moods=double.moods,
            behave={
                "busy": "ratelimited",
                "refuses": "refuses",
                "takes it and fails": "failed_after_commit",
                "never answers": "hangs",
                "answers nonsense": "nonsense",
            },
            arrived=lambda: list(double.comments),
            read=lambda: [comment.body for comment in double.comments.values()],
            skeleton=markdown_skeleton,
        )


@asynccontextmanager
async def email_place() -> AsyncIterator[Place]:
    async with mail_server() as double:

        def channel(port: int, timeout_s: float = PATIENT_S) -> Email:
            account = Account(HOST, port, double.trust, timeout_s=timeout_s)
            return Email(account, Renderer(), sender=SENDER)

        yield Place(
            name="email",
            channel=channel(double.port),
            hasty=channel(double.port, HASTY_S),
            gone=channel(closed_port()),
            moods=double.moods,
            behave={
                "busy": "greylists",
                "refuses": "refuses",
                "takes it and fails": "drops_after_data",
                "never answers": "hangs",
                "answers nonsense": "babbles",
            },
            arrived=lambda: [str(mail["Message-ID"]) for mail in double.messages()],
            read=lambda: list(map(mail_text, double.messages())),
            skeleton=mail_skeleton,
            to="ada@example.com",
        )


_HOOK: dict[str, str] = {
    "busy": "429",
    "takes it and fails": "cut",
    "never answers": "hang",
    "answers nonsense": "garbage",
}


@asynccontextmanager
async def webhook_place() -> AsyncIterator[Place]:
    authority = Authority()
    trust = authority.trust()
    async with hook(tls=authority.serving("hooks.example")) as double:

        def channel(address: str, timeout_s: float = PATIENT_S) -> Webhook:
            async def resolve(_host: str, _port: int) -> list[str]:
                return [address]

            reach = Reach(allowed=(ip_network("127.0.0.0/8"),), ports={double.port})
            outbound = Outbound(trust, reach=reach, resolve=resolve, timeout_s=timeout_s)
            return Webhook(outbound, (SECRET,), Clock())

        yield Place(
            name="webhook",
            channel=channel("127.0.0.1"),
            hasty=channel("127.0.0.1", HASTY_S),
            gone=channel("127.0.0.2"),
            moods=double.moods,
            behave={**_HOOK, "refuses": "410"},
            arrived=lambda: list(map(verified_id, double.taken)),
            read=lambda: [call.body.decode("ascii") for call in double.taken],
            skeleton=json_skeleton,
            to=f"https://hooks.example:{double.port}/in?tenant=1",
        )


@asynccontextmanager
async def slack_place() -> AsyncIterator[Place]:
    async with hook(answer=b"ok") as double, httpx.AsyncClient(trust_env=False) as http:

        def channel(port: int, timeout_s: float = PATIENT_S) -> Slack:
            return Slack(http, f"http://127.0.0.1:{port}/services/T/B/x", timeout_s=timeout_s)

        yield Place(
            name="slack",
            channel=channel(double.port),
            hasty=channel(double.port, HASTY_S),
            gone=channel(closed_port()),
            moods=double.moods,
            behave={**_HOOK, "refuses": "404"},
            arrived=lambda: [str(place) for place, _ in enumerate(double.taken)],
            read=lambda: [call.body.decode() for call in double.taken],
            skeleton=json_skeleton,
            recognises=False,
        )


PLACES = {"linear": linear_place, "email": email_place, "webhook": webhook_place, "slack": slack_place}


def verified_id(call: Call) -> str:
    """The id of a call, once the reference implementation of Standard Webhooks has accepted it."""
    Verifier(SECRET).verify(call.body, dict(call.headers))
    return call.headers["webhook-id"]


_PARTED = "\n(the next part of the mail)\n"


def mail_text(mail: EmailMessage) -> str:
    """Everything a reader of the mail may see: subject, text, HTML."""
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    read = [str(mail["Subject"]), *(part.get_content() for part in parts if part is not None)]
    return _PARTED.join(read).replace("\r\n", "\n")


def markdown_skeleton(body: str) -> object:
    """A comment without its code: what is left is ours alone."""
    prose, *_ = re.subn(r"(?s)```.*?\n```", "```", body)
    return re.sub(r"`[^`\n]*`", "`", prose)


def html_skeleton(document: str) -> object:
    """The tags and attributes of a document, in order."""
    found: list[object] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, attrs))

        def handle_endtag(self, tag: str) -> None:
            found.append(tag)

        def handle_comment(self, data: str) -> None:
            found.append("comment")

    Reader().feed(document)
    return found


def mail_skeleton(read: str) -> object:
    """How many lines the text has and how each begins, and the HTML's tags."""
    subject, text, html = read.split(_PARTED)
    return subject.count("\n"), [line[:4] for line in text.split("\n")], html_skeleton(html)


def json_skeleton(body: str) -> object:
    """The shape of JSON: keys, kinds, and every string that is not a stranger's."""
    return _shape(json.loads(body))


def _shape(value: object) -> object:
    match value:
        case dict():
            return {key: _shape(each) for key, each in value.items()}
        case list():
            return [_shape(each) for each in value]
        case str():
            return "text"
        case other:
            return other
