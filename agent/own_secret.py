"""Secrets of a data folder's own, made once where no setting gives them. Several hosts need the setting, to share one."""

import base64
import os
import secrets
from pathlib import Path

BYTES = 32


def own_secret(folder: Path, name: str) -> str:
    """32 random bytes as Base64, in a file that only we can read."""
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, base64.b64encode(secrets.token_bytes(BYTES)).decode())
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and never over one that another process made meanwhile."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{text}\n")
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
