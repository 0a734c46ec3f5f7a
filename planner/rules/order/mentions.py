"""The order that follows from what words speak of: "fix it", "the notes", "after the tests pass"."""

import re
from collections.abc import Sequence

from planner.rules.lexicon import DETERMINERS
from planner.rules.order.looks import looks
from planner.rules.order.piece import Link, Piece, as_said, short
from planner.rules.segments.subordinate import ALL_DONE
from planner.rules.stages import Stage
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of, words


def conditions(pieces: Sequence[Piece]) -> list[Link]:
    """“After the tests pass”: what the condition speaks of comes first."""
    found = []
    for index, piece in enumerate(pieces):
        for need in piece.needs:
            counted = _counted(need, pieces, index)
            if counted:
                found += [as_said(other, index, f"only when {need}") for other in counted]
                continue
            spoken = _stems(need)
            for other, candidate in enumerate(pieces):
                if (
                    other != index
                    and (spoken & (_stems(candidate.target) | {candidate.verb or ""})) - _GENERIC
                ):
                    found.append(as_said(other, index, f"only when {need}"))
            if (
                not any(link.second == index for link in found)
                and index
                and _speaks_back(need, pieces[index - 1])
            ):
                found.append(as_said(index - 1, index, f"only when {need}"))
    return found


def _counted(need: str, pieces: Sequence[Piece], index: int) -> list[int]:
    """“As soon as the first two are done", "once both are there", "once we know the cause"."""
    if _CAUSE.search(need):
        return [i for i in range(len(pieces)) if i != index and pieces[i].stage == "diagnosis"][:1]
    if ALL_DONE.match(need):
        return [i for i in range(index) if pieces[i].unit >= pieces[index].unit - 1]
    found = _COUNT.match(need)
    said = [i for i in range(index) if pieces[i].unit >= pieces[index].unit - 1] if found else []
    if found is None or not said:
        return []
    if pieces[said[-1]].unit != pieces[said[0]].unit and pieces[said[-1]].unit != pieces[index].unit:
        said = [i for i in said if pieces[i].unit == pieces[said[-1]].unit]
    many = _NUMBERS.get((found["many"] or found["both"] or "").lower(), 1)
    if found["both"]:
        return said[-many:]
    return said[:many] if found["end"].lower() == "first" else said[-many:]


_COUNT = re.compile(
    r"(?:the (?P<end>first|last)(?: (?P<many>two|three|four))?|(?P<both>both|all two|all three|all four)(?: of (?:them|these|those))?)"
    r"(?: (?:steps?|points?|items?|things?|tasks?|ones?))?\s+(?:is|are|has|have|work|works|look|looks|pass|passes)\b",
    re.IGNORECASE,
)
_NUMBERS: dict[str, int] = {
    "two": 2, "three": 3, "four": 4, "both": 2, "all two": 2, "all three": 3, "all four": 4,
}  # fmt: skip
_CAUSE = re.compile(
    r"\b(?:know|knows|understand|understands|clear|known|understood|found)\b.*\b(?:cause|reason|why|culprit)\b|\b(?:cause|reason|culprit)\b.*\b(?:known|clear|found|understood)\b",
    re.IGNORECASE,
)


def _speaks_back(need: str, last: Piece) -> bool:
    """Whether a condition speaks of how the work before it turns out: "if it is the cause"."""
    first = words(need)[:1]
    return bool(first) and (
        first[0].lower in _BACK
        or last.stage == "diagnosis"
        or ((looks(last) or last.stage in {"qa", "proof"}) and _OUTCOME.search(need) is not None)
    )


_BACK: frozenset[str] = wordlist(
    "it that this they these those everything all nothing anything something one any some none either neither both"
)
_OUTCOME = re.compile(
    r"\b(?:red|green|fails?|failed|pass(?:es|ed)?|holds?|differs?|drops?|falls?|rises?|wrong|fine|ok|clean|stable|healthy|worse|better|errors?"
    r"|exceeds?|agrees?|match(?:es)?|works?|succeeds?|good|bad|positive|negative|more than|less than|below|above)\b",
    re.IGNORECASE,
)


