"""A port of this machine, taken before anything slow is started."""

import errno
import socket
from typing import Final

from domain.errors import ConfigurationError

_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  served on all, called on one


def bound(host: str, port: int) -> socket.socket:
    """Taken, and not answering yet. Raises ConfigurationError where that cannot be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as refused:
        taken = refused.errno == errno.EADDRINUSE
        why = "is in use" if taken else f"cannot be served on ({refused.strerror})"
        raise ConfigurationError(
            f"port {port} of {host} {why}; choose another with --port or PORT (0 takes any free one)"
        ) from refused
    return listener


def url_of(listener: socket.socket) -> str:
    """Where somebody on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    near = _EVERYWHERE.get(host, host)
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"
