"""The digest under which outputs stand in the log."""

import hashlib

import rfc8785

from domain.base import JsonObject
from domain.canonical import plainly


def outputs_digest(outputs: JsonObject) -> str:
    """SHA-256 over the RFC 8785 canonical form, hexadecimal."""
    return hashlib.sha256(canonical(outputs)).hexdigest()


def canonical(outputs: JsonObject) -> bytes:
    """Raises ValueError for numbers that have no canonical text."""
    text = plainly(outputs)
    return rfc8785.dumps(outputs) if text is None else text.encode()
