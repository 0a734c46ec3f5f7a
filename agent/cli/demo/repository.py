"""A small real git repository, made with git itself, whatever this machine's git is set to."""

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from agent.cli.refusal import Refusal

AUTHOR: Final = ("Ada Newcomer", "ada@example.com")
MESSAGES: Final = (
    "Begin the billing service",
    "Add invoices and their line items",
    "Round amounts half to even, as auditors expect",
    'Say "paid" only once the bank has said so',
    "Format amounts in €, £ and ¥",
    "Let customers name their company: Müller & Söhne, 株式会社サンプル",
    "Show {{ invoice.number }} in the subject of mails",
    "Export invoices as PDF\n\nOne page for each invoice, with a QR code for the transfer.",
    "Don't lose a payment when two arrive at once",
    "Retry webhooks three times; then ask a person",
    "Speed up the invoice list (N+1 queries → 2)",
    "Document `POST /invoices` and its errors",
)
"""Such as people write; quotes, braces and other scripts are where release notes tend to break."""

PAUSE: Final = timedelta(hours=9)


class Commit(NamedTuple):
    sha: str
    subject: str


def make(folder: Path, commits: int, until: datetime) -> list[Commit]:
    """That many commits in a new repository, oldest first, the last one made at `until`.

    Raises Refusal where there is no git.
    """
    folder.mkdir(parents=True)
    _git(folder, until, "init", "--quiet", "--initial-branch=main")
    moments = [until - PAUSE * (commits - 1 - number) for number in range(commits)]
    return [_commit(folder, at, message) for at, message in zip(moments, _messages(commits), strict=True)]


def _messages(commits: int) -> Iterator[str]:
    for number in range(commits):
        again, place = divmod(number, len(MESSAGES))
        message = MESSAGES[place]
        yield message if not again else f"{message.partition(chr(10))[0]}, part {again + 1}"


def _commit(folder: Path, at: datetime, message: str) -> Commit:
    notebook = folder / "CHANGES.txt"
    with notebook.open("a", encoding="utf-8") as file:
        file.write(f"- {message}\n")
    _git(folder, at, "add", notebook.name)
    _git(folder, at, "commit", "--quiet", "--cleanup=verbatim", "--file=-", data=message)
    return Commit(_git(folder, at, "rev-parse", "HEAD").strip(), message.partition("\n")[0])


def _git(folder: Path, at: datetime, *arguments: str, data: str = "") -> str:
    name, mail = AUTHOR
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": at.isoformat(timespec="seconds"),
        "GIT_COMMITTER_DATE": at.isoformat(timespec="seconds"),
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": mail,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": mail,
    }
    try:
        done = subprocess.run(  # noqa: S603  no shell; arguments are ours
            ["git", *arguments],  # noqa: S607  whichever git is on the path
            cwd=folder,
            env=environ,
            input=data,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
    except FileNotFoundError as missing:
        raise Refusal("CONFIG_INVALID", "there is no git on this machine's PATH; install it") from missing
    except subprocess.CalledProcessError as failed:
        raise Refusal("CONFIG_INVALID", f"git {arguments[0]} failed: {failed.stderr.strip()}") from failed
    return done.stdout
