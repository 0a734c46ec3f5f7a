"""Tells programs by Standard Webhooks: signed, the same id and body on every retry, several secrets while they rotate."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.clock import Clock
from domain.errors import ConfigurationError
from notifiers.exchange import Answered, Lost, NotSent
from notifiers.inert import line
from notifiers.notice import Notice
from notifiers.outbound import Outbound, Refused
from notifiers.payload import payload
from notifiers.ports import Dead, Later, Sent, Trouble, Unsure

PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_GONE: Final = 410


class Webhook:
    """The channel. `notice.to` is the URL that is called. Raises ConfigurationError for a bad secret, or none."""

    def __init__(self, outbound: Outbound, secrets: Sequence[str], clock: Clock) -> None:
        if not secrets:
            raise ConfigurationError("webhooks are signed and there is no secret; set WEBHOOK_SECRETS")
        self._outbound = outbound
        self._keys = tuple(map(secret_key, secrets))
        self._clock = clock

    async def send(self, notice: Notice) -> Sent | Trouble:
        # Pure ASCII: what a stranger wrote moves no cursor in anybody's log.
        body = json.dumps(payload(notice), separators=(",", ":")).encode()
        headers = signed_headers(self._keys, str(notice.notice_id), self._clock.now(), body)
        match await self._outbound.post(notice.to, body, headers):
            case Refused(why=why):
                return Dead(why=why)
            case NotSent(why=why):
                return Later(why=line(f"it cannot be reached: {why}"))
            case Lost(why=why):
                return Unsure(why=line(f"it was called and did not answer: {why}"))
            case Answered() as answered:
                return _judged(answered, notice)


def signed_headers(keys: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks, one signature a key."""
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.".encode() + body
    macs = (hmac.new(key, content, hashlib.sha256).digest() for key in keys)
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs),
    }


def secret_key(secret: str) -> bytes:
    """The key of a secret such as `whsec_…`. Raises ConfigurationError that does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"a webhook secret is {PREFIX} and Base64; this one is not") from None
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ConfigurationError(
            f"a webhook secret has {_SHORTEST} to {_LONGEST} bytes, this one {len(key)}; make a random one"
        )
    return key


def _judged(answered: Answered, notice: Notice) -> Sent | Trouble:
    if 200 <= answered.status < 300:
        return Sent(receipt=str(notice.notice_id))
    if answered.status == _GONE:
        return Dead(why="the receiver answered 410: it wants no more of this", gone=True)
    return Later(why=line(f"it answered {answered.status} {answered.said}"), after_s=answered.retry_after_s)
