"""Which URLs are known never to be called, before any name is looked up: said to whoever gives one, and not a day later."""

import ipaddress
from typing import Final

from notifiers.inert import line
from notifiers.outbound import Refused, parsed
from notifiers.reachable import Reach, refusal

_OF_THIS_HOST: Final = ("localhost",)
_OF_THIS_HOUSE: Final = ("internal", "local")
_LOOPBACK: Final = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


def foreseen(url: str, reach: Reach) -> str | None:
    """Why this would be refused whenever it was called, or None. Nothing is looked up: what a name stands for by then
    is checked when it is called.
    """
    target = parsed(url, reach)
    if isinstance(target, Refused):
        return target.why
    if target.literal is not None:
        why = refusal(target.literal, reach)
        return (
            None if why is None else f"{target.literal} is {why}; name it in WEBHOOK_NETWORKS if it is yours"
        )
    last = target.host.lower().rstrip(".").rpartition(".")[2]
    home = last in _OF_THIS_HOST and all(refusal(address, reach) for address in _LOOPBACK)
    if home or (last in _OF_THIS_HOUSE and not reach.allowed):
        return f"{line(target.host)} is a private name; name its network in WEBHOOK_NETWORKS if it is yours"
    return None
