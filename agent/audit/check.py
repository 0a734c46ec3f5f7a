"""Checks an exported log, with nothing but the file: every entry, every link of the chain, every signature."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError

from agent.audit.book import FORMAT
from agent.audit.chain import START, digest_of_entry, onward_by_digest, signed_text
from agent.audit.key import is_signed
from domain.base import Instant, JsonObject, Value
from domain.errors import AuditBrokenError, ConfigurationError
from domain.facts.task import TaskPruned


class _Block(Value):
    number: int
    at: Instant
    seqs: tuple[int, ...]
    heads: tuple[str, ...]
    key: str
    signature: str


class _Entry(NamedTuple):
    """An entry, or what is left of a pruned one. `gone`: how many events it says were pruned."""

    seq: object
    digest: bytes
    pruned: bool = False
    gone: int = 0


@dataclass
class Checked:
    """What was found in order. `pinned`: the signatures were checked with keys that whoever asked brought along.

    `pruned`: entries of which only the digest is left; the log has as many on record as let go of.
    """

    entries: int = 0
    pruned: int = 0
    blocks: int = 0
    head: str = START.hex()
    last: int = 0
    signed_by: set[str] = field(default_factory=set)
    pinned: bool = False


def check(lines: Iterable[str], *, trusted: Iterable[str] = ()) -> Checked:
    """Raises AuditBrokenError that names the first entry that is not what was chained, or the first block that was
    not signed. Without `trusted` the file's own keys are used, which proves that it is whole, and not whose it is.
    """
    numbered = enumerate(lines, start=1)
    _check_first(next(numbered, (1, ""))[1])
    keys = frozenset(trusted)
    found = Checked(pinned=bool(keys))
    pending: list[_Entry] = []
    gone = 0
    for number, line in numbered:
        match _read(line, number):
            case {"entry": dict(entry)}:
                pending.append(_whole(entry))
                gone += pending[-1].gone
            case {"pruned": {"seq": int(seq), "sha256": str(digest)}}:
                pending.append(_Entry(seq, _hex(digest, number), pruned=True))
            case {"block": told}:
                block = _block(told, number)
                _check_block(found, block, pending, keys)
                pending = []
            case _:
                raise AuditBrokenError(f"line {number} is neither an entry nor a block")
    if pending:
        raise AuditBrokenError(
            f"entry {pending[0].seq} belongs to no block: the file's end is missing, or it was added"
        )
    if found.pruned > gone:
        raise AuditBrokenError(
            f"{found.pruned} entries are left out as pruned, and the log has {gone} on record: somebody cut them out, "
            "or tasks were pruned in the seconds before the export; export again"
        )
    return found


def _check_block(found: Checked, block: _Block, entries: list[_Entry], keys: Collection[str]) -> None:
    if block.number != found.blocks + 1:
        raise AuditBrokenError(
            f"block {found.blocks + 1} is missing: block {block.number} stands in its place"
        )
    if len(block.heads) != len(block.seqs):
        raise AuditBrokenError(f"block {block.number} does not say what the chain came to with each entry")
    head = bytes.fromhex(found.head)
    for place, seq in enumerate(block.seqs):
        entry = entries[place] if place < len(entries) else None
        stands = entry.seq if entry else None
        if entry is None or not isinstance(stands, int) or stands > seq:
            raise AuditBrokenError(f"entry {seq} is missing")
        if stands < seq:
            raise AuditBrokenError(f"entry {stands} was added: the chain does not know it")
        head = onward_by_digest(head, entry.digest)
        if head.hex() != block.heads[place]:
            raise AuditBrokenError(f"entry {seq} was changed: it is not what was chained")
    if len(entries) > len(block.seqs):
        raise AuditBrokenError(f"entry {entries[len(block.seqs)].seq} was added: the chain does not know it")
    _check_signature(block, head, keys)
    found.entries += len(entries)
    found.pruned += sum(entry.pruned for entry in entries)
    found.blocks, found.head, found.last = block.number, head.hex(), block.seqs[-1]
    found.signed_by.add(block.key)


def _whole(entry: JsonObject) -> _Entry:
    data, gone = entry.get("data"), 0
    if entry.get("kind") == TaskPruned.model_fields["kind"].default and isinstance(data, dict):
        told = data.get("events")
        gone = told if isinstance(told, int) else 0
    return _Entry(entry.get("seq"), digest_of_entry(entry), gone=gone)


def _hex(text: str, number: int) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise AuditBrokenError(f"line {number} is no digest") from error


def _check_signature(block: _Block, head: bytes, keys: Collection[str]) -> None:
    first, last = block.seqs[0], block.seqs[-1]
    if keys and block.key not in keys:
        raise AuditBrokenError(
            f"block {block.number} (entries {first} to {last}) is signed with key {block.key}, which is none of those "
            "that are trusted; name it as well, if it is yours"
        )
    if not _is_good(block, signed_text(block.number, last, head)):
        raise AuditBrokenError(
            f"block {block.number} is not signed with key {block.key}: entry {first} is the first that may have been changed"
        )


def _is_good(block: _Block, text: bytes) -> bool:
    try:
        return is_signed(text, bytes.fromhex(block.signature), block.key)
    except (ValueError, ConfigurationError):
        return False


def _check_first(line: str) -> None:
    if _read(line, 1).get("format") != FORMAT:
        raise AuditBrokenError(f"line 1 is not the head of an exported log ({FORMAT})")


def _block(told: object, number: int) -> _Block:
    try:
        return _Block.model_validate(told)
    except ValidationError as error:
        raise AuditBrokenError(f"line {number} is no block") from error


def _read(line: str, number: int) -> JsonObject:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise AuditBrokenError(f"line {number} cannot be read: {error}") from error
    if not isinstance(read, dict):
        raise AuditBrokenError(f"line {number} cannot be read: it is no object")
    return read
