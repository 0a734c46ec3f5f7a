"""A sentence cut into segments: commands side by side, and what is said around them."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple

from planner.rules.lexicon import DETERMINERS, DONE_TO, FINITE, NOUN_TOO, PREPOSITIONS
from planner.rules.openings import Cue, cue_at, opening_of, opens_request
from planner.rules.people import ENABLED, OBLIGED
from planner.rules.teams import led
from planner.rules.verbs import noun_too, unheard_verb, verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of, lemma_of, words

Role = Literal["main", "before", "after", "condition", "unless", "while"]
"""How a segment stands to the command it hangs on: "before deploying", "after the tests pass", "if it fails"."""

_JOINERS: frozenset[str] = frozenset({",", ";", "and", "then", "but", "plus", "—", "–", "&", "or", ":", "("})
_ORDER_WORDS: dict[str, Cue] = {
    "then": "then", "next": "then", "afterwards": "then", "subsequently": "then", "later": "then",
    "finally": "finally", "lastly": "finally", "also": "none", "please": "none", "additionally": "none",
}  # fmt: skip
_SUBORDINATORS: dict[str, Role] = {
    "before": "before", "prior": "before", "after": "after", "following": "after", "once": "condition",
    "when": "condition", "whenever": "condition", "if": "condition", "as": "condition", "until": "condition",
    "upon": "condition", "unless": "unless", "while": "while",
}  # fmt: skip
_NOT_AFTER: frozenset[str] = wordlist(
    "at for of about on like check see verify test whether know decide exactly from"
)
"""“At once”, "a runbook for when …": after these no clause is subordinate to the command."""

_EVENTS: frozenset[str] = wordlist(
    "review approval tests deployment migration release sign-off signoff rollout deploy merge launch go-live cutover"
)
_PRONOUNS: frozenset[str] = frozenset({"we", "you", "it", "they", "i"})


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
    cuts = _Cutter(sentence, row).cuts()
    found: list[Segment] = []
    for number, cut in enumerate(cuts):
        stop = cuts[number + 1].at if number + 1 < len(cuts) else len(row)
        text = sentence[row[cut.resume].start : row[stop - 1].end] if cut.resume < stop else ""
        text = text.strip().strip(",;:–—-(").strip() + _antecedent(sentence, row, cut)
        if text:
            heads = any(word.text == ":" for word in row[max(0, stop - 1) : stop + 1]) or (
                stop < len(row) and row[stop].lower == "by"
            )
            leads = cut.role != "main" and (cut.at == 0 or row[cut.at].lower in _JOINERS)
            word = row[cut.resume - 1].lower if cut.resume else ""
            orders = cut.role != "main" and (leads or word not in {"when", "whenever", "while"})
            coupled = row[cut.at].lower == "and" and cut.resume == cut.at + 1
            found.append(Segment(text, cut.role, cut.cue, heads, leads, orders, coupled))
    return tuple(found)


def _antecedent(sentence: str, row: Sequence[Word], cut: "_Cut") -> str:
    """“An audio file that I need to download”: what the wish in a relative clause is about."""
    if not cut.resume or row[cut.resume - 1].lower not in {"that", "which"} or not _wants(row, cut.resume):
        return ""
    start = next((i for i in range(cut.at - 1, -1, -1) if row[i].lower in DETERMINERS), None)
    return f" {sentence[row[start].start : row[cut.at - 1].end]}" if start is not None else ""


def _runs(row: Sequence[Word]) -> list[tuple[int, Cue]]:
    """For each word, where the joiners and words of order that begin at it end, and what the last of these says."""
    found: list[tuple[int, Cue]] = [(len(row), "none")] * len(row)
    stop, said = len(row), False
    for index in range(len(row) - 1, -1, -1):
        word = row[index].lower
        if word in _ORDER_WORDS:
            cue = found[index + 1][1] if said else _ORDER_WORDS[word]
            found[index], said = (stop, cue), True
        elif word in _JOINERS:
            found[index] = stop, found[index + 1][1] if said else "none"
        else:
            found[index], stop, said = (index, "none"), index, False
    return found


class _Cutter:
    """Finds where one sentence is to be cut."""

    def __init__(self, sentence: str, row: tuple[Word, ...]) -> None:
        self._sentence, self._row = sentence, row
        self._commanding: dict[int, str] = {}
        self._runs = _runs(row)
        self._colons = [index for index, word in enumerate(row) if word.text == ":"]

    def cuts(self) -> list[_Cut]:
        row = self._row
        first = subordinate(row, 0)
        cuts = [_Cut(0, first[1], first[0], "none") if first else _Cut(0, 0, "main", "none")]
        depth, index = 0, max(1, cuts[0].resume)
        while index < len(row):
            word = row[index].lower
            depth += (word in "([{") - (word in ")]}")
            cut = None if depth > 0 else self._cut_at(index, cuts[-1])
            if cut is not None:
                cuts.append(cut)
            index = max(index + 1, cut.resume if cut else 0)
        return cuts

    def _cut_at(self, index: int, last: _Cut) -> _Cut | None:
        word = self._row[index].lower
        if word in _JOINERS and word != "(":
            return self._after_joiner(index, last)
        if word in {"that", "which"} and index and _wants(self._row, index + 1):
            return _Cut(index, index + 1, "main", "none")
        if word == "by" and _gerunds(self._row, index + 1):
            return _Cut(index, index + 1, "main", "none")
        if word in _SUBORDINATORS:
            found = subordinate(self._row, index)
            return _Cut(index, found[1], found[0], "none") if found else None
        if last.role != "main" and self._closes(index, last):
            return _Cut(index, index, "main", "none")
        if word in {"then", "finally", "afterwards", "lastly"} and _orders(self._row, index + 1):
            return _Cut(index, index + 1, "main", _ORDER_WORDS[word])
        return None

    def _closes(self, index: int, last: _Cut) -> bool:
        """Whether a command begins here though no comma closed the condition: "once QA agrees deploy it"."""
        row = self._row
        if index - last.resume < 2 or row[index - 1].lower in _HOLDS or not row[index - 1].is_word:
            return False
        if not any(_is_finite(word.lower) for word in row[last.resume : index]):
            return False
        known = (form_of(row[index].lower) or ("", ""))[1] == "base"
        if not known or index + 1 >= len(row):
            return False
        plain = row[index].lower not in NOUN_TOO or row[index].lower in {"deploy", "release", "test"}
        return (plain or row[index + 1].lower in {"it", "them"}) and verb_at(
            row, index, initial=False
        ) == index

    def _after_joiner(self, index: int, last: _Cut) -> _Cut | None:
        row = self._row
        resume, cue = self._runs[index]
        if resume >= len(row) or (row[index].text == ":" and self._labels(last, index)):
            return None
        cued = cue_at(self._sentence, row[resume].start)
        if cued is not None:
            place = self._word_from(cued[0])
            if place is not None and _orders(row, place):
                return _Cut(index, place, "main", cued[1])
        hanging = subordinate(row, resume)
        if hanging:
            return _Cut(index, hanging[1], hanging[0], "none")
        if last.role != "main" and row[index].lower == ",":
            # The comma that closes "After the tests pass, …": whatever follows is the command.
            return _Cut(index, resume, "main", cue)
        if self._commands(
            index, resume, last, strong=cue in {"then", "finally"} or row[index].lower in {";", "then", ":"}
        ):
            return _Cut(index, resume, "main", cue)
        return _Cut(index, resume, "main", cue) if self._begins(resume, last) else None

    def _begins(self, at: int, last: _Cut) -> bool:
        """Whether a clause of another form than a command begins here."""
        row, rest = self._row, self._sentence[self._row[at].start :]
        if _is_gerund(row, at) and self._in_gerunds(last):
            return True
        if (form_of(row[at].lower) or ("", ""))[1] == "ed" and any(
            w.lower == "be" for w in row[last.resume : at]
        ):
            return lemma_of(row[at].lower) in DONE_TO
        if (
            last.resume < at
            and (form_of(row[last.resume].lower) or ("", ""))[1] == "ed"
            and lemma_of(row[last.resume].lower) in DONE_TO
        ):
            return (form_of(row[at].lower) or ("", ""))[1] == "ed" and lemma_of(row[at].lower) in DONE_TO
        return opens_request(rest, 0) or led(rest) is not None or _negation(row, at) or _passive(row, at)

    def _labels(self, last: _Cut, index: int) -> bool:
        """“Frontend: …”: a team's name and its colon belong to what follows."""
        named = led(self._sentence[self._row[last.resume].start :])
        return index - last.resume <= 2 and named is not None and named.label

    def _in_gerunds(self, last: _Cut) -> bool:
        return last.resume > 0 and _is_gerund(self._row, last.resume) and last.role == "main"

    def _word_from(self, offset: int) -> int | None:
        place = bisect_left(self._row, offset, key=lambda word: word.start)
        return place if place < len(self._row) else None

    def _commands(self, index: int, resume: int, last: _Cut, *, strong: bool) -> bool:
        """Whether a command begins at `resume`. Behind a statement a bare "and" goes on with the statement."""
        row = self._row
        if strong and unheard_verb(row, resume):
            return True
        if _bare(row, last.resume, index) and _bare_verb(row, resume):
            return True
        if _infinitives(row, index) or (row[index].lower == "or" and _bare(row, last.resume, index)):
            return False
        if self._lists_things(last.resume, index, resume):
            return False
        if _last_steps(row, resume) and self._manner(last.resume, index) == "command":
            return True
        if verb_at(row, resume, initial=strong) is None:
            return unheard_verb(row, resume) and self._manner(last.resume, index) == "command"
        if strong or last.role != "main":
            return True
        manner = self._manner(last.resume, index)
        if manner == "obliged":
            return False
        if manner == "story":
            return row[index].lower == ","
        if manner == "command":
            return True
        if row[index].lower in {"and", "or", "&"}:
            return False
        following = row[resume + 1].lower if resume + 1 < len(row) else ""
        return row[resume].lower not in NOUN_TOO or following in DETERMINERS

    def _lists_things(self, start: int, index: int, at: int) -> bool:
        """“A service: REST API, queue consumer, chart”: behind a colon and a thing come things."""
        row = self._row
        place = bisect_left(self._colons, start)
        colon = self._colons[place] if place < len(self._colons) else index
        if colon >= index or not noun_too(row[at].lower) or at + 1 >= len(row):
            return False
        return verb_at(row, colon + 1, initial=True) is None and row[at + 1].lower not in DETERMINERS

    def _manner(self, start: int, stop: int) -> str:
        """`command` where the words so far order something, `statement` where they tell something, `story`
        where they say what people are to be able to do: "let users invite others and accept invitations".
        """
        if start not in self._commanding:
            text = self._sentence[self._row[start].start : self._row[stop - 1].end]
            opening = opening_of(text)
            if opening.mood == "story" or ENABLED.match(text[opening.rest :]):
                self._commanding[start] = "story"
                return "story"
            if OBLIGED.match(text):
                self._commanding[start] = "obliged"
                return "obliged"
            row = words(text[opening.rest :])
            ordered = opening.mood in {"order", "wish", "story"} or led(text[opening.rest :]) is not None
            commands = ordered or (bool(row) and _orders(row, 0))
            self._commanding[start] = "command" if commands else "statement"
        return self._commanding[start]


