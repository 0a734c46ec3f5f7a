"""Text to clauses: what is asked, what limits it, what orders it, and what asks for nothing.

Verbs are English lemmas in lower case, with their particle where it makes another verb (`roll back`,
`roll out`, `shut down`, `set up`, `turn off`, `back up`). A carrier gives way to what it carries: "perform a
rollback" is `roll back`, "run terraform apply" is `apply` on `terraform`, `rm -rf x` is `delete`. A wish for a
thing ("we need a chart") has the verb `need`. In another language than English the whole text is one
clause with the English lemma of its most harmful verb, if it holds any.
"""

import re
from typing import NamedTuple

from domain.clause import Clause, ClauseKind
from planner.rules.arrows import without_arrows
from planner.rules.environment import environment_of
from planner.rules.gapped import filled
from planner.rules.language import foreign_verb, language_of
from planner.rules.pointed import meant
from planner.rules.reading.going_out import going_out
from planner.rules.reading.phrase import Phrase
from planner.rules.reading.read import read
from planner.rules.segments.segment import Segment, segments
from planner.rules.segments.subordinate import Role
from planner.rules.staged import staged
from planner.rules.treated import spelled_out
from planner.rules.units import Marker, Section, Unit, units
from planner.rules.verbal import plain
from planner.rules.words import form_of, masked


class Read(NamedTuple):
    """A phrase in its place. `after` and `needs` are what the sentence said about order: phrases (by index
    into the same reading) and conditions (their text) that come before this one; `heads`: a colon follows it.
    """

    phrase: Phrase
    role: Role
    marker: Marker
    section: Section
    listing: int
    unit: int
    heads: bool = False
    leads: bool = False
    orders: bool = True
    coupled: bool = False
    after: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def clause(self) -> Clause:
        return self.phrase.clause


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a text in order."""
    return tuple(found.clause for found in read_all(text))


def read_all(text: str) -> tuple[Read, ...]:
    """The clauses of a text in order, each with its place and what the text says of its order."""
    language = language_of(masked(text))
    if language != "en":
        verb = foreign_verb(text, language)
        clause = Clause(
            text=text.strip(),
            verb=verb,
            object=text.strip(),
            environment=environment_of(text),
            language=language,
        )
        return (Read(Phrase(clause), "main", "prose", "request", 0, 0),) if text.strip() else ()
    found: list[Read] = []
    for number, unit in enumerate(units(meant(without_arrows(text)))):
        found += _sentence(unit, number, len(found))
    return tuple(_without_heading(found))


def _without_heading(reads: list[Read]) -> list[Read]:
    """A question that a spike is to answer only heads the work, where the text says what is to be done about it."""
    asked = [n for n, r in enumerate(reads) if r.clause.kind == "action"]
    heads = [n for n in asked if reads[n].phrase.mood == "inquiry"]
    if not heads or len(heads) == len(asked):
        return reads
    return [
        r._replace(phrase=Phrase(plain(r.clause.text, "question"))) if n in heads else r
        for n, r in enumerate(reads)
    ]


def _sentence(unit: Unit, number: int, offset: int) -> list[Read]:
    if unit.section in {"acceptance", "context"}:
        return [_whole(unit, number)]
    question = unit.text.rstrip(" \"')]").endswith("?")
    inquiry = _INQUIRY.match(unit.text)
    if inquiry is not None:
        return [_inquired(unit, number, inquiry)]
    parts = segments(filled(staged(spelled_out(unit.text.rstrip(" .!?")))))
    phrases = [
        _phrase(part, unit, question, planned=bool(n) and parts[n - 1].leads) for n, part in enumerate(parts)
    ]
    placed = [
        Read(
            phrase,
            part.role,
            unit.marker,
            unit.section,
            unit.listing,
            number,
            part.heads,
            part.leads,
            part.orders,
            part.coupled,
        )
        for part, phrase in zip(parts, phrases, strict=True)
    ]
    return _ordered(placed, offset)


def _inquired(unit: Unit, number: int, found: re.Match[str]) -> Read:
    """“Spike, two days: how would passkeys fit in?" is no question to whoever plans: somebody is to look into it."""
    clause = Clause(
        text=unit.text.strip(),
        verb="investigate",
        object=unit.text[found.end() :].strip(" ?"),
        environment=environment_of(unit.text),
    )
    phrase = Phrase(clause, mood="inquiry", said=unit.text.strip(), team="research")
    return Read(phrase, "main", unit.marker, unit.section, unit.listing, number)


