"""A request to what is asked: the clauses that want work, in order, and what limits them."""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.ask import Ask, Asked
from planner.rules.clauses import Read, read_all
from planner.rules.kinds.leanings import kind_of
from planner.rules.language import foreign_concept
from planner.rules.titled import (
    LATER,
    actions,
    adds,
    asks_for_more,
    comes_first,
    feature,
    in_turn,
    joined,
    leads_up,
    led_by,
    named_work,
)
from planner.rules.vague import is_vague
from planner.rules.words import words

_ENSURES = re.compile(
    r"(?:please |also |then |and )*(?:make sure|ensure|guarantee|see to it|be sure)\b", re.IGNORECASE
)


def asked(title: str, description: str) -> Asked:
    """Read a request. A title that only repeats or heads the description asks for nothing more."""
    body, head = read_all(description), read_all(title)
    return _asked(title, description, body, head)._replace(theme=_theme(title, head))


def _theme(title: str, head: tuple[Read, ...]) -> tuple[str | None, str]:
    first = head[0].clause if head else None
    return (
        (first.verb, first.object)
        if first is not None and first.kind == "action" and first.verb
        else (None, title)
    )


def _asked(title: str, description: str, body: tuple[Read, ...], head: tuple[Read, ...]) -> Asked:
    language = next((read.clause.language for read in (*body, *head) if read.clause.language != "en"), "en")
    if language != "en":
        return _foreign(title, description, body or head, language)
    work = actions(body)
    if all(_says_nothing(clause) for clause in work):
        return _from_title(title, head, body)
    if adds(head, work) or comes_first(head, body):
        return collected(joined(head, body))
    if asks_for_more(head, work):
        return _with_statements(collected(head), body)
    if leads_up(head, body):
        return collected(in_turn(body, head))
    named = feature(title, head, body, work)
    found = collected(body)
    return found if named is None else found._replace(asks=led_by(named, found.asks, body))


def _says_nothing(clause: Clause) -> bool:
    """“Do what is necessary”; what is to be fixed the title says."""
    return is_vague(clause) and clause.environment == "unknown" and clause.verb != "fix"


def _foreign(title: str, description: str, reads: tuple[Read, ...], language: str) -> Asked:
    """A language the rules cannot read stays one piece of work, whole."""
    clause = next((r.clause for r in reads if r.clause.language != "en" and r.clause.verb), reads[0].clause)
    text = "\n".join(part for part in (title, description) if part)
    whole = clause.model_copy(update={"text": text, "object": text, "language": language})
    return Asked((Ask(title, whole, team=foreign_concept(text)),), language=language)


def _is_empty(read: Read) -> bool:
    """“Please help me with this.”"""
    return is_vague(read.clause) and read.clause.verb in {
        None,
        "help",
        "do",
        "need",
        "proceed",
        "continue",
        "go",
    }


def _from_title(title: str, head: tuple[Read, ...], body: tuple[Read, ...]) -> Asked:
    """No work in the description: the title asks, or a statement of what should be, or nobody does."""
    titled = actions(head)
    if titled and title.rstrip().endswith("?") and any(read.clause.kind == "question" for read in body):
        return Asked((), nothing="question")
    if titled:
        vague = len(titled) == 1 and is_vague(titled[0])
        return Asked((), nothing="vague") if vague else _with_statements(collected(head), body)
    if any(read.phrase.mood == "statement" and not read.clause.negated for read in body) and head:
        return _with_statements(Asked((named_work(title, head[0].clause),)), body)
    if any(read.clause.kind == "question" for read in (*head, *body)):
        return Asked((), nothing="question")
    if not head or head[0].clause.kind == "note" or not any(word.is_word for word in words(title)):
        return Asked((), nothing="vague")
    named = named_work(title, head[0].clause)
    if is_vague(named.clause) or (body and kind_of(None, title) is None):
        return Asked((), nothing="vague")
    return _with_statements(Asked((named,)), body)


def _with_statements(found: Asked, body: tuple[Read, ...]) -> Asked:
    if not found.asks:
        return found
    stated = [read.clause for read in body if read.clause.kind == "constraint"]
    limits = tuple(clause.text for clause in stated if clause.negated)
    wanted = tuple(clause.text for clause in stated if not clause.negated)
    first = found.asks[0]._replace(acceptance=(*found.asks[0].acceptance, *wanted))
    return found._replace(asks=(first, *found.asks[1:]), constraints=(*found.constraints, *limits))


def collected(reads: Sequence[Read]) -> Asked:
    """Asks with what limits them: a statement of what must be goes with the ask before it, or the first."""
    asks: list[Ask] = []
    number: dict[int, int] = {}
    constraints: list[str] = []
    early: list[str] = []
    topic = ""
    for index, read in enumerate(reads):
        clause = read.clause
        if clause.kind == "action" and (LATER.search(clause.text) or (_is_empty(read) and len(reads) > 1)):
            continue
        if clause.kind == "action":
            number[index] = len(asks)
            asks.append(_ask(read)._replace(topic=topic))
        elif clause.kind == "constraint" and clause.negated:
            constraints.append(clause.text)
        elif clause.kind == "constraint" and asks and _ENSURES.match(clause.text):
            number[index] = len(asks)
            asks.append(_ask(read)._replace(topic=topic, optional=True))
        elif clause.kind == "constraint" and asks:
            asks[-1] = asks[-1]._replace(acceptance=(*asks[-1].acceptance, clause.text))
        elif clause.kind == "constraint":
            early.append(clause.text)
        topic = clause.text if clause.kind in {"context", "constraint"} else topic
    if asks:
        asks[0] = asks[0]._replace(acceptance=(*early, *asks[0].acceptance))
    placed = [
        ask._replace(after=tuple(number[i] for i in reads[index].after if i in number))
        for ask, index in zip(asks, number, strict=True)
    ]
    return Asked(tuple(placed), tuple(constraints if asks else (*constraints, *early)))


def _ask(read: Read) -> Ask:
    said = read.phrase.said or read.clause.text
    text = re.sub(r"\s+", " ", said).strip(" ,;:.")
    return Ask(
        text=text,
        clause=read.clause,
        cue=read.phrase.cue,
        mood=read.phrase.mood,
        marker=read.marker,
        listing=read.listing,
        unit=read.unit,
        anaphor=read.phrase.anaphor,
        needs=read.needs,
        team=read.phrase.team,
        heads=read.heads,
        coupled=read.coupled,
        echo=read.role in {"before", "after"} or read.phrase.mood == "plan",
    )
