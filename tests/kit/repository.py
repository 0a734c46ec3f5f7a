"""Makes a real git repository with exactly the commits that a test wants."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

AUTHOR = "Zoë O'Hara"
BEGINNING = 1_780_000_000

NASTY_MESSAGES = (
    "Say {{ 7*7 }} and {% raw %} as they are",
    "Quote 'single', \"double\" and `back` ticks \\ \\n",
    "Größe, 日本語, 🚀 and e\u0301",
    "Subject\n\nBody with\n\nCommit: not a header\nAuthor: nobody\n\nMessage: x",
    "Paste a header\n\nCommit: " + "0" * 40 + "\nAuthor: nobody\nThat was all.",
    'Revert "Quote things"\n\nThis reverts commit 0000000000000000000000000000000000000000.',
    "Fix <b>html</b> & (parentheses) [brackets] *stars* #12",
    "Tab\tand trailing spaces   ",
    "",
    "Line separator \u2028 inside and \x0b too",
    "No newline at the end",
)


def repository(path: Path, messages: Sequence[str]) -> Path:
    """One commit for each message, the first one oldest; messages arrive byte for byte."""
    path.mkdir(parents=True)
    environ = {"PATH": os.environ["PATH"], "HOME": os.fspath(path), "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str, data: bytes = b"") -> None:
        subprocess.run(
            ["git", *arguments], cwd=path, input=data, env=environ, check=True, capture_output=True
        )

    git("init", "-q", "-b", "main")
    git("fast-import", "--quiet", data=b"".join(_commit(i, message) for i, message in enumerate(messages)))
    git("reset", "-q", "--hard")
    return path


def _commit(number: int, message: str) -> bytes:
    body = f"{message}\n".encode() if message and not message.startswith("No newline") else message.encode()
    head = f"commit refs/heads/main\nmark :{number + 1}\ncommitter {AUTHOR} <zoe@example.com> {BEGINNING + 60 * number} +0100\n"
    text = f"change {number}\n".encode()
    before = b"" if number == 0 else b"from :%d\n" % number
    file = b"M 100644 inline file.txt\ndata %d\n%s\n" % (len(text), text)
    return head.encode() + b"data %d\n%s\n" % (len(body), body) + before + file