def anaphors(pieces: Sequence[Piece]) -> list[Link]:
    found = []
    for index, piece in enumerate(pieces):
        referent = _referent(pieces, index) if piece.anaphor else None
        if referent is not None:
            found.append(Link(referent, index, "anaphor", f"“{short(piece)}” speaks of what came before"))
            continue
        for name in _definite(piece.target):
            makers = [i for i in range(index) if name in _made(pieces[i])]
            if makers:
                found.append(Link(makers[-1], index, "anaphor", f"“the {name}” is made before"))
                break
    return found


def _referent(pieces: Sequence[Piece], index: int) -> int | None:
    """What a pronoun speaks of: the work before it; for checks and texts the thing that was built."""
    if not index or pieces[index - 1].unit < pieces[index].unit - 1:
        return None
    near = [i for i in range(index - 1, -1, -1) if pieces[i].unit >= pieces[index].unit - 1]
    if pieces[index].stage in _ABOUT:
        near = [i for i in near if pieces[i].stage not in _ABOUT] or near
    last = pieces[near[0]]
    return None if last.stage == "clearing" or last.verb in {"remove", "delete", "drop"} else near[0]


_ABOUT: frozenset[Stage] = frozenset({"qa", "proof", "docs", "review", "audit", "report", "monitoring"})


def _definite(target: str) -> list[str]:
    """Heads of noun phrases that the text takes as known: "the notes"."""
    row = words(target)
    found = []
    for index, word in enumerate(row[:-1]):
        if word.lower in {"the", "those", "these", "that"}:
            stop = index + 1
            while (
                stop + 1 < len(row)
                and row[stop + 1].is_word
                and row[stop + 1].lower not in _STOPPERS
                and stop - index < 4
            ):
                stop += 1
            found.append(_stem(row[stop].lower))
    return [name for name in found if name not in _GENERIC]


def _made(piece: Piece) -> set[str]:
    """What a piece of work leaves behind, as its words name it."""
    head = _head(piece.target)
    made = {_stem(head)} if head else set()
    if head in _INQUIRIES or piece.verb in _INQUIRIES:
        made |= {"finding", "result"}
    if piece.verb:
        made |= (
            {piece.verb, f"{piece.verb}s"}
            if piece.verb
            in {"fix", "deploy", "test", "design", "report", "release", "patch", "draft", "plan"}
            else set()
        )
        made |= {noun for verb, noun in _NOUNS.items() if verb == piece.verb}
    return made - _GENERIC


_INQUIRIES: frozenset[str] = wordlist("scan audit pentest drill rehearsal survey profile measure probe")
_NOUNS: dict[str, str] = {
    "migrate": "migration", "investigate": "finding", "evaluate": "evaluation", "analyze": "analysis", "deploy": "deployment",
    "implement": "implementation", "refactor": "refactoring", "summarize": "summary", "translate": "translation",
    "recommend": "recommendation", "transcribe": "transcript", "compare": "comparison", "collect": "collection",
}  # fmt: skip


def _head(target: str) -> str:
    row = words(target)
    stop = next((i for i, w in enumerate(row) if i and (not w.is_word or w.lower in _STOPPERS)), len(row))
    names = [w.lower for w in row[:stop] if w.is_word and w.lower not in DETERMINERS]
    return names[-1] if names else ""


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _stems(text: str) -> set[str]:
    names = {word.lower for word in words(text) if word.is_word and len(word.lower) > 2}
    return {_stem(name) for name in names} | {lemma_of(name) for name in names}


_STOPPERS: frozenset[str] = wordlist(
    "of for in on at to from into by with that which and or as is are was so if when before after behind under over mention mentions contain contains"
)
_GENERIC: frozenset[str] = wordlist(
    "it them this that one code system app application service project repository repo team user users customer customers "
    "data file files thing result production staging production environment everything change changes page"
)
