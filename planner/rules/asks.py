"""A request to what is asked: the clauses that want work, in order, and what limits them."""

import re
from typing import NamedTuple

from domain.clause import Clause
from planner.rules.capability import kind_of
from planner.rules.clauses import Read, read_all
from planner.rules.concepts import Concept
from planner.rules.openings import Cue
from planner.rules.wordlist import wordlist
from planner.rules.words import words

_UMBRELLA: frozenset[str] = wordlist(
    "prepare migrate upgrade improve speed set make move prepare handle support"
)
_ADDENDA: frozenset[str] = wordlist("include cover document test mention add write update need make")
_MAIN: frozenset[Concept] = frozenset({"database", "backend", "frontend", "infra", "cicd"})
_VAGUE: frozenset[str] = wordlist(
    "it this that these those things thing stuff everything something anything better faster nicer good nice great work works "
    "again all the a an some more so quickly properly please now asap our my app system improvements changes magic happen best cool right"
)
_VAGUE_VERBS: frozenset[str] = frozenset(
    {
        "make",
        "improve",
        "fix",
        "do",
        "handle",
        "change",
        "help",
        "optimize",
        "optimise",
        "enhance",
        "get",
        "need",
        "update",
        "sort out",
    }
)


class Ask(NamedTuple):
    """One piece of work asked for. `after` are indexes of asks that the text itself puts before it."""

    text: str
    clause: Clause
    cue: Cue = "none"
    marker: str = "prose"
    listing: int = 0
    unit: int = 0
    anaphor: bool = False
    story: bool = False
    after: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    acceptance: tuple[str, ...] = ()


class Asked(NamedTuple):
    """What a request asks for, and why nothing came of it where nothing did."""

    asks: tuple[Ask, ...]
    constraints: tuple[str, ...] = ()
    nothing: str | None = None
    """`question`, `vague`: why there is no ask."""
    language: str = "en"


def asked(title: str, description: str) -> Asked:
    """Read a request. A title that only repeats or heads the description asks for nothing more."""
    body, head = read_all(description), read_all(title)
    language = next((read.clause.language for read in (*body, *head) if read.clause.language != "en"), "en")
    if language != "en":
        return _foreign(title, description, body or head, language)
    work = _actions(body)
    if not work:
        return _from_title(title, head, body)
    reads = body if not _adds(head, work) else _joined(head, body)
    return _collected(reads)


def _foreign(title: str, description: str, reads: tuple[Read, ...], language: str) -> Asked:
    """A language the rules cannot read stays one piece of work, whole."""
    clause = next((r.clause for r in reads if r.clause.language != "en" and r.clause.verb), reads[0].clause)
    text = "\n".join(part for part in (title, description) if part)
    whole = clause.model_copy(update={"text": text, "language": language})
    return Asked((Ask(title, whole),), language=language)


def _actions(reads: tuple[Read, ...]) -> list[Clause]:
    return [read.clause for read in reads if read.clause.kind == "action"]


def _adds(head: tuple[Read, ...], work: list[Clause]) -> bool:
    """Whether the title asks for the main thing and the description only for what goes with it."""
    titled = _actions(head)
    if not titled or titled[0].verb is None or titled[0].verb in _UMBRELLA:
        return False
    kind = kind_of(titled[0].verb, titled[0].object)
    return kind is not None and kind.concept in _MAIN and all(_goes_along(clause) for clause in work)


def _goes_along(clause: Clause) -> bool:
    kind = kind_of(clause.verb, clause.object)
    return clause.verb in _ADDENDA and kind is not None and kind.concept in {"qa", "docs", "review"}


def _joined(head: tuple[Read, ...], body: tuple[Read, ...]) -> tuple[Read, ...]:
    shift = len(head)
    moved = tuple(
        read._replace(after=tuple(i + shift for i in read.after), unit=read.unit + 1_000) for read in body
    )
    return head + moved


def _from_title(title: str, head: tuple[Read, ...], body: tuple[Read, ...]) -> Asked:
    """No work in the description: the title asks, or a statement of what should be, or nobody does."""
    titled = _actions(head)
    if titled:
        found = _collected(head)
        vague = len(titled) == 1 and not body and _is_vague(titled[0])
        return found._replace(asks=(), nothing="vague") if vague else _with_statements(found, body)
    stated = [read for read in body if read.phrase.mood == "statement" and not read.clause.negated]
    if stated:
        whole = (
            head[0].clause.model_copy(update={"kind": "action", "object": title})
            if head
            else stated[0].clause
        )
        return _with_statements(Asked((Ask(title, whole),)), body)
    if any(read.clause.kind == "question" for read in (*head, *body)):
        return Asked((), nothing="question")
    if not head or head[0].clause.kind == "note" or not any(word.is_word for word in words(title)):
        return Asked((), nothing="vague")
    named = head[0].clause.model_copy(update={"kind": "action", "object": title.strip(" .!")})
    if _is_vague(named) or (body and not _deliverable(named)):
        return Asked((), nothing="vague")
    return _with_statements(Asked((Ask(title, named),)), body)


def _deliverable(clause: Clause) -> bool:
    kind = kind_of(clause.verb, clause.object)
    return kind is not None


def _is_vague(clause: Clause) -> bool:
    content = [word.lower for word in words(clause.object) if word.is_word]
    if clause.verb is None and len(content) > 1:
        return all(word in _VAGUE for word in content)
    return (clause.verb is None or clause.verb in _VAGUE_VERBS) and all(word in _VAGUE for word in content)


def _with_statements(found: Asked, body: tuple[Read, ...]) -> Asked:
    acceptance = tuple(
        read.clause.text for read in body if read.clause.kind == "constraint" and not read.clause.negated
    )
    limits = tuple(
        read.clause.text for read in body if read.clause.kind == "constraint" and read.clause.negated
    )
    if not found.asks:
        return found
    first = found.asks[0]._replace(acceptance=(*found.asks[0].acceptance, *acceptance))
    return found._replace(asks=(first, *found.asks[1:]), constraints=(*found.constraints, *limits))


def _collected(reads: tuple[Read, ...]) -> Asked:
    asks: list[Ask] = []
    number: dict[int, int] = {}
    constraints: list[str] = []
    for index, read in enumerate(reads):
        clause = read.clause
        if clause.kind == "action":
            number[index] = len(asks)
            asks.append(_ask(read))
        elif clause.kind == "constraint" and clause.negated:
            constraints.append(clause.text)
        elif clause.kind == "constraint" and asks:
            asks[-1] = asks[-1]._replace(acceptance=(*asks[-1].acceptance, clause.text))
        elif clause.kind == "constraint":
            constraints.append(clause.text)
    placed = [
        ask._replace(after=tuple(number[i] for i in read.after if i in number))
        for ask, read in zip(asks, [reads[i] for i in number], strict=True)
    ]
    return Asked(tuple(placed), tuple(constraints))


def _ask(read: Read) -> Ask:
    text = re.sub(r"\s+", " ", read.clause.text).strip(" ,;:.")
    return Ask(
        text=text,
        clause=read.clause,
        cue=read.phrase.cue,
        marker=read.marker,
        listing=read.listing,
        unit=read.unit,
        anaphor=read.phrase.anaphor,
        story=read.phrase.mood == "story",
        needs=read.needs,
    )
