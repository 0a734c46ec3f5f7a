"""A login that a browser keeps: signed, of a few hours, and worth what the key behind it is worth at the moment.

The cookie names the key by its digest. Whoever takes the key away, or the person's role, ends the login with it.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from agent.principals import digest_of
from agent.service.keyring import Keyring
from domain.principal import Principal

COOKIE: Final = "orchestrator_session"
LASTS: Final = timedelta(hours=8)
_PURPOSE: Final = b"orchestrator session 1\x00"
_DIGEST: Final = 32
_SIZE: Final = _DIGEST + 8


def opened(key: str, keyring: Keyring, *, now: datetime, signing: bytes) -> str:
    """The cookie of whoever holds this key. Raises UnauthenticatedError."""
    keyring.authenticate(key)
    until = int((now + LASTS).timestamp())
    told = bytes.fromhex(digest_of(key)) + until.to_bytes(8, "big")
    return base64.urlsafe_b64encode(told + _mac(told, signing)).decode()


def holder(cookie: str, keyring: Keyring, *, now: datetime, keys: Sequence[bytes]) -> Principal | None:
    """Whose login this is, as long as it lasts and their key is good."""
    try:
        raw = base64.b64decode(cookie.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    told, mac = raw[:_SIZE], raw[_SIZE:]
    if len(told) != _SIZE or not any(hmac.compare_digest(_mac(told, key), mac) for key in keys):
        return None
    if now.timestamp() >= int.from_bytes(told[_DIGEST:], "big"):
        return None
    return keyring.holder(told[:_DIGEST].hex())


def _mac(told: bytes, key: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + told, hashlib.sha256).digest()
