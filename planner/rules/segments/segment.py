"""A sentence cut into segments: commands side by side, and what is said around them."""

from collections.abc import Sequence
from typing import NamedTuple

from planner.rules.lexicon import DETERMINERS
from planner.rules.openings import Cue
from planner.rules.segments.beginnings import wants
from planner.rules.segments.cutter import JOINERS, Cut, Cutter
from planner.rules.segments.subordinate import ALL_DONE, Role
from planner.rules.words import Word, words


class Segment(NamedTuple):
    """A stretch of one sentence. `heads`: a colon follows it, and what it stands for comes then; `leads`: a
    subordinate one that belongs to the command after it; `orders`: one that says when its command may begin;
    `coupled`: a bare "and" led to it.
    """

    text: str
    role: Role
    cue: Cue
    heads: bool
    leads: bool
    orders: bool
    coupled: bool


def segments(sentence: str) -> tuple[Segment, ...]:
    """Segments in order of the text."""
    row = words(sentence)
    if not row:
        return ()
    cuts = Cutter(sentence, row).cuts()
    found: list[Segment] = []
    for number, cut in enumerate(cuts):
        stop = cuts[number + 1].at if number + 1 < len(cuts) else len(row)
        text = sentence[row[cut.resume].start : row[stop - 1].end] if cut.resume < stop else ""
        text = text.strip().strip(",;:–—-(").strip() + _antecedent(sentence, row, cut)
        if text:
            heads = any(word.text == ":" for word in row[max(0, stop - 1) : stop + 1]) or (
                stop < len(row) and row[stop].lower == "by"
            )
            leads = cut.role != "main" and (cut.at == 0 or row[cut.at].lower in JOINERS)
            word = row[cut.resume - 1].lower if cut.resume else ""
            waits = leads or word not in {"when", "whenever", "while"} or ALL_DONE.match(text) is not None
            orders = cut.role != "main" and waits
            coupled = row[cut.at].lower == "and" and cut.resume == cut.at + 1
            found.append(Segment(text, cut.role, cut.cue, heads, leads, orders, coupled))
    return tuple(found)


def _antecedent(sentence: str, row: Sequence[Word], cut: Cut) -> str:
    """“An audio file that I need to download”: what the wish in a relative clause is about."""
    if not cut.resume or row[cut.resume - 1].lower not in {"that", "which"} or not wants(row, cut.resume):
        return ""
    start = next((i for i in range(cut.at - 1, -1, -1) if row[i].lower in DETERMINERS), None)
    return f" {sentence[row[start].start : row[cut.at - 1].end]}" if start is not None else ""
