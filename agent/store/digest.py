"""The digest under which outputs stand in the log."""

import hashlib
import json
import re
from typing import Final

import rfc8785

from domain.base import JsonObject

_SORTED: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode

_ITS_OWN_WAY: Final = re.compile(r"[^\x00-\x7f]|[:,\[]-?\d+[.eE]|[:,\[]-?\d{16}")
"""Where RFC 8785 has a way of its own: the order of names that are not ASCII, fractions, and integers that may not be exact."""


def outputs_digest(outputs: JsonObject) -> str:
    """SHA-256 over the RFC 8785 canonical form, hexadecimal."""
    return hashlib.sha256(canonical(outputs)).hexdigest()


def canonical(outputs: JsonObject) -> bytes:
    """The RFC 8785 form. Of nearly all outputs it is what any encoder writes that sorts, ten times as fast."""
    text = _SORTED(outputs)
    return rfc8785.dumps(outputs) if _ITS_OWN_WAY.search(text) else text.encode()
