"""The log as a file that proves itself: written from what the database holds now, against what the chain says.

One JSON document a line: the head, then for each block its entries and the block itself.
"""

import json
from collections.abc import AsyncIterator
from typing import Final

from agent.audit.chain import entry_of
from agent.store.audit import Block, Blocks
from agent.store.rows import Row
from domain.base import Json, JsonObject

FORMAT: Final = "orchestrator audit 1"
BLOCKS_AT_ONCE: Final = 20


async def written(blocks: Blocks) -> AsyncIterator[bytes]:
    """The lines of the file. Entries are as they stand in the log now; heads as they were when they were chained."""
    yield _line({"format": FORMAT})
    number, seq = 0, 0
    while page := await blocks.after(number, BLOCKS_AT_ONCE):
        for block in page:
            for row in await blocks.entries(seq, block.seqs[-1]):
                yield _line(_entry(row))
            yield _line({"block": _told(block)})
            number, seq = block.number, block.seqs[-1]


def _entry(row: Row) -> JsonObject:
    """An event as it stands; of one that was pruned, what is left of it."""
    parts = dict(row)
    digest = parts.pop("digest")
    if digest is not None:
        return {"pruned": {"seq": row["seq"], "sha256": digest.hex()}}
    return {"entry": entry_of(**parts)}


def _told(block: Block) -> JsonObject:
    heads: list[Json] = [block.heads[at : at + 32].hex() for at in range(0, len(block.heads), 32)]
    return {
        "number": block.number,
        "at": block.at.isoformat(),
        "seqs": [*block.seqs],
        "heads": heads,
        "key": block.key,
        "signature": block.signature.hex(),
    }


def _line(value: JsonObject) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
