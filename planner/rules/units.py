"""A text cut into units: list items and sentences, each knowing what list and what section it stands in."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from planner.rules.words import masked, masked_for_sentences

Marker = Literal["prose", "bullet", "number"]
Section = Literal["request", "context", "constraint", "acceptance"]

_ITEM = re.compile(
    r"^[ \t]*(?:(?P<number>(?:step\s*)?\(?\d{1,3}[.):](?!\d)|\(?[a-h]\)|step\s+\d+\s*[-–:.]?)"
    r"|(?P<bullet>[-*•+–·](?=\s)))\s*(?P<box>\[[ xX]\]\s*)?",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=[:;,.]))\(?(\d{1,2})[.)]\s+(?=\S)|\bstep\s+(\d{1,2})\s*[:.-]\s*", re.IGNORECASE
)
_HEADING = re.compile(
    r"^\s*(?:#{1,6}\s*(?P<hash>.+?)\s*#*|\*\*(?P<bold>[A-Za-z][\w /’'-]{1,40}?):?\*\*|\**(?P<label>[A-Za-z][\w /’'-]{1,40}?)\**\s*:\**)\s*$"
)
_LABEL = re.compile(r"^\s*\**(?P<label>[A-Za-z][A-Za-z /’'-]{2,30}?)\**:\**\s+(?=\S)")
_SENTENCE = re.compile(
    r"(?<=[.!?…])[\"')\]\ue000]*\s+(?=[\"'(\[]*[^\W_a-z])|(?<=[a-z0-9)%]{2}[.!?])\s+(?=[a-z]{2})|(?<=[.!?])\s+(?=please\b|then\b|also\b)|(?<=[。\uff01\uff1f\uff1b])|;\s+"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|fig|figs|resp|incl|excl|jr|sr|al|cf|max|min|est|ext|dept|temp|misc)"
    r")\.\s*$",
    re.IGNORECASE,
)

_NAMES: dict[Section, str] = {
    "context": "context|background|motivation|why|problem|problem statement|current situation|current state|status quo"
    "|description of the problem|environment|observed|actual|actual behaviour|actual behavior|expected|fyi"
    "|expected behaviour|expected behavior|impact|summary of the issue|notes|note|additional context"
    "|related|links|references|logs|stack trace|history|reported by|version|steps to reproduce|to reproduce|how to reproduce|repro"
    "|repro steps|reproduction|expected result|expected results|actual result|actual results|observed behaviour|observed behavior"
    "|screenshots|severity|affected|affected versions|user report|customer report|what happened|details",
    "constraint": "out of scope|non-goals|non goals|not in scope|constraints|constraint|limits|do not"
    "|must not|don'ts|guardrails|assumptions",
    "acceptance": "acceptance criteria|acceptance|ac|acs|definition of done|done when|success criteria|criteria|dod|done",
    "request": "tasks|task|todo|to do|to-do|steps|step|scope|in scope|request|plan|work|deliverables|what to do|goal|goals"
    "|requirements|actions|action items|proposal|proposed solution|what we need|we need|objective|objectives",
}
SECTIONS: dict[str, Section] = {
    name: section for section, names in _NAMES.items() for name in names.split("|")
}


class Unit(NamedTuple):
    """One list item or one sentence. `listing` is the same number for all items of one list."""

    text: str
    marker: Marker
    section: Section
    listing: int


def units(text: str) -> tuple[Unit, ...]:
    """The units in order; what is quoted is never cut. A section named by a mere label ends with its
    paragraph or its list, one named by a heading with the next heading.
    """
    found: list[Unit] = []
    section: Section = "request"
    listing = 0
    lasting, left = True, False
    for block, marker in _blocks(text):
        if marker == "break":
            listing, left = listing + 1, lasting is False
            continue
        if left and marker == "prose":
            section, lasting = "request", True
        left = False
        if marker == "quoted":
            found.append(Unit(block, "prose", "context", listing))
            continue
        named = _section_of(block)
        if named is not None:
            section, listing = named, listing + 1
            lasting = block.lstrip().startswith(("#", "**"))
            continue
        own, rest = _labelled(block, section)
        listing += marker == "prose"
        for piece in _pieces(rest):
            own = "request" if own == "context" != section and _MENDS.match(piece) else own
            found.append(Unit(piece, marker, own, listing))
    return tuple(unit for unit in found if any(letter.isalnum() for letter in unit.text))


_MENDS = re.compile(
    r"(?:(?:please|pls|so|then)\s+)*(?:(?:fix|repair|correct)\b|add (?:an? |some )?(?:[\w-]+ )?tests?\b)",
    re.IGNORECASE,
)
"""“Repro: open the page, click twice. Fix it.” ends what was only told, on the same line."""


def _blocks(text: str) -> Iterator[tuple[str, Marker | Literal["break", "quoted"]]]:
    """Lines put together again where one was only wrapped."""
    held: str | None = None
    kind: Marker = "prose"
    for line in _lines(text):
        item = _ITEM.match(line)
        done = item is not None and item["box"] is not None and item["box"].strip().lower() == "[x]"
        if done:
            continue
        begins = (
            item is not None
            or not line.strip()
            or line.lstrip().startswith(">")
            or _HEADING.match(line) is not None
        )
        if held is not None and not begins and _wrapped(held, line):
            held = f"{held} {line.strip()}"
            continue
        if held is not None:
            yield held, kind
        held = None
        if "```" in line:
            yield "", "break"
        elif line.lstrip().startswith(">"):
            yield line.lstrip(" >\t"), "quoted"
        elif item is not None:
            held, kind = line[item.end() :].strip(), "number" if item["number"] else "bullet"
        elif line.strip():
            held, kind = line.strip(), "prose"
        else:
            yield "", "break"
    if held is not None:
        yield held, kind


def _lines(text: str) -> list[str]:
    """Lines, with newlines inside quotations kept, and "1) … 2) …" on one line put on several."""
    mask = masked(text)
    lines, start = [], 0
    for end in [match.start() for match in re.finditer(r"\n", mask)] + [len(text)]:
        lines += _enumerated(text[start:end], mask[start:end])
        start = end + 1
    return lines


def _enumerated(line: str, mask: str) -> list[str]:
    marks = list(_INLINE.finditer(mask))
    counted = [int(m[1] or m[2]) for m in marks]
    if len(marks) < 2 or counted != list(range(counted[0], counted[0] + len(marks))) or counted[0] > 1:
        return [line]
    cuts = [m.start() for m in marks] + [len(line)]
    items = [line[a:b].strip(" ,;") for a, b in pairwise(cuts)]
    head = line[: cuts[0]].strip(" ,;")
    if not head:
        return items
    return [head if head.endswith((":", ".")) else f"{head}:", *items]


def _wrapped(held: str, line: str) -> bool:
    start = line.lstrip()[:1]
    return not held.rstrip().endswith((".", "!", "?", ":", ";")) and (start.islower() or start in "(,`'\"")


def _section_of(block: str) -> Section | None:
    heading = _HEADING.match(block)
    if heading is None:
        return None
    name = (heading["hash"] or heading["bold"] or heading["label"] or "").strip(" :*").lower()
    known = SECTIONS.get(name)
    if known is None and (heading["hash"] or heading["bold"]):
        return "request"
    return known


def _labelled(block: str, section: Section) -> tuple[Section, str]:
    label = _LABEL.match(block)
    known = SECTIONS.get(label["label"].strip().lower()) if label else None
    return (known, block[label.end() :]) if label and known else (section, block)


def _pieces(block: str) -> list[str]:
    """Sentences of a block."""
    mask = masked_for_sentences(block)
    pieces, start = [], 0
    for match in _SENTENCE.finditer(mask):
        if _ABBREVIATION.search(mask[start : match.start()]):
            continue
        pieces.append(block[start : match.start()].strip())
        start = match.end()
    pieces.append(block[start:].strip())
    return [piece for piece in pieces if piece]
