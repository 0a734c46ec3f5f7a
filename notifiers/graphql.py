"""Linear's GraphQL over HTTP: both kinds of token, its ways of refusing, and its limits, which are obeyed."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

import httpx

from domain.base import Json, JsonObject
from domain.clock import Clock
from notifiers.exchange import TIMEOUT_S, Answered, Lost, NotSent, exchange
from notifiers.inert import line
from notifiers.ports import Dead, Later, Trouble, Unsure

URL: Final = "https://api.linear.app/graphql"
REST_S: Final = 60.0
"""How long to wait after a limit of which nobody says when it ends."""
UNTIL_MENDED_S: Final = 300.0
"""How long to wait where our key is refused: a person can put that right, and nothing is lost meanwhile."""

COMMENT_CREATE: Final = """
mutation CommentCreate($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id url } }
}
"""
COMMENT: Final = """
query Comment($id: String!) {
  comment(id: $id) {
    id body editedAt createdAt parentId
    issue { id identifier }
    user { id email active app }
    botActor { id }
    externalUser { id }
    onBehalfOf { id }
  }
}
"""
PROFILE: Final = """
query Profile($email: String!) {
  users(first: 2, filter: { email: { eqIgnoreCase: $email }, active: { eq: true } }) { nodes { url } }
}
"""
QUERIES: Final = (COMMENT_CREATE, COMMENT, PROFILE)

_REFUSED_KEY: Final = frozenset({"AUTHENTICATION_ERROR", "UNAUTHENTICATED"})
_THEIRS: Final = frozenset(
    {"INTERNAL_SERVER_ERROR", "INTERNAL_ERROR", "LOCK_TIMEOUT", "NETWORK_ERROR", "OTHER", ""}
)


class Fault(NamedTuple):
    """One GraphQL error: `shown` is what Linear would show a user."""

    code: str
    message: str
    shown: str


class Refused(NamedTuple):
    """Linear understood and said no, for good."""

    faults: tuple[Fault, ...]

    @property
    def why(self) -> str:
        first = self.faults[0]
        return line(f"Linear refused it: {first.code} {first.message} {first.shown}")

    def conflicts_over(self, thing: str) -> bool:
        """Whether something with this id is there already."""
        return any(
            fault.message.lower().startswith("conflict on insert") and thing in fault.shown + fault.message
            for fault in self.faults
        )

    def lacks(self, kind: str) -> bool:
        return any(fault.message.lower().startswith(f"entity not found: {kind}") for fault in self.faults)


class Linear:
    """Linear, as far as it answers our queries. The client is handed in and shared."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: str,
        clock: Clock,
        *,
        url: str = URL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        # Personal keys stand alone; OAuth tokens are bearers.
        self._authorization = f"Bearer {token}" if token.startswith("lin_oauth_") else token
        self._send = partial(http.send, stream=True, follow_redirects=False)
        self._http = http
        self._clock = clock
        self._url = url
        self._timeout_s = timeout_s
        self._closed_until: datetime | None = None

    async def ask(self, query: str, variables: JsonObject) -> JsonObject | Refused | Trouble:
        """The data it answers, or why there is none."""
        rest = self._rest()
        if rest > 0:
            return Later(why="Linear's limit is used up", after_s=rest)
        # Compressed answers could be larger than what we are ready to read.
        headers = {"Authorization": self._authorization, "Accept-Encoding": "identity"}
        request = self._http.build_request(
            "POST", self._url, json={"query": query, "variables": variables}, headers=headers, timeout=None
        )
        match await exchange(self._send, request, timeout_s=self._timeout_s):
            case NotSent(why=why):
                return Later(why=line(f"Linear cannot be reached: {why}"))
            case Lost(why=why):
                return Unsure(why=line(f"Linear was asked and did not answer: {why}"))
            case Answered() as answered:
                self._mind(answered.headers)
                return self._read(answered)

    def _rest(self) -> float:
        if self._closed_until is None:
            return 0.0
        return (self._closed_until - self._clock.now()).total_seconds()

    def _mind(self, headers: Mapping[str, str]) -> None:
        """Remember when to go on, where this answer used up a limit."""
        for limit in ("requests", "complexity", "endpoint-requests"):
            if headers.get(f"x-ratelimit-{limit}-remaining", "").strip() == "0":
                self._close(_instant(headers.get(f"x-ratelimit-{limit}-reset", ""), self._clock.now()))

    def _close(self, until: datetime) -> None:
        self._closed_until = max(self._closed_until or until, until)

    def _read(self, answered: Answered) -> JsonObject | Refused | Trouble:
        body = _json(answered.body)
        faults = _faults(body)
        codes = {fault.code for fault in faults}
        if answered.status == httpx.codes.TOO_MANY_REQUESTS or "RATELIMITED" in codes:
            return self._limited(answered)
        if answered.status == httpx.codes.UNAUTHORIZED or codes & _REFUSED_KEY:
            return Later(
                why="Linear refuses our key; put LINEAR_API_KEY right",
                after_s=max(answered.retry_after_s or 0, UNTIL_MENDED_S),
            )
        if answered.status >= httpx.codes.INTERNAL_SERVER_ERROR or codes & _THEIRS:
            return Unsure(
                why=line(f"Linear failed: HTTP {answered.status} {answered.said}"),
                after_s=answered.retry_after_s,
            )
        if faults:
            return Refused(faults)
        if answered.status != httpx.codes.OK:
            return Dead(why=line(f"Linear refused it: HTTP {answered.status} {answered.said}"))
        data = body.get("data") if body else None
        return data if isinstance(data, dict) else Unsure(why="Linear answered something that is no answer")

    def _limited(self, answered: Answered) -> Later:
        if self._rest() <= 0:
            wait = answered.retry_after_s if answered.retry_after_s is not None else REST_S
            self._close(self._clock.now() + timedelta(seconds=wait))
        return Later(why="Linear's limit is used up", after_s=max(1.0, self._rest()))


def _json(body: bytes) -> JsonObject | None:
    try:
        read: Json = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _faults(body: JsonObject | None) -> tuple[Fault, ...]:
    errors = body.get("errors") if body else None
    return tuple(map(_fault, errors)) if isinstance(errors, list) else ()


def _fault(error: Json) -> Fault:
    told = error if isinstance(error, dict) else {}
    extensions = told.get("extensions")
    more = extensions if isinstance(extensions, dict) else {}
    return Fault(
        code=str(more.get("code") or ""),
        message=str(told.get("message") or ""),
        shown=str(more.get("userPresentableMessage") or ""),
    )


def _instant(epoch_ms: str, now: datetime) -> datetime:
    """When a limit starts anew. Linear says so in milliseconds; what cannot be right is a minute from now."""
    try:
        at = datetime.fromtimestamp(float(epoch_ms) / 1000, tz=now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return now + timedelta(seconds=REST_S)
    return at if now < at < now + timedelta(hours=2) else now + timedelta(seconds=REST_S)
