"""Calls URLs that strangers gave, without being led anywhere: one look-up, checked, and the checked address is called."""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx

from notifiers.exchange import LIMIT, TIMEOUT_S, Answered, Lost, NotSent, exchange
from notifiers.inert import line
from notifiers.reachable import Address, Reach, refusal

_LONGEST: Final = 2_000
_PLAIN: Final = re.compile(r"[!-~]+")
_NAME: Final = re.compile(
    r"(?i)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?"
)
_NUMBER: Final = re.compile(r"(?i)0x[0-9a-f]*|[0-9]+")
_DEFAULT: Final = {"http": 80, "https": 443}
_AT_MOST: Final = 4
"""Addresses of one name that are tried, one after another."""


class Refused(NamedTuple):
    """We will not call this, now or later."""

    why: str


class Target(NamedTuple):
    """A URL taken apart once, so that what was checked is what is called."""

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None

    @property
    def header(self) -> str:
        name = f"[{self.host}]" if self.literal is not None and self.literal.version == 6 else self.host
        return name if self.port == _DEFAULT[self.scheme] else f"{name}:{self.port}"


class Resolver(Protocol):
    """Looks a name up. Raises OSError."""

    async def __call__(self, host: str, port: int, /) -> Sequence[str]: ...


async def look_up(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Outbound:
    """The transport. `tls` is the context that certificates must satisfy, made where files may be read.

    No proxy of the environment is used: it would choose the address in our place.
    """

    def __init__(
        self,
        tls: ssl.SSLContext,
        *,
        reach: Reach | None = None,
        resolve: Resolver = look_up,
        timeout_s: float = TIMEOUT_S,
        limit: int = LIMIT,
    ) -> None:
        self._tls = tls
        self._reach = reach or Reach()
        self._resolve = resolve
        self._timeout_s = timeout_s
        self._limit = limit

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> Answered | NotSent | Lost | Refused:
        """One POST, answered, lost or never sent; redirects are answers like others and are not followed."""
        target = parsed(url, self._reach)
        if isinstance(target, Refused):
            return target
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._timeout_s
        addresses = await self._addresses(target)
        if isinstance(addresses, Refused | NotSent):
            return addresses
        outcome: Answered | NotSent | Lost = NotSent("it has no address")
        for address in addresses[:_AT_MOST]:
            outcome = await self._call(target, address, body, headers, ends - loop.time())
            if not isinstance(outcome, NotSent):
                break
        return outcome

    async def _addresses(self, target: Target) -> Sequence[Address] | NotSent | Refused:
        """What the name stands for. If any of it may not be called, none of it is."""
        if target.literal is not None:
            found: list[Address] = [target.literal]
        else:
            try:
                async with asyncio.timeout(self._timeout_s):
                    named = await self._resolve(target.host, target.port)
            except TimeoutError:
                return NotSent(f"{target.host} was not looked up within {self._timeout_s:g} s")
            except (OSError, UnicodeError) as error:
                return NotSent(f"{target.host} cannot be looked up: {error}")
            found = list(dict.fromkeys(map(ipaddress.ip_address, named)))
        refused = ((address, refusal(address, self._reach)) for address in found)
        for address, why in refused:
            if why is not None:
                return Refused(
                    f"{line(target.host)} leads to {address}, which is {why}; name it in WEBHOOK_NETWORKS if it is yours"
                )
        return found

    async def _call(
        self, target: Target, address: Address, body: bytes, headers: Mapping[str, str], left_s: float
    ) -> Answered | NotSent | Lost:
        host = f"[{address}]" if address.version == 6 else str(address)
        request = httpx.Request(
            "POST",
            f"{target.scheme}://{host}:{target.port}{target.path}",
            content=body,
            headers={"Host": target.header, "Accept-Encoding": "identity", "Connection": "close", **headers},
            extensions={"sni_hostname": target.host.rstrip(".")},
        )
        # A pool of its own for each call: pooled connections are told apart by address, not by the name that the
        # certificate was checked for.
        async with httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False) as transport:
            return await exchange(
                transport.handle_async_request, request, timeout_s=max(0.0, left_s), limit=self._limit
            )


def parsed(url: str, reach: Reach) -> Target | Refused:
    """The parts of a URL, or why it is not called, before anything is looked up."""
    if len(url) > _LONGEST or _PLAIN.fullmatch(url) is None or "\\" in url:
        return Refused(f"it is no plain URL of at most {_LONGEST} characters; encode what is special in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Refused("it is no URL")
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT or not host:
        return Refused("it is no http or https URL with a host")
    if "@" in parts.netloc:
        return Refused("it carries a user or a password; put a secret path or query instead")
    chosen = _DEFAULT[parts.scheme] if port is None else port
    if chosen not in reach.ports:
        return Refused(
            f"port {chosen} is not among {', '.join(map(str, sorted(reach.ports)))}; WEBHOOK_PORTS adds more"
        )
    literal = _literal(host)
    if literal is None and (_NAME.fullmatch(host) is None or _NUMBER.fullmatch(_last_label(host))):
        # Names that end in a number are other ways of writing an address: 2130706433, 0x7f.1, 0177.0.0.1.
        return Refused(f"{line(host)!r} is neither a name nor a plainly written address")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Target(parts.scheme, host, chosen, path, literal)


def _last_label(host: str) -> str:
    return host.rstrip(".").rpartition(".")[2]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
