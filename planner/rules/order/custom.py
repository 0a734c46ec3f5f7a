"""The order that custom gives within a sentence: the old goes last, what was found is mended, what is measured again is measured at the end."""

import re
from collections.abc import Sequence

from planner.rules.order.piece import Link, Piece
from planner.rules.stages import BUILDS, Stage
from planner.rules.wordlist import wordlist


def by_custom(pieces: Sequence[Piece]) -> list[Link]:
    """“Copy the pages, switch the DNS, archive the old site”: each after what has to be there for it."""
    found: list[Link] = []
    for index, piece in enumerate(pieces):
        before = [i for i in range(index) if pieces[i].unit == piece.unit]
        if not before or piece.cue in {"first", "earlier", "parallel"}:
            continue
        found += _last(piece, index, before)
        found += _of_what_failed(pieces, index, before)
        found += _of_what_is_there(pieces, index, before)
        found += _tried(pieces, index, before)
        found += _emptied(pieces, index, before)
    return found


def _last(piece: Piece, index: int, before: Sequence[int]) -> list[Link]:
    """“… and archive the old site”: the old serves until the new one does."""
    if piece.verb not in _RETIRES or not _OLD.search(piece.target):
        return []
    return [Link(i, index, "sequence", "the old one goes when the new one is there") for i in before]


_RETIRES: frozenset[str] = wordlist(
    "archive retire decommission remove delete drop cancel disable stop terminate unpublish dismantle"
) | {"shut down", "turn off", "switch off", "take down", "tear down", "phase out"}
_OLD = re.compile(r"^(?:the |our |its |their )?(?:old|previous|former|legacy)\b", re.IGNORECASE)


def _of_what_failed(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    """“Do a trial import, fix what fails, import into production”: after the trial, before it is done for good."""
    piece, last = pieces[index], before[-1]
    if _mends_findings(piece):
        return [Link(last, index, "sequence", "what failed is known after the trial")]
    if _mends_findings(pieces[last]):
        return [Link(last, index, "sequence", "what failed is mended first")]
    return []


def _mends_findings(piece: Piece) -> bool:
    return piece.verb in _MENDS and _FOUND.match(piece.target) is not None


_MENDS: frozenset[str] = wordlist("fix correct repair mend resolve address remedy")
_FOUND = re.compile(
    r"(?:what(?:ever)?|anything (?:that|which)) (?:fails|failed|breaks|broke|is found|was found|turns up|comes up|goes wrong|went wrong|does not work)\b"
    r"|(?:all |the |any )*(?:failures|findings)$",
    re.IGNORECASE,
)


def _of_what_is_there(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    """“Add the column, encrypt the existing rows”: what is there already is brought over to the new."""
    if not _EXISTING.search(pieces[index].target) or pieces[index].verb not in _BRINGS_OVER:
        return []
    made = [i for i in before if pieces[i].stage in _MAKES]
    return [Link(i, index, "sequence", "what is there is brought over to the new") for i in made[-1:]]


_MAKES: frozenset[Stage] = BUILDS | {"security"}
_BRINGS_OVER: frozenset[str] = wordlist(
    "encrypt backfill migrate convert copy move re-encrypt reindex update transfer hash tag recompute rewrite import"
)
_EXISTING = re.compile(
    r"\b(?:existing|open|current|old|historic|historical|past|present|stored)\s+(?:[\w-]+ ){0,2}?"
    r"(?:rows?|records?|data|entries|sessions|users|customers|accounts|orders|files|documents|passwords|addresses|invoices|values|images|events|messages)\b",
    re.IGNORECASE,
)


def _emptied(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    """“Move the workloads, wipe the disks, cancel the contract”: what is wanted is taken out before the rest goes."""
    if pieces[index].verb not in _GIVES_UP:
        return []
    saved = [i for i in before if pieces[i].verb in _SAVES]
    return [Link(i, index, "sequence", "what is wanted is taken out before") for i in saved]


_SAVES: frozenset[str] = wordlist("move migrate copy export archive transfer save evacuate") | {"back up"}
_GIVES_UP: frozenset[str] = wordlist(
    "wipe erase destroy scrap dispose cancel terminate decommission dismantle delete drop shred"
) | {"shut down", "switch off", "turn off", "tear down", "take down"}


def _tried(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    """“Write the importer, do a trial import”: what is tried is there."""
    if not _TRIAL.search(pieces[index].text):
        return []
    made = [i for i in before if pieces[i].verb in _WRITES]
    return [Link(i, index, "sequence", "what is tried is there before") for i in made[-1:]]


_WRITES: frozenset[str] = wordlist("write build implement create develop prepare program code")
_TRIAL = re.compile(
    r"\b(?:trial|dry[- ]run|rehears\w+|test (?:import|run|migration|export))\b", re.IGNORECASE
)
