"""A certificate authority for tests, and both ends' contexts."""

import ssl
from pathlib import Path

import trustme


class Authority:
    """Issues certificates for made-up names; clients that trust it trust nobody else's."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def serving(self, *names: str) -> ssl.SSLContext:
        """A server's context, certified for these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def write(self, folder: Path) -> Path:
        """Its certificate as a file, for clients in other processes (`SSL_CERT_FILE`)."""
        path = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(str(path))
        return path

    def trust(self) -> ssl.SSLContext:
        """A client's context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        return context
