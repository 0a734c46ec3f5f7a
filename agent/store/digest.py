"""The digest under which outputs stand in the log."""

import hashlib

import rfc8785

from domain.base import JsonObject


def outputs_digest(outputs: JsonObject) -> str:
    """SHA-256 over the RFC 8785 canonical form, hexadecimal."""
    return hashlib.sha256(rfc8785.dumps(outputs)).hexdigest()
