"""Who may call, and whether anybody who reaches the service may say yes."""

import ipaddress

from agent.cli.doctor.check import Check, broken, off, ok, warning
from agent.cli.draw.words import count
from agent.config import Settings
from agent.principals import load_principals
from domain.errors import OrchestratorError

_MEND = "Set AUTH_MODE=keys and AUTH_PRINCIPALS; `orchestrator keys make` makes keys."


def callers(settings: Settings) -> Check:
    if settings.auth_mode == "off":
        return _claimed(settings.host)
    path = settings.auth_principals
    if path is None:
        return broken("callers", "AUTH_MODE=keys, and no file says who they are", "Set AUTH_PRINCIPALS.")
    try:
        known = load_principals(path).principals
    except OrchestratorError as error:
        return broken("callers", error.message, "`orchestrator keys check` lists all that is wrong with it.")
    return ok("callers", f"need a key; {count(len(known), 'person')} in {path}".replace("persons", "people"))


def told(settings: Settings) -> str:
    """The same in a few words, for whoever starts the service."""
    if settings.auth_mode == "keys":
        return f"need a key of {settings.auth_principals}"
    return "are who they say: no key is asked for (AUTH_MODE=off)"


def _claimed(host: str) -> Check:
    if is_only_here(host):
        return off("callers", "are who they say: no key is asked for, and the record says so", _MEND)
    return warning(
        "callers", f"are who they say, and {host} is reached from elsewhere: whoever does may say yes", _MEND
    )


def is_only_here(host: str) -> bool:
    """Whether no other machine reaches this address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
