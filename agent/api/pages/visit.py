"""Who looks at a page, by which way they came, and as whom they may answer."""

from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import Field, TypeAdapter, ValidationError

from agent.api.pages import session
from agent.service.served import Services
from domain.approval import Approval
from domain.errors import InvalidInputError, UnauthenticatedError
from domain.principal import Principal
from notifiers.links import ApprovalLink

VISITOR: Final = "orchestrator_visitor"
BY_LOGIN: Final = frozenset({"high", "critical"})
"""Levels for which holding a link proves too little."""
FIELDS: Final = 12
_TEXT: Final = TypeAdapter(Annotated[str, Field(max_length=4_000)])


@dataclass(frozen=True)
class Form:
    """What somebody filled in; kept where it did not count, so that nobody types it twice."""

    person: str = ""
    role: str = ""
    text: str = ""
    answer: str = ""
    plan_hash: str = ""
    proof: str = ""
    key: str = ""
    next: str = ""


@dataclass(frozen=True)
class Visit:
    """`bound` is what this visitor's forms are bound to: their login, their link, or a cookie that means nothing else."""

    path: str
    bound: str
    caller: Principal | None = None
    link: ApprovalLink | None = None
    flash: str = ""
    kept: Form = field(default_factory=Form)
    status: int = 200


async def form_of(request: Request) -> Form:
    """Raises InvalidInputError."""
    try:
        told = parse_qs((await request.body()).decode(), keep_blank_values=True, max_num_fields=FIELDS)
        known = {name: values[-1] for name, values in told.items() if name in Form.__dataclass_fields__}
        return Form(**{name: _TEXT.validate_python(value).strip() for name, value in known.items()})
    except (ValueError, ValidationError) as error:
        raise InvalidInputError("this form cannot be read; look at the page again, and answer") from error


def visit_of(
    request: Request, served: Services, path: str, *, token: str = "", link: ApprovalLink | None = None
) -> Visit:
    cookie = request.cookies.get(session.COOKIE, "")
    caller = caller_of(cookie, served)
    bound = cookie if caller else token or request.cookies.get(VISITOR, "")
    return Visit(path, bound, caller, link)


def caller_of(cookie: str, served: Services) -> Principal | None:
    """Whoever is logged in; nobody where nobody can be."""
    if served.keyring is None or not cookie:
        return None
    return session.holder(cookie, served.keyring, now=served.clock.now(), keys=served.linking.keys)


def speaker(
    visit: Visit, approval: Approval, served: Services, *, name: str = "", role: str = ""
) -> Principal:
    """As whom this visitor answers. Raises UnauthenticatedError where they have to log in first."""
    if served.keyring is None:
        return Principal.claimed(visit.link.person if visit.link else name, *([role] if role else []))
    if visit.caller is not None:
        return visit.caller
    known = served.keyring.called(visit.link.person) if visit.link else None
    if known is None or approval.level in BY_LOGIN:
        raise UnauthenticatedError(f"a {approval.level}-risk plan is decided by somebody who is logged in")
    return known