def _bare(row: Sequence[Word], start: int, stop: int) -> bool:
    """“Reproduce, fix and verify it”: the command so far is a verb and nothing else."""
    return stop - start == 1 and (form_of(row[start].lower) or ("", ""))[1] == "base"


def _last_steps(row: Sequence[Word], at: int) -> bool:
    """“Migrate the prices and deploy”: a step that needs no object."""
    return row[at].lower in _NEEDS_NO_OBJECT and _bare_verb(row, at)


_NEEDS_NO_OBJECT: frozenset[str] = wordlist("deploy redeploy release publish commit merge rollback retest")


def _bare_verb(row: Sequence[Word], at: int) -> bool:
    """A verb at the end of the sentence or before the next joiner."""
    known = (form_of(row[at].lower) or ("", ""))[1] == "base"
    return known and (at + 1 >= len(row) or row[at + 1].lower in {",", "and", "then", ".", "&"})


def _infinitives(row: Sequence[Word], at: int) -> bool:
    """“An endpoint to approve or reject”: two verbs of one infinitive."""
    return (
        row[at].lower in {"or", "and"}
        and at > 1
        and row[at - 2].lower == "to"
        and (form_of(row[at - 1].lower) or ("", ""))[1] == "base"
    )


def _orders(row: Sequence[Word], at: int) -> bool:
    """Whether an order stands behind an order word, its verb known or not."""
    return verb_at(row, at, initial=True) is not None or unheard_verb(row, at)


