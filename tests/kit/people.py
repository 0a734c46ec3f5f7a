"""People with keys: a file of principals that a test writes and changes."""

import os
from pathlib import Path
from typing import Any

import yaml

from agent.principals import digest_of
from agent.service.keyring import Keyring
from domain.clock import Clock


def key_of(person: str) -> str:
    """A key as `keys make` makes them, the same in every run."""
    return f"orc_{digest_of(person)[:43]}"


def entry(person: str, *roles: str, may: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "id": person,
        "roles": list(roles),
        "may": list(may),
        "keys": [{"id": "one", "sha256": digest_of(key_of(person))}],
        **more,
    }


class People:
    """The file, and the keyring that reads it."""

    def __init__(self, path: Path, clock: Clock, *entries: dict[str, Any]) -> None:
        self.path = path
        self.entries = list(entries)
        self._write()
        self.keyring = Keyring(path, clock)

    async def change(self, person: str, **changes: Any) -> None:
        """Without `changes` the person is taken out."""
        kept = [e for e in self.entries if e["id"] != person]
        old = next(e for e in self.entries if e["id"] == person)
        self.entries = [*kept, {**old, **changes}] if changes else kept
        self._write()
        await self.keyring.refresh()

    def _write(self) -> None:
        """As a whole, as whoever operates the service should."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(yaml.safe_dump({"schema_version": "1.0", "principals": self.entries}))
        fresh.replace(self.path)
        # Two changes within the clock's grain are still two.
        self._ticks = getattr(self, "_ticks", 0) + 1
        os.utime(self.path, ns=(self._ticks * 10**9, self._ticks * 10**9))
