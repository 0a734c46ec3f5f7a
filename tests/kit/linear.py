"""A double of Linear on a real socket: holds each query to Linear's schema, keeps comments, fails like it, sends webhooks."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    graphql_sync,
    parse,
    validate,
)
from pydantic.alias_generators import to_snake

from tests.kit.serving import Receive, Scope, Send, answer, body_of, serving

SDL = Path(__file__).with_name("linear.graphql")
KEY = "lin_api_personal"
SECRET = "lin_wh_test"
HUB = "PR-68"
HUB_ID = "5f1d6f0a-6d0c-4c3e-9a55-0b6a6f0d2c11"

Mood = Literal[
    "errors",
    "ratelimited",
    "failed_after_commit",
    "lost_after_commit",
    "hangs",
    "refuses",
    "nonsense",
    "unauthorized",
    "forbidden",
    "forbidden_outright",
    "not_confirmed",
    "no_data",
    "refuses_oddly",
]
"""How it misbehaves at the next request, once; then the one after that, if more were given."""

NOT_FOUND = {"code": "INPUT_ERROR", "type": "invalid input", "statusCode": 400, "userError": True}


def _error(message: str, **extensions: object) -> dict[str, object]:
    return {"errors": [{"message": message, "extensions": extensions}], "data": None}


CANNED: dict[str, tuple[int, Any]] = {
    "errors": (200, _error("could not be saved", code="INTERNAL_SERVER_ERROR")),
    "ratelimited": (400, _error("Rate limit exceeded", code="RATELIMITED", type="ratelimited")),
    "refuses": (200, _error("Argument Validation Error", code="INVALID_INPUT")),
    "refuses_oddly": (200, {"data": None, "errors": ["no", {"extensions": 1}]}),
    "forbidden": (200, _error("no access to this issue", code="FORBIDDEN", type="forbidden")),
    "forbidden_outright": (403, {}),
    "unauthorized": (401, _error("not authenticated", code="AUTHENTICATION_ERROR")),
    "not_confirmed": (200, {"data": {"commentCreate": {"success": False, "comment": None}}}),
    "no_data": (200, {"data": None}),
    "hangs": (200, {}),
}
"""What it says in each mood in which it does nothing."""


@dataclass
class User:
    id: str
    email: str
    active: bool = True
    app: bool = False
    name: str = "ada"

    @property
    def url(self) -> str:
        return f"https://linear.app/acme/profiles/{self.name}"


@dataclass
class Written:
    """A comment as Linear keeps it."""

    id: str
    body: str
    user: User | None
    parent_id: str | None = None
    issue: Mapping[str, str] | None = field(default_factory=lambda: {"id": HUB_ID, "identifier": HUB})
    edited_at: str | None = None
    created_at: str = "2026-11-21T09:30:00.000Z"
    bot_actor: Mapping[str, str] | None = None
    external_user: Mapping[str, str] | None = None
    on_behalf_of: User | None = None

    @property
    def url(self) -> str:
        return f"https://linear.app/acme/issue/{HUB}#comment-{self.id[:8]}"


ADA = User("8c1f0a52-7f44-4f0a-8f3b-1d2f6c7a9e01", "ada@example.com")
APP = User("0d9b7a11-2b3c-4d5e-8f60-718293a4b5c6", "app@linear.app", app=True, name="orchestrator")


class Linear:
    """What the double knows, what it was asked, and how it behaves next."""

    def __init__(self) -> None:
        self.url = ""
        self.schema: GraphQLSchema = build_schema(SDL.read_text())
        self.comments: dict[str, Written] = {}
        self.users = [ADA, APP]
        self.moods: deque[Mood] = deque()
        self.headers: dict[str, str] = {}
        """Sent with every answer."""
        self.requests: list[Mapping[str, Any]] = []
        self.authorizations: list[str] = []
        self.invalid: list[str] = []
        """Queries that Linear would not have understood; a test's last look."""
        self.release = asyncio.Event()
        self.on_comment: Callable[[Written], object] = lambda _comment: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = json.loads(await body_of(receive))
        self.requests.append(asked)
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        self.authorizations.append(given)
        mood = self.moods.popleft() if self.moods else None
        status, told = self._moody(mood, asked, given)
        if mood in {"lost_after_commit", "hangs"}:
            await self.release.wait()
        body = b"<html>bad gateway</html>" if mood == "nonsense" else json.dumps(told).encode()
        await answer(send, status, body, self._headers(mood))

    def _moody(self, mood: Mood | None, asked: Mapping[str, Any], authorization: str) -> tuple[int, Any]:
        if mood in CANNED:
            return CANNED[mood]
        if authorization not in {KEY, f"Bearer lin_oauth_{KEY}"}:
            return CANNED["unauthorized"]
        done = self._execute(asked)
        return (
            (500, _error("internal", code="INTERNAL_SERVER_ERROR")) if mood == "failed_after_commit" else done
        )

    def _headers(self, mood: Mood | None) -> dict[str, str]:
        if mood != "ratelimited" or self.headers:
            return self.headers
        return {"x-ratelimit-requests-remaining": "0"}

    def _execute(self, asked: Mapping[str, Any]) -> tuple[int, Any]:
        faults = validate(self.schema, parse(asked["query"]))
        if faults:
            self.invalid.extend(fault.message for fault in faults)
            return 400, _error(faults[0].message, code="GRAPHQL_VALIDATION_FAILED")
        root = {"commentCreate": self._create, "comment": self._comment, "users": self._users}
        done = graphql_sync(
            self.schema, asked["query"], root, variable_values=asked.get("variables"), field_resolver=_field
        )
        return 200, done.formatted

    def _create(self, _: object, input: Mapping[str, str]) -> Any:  # noqa: A002  (Linear's name)
        chosen = input.get("id") or str(uuid4())
        if UUID(chosen).version != 4:
            raise GraphQLError("Argument Validation Error", extensions={"code": "INVALID_INPUT"})
        if input["issueId"] not in {HUB, HUB_ID}:
            raise _not_found("Issue")
        parent = input.get("parentId")
        if parent is not None and (parent not in self.comments or self.comments[parent].parent_id):
            raise _not_found("Comment")
        if chosen in self.comments:
            shown = f"Entity Comment with id {chosen} already exists."
            raise GraphQLError(
                "conflict on insert of Comment", extensions={**NOT_FOUND, "userPresentableMessage": shown}
            )
        written = Written(chosen, input["body"], APP, parent)
        self.comments[chosen] = written
        self.on_comment(written)
        return {"success": True, "comment": written}

    def _comment(self, _: object, id: str) -> Written:  # noqa: A002  (Linear's name)
        if id not in self.comments:
            raise _not_found("Comment")
        return self.comments[id]

    def _users(self, _: object, filter: Mapping[str, Any], first: int) -> Any:  # noqa: A002  (Linear's name)
        address = filter["email"]["eqIgnoreCase"].lower()
        return {"nodes": [u for u in self.users if u.email.lower() == address and u.active][:first]}

    def says(self, body: str, *, user: User | None = ADA, **changes: Any) -> Written:
        """A person writes a comment."""
        written = Written(str(uuid4()), body, user, **changes)
        self.comments[written.id] = written
        return written


