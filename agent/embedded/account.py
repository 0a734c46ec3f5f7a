"""Which account the embedded servers run as: their own where we are root, for PostgreSQL refuses root."""

import logging
import os
import pwd
import stat
from pathlib import Path
from typing import NamedTuple

from domain.errors import ConfigurationError

PREFERRED = ("orchestrator", "postgres", "nobody")
"""Root may make a user `orchestrator` to keep the servers apart from everything else; none is made for it."""

_log = logging.getLogger(__name__)


class Account(NamedTuple):
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether this is somebody else than we are."""
        return self.uid != os.geteuid()


def account_for(cluster: Path) -> Account:
    """Ours; for root the owner of an existing cluster, or the first preferred account that exists.

    Raises ConfigurationError where the cluster belongs to somebody we cannot act for, or no account exists.
    """
    owner = cluster.stat() if cluster.exists() else None
    me = Account(os.geteuid(), os.getegid())
    if me.uid != 0:
        if owner is not None and owner.st_uid != me.uid:
            raise ConfigurationError(
                f"{cluster} belongs to user {owner.st_uid}, and this is user {me.uid}; start it as that user, "
                "or choose another data folder (ORCHESTRATOR_DATA)"
            )
        return me
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    found = next((known[name] for name in PREFERRED if name in known), None)
    if found is None:
        raise ConfigurationError(
            "PostgreSQL does not run as root and there is no other account for it; "
            f"make a user named {PREFERRED[0]!r}, run as an ordinary user, or set DATABASE_URL"
        )
    return Account(found.pw_uid, found.pw_gid)


def let_pass(account: Account, folder: Path) -> None:
    """Let the account reach `folder`: others may then pass through its parents, not list them."""
    if not account.is_other:
        return
    for passed in (folder, *folder.parents):
        found = passed.stat()
        if found.st_uid != account.uid and not found.st_mode & stat.S_IXOTH:
            _log.warning("others may now pass through %s: the embedded servers do not run as root", passed)
            passed.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def let_read(account: Account, *trees: Path) -> None:
    """Let the account read what was installed for its owner alone, as a umask of 077 has it."""
    if not account.is_other:
        return
    for tree in trees:
        let_pass(account, tree)
        if not (_others_read(tree) and _others_read(_any_file(tree))):
            for path in (tree, *tree.rglob("*")):
                _open_to_others(path)


def _others_read(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def _any_file(tree: Path) -> Path:
    return next((path for path in tree.rglob("*") if path.is_file()), tree)


def _open_to_others(path: Path) -> None:
    if not path.is_symlink():
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def own(account: Account, folder: Path) -> None:
    """Make `folder` for the account alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.is_other:
        os.chown(folder, account.uid, account.gid)
