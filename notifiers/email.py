"""Tells by mail: text and HTML, threaded by approval, over verified TLS, under a Message-ID that never changes."""

import asyncio
import contextlib
import re
import ssl
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from domain.errors import ConfigurationError
from notifiers.inert import cut, line
from notifiers.notice import Notice
from notifiers.ports import Dead, Later, Sent, Trouble, Unsure
from notifiers.render import Renderer, subject
from notifiers.wording import worded

Security = Literal["starttls", "tls", "none"]

TIMEOUT_S: Final = 30.0
UNTIL_MENDED_S: Final = 300.0
"""How long to wait where our account is refused: a person can put that right, and nothing is lost meanwhile."""
_SUBJECT: Final = 200
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}"
)


class MailServer(NamedTuple):
    """Where mail is handed over, and how. `tls` is the context that its certificate must satisfy."""

    host: str
    port: int
    tls: ssl.SSLContext
    user: str | None = None
    password: str | None = None
    security: Security = "starttls"
    timeout_s: float = TIMEOUT_S


def security_of(port: int) -> Security:
    """Port 465 speaks TLS from the first byte; every other one has to start it."""
    return "tls" if port == 465 else "starttls"


def addresses(setting: str) -> tuple[str, ...]:
    """The mailboxes of a setting, parted by commas. Raises ConfigurationError that names the one refused."""
    named = tuple(each.strip() for each in setting.split(",") if each.strip())
    for each in named:
        checked(each)
    return named


def checked(address: str) -> str:
    """A mailbox that may stand in a header and in a command of SMTP. Raises ConfigurationError."""
    if len(address) > 254 or _ADDRESS.fullmatch(address) is None:
        raise ConfigurationError(
            f"{line(address)!r} is no mail address such as ada@example.com; put it right"
        )
    return address


class Email:
    """The channel. A notice goes to one mailbox, `notice.to`, so that each has its own link and its own outcome.

    Raises ConfigurationError for a sender that is no address, and for a password that would go out unencrypted.
    """

    def __init__(self, server: MailServer, renderer: Renderer, *, sender: str) -> None:
        if server.security == "none" and server.password is not None:
            raise ConfigurationError(
                "SMTP_PASS would be sent in the clear; use STARTTLS or TLS, or no password"
            )
        self._server = server
        self._renderer = renderer
        self._sender = checked(sender)

    async def send(self, notice: Notice) -> Sent | Trouble:
        try:
            mail = compose(notice, self._renderer, sender=self._sender)
        except ConfigurationError as error:
            return Dead(why=error.message)
        smtp = self._client()
        try:
            return await self._hand_over(smtp, mail, notice.to)
        finally:
            smtp.close()

    def _client(self) -> SMTP:
        server = self._server
        # The host's own name would be looked up, and is nobody's business.
        return SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=server.tls,
            timeout=server.timeout_s,
            local_hostname=self._sender.rpartition("@")[2],
        )

    async def _hand_over(self, smtp: SMTP, mail: EmailMessage, to: str) -> Sent | Trouble:
        """Everything up to DATA may be done again at will; with DATA it becomes unsure what the server has."""
        try:
            async with asyncio.timeout(self._server.timeout_s):
                await smtp.connect()
                if self._server.user is not None:
                    await smtp.login(self._server.user, self._server.password or "")
                await smtp.mail(self._sender)
                await smtp.rcpt(to)
        except (SMTPException, OSError) as error:
            return _before_data(error)
        try:
            said = await smtp.data(mail.as_bytes())
        except SMTPResponseException as error:
            return _judged(error.code, error.message)
        except (SMTPException, OSError) as error:
            return Unsure(why=line(f"the mail server had the message and did not answer: {error}"))
        with contextlib.suppress(SMTPException, OSError):
            await smtp.quit()
        return Sent(receipt=line(f"{mail['Message-ID']} {said.message}"))


def compose(notice: Notice, renderer: Renderer, *, sender: str) -> EmailMessage:
    """The mail of a notice: the same bytes every time. Raises ConfigurationError for a bad address."""
    letter = worded(notice)
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=POLICY)
    mail["From"] = sender
    mail["To"] = checked(notice.to)
    # Half a word in the encoding of headers would be read as one, whatever it hides.
    mail["Subject"] = cut(subject(letter).replace("=?", "= ?"), _SUBJECT)
    mail["Date"] = format_datetime(notice.at)
    mail["Message-ID"] = _message_id(notice.notice_id, domain)
    if not notice.opens:
        mail["In-Reply-To"] = mail["References"] = _message_id(notice.thread, domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(renderer.text(letter), cte="base64")
    mail.add_alternative(renderer.html(letter), subtype="html", cte="base64")
    mail.set_boundary(f"={notice.notice_id.hex}=")
    return mail


def _message_id(notice: UUID, domain: str) -> str:
    return f"<{notice}@{domain}>"


def _before_data(error: SMTPException | OSError) -> Trouble:
    match error:
        case SMTPAuthenticationError():
            return Later(
                why=line(
                    f"the mail server refuses our account: {error.code} {error.message}; put SMTP_USER and SMTP_PASS right"
                ),
                after_s=UNTIL_MENDED_S,
            )
        case SMTPResponseException():
            return _judged(error.code, error.message)
        case _:
            return Later(why=line(f"the mail server cannot be used: {str(error) or type(error).__name__}"))


def _judged(code: int, message: str) -> Trouble:
    """4xx is for now, 5xx is for good; a code out of both is a server that lost its way, and may find it again."""
    why = line(f"the mail server said {code} {message}")
    return Dead(why=why) if 500 <= code < 600 else Later(why=why)
