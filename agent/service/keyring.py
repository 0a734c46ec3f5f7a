"""Who holds which key, as the file of principals says now: it is looked at every second, so that a key or role
that is taken away is gone without a restart.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from agent.principals import KEY, PrincipalsFile, digest_of, load_principals
from domain.clock import Clock
from domain.errors import PrincipalsError, UnauthenticatedError
from domain.ids import Digest
from domain.principal import Principal

LOOK_S: Final = 1.0

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


class Keyring:
    """Ask it for people by key, by id, or by another name of theirs."""

    def __init__(
        self, path: Path, clock: Clock, load: Callable[[Path], PrincipalsFile] = load_principals
    ) -> None:
        """Raises PrincipalsError where the file is refused: nothing is served without knowing who calls."""
        self._path = path
        self._clock = clock
        self._load = load
        self._stamp = _stamp(path)
        self._take(load(path))

    def authenticate(self, presented: str | None) -> Principal:
        """Raises UnauthenticatedError, in the same words for every key that is not good."""
        if not presented:
            raise UnauthenticatedError(
                "who calls? Send your key as `Authorization: Bearer …` or `X-API-Key: …`; "
                "the command line takes it from ORCHESTRATOR_API_KEY"
            )
        found = (
            self._file.by_key(digest_of(presented), self._clock.now()) if KEY.fullmatch(presented) else None
        )
        if found is None:
            raise UnauthenticatedError(
                "this key is not known, or not any more; ask an administrator for another"
            )
        return found

    def holder(self, digest: Digest) -> Principal | None:
        """Whose key has this digest, if it is still good."""
        return self._file.by_key(digest, self._clock.now())

    def known(self, name: str) -> Principal | None:
        """Whoever has this id now."""
        return self._people.get(name)

    def mailbox(self, name: str) -> str | None:
        """Where somebody who is known here is written to."""
        known = self._accounts.get(name.casefold())
        return next((entry.email for entry in self._file.principals if entry.id == known), None)

    def mailboxes(self, roles: Collection[str]) -> tuple[str, ...]:
        """Where those who have one of these roles are written to."""
        return tuple(
            entry.email
            for entry in self._file.principals
            if entry.email and not set(roles).isdisjoint(entry.roles)
        )

    def called(self, name: str) -> Principal | None:
        """Whoever has this id, mail address or account elsewhere; a name is nobody's proof of anything."""
        return self._people.get(self._accounts.get(name.casefold(), ""))

    async def keep(self) -> None:
        """Until cancelled: take in what changes. A file that is refused changes nothing, and is complained of."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.refresh()

    async def refresh(self) -> None:
        stamp = await asyncio.to_thread(_stamp, self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._take(await asyncio.to_thread(self._load, self._path))
        except PrincipalsError as error:
            log.error("%s; those known before stay known", error.message)  # noqa: TRY400  its words say it all

    def _take(self, file: PrincipalsFile) -> None:
        self._file = file
        self._people = {entry.id: entry.principal for entry in file.principals}
        self._accounts = {
            account.casefold(): entry.id
            for entry in file.principals
            for account in (entry.id, entry.email, entry.linear)
            if account
        }


def _stamp(path: Path) -> Stamp | None:
    """What changes with the file; nothing for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
