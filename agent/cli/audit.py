"""The log as a file that proves itself: written by the service, checked by anybody, offline."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from agent.audit.check import Checked, check
from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.draw.screen import emit, err, out
from agent.cli.exits import Exit
from agent.cli.refusal import Refusal, usage


def export(path: Path | None, *, where: Where, as_json: bool) -> Exit:
    """Whole or not at all: a file that broke off is not left behind."""

    async def work(api: Api) -> int:
        lines = 0
        async with api.lines("audit", silence_s=60, headers={}) as stream:
            if path is None:
                async for line in stream:
                    sys.stdout.write(f"{line}\n")
                    lines += 1
                return lines
            partial = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                with partial.open("w", encoding="utf-8") as file:
                    async for line in stream:
                        file.write(f"{line}\n")
                        lines += 1
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
        return lines

    if as_json and path is None:
        raise usage("with --json, name a file to write to: the log itself goes to standard output otherwise")
    try:
        lines = ask(where, work)
    except httpx.TransportError as error:
        raise Refusal(
            "UNREACHABLE",
            f"the log did not come through ({str(error) or type(error).__name__}) and no file was written; "
            "see that `orchestrator up` runs, and export again",
        ) from error
    if as_json:
        emit({"file": str(path), "lines": lines})
    elif path is not None:
        err().print(f"{lines} lines in {path}; `orchestrator audit verify {path}` checks them, anywhere.")
    return Exit.OK


def verify(path: Path, keys: Sequence[str], *, as_json: bool) -> Exit:
    """Raises AuditBrokenError that names the first bad entry."""
    try:
        with path.open(encoding="utf-8") as file:
            found = check(file, trusted=keys)
    except OSError as error:
        raise usage(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise usage(f"{path} is no text; export it again") from None
    if as_json:
        emit(
            {
                "entries": found.entries,
                "pruned": found.pruned,
                "blocks": found.blocks,
                "head": found.head,
                "last": found.last,
                "signed_by": [*sorted(found.signed_by)],
                "pinned": found.pinned,
            }
        )
    else:
        _tell(found)
    return Exit.OK


def _tell(found: Checked) -> None:
    out().print(
        f"{found.entries} entries in {found.blocks} blocks are what was chained, and every block is signed."
    )
    if found.pruned:
        out().print(
            f"Of {found.pruned} of them only the digest is left: their tasks were pruned, which is on record."
        )
    out().print(f"The chain comes to {found.head} with entry {found.last}.")
    if not found.pinned:
        out().print(
            "The keys are the file's own: that shows it is whole, not whose it is. "
            "Name the public key you know with --key."
        )
