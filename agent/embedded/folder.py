"""The data folder: held by one process at a time, and where the embedded servers keep their things."""

import fcntl
import os
import shutil
import stat
import tempfile
from functools import partial
from pathlib import Path

from agent.embedded.account import Account, own
from agent.embedded.process import until
from domain.errors import ConfigurationError, FolderInUseError

SOCKET_PATH_LIMIT = 100
"""Bytes of a unix socket's path: Linux allows 107, macOS 103."""

GRACE_S = 0.3
"""How long a lock is waited for: somebody who only looks whether it is held has it for a moment."""

_LONGEST_SOCKET = ".s.PGSQL.5432"


class DataFolder:
    """Paths inside one data folder, its lock, and the folder of its unix sockets."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.cluster = self.root / "postgres"
        self.unfinished_cluster = self.root / "postgres.new"
        self.logs = self.root / "logs"
        self._lock_path = self.root / "lock"
        self._near_sockets = self.root / "run"
        self._far_sockets = self.root / "sockets"
        self._lock: int | None = None

    def hold(self) -> None:
        """Take the folder for this process. Raises FolderInUseError where another one has it.

        The kernel lets go of the lock when its holder dies, however it dies; the pid is for people.
        """
        self._make()
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o644)
        if not until(partial(_locked, lock, fcntl.LOCK_EX), GRACE_S):
            holder = os.read(lock, 32).decode().strip() or "unknown"
            os.close(lock)
            raise FolderInUseError(
                f"data folder {self.root} is in use by process {holder}; stop that one, "
                "or choose another folder (--data, ORCHESTRATOR_DATA)"
            )
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock

    def let_go(self) -> None:
        """The lock's file stays: were it removed, two processes could lock two files of one name."""
        if self._lock is not None:
            os.truncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    @property
    def is_held(self) -> bool:
        """Whether some process, perhaps this one, has the folder."""
        try:
            lock = os.open(self._lock_path, os.O_RDONLY)
        except OSError:
            return False
        try:
            return not _locked(lock, fcntl.LOCK_SH)
        finally:
            os.close(lock)

    def sockets(self, owner: int) -> Path | None:
        """The folder of the sockets as it is now, or null. In a place that others write to, it counts only
        while it is still the one that `owner` was given.
        """
        if _fits(self._near_sockets):
            return self._near_sockets if self._near_sockets.is_dir() else None
        try:
            far = Path(self._far_sockets.read_text(encoding="utf-8"))
            found = far.lstat()
        except FileNotFoundError:
            return None
        return far if stat.S_ISDIR(found.st_mode) and found.st_uid == owner else None

    def make_sockets(self, account: Account) -> Path:
        """Beside the data where the path is short enough, otherwise in a short place that is remembered."""
        folder = self.sockets(account.uid) or self._new_sockets()
        own(account, folder)
        return folder

    def remove_sockets(self, account: Account) -> None:
        if (folder := self.sockets(account.uid)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
        self._far_sockets.unlink(missing_ok=True)

    def _new_sockets(self) -> Path:
        if _fits(self._near_sockets):
            return self._near_sockets
        candidates = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108  mkdtemp makes it ours alone
        short = next((place for place in candidates if _fits(place / "orchestrator-12345678")), None)
        if short is None:
            raise ConfigurationError(
                f"{self.root} is too long a path for unix sockets; choose a shorter one (ORCHESTRATOR_DATA)"
            )
        far = Path(tempfile.mkdtemp(prefix="orchestrator-", dir=short))
        self._far_sockets.write_text(str(far), encoding="utf-8")
        return far

    def _make(self) -> None:
        try:
            # Root's servers run as somebody else, who must pass through; what lies inside stays closed.
            self.root.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as refused:
            raise ConfigurationError(
                f"data folder {self.root} cannot be made ({refused.strerror}); choose another (ORCHESTRATOR_DATA)"
            ) from None


def _locked(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _fits(folder: Path) -> bool:
    """Short enough, and without the comma by which PostgreSQL's clients part several hosts."""
    return "," not in str(folder) and len(os.fsencode(folder / _LONGEST_SOCKET)) <= SOCKET_PATH_LIMIT
