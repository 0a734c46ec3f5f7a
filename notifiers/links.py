"""Links that let one person answer about one plan until one moment: signed, and recognisable when used again."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import Field

from domain.base import Instant, Value
from domain.errors import ApprovalExpiredError, ConfigurationError, ForbiddenError
from domain.ids import ApprovalId, Digest

_PURPOSE: Final = b"orchestrator approval link 1\x00"
"""Signed along, so that no signature made with the key for something else passes here."""
_KEY: Final = 32
_MAC: Final = 32
_FIXED: Final = 16 + 32 + 8
_PERSON: Final = 320
LONGEST: Final = 1_024


class ApprovalLink(Value):
    """What a link says. Holding one proves who was mailed, not more: what it allows is up to whoever reads it."""

    approval_id: ApprovalId
    plan_hash: Digest
    person: str = Field(min_length=1, max_length=_PERSON)
    expires_at: Instant

    @property
    def use_id(self) -> str:
        """The same for every copy of this link: kept with the first use, it refuses the second."""
        return hashlib.sha256(_PURPOSE + _packed(self)).hexdigest()


def signed(link: ApprovalLink, key: bytes) -> str:
    """The token of a link, for an address. Raises ConfigurationError for a key that is too short."""
    packed = _packed(link)
    return base64.urlsafe_b64encode(packed + _mac(packed, key)).rstrip(b"=").decode()


def opened(token: str, *, keys: Sequence[bytes], now: datetime) -> ApprovalLink:
    """The link that a token is, signed with any of the keys (the present one, and those it took the place of).

    Raises ForbiddenError for one that we did not make, ApprovalExpiredError for one whose time has passed.
    """
    packed, mac = _parts(token)
    if not any(hmac.compare_digest(_mac(packed, key), mac) for key in keys):
        raise _not_ours()
    link = _unpacked(packed)
    if now >= link.expires_at:
        raise ApprovalExpiredError(
            f"this link expired at {link.expires_at.isoformat(timespec='seconds')}; submit the request again"
        )
    return link


def _packed(link: ApprovalLink) -> bytes:
    until = int(link.expires_at.timestamp())
    return (
        link.approval_id.bytes
        + bytes.fromhex(link.plan_hash)
        + until.to_bytes(8, "big")
        + link.person.encode()
    )


def _unpacked(packed: bytes) -> ApprovalLink:
    return ApprovalLink(
        approval_id=ApprovalId(UUID(bytes=packed[:16])),
        plan_hash=packed[16:48].hex(),
        expires_at=datetime.fromtimestamp(int.from_bytes(packed[48:_FIXED], "big"), UTC),
        person=packed[_FIXED:].decode(),
    )


def _parts(token: str) -> tuple[bytes, bytes]:
    try:
        raw = base64.b64decode(
            f"{token}{'=' * (-len(token) % 4)}".encode("ascii"), altchars=b"-_", validate=True
        )
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise _not_ours() from None
    # A second spelling of the same bytes is refused as well: a link has one.
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == token
    if not canonical or len(token) > LONGEST or len(raw) <= _FIXED + _MAC:
        raise _not_ours()
    return raw[:-_MAC], raw[-_MAC:]


def _mac(packed: bytes, key: bytes) -> bytes:
    if len(key) < _KEY:
        raise ConfigurationError(
            f"the key of approval links has {len(key)} bytes; give it at least {_KEY} random ones"
        )
    return hmac.new(key, _PURPOSE + packed, hashlib.sha256).digest()


def _not_ours() -> ForbiddenError:
    return ForbiddenError("this is no approval link of ours; use the one from the notice, whole")
