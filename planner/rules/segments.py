"""A sentence cut into segments: commands side by side, and what is said around them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from planner.rules.lexicon import FINITE
from planner.rules.openings import Cue, opens_request
from planner.rules.verbs import verb_at
from planner.rules.words import Word, verb_forms, words

Role = Literal["main", "before", "after", "condition", "unless", "while"]
"""How a segment stands to the command it hangs on: "before deploying", "after the tests pass", "if it fails"."""

_JOINERS: frozenset[str] = frozenset({",", ";", "and", "then", "but", "plus", "—", "–", "&", "or", ":", "("})
_SUBORDINATORS: dict[str, Role] = {
    "before": "before",
    "prior": "before",
    "after": "after",
    "once": "condition",
    "when": "condition",
    "whenever": "condition",
    "if": "condition",
    "as": "condition",
    "until": "condition",
    "unless": "unless",
    "while": "while",
    "following": "after",
    "upon": "condition",
}
_TAILS: frozenset[str] = frozenset({"because", "since", "so", "which", "who", "whose", "where"})


class Segment(NamedTuple):
    """A stretch of one sentence. `joiner` is what led to it; `leads` says that it stood before its command."""

    text: str
    role: Role
    joiner: str
    cue: Cue
    leads: bool


class _Cut(NamedTuple):
    at: int
    resume: int
    role: Role
    cue: Cue


def segments(sentence: str) -> tuple[Segment, ...]:
    """Segments in order of the text."""
    row = words(sentence)
    if not row:
        return ()
    cuts = _cuts(sentence, row)
    found: list[Segment] = []
    for number, cut in enumerate(cuts):
        stop = cuts[number + 1].at if number + 1 < len(cuts) else len(row)
        if cut.resume >= stop:
            continue
        text = sentence[row[cut.resume].start : row[stop - 1].end]
        joiner = " ".join(word.lower for word in row[cut.at : cut.resume])
        found.append(
            Segment(_trim(text), cut.role, joiner, cut.cue, cut.role != "main" and not _has_main(found))
        )
    return tuple(segment for segment in found if segment.text)


def _has_main(found: Sequence[Segment]) -> bool:
    return any(segment.role == "main" for segment in found)


def _trim(text: str) -> str:
    return text.strip().strip(",;:–—-(").strip()


def _cuts(sentence: str, row: tuple[Word, ...]) -> list[_Cut]:
    first = _subordinate(row, 0)
    cuts = [_Cut(0, first[1], first[0], "none") if first else _Cut(0, 0, "main", "none")]
    depth, index = 0, max(1, cuts[0].resume)
    while index < len(row):
        word = row[index].lower
        depth += (word in "([{") - (word in ")]}")
        cut = None if depth > 0 and word != "(" else _cut_at(sentence, row, index, cuts[-1])
        if cut is None:
            index += 1
            continue
        cuts.append(cut)
        index = max(index + 1, cut.resume)
    return cuts


def _cut_at(sentence: str, row: tuple[Word, ...], index: int, last: _Cut) -> _Cut | None:
    word = row[index].lower
    if word in _JOINERS and word != "(":
        return _after_joiner(sentence, row, index, last)
    if word in _SUBORDINATORS:
        found = _subordinate(row, index)
        return _Cut(index, found[1], found[0], "none") if found else None
    if word in {"then", "finally", "afterwards", "lastly"}:
        return (
            _Cut(index, index + 1, "main", "finally" if word in {"finally", "lastly"} else "then")
            if verb_at(row, index + 1, initial=True)
            else None
        )
    return None


def _after_joiner(sentence: str, row: tuple[Word, ...], index: int, last: _Cut) -> _Cut | None:
    resume = index
    cue: Cue = "none"
    while resume < len(row) and (row[resume].lower in _JOINERS or row[resume].lower in _ORDER_WORDS):
        cue = _ORDER_WORDS.get(row[resume].lower, cue)
        resume += 1
    if resume >= len(row):
        return None
    subordinate = _subordinate(row, resume)
    if subordinate:
        return _Cut(index, subordinate[1], subordinate[0], "none")
    strong = cue in {"then", "finally"} or row[index].lower in {";", "then", ":"}
    if last.role != "main" and row[index].lower == ",":
        # The comma that closes "After the tests pass, …": whatever follows is the command.
        return _Cut(index, resume, "main", cue)
    if verb_at(row, resume, initial=strong) is not None:
        return _Cut(index, resume, "main", cue)
    if opens_request(sentence, row[resume].start) or _negation(row, resume) or _passive(row, resume):
        return _Cut(index, resume, "main", cue)
    return None


_ORDER_WORDS: dict[str, Cue] = {
    "then": "then",
    "next": "then",
    "afterwards": "then",
    "finally": "finally",
    "lastly": "finally",
    "also": "none",
    "please": "none",
    "subsequently": "then",
    "additionally": "none",
    "later": "then",
}


def _negation(row: Sequence[Word], at: int) -> bool:
    """“…, do not …”, "…, don't …", "… but never …", "…, without …" begin a limit."""
    first = row[at].lower
    if first in {"don't", "never", "avoid", "without"}:
        return True
    second = row[at + 1].lower if at + 1 < len(row) else ""
    return (first, second) in {("do", "not"), ("must", "not"), ("no", "need"), ("not", "to")}


def _passive(row: Sequence[Word], at: int) -> bool:
    """“… and the docs should be updated”: a statement of its own, within the next words."""
    for ahead in range(at + 1, min(at + 8, len(row) - 2)):
        word = row[ahead].lower
        if word in {",", ";", "and", "or", "that", "which", "to"}:
            return False
        if word in {"should", "must", "needs", "need", "has", "shall"}:
            return row[ahead + 1].lower in {"be", "to"} or word in {"should", "must"}
    return False


def _subordinate(row: Sequence[Word], at: int) -> tuple[Role, int] | None:
    """The role of a subordinate clause that begins here, and where its own words begin."""
    if at + 1 >= len(row):
        return None
    word, following = row[at].lower, row[at + 1].lower
    role = _SUBORDINATORS.get(word)
    if role is None:
        return None
    if word == "prior":
        return (role, at + 2) if following == "to" else None
    if word == "as":
        long = at + 3 < len(row) and (following, row[at + 2].lower) in {("soon", "as"), ("long", "as")}
        return ("condition", at + 3) if long else None
    if word in {"following", "upon", "while"}:
        tense = verb_forms().get(following, ("", ""))[1]
        return (role, at + 1) if tense == "ing" or (word == "while" and following != "the") else None
    if word in {"before", "after"}:
        return (role, at + 1) if _clause_follows(row, at + 1) else None
    return role, at + 1


def _clause_follows(row: Sequence[Word], at: int) -> bool:
    """After "before" and "after": an -ing form, or a subject with a finite verb; not "after 14:00"."""
    if verb_forms().get(row[at].lower, ("", ""))[1] == "ing":
        return True
    for ahead in row[at : at + 8]:
        if ahead.lower in {",", ";", "."}:
            break
        known = verb_forms().get(ahead.lower)
        if ahead.lower in FINITE or (known and known[1] in {"s", "ed"}):
            return True
        if ahead.lower in {"we", "you", "it", "they", "i"}:
            return True
    nouns = {
        "review",
        "approval",
        "tests",
        "deployment",
        "migration",
        "release",
        "sign-off",
        "signoff",
        "rollout",
        "deploy",
        "merge",
        "launch",
    }
    return any(ahead.lower in nouns for ahead in row[at : at + 5])
