"""Secrets are named, never held: `env:NAME` stands in manifests, plans and logs, and is looked up at use."""

import re
from collections.abc import Mapping

from domain.errors import UnreachableError

REFERENCE = re.compile(r"^(?:(?P<scheme>[A-Za-z]+) )?env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)$")
"""`env:NAME`, or with the scheme of an Authorization header before it: `Bearer env:NAME`."""

SENSITIVE = re.compile(
    r"(?i)(?:^|[-_])(?:key|token|secret|pass|passwd|password|credentials?|auth|authorization|cookie)$"
)
"""Names of variables and headers whose values are taken for secrets."""


def reveal(value: str, environ: Mapping[str, str], *, where: str) -> str:
    """The value itself, with a reference looked up."""
    reference = REFERENCE.match(value)
    if reference is None:
        return value
    secret = environ.get(reference["name"])
    if not secret:
        raise UnreachableError(
            f"{where} needs the environment variable {reference['name']}, which is not set; set it"
        )
    return f"{reference['scheme']} {secret}" if reference["scheme"] else secret


def reveal_all(values: Mapping[str, str], environ: Mapping[str, str], *, where: str) -> dict[str, str]:
    return {name: reveal(value, environ, where=f"{where}.{name}") for name, value in values.items()}
