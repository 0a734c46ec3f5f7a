"""Which right a call takes. What declares none takes `read` to look and `operate` for anything else."""

from collections.abc import Callable
from typing import Literal, TypeVar, assert_never

from fastapi.requests import HTTPConnection

from agent.api.door import STATE
from domain.errors import ForbiddenError
from domain.principal import Principal, Right

Need = Right | Literal["read", "decide", "nothing"]
"""`read` takes any key that is good; `decide` does, too, and the approval's own rules say the rest; `nothing` is
for what asks no key."""

Route = TypeVar("Route", bound=Callable[..., object])

_DECLARED = "__right__"


def needs(need: Need) -> Callable[[Route], Route]:
    """Declare it, under the route's own decorator."""

    def declare(route: Route) -> Route:
        setattr(route, _DECLARED, need)
        return route

    return declare


def need_of(route: Callable[..., object], method: str) -> Need:
    declared: Need | None = getattr(route, _DECLARED, None)
    if declared is not None:
        return declared
    return "read" if method in {"GET", "HEAD", "OPTIONS"} else "operate"


async def guard(connection: HTTPConnection) -> None:
    """Every route asks this first. Raises ForbiddenError. A coroutine, so that no thread is sent for it."""
    principal: Principal = connection.scope["state"][STATE]
    method = connection.scope.get("method", "GET")
    need = need_of(connection.scope["endpoint"], method)
    match need:
        case "read" | "decide" | "nothing":
            return
        case "submit" | "operate" | "admin" | "break-glass":
            if principal.may(need):
                return
        case other:
            assert_never(other)
    raise ForbiddenError(
        f"{principal.id} may not do this: it takes the right {need!r}; "
        "an administrator gives it in the file of principals, under `may`"
    )