@dataclass(frozen=True)
class Delivery:
    """A webhook as it goes over the wire."""

    body: bytes
    headers: Mapping[str, str]

    async def post(self, http: httpx.AsyncClient, url: str) -> httpx.Response:
        return await http.post(url, content=self.body, headers=dict(self.headers))


def delivery(
    comment: Written,
    *,
    at: datetime | None = None,
    action: str = "create",
    kind: str = "Comment",
    secret: str = SECRET,
    body: str | None = None,
    delivery_id: str = "d-1",
) -> Delivery:
    """The webhook about a comment. The same one posted twice is a duplicate, one with an old `at` is late, one
    with another `secret` is forged, one whose `body` is not the comment's was edited since.
    """
    sent = at or datetime.now(UTC)
    told = {
        "action": action,
        "type": kind,
        "createdAt": sent.isoformat(),
        "organizationId": "org",
        "webhookId": "hook",
        "webhookTimestamp": int(sent.timestamp() * 1000),
        "url": comment.url,
        "actor": {"id": comment.user.id, "type": "user"} if comment.user else None,
        "data": {"id": comment.id, "body": comment.body if body is None else body, "issueId": HUB_ID},
    }
    raw = json.dumps(told).encode()
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Linear-Delivery": delivery_id,
        "Linear-Event": kind,
        "Linear-Signature": signature,
    }
    return Delivery(raw, headers)


@asynccontextmanager
async def linear() -> AsyncIterator[Linear]:
    """Linear, served for as long as the block lasts; it ends in failure if a query did not fit the schema."""
    double = Linear()
    async with serving(double) as url:
        double.url = f"{url}/graphql"
        try:
            yield double
        finally:
            double.release.set()
    assert double.invalid == []


def _field(source: object, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    name = info.field_name
    value = source[name] if isinstance(source, Mapping) else getattr(source, to_snake(name))
    return value(info, **arguments) if callable(value) else value


def _not_found(kind: str) -> GraphQLError:
    shown = f"Could not find referenced {kind}."
    return GraphQLError(
        f"Entity not found: {kind}", extensions={**NOT_FOUND, "userPresentableMessage": shown}
    )
