"""Answers that people write in Linear: whether a webhook is genuine, what a comment orders, and whose word it is."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from pydantic import ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from domain.base import Instant, Json, JsonObject, Value
from domain.errors import ForbiddenError, UnreachableError
from domain.ids import CODE_PATTERN, ApprovalCode

FRESH_S: Final = 60.0
"""How old a delivery may be: Linear stamps each one as it leaves."""
REASON: Final = 4_000
"""Characters of a reason; the API takes as many."""

Verb = Literal["approve", "reject", "changes"]

_CODE: Final = CODE_PATTERN.strip("^$")
_APPROVE: Final = re.compile(
    rf"(?isa)(?P<verb>approve)\s+(?P<code>{_CODE})(?:\s+because\s+(?P<reason>\S.*))?"
)
_OTHER: Final = re.compile(rf"(?isa)(?P<verb>reject|changes)\s+(?P<code>{_CODE})\s+(?P<reason>\S.*)")
_QUOTED: Final = re.compile(r"(?s)`([^`\n]+)`|```\n([^`]+)\n```")
_MEANT: Final = re.compile(r"(?ia)\W*(approve|reject|changes)\b")


_VERBS: Final[dict[str, Verb]] = {"approve": "approve", "reject": "reject", "changes": "changes"}

NOT_UNDERSTOOD: Final = (
    "an answer is: approve CODE, or approve CODE because REASON, or reject CODE REASON, or changes CODE TEXT, "
    "with nothing else in the comment"
)


class Heard(NamedTuple):
    """A new comment, as a genuine webhook tells of it. Nothing in it counts before it is read again by id."""

    comment_id: str


class Command(NamedTuple):
    """What a comment orders, word for word."""

    verb: Verb
    code: ApprovalCode
    reason: str = ""


class Spoken(NamedTuple):
    """An order, and whose it is: the Linear user's id and address, to be found among our principals."""

    command: Command
    user_id: str
    email: str
    comment_id: str


class Ignored(NamedTuple):
    """Not an answer, and why; `tell`: it was meant as one, so whoever wrote it should hear that it did not count."""

    why: str
    tell: bool = False


class _Read(Value):
    """What Linear answers, in its own spelling."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class User(_Read):
    id: str
    email: str
    active: bool
    app: bool


class Issue(_Read):
    id: str
    identifier: str


class Comment(_Read):
    """A comment as Linear has it now."""

    id: str
    body: str
    edited_at: Instant | None
    parent_id: str | None
    issue: Issue | None
    user: User | None
    bot_actor: JsonObject | None
    external_user: JsonObject | None
    on_behalf_of: JsonObject | None


class _Data(_Read):
    id: str = Field(pattern=r"^[0-9A-Za-z-]{1,64}$")


class _Delivery(_Read):
    action: str
    type: str
    webhook_timestamp: float = Field(strict=True)
    data: Json = None


def heard(
    body: bytes, signature: str | None, *, secrets: Sequence[str], now: datetime, fresh_s: float = FRESH_S
) -> Heard | None:
    """A new comment, or None for any other genuine webhook.

    Raises ForbiddenError for one that is not Linear's, not fresh, or not understood.
    """
    if not any(_signed(body, signature or "", secret) for secret in secrets if secret):
        raise ForbiddenError(
            "this webhook is not signed with our secret; set LINEAR_WEBHOOK_SECRET to the one Linear shows"
        )
    try:
        delivery = _Delivery.model_validate_json(body)
        age_s = abs(now.timestamp() - delivery.webhook_timestamp / 1000)
        # Written so that a stamp that is no number is not fresh.
        if not age_s <= fresh_s:
            raise ForbiddenError(
                f"this webhook was sent {age_s:.0f} s ago; at most {fresh_s:.0f} s are taken"
            )
        if (delivery.type, delivery.action) != ("Comment", "create"):
            return None
        return Heard(_Data.model_validate(delivery.data).id)
    except ValidationError as error:
        raise ForbiddenError("this webhook is not understood, though it is signed") from error


def comment_of(told: Json) -> Comment | None:
    """A comment as Linear answers it. Raises UnreachableError where that cannot be read."""
    if told is None:
        return None
    try:
        return Comment.model_validate(told)
    except ValidationError as error:
        raise UnreachableError("Linear answered a comment that cannot be read; try later") from error


def command(text: str) -> Command | None:
    """The order that a text is. Nothing else may stand in it: an approval with a condition is none."""
    whole = text.strip()
    quoted = _QUOTED.fullmatch(whole)
    words = (quoted[1] or quoted[2]).strip() if quoted else whole
    found = _APPROVE.fullmatch(words) or _OTHER.fullmatch(words)
    if found is None or len(found["reason"] or "") > REASON:
        return None
    return Command(_VERBS[found["verb"].lower()], found["code"].upper(), found["reason"] or "")


def spoken(comment: Comment, *, hub: str) -> Spoken | Ignored:
    """The answer that a comment is, if it stands on the hub issue and a person of the workspace wrote it so."""
    if comment.issue is None or hub.casefold() not in {
        comment.issue.id.casefold(),
        comment.issue.identifier.casefold(),
    }:
        return Ignored("it is not on the hub issue")
    user = comment.user
    if user is None or user.app or comment.bot_actor or comment.external_user or comment.on_behalf_of:
        return Ignored("no person of the workspace wrote it")
    order = command(comment.body)
    if order is None:
        return Ignored(NOT_UNDERSTOOD, tell=_MEANT.match(comment.body) is not None)
    if not user.active:
        return Ignored("whoever wrote it has left the workspace")
    if comment.edited_at is not None:
        return Ignored("the comment was edited after it was written; write a new one", tell=True)
    return Spoken(order, user.id, user.email, comment.id)


def _signed(body: bytes, signature: str, secret: str) -> bool:
    due = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(due.encode(), signature.encode(errors="replace"))
