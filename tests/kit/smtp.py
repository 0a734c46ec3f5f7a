"""A mail server on a real socket, in the test's own loop: it greylists, refuses, hangs, and shows what certificate it likes."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.kit.tls import Authority

HOST = "localhost"

Mood = Literal[
    "greylists",
    "refuses",
    "busy_after_data",
    "rejects_after_data",
    "hangs_after_data",
    "babbles",
    "drops_after_data",
    "hangs",
]
"""How it misbehaves towards the next message, once; then towards the one after that, if more were given."""


class MailServer:
    """What it took, and how it behaves next."""

    def __init__(self, authority: Authority) -> None:
        self.port = 0
        self.authority = authority
        self.trust = authority.trust()
        """The context of a client that trusts this server's authority, and no other."""
        self.raw: list[bytes] = []
        self.moods: deque[Mood] = deque()
        self.release = asyncio.Event()
        self.logins: list[tuple[str, str]] = []
        self.clear_text: list[bool] = []
        """For each message: whether it came over a bare connection."""

    def messages(self) -> list[EmailMessage]:
        """What it took, read as mail. (No property: aiosmtpd looks at every one of its handler's.)"""
        return [message_from_bytes(raw, policy=default) for raw in self.raw]

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match self.moods[0] if self.moods else None:
            case "greylists":
                self.moods.popleft()
                return "451 4.7.1 Greylisted, please try again later"
            case "refuses":
                self.moods.popleft()
                return "550 5.1.1 No such user here"
            case "babbles":
                self.moods.popleft()
                return "purple, mostly"
            case "hangs":
                self.moods.popleft()
                await self.release.wait()
                return "451 4.3.0 Too late"
            case _:
                envelope.rcpt_tos.append(address)
                return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mood = self.moods.popleft() if self.moods else None
        if mood == "busy_after_data":
            return "452 4.3.1 Insufficient storage"
        if mood == "rejects_after_data":
            return "554 5.6.0 Message refused"
        self.raw.append(cast("bytes", envelope.content))
        self.clear_text.append(
            cast("asyncio.WriteTransport", server.transport).get_extra_info("sslcontext") is None
        )
        if mood == "hangs_after_data":
            await self.release.wait()
        if mood == "drops_after_data":
            cast("asyncio.WriteTransport", server.transport).abort()
        return "250 2.0.0 Ok: queued"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        given = cast("LoginPassword", data)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"right", handled=False)


@asynccontextmanager
async def mail_server(
    *,
    implicit: bool = False,
    starttls: bool = True,
    certified_for: str = HOST,
    known: bool = True,
    auth: bool = False,
) -> AsyncIterator[MailServer]:
    """A mail server, served for as long as the block lasts. `known`: its authority is the one clients trust."""
    authority = Authority()
    double = MailServer(authority)
    tls = (authority if known else Authority()).serving(certified_for)

    def session() -> SMTP:
        return SMTP(
            double,
            hostname="mail.example",
            tls_context=tls if starttls and not implicit else None,
            authenticator=double.authenticate if auth else None,
            auth_require_tls=not implicit,
            auth_required=auth,
            timeout=120,
            loop=asyncio.get_running_loop(),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls if implicit else None)
    double.port = server.sockets[0].getsockname()[1]
    try:
        yield double
    finally:
        double.release.set()
        server.close()
        await server.wait_closed()