_INQUIRY = re.compile(
    r"\W*(?:an? |the |short |small |time-?boxed )*(?:spike|research|investigation|feasibility(?: study)?|study|proof of concept|poc|prototype|exploration"
    r")\b[^.:?!]{0,60}?\s*[:–—]\s+(?=(?:what|how|whether|which|who|where|why|can|could|would|should|is|are|do|does|will)\b)",
    re.IGNORECASE,
)


def _whole(unit: Unit, number: int) -> Read:
    """What only describes is not taken apart; a criterion may name a thing that is to be delivered."""
    named = _DELIVERABLE.search(unit.text) if unit.section == "acceptance" else None
    if named is not None and len(unit.text.split()) <= 10:
        clause = Clause(text=f"Add {named[0].strip()}", verb="add", object=named[0].strip())
        phrase = Phrase(clause, said=clause.text)
        return Read(phrase, "main", "bullet", unit.section, unit.listing, number)
    kind: ClauseKind = "constraint" if unit.section == "acceptance" else "context"
    clause = Clause(text=unit.text.strip(), kind=kind, environment=environment_of(unit.text))
    return Read(Phrase(clause), "main", unit.marker, unit.section, unit.listing, number)


_DELIVERABLE = re.compile(
    r"\b(?:(?:automated |unit |integration |e2e |end-to-end |regression |load |acceptance |smoke )*(?:and \w+ )?tests\b"
    r"|(?:user |api |developer |internal )?(?:docs\b|documentation\b)|changelog(?: entry)?|readme|runbook|user guide|release notes"
    r"|(?:code|security) review|dashboards?\b(?= (?:exists?|shows?|is|are|for))|alerts?\b(?= (?:exists?|is|are|for|on)))",
    re.IGNORECASE,
)
"""“Unit and integration tests exist”, "the docs are updated": criteria that are work."""


def _phrase(part: Segment, unit: Unit, question: bool, *, planned: bool) -> Phrase:
    goes_out = going_out(part.text) if part.role == "before" else None
    phrase = read(
        _ordered_now(part) if goes_out is None else goes_out.order,
        cue=part.cue,
        question=question,
        listed=unit.marker != "prose",
        planned=planned,
    )
    phrase = phrase._replace(said=part.text) if goes_out is not None and goes_out.named else phrase
    clause = phrase.clause
    if part.role != "main" and not goes_out and not _gerund_action(part, phrase):
        return Phrase(plain(part.text, "condition"), phrase.cue, said=part.text)
    if unit.section == "constraint" and clause.kind in {"action", "context"}:
        return phrase._replace(clause=clause.model_copy(update={"kind": "constraint", "negated": True}))
    return phrase


def _ordered_now(part: Segment) -> str:
    """“… after taking a backup” as the order it stands for: "take a backup"."""
    first, _, rest = part.text.partition(" ")
    lemma, tense = form_of(first.lower()) or ("", "")
    return f"{lemma} {rest}".strip() if part.role in {"before", "after"} and tense == "ing" else part.text


def _gerund_action(part: Segment, phrase: Phrase) -> bool:
    """“Before deploying to production, …” asks for the deployment as well; "before we add it" does not."""
    first = part.text.split(" ", 1)[0].lower()
    if part.role not in {"before", "after"}:
        return False
    return (
        first.endswith("ing")
        and phrase.clause.kind == "action"
        and phrase.clause.verb not in {"merge", "commit", "start"}
    )


def _command_of(index: int, mains: list[int], *, leads: bool) -> int | None:
    """The command that a subordinate clause belongs to."""
    earlier = [i for i in mains if i < index]
    later = [i for i in mains if i > index]
    first, second = (later, earlier[::-1]) if leads else (earlier[::-1], later)
    return next(iter((*first, *second)), None)


def _ordered(placed: list[Read], offset: int) -> list[Read]:
    """Turn "before" and "after" of one sentence into predecessors."""
    out = list(placed)
    mains = [i for i, r in enumerate(out) if r.role == "main" and r.clause.kind == "action"]
    for index, this in enumerate(placed):
        if this.role == "main":
            continue
        main = _command_of(index, mains, leads=this.leads)
        if main is None:
            out[index] = this._replace(phrase=Phrase(plain(this.clause.text, "condition"), this.phrase.cue))
            continue
        acts = this.clause.kind == "action"
        if this.role == "before" and acts:
            out[index] = out[index]._replace(after=(*out[index].after, main + offset))
        elif this.role == "after" and acts:
            out[main] = out[main]._replace(after=(*out[main].after, index + offset))
        elif this.role in {"after", "condition", "unless"} and this.orders:
            out[main] = out[main]._replace(needs=(*out[main].needs, this.clause.text))
    return out