def _is_finite(word: str) -> bool:
    lemma, tense = form_of(word) or ("", "")
    return word in FINITE or tense == "ed" or (tense == "s" and lemma not in NOUN_TOO)


_HOLDS: frozenset[str] = (
    DETERMINERS
    | PREPOSITIONS
    | wordlist(
        "to and or not can could will would should must may might do does did is are was were be been has have had we you they i it "
        "don't doesn't didn't won't can't cannot let us that which who needs need wants want"
    )
)
"""After these no new command can begin."""


def _wants(row: Sequence[Word], at: int) -> bool:
    """“A file that I need to download, …”: the wish stands in a relative clause."""
    spoken = [word.lower for word in row[at : at + 5]]
    return (
        len(spoken) == 5
        and spoken[0] in {"i", "we"}
        and (
            spoken[1:3] in (["need", "to"], ["want", "to"], ["have", "to"])
            or spoken[1:4] == ["would", "like", "to"]
        )
    )


def _is_gerund(row: Sequence[Word], at: int) -> bool:
    return at < len(row) and (form_of(row[at].lower) or ("", ""))[1] == "ing"


def _gerunds(row: Sequence[Word], at: int) -> bool:
    """“… by sending a mail, playing a film and setting an alarm": steps, where more than one is named."""
    more = [i for i in range(at + 1, len(row)) if row[i - 1].lower in {",", "and"} and _is_gerund(row, i)]
    return _is_gerund(row, at) and bool(more)


