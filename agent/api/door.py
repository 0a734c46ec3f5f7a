"""Every call comes through here: with authentication on, nobody gets further without a key that is good.

It stands before the routes, so that what is not a route (documentation, a path that is not there, another
application's own) is behind it, too.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.api.errors import told
from agent.service.served import Services
from domain.errors import UnauthenticatedError
from domain.principal import NOBODY, Principal

STATE = "principal"

ASK_THEMSELVES = ("/page", "/link/", "/login", "/logout", "/webhooks/")
"""Pages ask by a form who looks at them, as a browser has no key to send; what calls us signs what it says."""


class Door:
    """Puts the principal who calls into the call's state. A socket that is refused is closed, unopened."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            principal = _who(scope, scope["app"].state.services)
        except UnauthenticatedError as error:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": error.code})
            else:
                await told(error)(scope, receive, send)
            return
        scope.setdefault("state", {})[STATE] = principal
        await self._app(scope, receive, send)


def _who(scope: Scope, services: Services) -> Principal:
    headers = Headers(scope=scope)
    if services.keyring is None:
        return claimed(headers.get("x-actor"))
    if scope["path"] in services.open_paths or scope["path"].startswith(ASK_THEMSELVES):
        return NOBODY
    return services.keyring.authenticate(_presented(headers))


def claimed(actor: str | None) -> Principal:
    """The log says that it was the API, and whom the caller claims to be."""
    return Principal.claimed(f"api:{actor}" if actor else "api")


def _presented(headers: Headers) -> str | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer" and key.strip():
        return key.strip()
    return headers.get("x-api-key")
