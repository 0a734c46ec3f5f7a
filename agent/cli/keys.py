"""`keys`: makes keys, digests them, and checks the file that knows them. Nothing here speaks to a service."""

import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from agent.cli.address import settings_in
from agent.cli.draw.screen import emit, err, out
from agent.cli.exits import Exit
from agent.cli.refusal import usage
from agent.principals import KEY, Entry, KeyEntry, digest_of, load_principals
from domain.base import JsonObject

PREFIX: Final = "orc_"
"""So that whoever finds a key in a log or a repository knows what it opens; scanners look for such."""
BYTES: Final = 32


def make(key_id: str, days: int | None, *, as_json: bool) -> Exit:
    key = f"{PREFIX}{secrets.token_urlsafe(BYTES)}"
    entry = _entry(key, key_id, days)
    if as_json:
        emit({"key": key, "entry": entry.model_dump(mode="json", exclude_defaults=True)})
        return Exit.OK
    err().print("The key, shown this once; the entry below goes under `keys` of its owner:", style="dim")
    out().print(Text(key))
    for line in _yaml(entry):
        out().print(Text(line))
    return Exit.OK


def digest(*, as_json: bool) -> Exit:
    key = sys.stdin.readline().strip()
    if not KEY.fullmatch(key):
        raise usage(
            "that is no key of ours (orc_ and 43 characters); "
            "`orchestrator keys make` makes one, and words that people choose are too easily guessed"
        )
    if as_json:
        emit({"sha256": digest_of(key)})
    else:
        out().print(Text(digest_of(key)))
    return Exit.OK


def check(file: Path | None, *, as_json: bool) -> Exit:
    """Raises PrincipalsError with everything that is wrong."""
    path = file or settings_in(None).auth_principals
    if path is None:
        raise usage("which file? Name it with --file or AUTH_PRINCIPALS")
    found = load_principals(path)
    if as_json:
        emit({"principals": [_shown(entry) for entry in found.principals]})
    else:
        out().print(_table(found.principals))
    return Exit.OK


def _entry(key: str, key_id: str, days: int | None) -> KeyEntry:
    expires = None if days is None else datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    try:
        return KeyEntry(id=key_id, sha256=digest_of(key), expires_at=expires)
    except ValueError:
        raise usage(f"--id {key_id!r} is no name: letters, digits, dots, dashes") from None


def _yaml(entry: KeyEntry) -> list[str]:
    lines = [f"- id: {entry.id}", f"  sha256: {entry.sha256}"]
    return lines if entry.expires_at is None else [*lines, f'  expires_at: "{entry.expires_at.isoformat()}"']


def _shown(entry: Entry) -> JsonObject:
    shown: JsonObject = entry.model_dump(mode="json", exclude={"keys": {"__all__": {"sha256"}}})
    return shown


def _table(people: tuple[Entry, ...]) -> Table:
    table = Table(box=None, header_style="dim")
    for column in ("who", "roles", "may", "keys"):
        table.add_column(column)
    for entry in people:
        keys = ", ".join(_key(key) for key in entry.keys)
        table.add_row(*(Text(t) for t in (entry.id, ", ".join(entry.roles), ", ".join(entry.may), keys)))
    return table


def _key(key: KeyEntry) -> str:
    if key.revoked:
        return f"{key.id} (revoked)"
    return key.id if key.expires_at is None else f"{key.id} (until {key.expires_at:%Y-%m-%d})"