def _negation(row: Sequence[Word], at: int) -> bool:
    """“…, do not …”, "… but never …", "…, without …" begin a limit."""
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


def subordinate(row: Sequence[Word], at: int) -> tuple[Role, int] | None:
    """The role of a subordinate clause that begins here, and where its own words begin."""
    if at + 1 >= len(row) or (at and row[at - 1].lower in _NOT_AFTER):
        return None
    word, following = row[at].lower, row[at + 1].lower
    role = _SUBORDINATORS.get(word)
    match word:
        case "prior":
            return (role, at + 2) if role and following == "to" else None
        case "as":
            long = at + 3 < len(row) and (following, row[at + 2].lower) in {("soon", "as"), ("long", "as")}
            return ("condition", at + 3) if long else None
        case "following" | "upon" | "while":
            gerund = (form_of(following) or ("", ""))[1] == "ing"
            return (role, at + 1) if role and (gerund or (word == "while" and following != "the")) else None
        case "before" | "after":
            return (role, at + 1) if role and _clause_follows(row, at + 1) else None
        case _:
            return (role, at + 1) if role else None


def _clause_follows(row: Sequence[Word], at: int) -> bool:
    """After "before" and "after": an -ing form, or a subject with a finite verb; not "after 14:00"."""
    if (form_of(row[at].lower) or ("", ""))[1] == "ing":
        return True
    for ahead in row[at : at + 8]:
        if ahead.lower in {",", ";", "."}:
            break
        known = form_of(ahead.lower)
        if ahead.lower in FINITE or ahead.lower in _PRONOUNS or (known and known[1] in {"s", "ed"}):
            return True
    return any(ahead.lower in _EVENTS for ahead in row[at : at + 5])
