"""Where one sentence is to be cut."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from planner.rules.lexicon import DETERMINERS, DONE_TO, NOUN_TOO
from planner.rules.moments import moment_at
from planner.rules.noun_or_verb import noun_too
from planner.rules.openings import Cue, cue_at, opening_of, opens_request
from planner.rules.people import ENABLED, OBLIGED
from planner.rules.segments.beginnings import (
    HOLDS,
    caused,
    gerunds,
    infinitives,
    is_bare,
    is_bare_verb,
    is_dated,
    is_gerund,
    is_last_step,
    limits,
    orders,
    passive,
    planned,
    states,
    tells,
    wants,
)
from planner.rules.segments.subordinate import SUBORDINATORS, Role, subordinate
from planner.rules.teams import led
from planner.rules.unheard import unheard_verb
from planner.rules.verbs import verb_at
from planner.rules.words import Word, form_of, lemma_of, words

JOINERS: frozenset[str] = frozenset({",", ";", "and", "then", "but", "plus", "—", "–", "&", "or", ":", "("})
_ORDER_WORDS: dict[str, Cue] = {
    "then": "then", "next": "then", "afterwards": "then", "subsequently": "then", "later": "then",
    "finally": "finally", "lastly": "finally", "also": "none", "please": "none", "additionally": "none",
}  # fmt: skip


class Cut(NamedTuple):
    at: int
    resume: int
    role: Role
    cue: Cue


class Cutter:
    """Finds where one sentence is to be cut."""

    def __init__(self, sentence: str, row: tuple[Word, ...]) -> None:
        self._sentence, self._row = sentence, row
        self._commanding: dict[int, str] = {}
        self._runs = _runs(row)
        self._colons = [index for index, word in enumerate(row) if word.text == ":"]
        self._comparing = [n for n, word in enumerate(row) if word.lower in {"comparing", "between", "both"}]

    def cuts(self) -> list[Cut]:
        row = self._row
        first = subordinate(row, 0)
        cuts = [Cut(0, first[1], first[0], "none") if first else Cut(0, 0, "main", "none")]
        depth, index = 0, max(1, cuts[0].resume, self._behind_moment(0), 0 if first else self._behind_cue())
        while index < len(row):
            word = row[index].lower
            depth += (word in "([{") - (word in ")]}")
            cut = None if depth > 0 else self._cut_at(index, cuts[-1])
            if cut is not None:
                cuts.append(cut)
            index = max(index + 1, cut.resume if cut else 0)
        return cuts

    def _cut_at(self, index: int, last: Cut) -> Cut | None:
        word = self._row[index].lower
        if word in JOINERS and word != "(":
            return self._after_joiner(index, last)
        if word in {"that", "which"} and index and wants(self._row, index + 1):
            return Cut(index, index + 1, "main", "none")
        if word == "by" and gerunds(self._row, index + 1):
            return Cut(index, index + 1, "main", "none")
        if word in SUBORDINATORS:
            found = subordinate(self._row, index)
            return Cut(index, found[1], found[0], "none") if found else None
        if last.role != "main" and self._closes(index, last):
            return Cut(index, index, "main", "none")
        if word in {"then", "finally", "afterwards", "lastly"} and orders(self._row, index + 1):
            return Cut(index, index + 1, "main", _ORDER_WORDS[word])
        return None

    def _closes(self, index: int, last: Cut) -> bool:
        """Whether a command begins here though no comma closed the condition: "once QA agrees deploy it"."""
        row = self._row
        ended = row[index - 1].is_word or row[index - 1].text in "%)"
        if index - last.resume == 1 and row[index - 1].lower in _GOES_WELL:
            return verb_at(row, index, initial=True) == index
        if index - last.resume < 2 or row[index - 1].lower in HOLDS or not ended:
            return False
        if not any(tells(row, at) for at in range(last.resume, index)):
            return False
        if index + 1 >= len(row):
            return False
        known = (form_of(row[index].lower) or ("", ""))[1] == "base" and row[index].lower not in _GETS
        if row[index].lower == "we" and (form_of(row[index + 1].lower) or ("", ""))[1] == "base":
            return True
        if not known:
            return False
        plain = row[index].lower not in NOUN_TOO or row[index].lower in {"deploy", "release", "test"}
        return (plain or row[index + 1].lower in {"it", "them"}) and verb_at(
            row, index, initial=False
        ) == index

    def _after_joiner(self, index: int, last: Cut) -> Cut | None:
        row = self._row
        resume, cue = self._runs[index]
        if resume >= len(row) or (row[index].text == ":" and self._labels(last, index)):
            return None
        cued = cue_at(self._sentence, row[resume].start)
        if cued is not None:
            place = self._word_from(cued[0])
            if place is not None and orders(row, place):
                return Cut(index, place, "main", cued[1])
        timed = self._behind_moment(resume)
        if timed and (orders(row, timed) or passive(row, timed) or planned(row, timed)):
            return Cut(index, resume, "main", cue)
        hanging = subordinate(row, resume)
        if hanging:
            return Cut(index, hanging[1], hanging[0], "none")
        if last.role != "main" and row[index].lower == ",":
            # The comma that closes "After the tests pass, …": whatever follows is the command.
            return Cut(index, resume, "main", cue)
        if self._commands(
            index, resume, last, strong=cue in {"then", "finally"} or row[index].lower in {";", "then", ":"}
        ):
            return Cut(index, resume, "main", cue)
        return Cut(index, resume, "main", cue) if self._begins(resume, last) else None

    def _begins(self, at: int, last: Cut) -> bool:
        """Whether a clause of another form than a command begins here."""
        row, rest = self._row, self._sentence[self._row[at].start :]
        if is_gerund(row, at) and self._in_gerunds(last):
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
        return (
            opens_request(rest, 0)
            or led(rest) is not None
            or limits(row, at)
            or caused(row, at)
            or is_dated(row, at)
            or passive(row, at)
            or (states(row, at) and self._manner(last.resume, at) != "command")
        )

    def _behind_moment(self, at: int) -> int:
        """Where the words of time end that begin here: "on the Monday after | scale it back down"."""
        moment = moment_at(self._sentence, self._row[at].start)
        return (self._word_from(moment.end) or 0) if moment is not None else 0

    def _behind_cue(self) -> int:
        """Where the words of order end that the sentence begins with: "independently of that, | write a job"."""
        cued = cue_at(self._sentence, self._row[0].start)
        return (self._word_from(cued[0]) or 0) if cued is not None else 0

    def _labels(self, last: Cut, index: int) -> bool:
        """“Frontend: …”: a team's name and its colon belong to what follows."""
        named = led(self._sentence[self._row[last.resume].start :])
        return index - last.resume <= 2 and named is not None and named.label

    def _in_gerunds(self, last: Cut) -> bool:
        return last.resume > 0 and is_gerund(self._row, last.resume) and last.role == "main"

    def _word_from(self, offset: int) -> int | None:
        place = bisect_left(self._row, offset, key=lambda word: word.start)
        return place if place < len(self._row) else None

    def _commands(self, index: int, resume: int, last: Cut, *, strong: bool) -> bool:
        """Whether a command begins at `resume`. Behind a statement a bare "and" goes on with the statement."""
        row = self._row
        if strong and unheard_verb(row, resume):
            return True
        thing = row[index].lower in {"and", "plus", "&"} and row[resume].lower in {"a", "an"}
        if is_bare(row, last.resume, index) and (thing or is_bare_verb(row, resume)):
            return True  # "fix and verify it", "fix plus a test"
        if _goes_together(row, index, resume):
            return False
        if self._lists_things(last.resume, index, resume) or self._compares(last.resume, index, resume):
            return False
        if is_last_step(row, resume) and self._manner(last.resume, index) == "command":
            return True
        if verb_at(row, resume, initial=strong) is None:
            return unheard_verb(row, resume) and self._manner(last.resume, index) == "command"
        if strong or last.role != "main":
            return True
        manner = self._manner(last.resume, index)
        if manner == "obliged":
            return False
        if manner == "story":
            return row[index].lower == "," or row[resume].lower == "have"
        if manner == "command":
            return True
        if row[index].lower in {"and", "or", "&"}:
            return False
        following = row[resume + 1].lower if resume + 1 < len(row) else ""
        return row[resume].lower not in NOUN_TOO or following in DETERMINERS

    def _compares(self, start: int, index: int, at: int) -> bool:
        """“A note comparing in-place and shadow tables”: what is compared, not a second command."""
        row, place = self._row, bisect_left(self._comparing, start)
        opened = place < len(self._comparing) and self._comparing[place] < index
        return (
            opened
            and row[index].lower in {"and", "or"}
            and at + 1 < len(row)
            and row[at + 1].lower not in DETERMINERS
        )

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
            commands = ordered or (bool(row) and orders(row, 0))
            self._commanding[start] = "command" if commands else "statement"
        return self._commanding[start]


_GOES_WELL: frozenset[str] = frozenset({"green", "ok", "okay", "fine", "good", "successful", "clean", "so"})
"""“If green | promote it”."""

_GETS: frozenset[str] = frozenset({"get", "see", "have", "receive"})
"""“Before all schools get it”: what somebody comes by is told, not ordered."""


def _goes_together(row: Sequence[Word], index: int, resume: int) -> bool:
    """“Decide whether to buy or build it", "drag and drop"."""
    chosen = row[index].lower == "or" and _is_verb(row[index - 1])
    return chosen or infinitives(row, index) or (row[index - 1].lower, row[resume].lower) in _PAIRS


_PAIRS: frozenset[tuple[str, str]] = frozenset(
    {
        ("drag", "drop"), ("search", "replace"), ("copy", "paste"), ("cut", "paste"), ("plug", "play"), ("read", "write"),
        ("click", "collect"), ("track", "trace"), ("trial", "error"), ("find", "replace"), ("pan", "zoom"), ("lift", "shift"),
    }
)  # fmt: skip
"""Two verbs that name one thing: “drag and drop”."""


def _is_verb(word: Word) -> bool:
    return (form_of(word.lower) or ("", ""))[1] == "base" and word.lower not in NOUN_TOO


def _runs(row: Sequence[Word]) -> list[tuple[int, Cue]]:
    """For each word, where the joiners and words of order that begin at it end, and what the last of these says."""
    found: list[tuple[int, Cue]] = [(len(row), "none")] * len(row)
    stop, said = len(row), False
    for index in range(len(row) - 1, -1, -1):
        word = row[index].lower
        if word in _ORDER_WORDS:
            cue = found[index + 1][1] if said else _ORDER_WORDS[word]
            found[index], said = (stop, cue), True
        elif word in JOINERS:
            found[index] = stop, found[index + 1][1] if said else "none"
        else:
            found[index], stop, said = (index, "none"), index, False
    return found
