"""A request to what is asked: the clauses that want work, in order, and what limits them."""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.ask import Ask, Asked
from planner.rules.clauses import Read, read_all
from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.language import foreign_concept
from planner.rules.vague import is_vague
from planner.rules.wordlist import wordlist
from planner.rules.words import words

_UMBRELLA: frozenset[str] = wordlist("prepare migrate upgrade improve set make move handle support") | {
    "speed up"
}
_ADDENDA: frozenset[str] = wordlist("include cover document test mention add write update need make")
_MAIN: frozenset[Concept] = frozenset({"database", "backend", "frontend", "infra", "cicd"})
_ENSURES = re.compile(
    r"(?:please |also |then |and )*(?:make sure|ensure|guarantee|see to it|be sure)\b", re.IGNORECASE
)
_FEATURES: frozenset[Concept] = _MAIN | {"monitoring"}
_FAULT_MARK = re.compile(r"^\s*(?:\[?(?:bug|defect|regression|hotfix)\]?\s*[:–-]?\s*)", re.IGNORECASE)
_FAULT = re.compile(
    r"^\s*\[?(?:bug|defect|regression)\b|\b(?:crash(?:es|ed)?|broken|wrong|fails?|failing|does(?: not|n't) work|not working|cannot|can't"
    r"|throws|incorrect|misaligned|missing|duplicated?|off by one|leaks?|hangs|freezes)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\((?:separate|another|later|future|follow-?up|next) (?:ticket|task|issue|pr|request|sprint|release)\)"
    r"|\b(?:is|are) (?:not part of this|out of scope)\b"
    r"|\bin a (?:separate|later|follow-?up) (?:ticket|task|issue|pr|request)\b"
    r"|\((?:not now|later|out of scope|optional, later)\)",
    re.IGNORECASE,
)
"""What is put off is not asked for."""


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
    if _adds(head, work) or _comes_first(head, body):
        return collected(_joined(head, body))
    if _asks_for_more(head, work):
        return _with_statements(collected(head), body)
    if _leads_up(head, body):
        return collected(_in_turn(body, head))
    named = _feature(title, head, body, work)
    found = collected(body)
    return found if named is None else found._replace(asks=_led_by(named, found.asks))


def _says_nothing(clause: Clause) -> bool:
    """“Do what is necessary”; what is to be fixed the title says."""
    return is_vague(clause) and clause.environment == "unknown" and clause.verb != "fix"


def _feature(title: str, head: tuple[Read, ...], body: tuple[Read, ...], work: list[Clause]) -> Ask | None:
    """A title that names a thing, told about in statements: the thing is to be made, before what goes with it."""
    told = any(read.phrase.mood == "statement" for read in body)
    if actions(head) or not head or not told or not all(_goes_along(clause) for clause in work):
        return None
    kind = kind_of(None, title)
    return _named(title, head[0].clause) if kind is not None and kind.concept in _FEATURES else None


def _led_by(first: Ask, asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    moved = tuple(ask._replace(after=tuple(place + 1 for place in ask.after)) for ask in asks)
    return (first._replace(unit=-1), *moved)


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


def actions(reads: Sequence[Read]) -> list[Clause]:
    """Clauses that ask for work now."""
    return [
        read.clause for read in reads if read.clause.kind == "action" and not _LATER.search(read.clause.text)
    ]


def _adds(head: tuple[Read, ...], work: list[Clause]) -> bool:
    """Whether the title asks for the main thing and the description only for what goes with it."""
    titled = actions(head)
    if not titled or titled[0].verb is None or titled[0].verb in _UMBRELLA:
        return False
    if not all(_goes_along(clause) for clause in work):
        return False
    kind = kind_of(titled[0].verb, titled[0].object)
    return kind is not None and kind.concept in _MAIN


def _comes_first(head: tuple[Read, ...], body: tuple[Read, ...]) -> bool:
    """“Widen the column”, and below it: “Afterwards relax the check.” What comes after anything comes after the title."""
    titled = actions(head)
    at = next((n for n, read in enumerate(body) if read.clause.kind == "action"), None)
    if len(titled) != 1 or at is None or body[at].phrase.cue != "then" or body[at].needs:
        return False
    if at and body[at - 1].unit == body[at].unit:
        return False
    return titled[0].verb not in {None, *_UMBRELLA} and not is_vague(titled[0])


def _leads_up(head: tuple[Read, ...], body: tuple[Read, ...]) -> bool:
    """“Unlock the account”, and below it only: “Verify her identity first.” What the title asks comes after that."""
    titled = actions(head)
    if len(titled) != 1 or titled[0].verb in {None, *_UMBRELLA} or is_vague(titled[0]):
        return False
    return all(read.phrase.cue in {"first", "earlier"} for read in body if read.clause.kind == "action")


def _in_turn(body: tuple[Read, ...], head: tuple[Read, ...]) -> tuple[Read, ...]:
    """The title's work behind all that the description puts before it."""
    joined = _joined(body, head)
    before = tuple(n for n, read in enumerate(body) if read.clause.kind == "action")
    return tuple(
        read._replace(after=(*read.after, *before))
        if n >= len(body) and read.clause.kind == "action"
        else read
        for n, read in enumerate(joined)
    )


_HEARD = 0.5


def _asks_for_more(head: tuple[Read, ...], work: list[Clause]) -> bool:
    """“Hash the PINs; security signs it off afterwards”, where the description orders only the second of these."""
    titled = [kind_of(clause.verb, clause.object) for clause in actions(head)]
    told = [kind_of(clause.verb, clause.object) for clause in work]
    if (
        len(titled) <= len(told)
        or actions(head)[0].verb == "need"
        or any(kind is None or kind.score < _HEARD for kind in titled)
    ):
        return False
    return {kind.concept for kind in told if kind} <= {kind.concept for kind in titled if kind}


def _goes_along(clause: Clause) -> bool:
    kind = kind_of(clause.verb, clause.object) if clause.verb in _ADDENDA else None
    return kind is not None and kind.concept in {"qa", "docs", "review"}


def _joined(head: tuple[Read, ...], body: tuple[Read, ...]) -> tuple[Read, ...]:
    shift = len(head)
    moved = tuple(
        read._replace(after=tuple(i + shift for i in read.after), unit=read.unit + 1_000) for read in body
    )
    return head + moved


def _from_title(title: str, head: tuple[Read, ...], body: tuple[Read, ...]) -> Asked:
    """No work in the description: the title asks, or a statement of what should be, or nobody does."""
    titled = actions(head)
    if titled and title.rstrip().endswith("?") and any(read.clause.kind == "question" for read in body):
        return Asked((), nothing="question")
    if titled:
        vague = len(titled) == 1 and is_vague(titled[0])
        return Asked((), nothing="vague") if vague else _with_statements(collected(head), body)
    if any(read.phrase.mood == "statement" and not read.clause.negated for read in body) and head:
        return _with_statements(Asked((_named(title, head[0].clause),)), body)
    if any(read.clause.kind == "question" for read in (*head, *body)):
        return Asked((), nothing="question")
    if not head or head[0].clause.kind == "note" or not any(word.is_word for word in words(title)):
        return Asked((), nothing="vague")
    named = _named(title, head[0].clause)
    if is_vague(named.clause) or (body and kind_of(None, title) is None):
        return Asked((), nothing="vague")
    return _with_statements(Asked((named,)), body)


def names_fault(title: str) -> bool:
    return _FAULT.search(title) is not None


def _named(title: str, clause: Clause) -> Ask:
    """A title that only names the matter, taken for the order it stands for: a fault is to be fixed."""
    if names_fault(title):
        fixed = clause.model_copy(
            update={"kind": "action", "verb": "fix", "object": _FAULT_MARK.sub("", title).strip(" .!")}
        )
        return Ask(f"Fix {fixed.object}", fixed.model_copy(update={"text": f"Fix {fixed.object}"}))
    return Ask(title, clause.model_copy(update={"kind": "action", "object": title.strip(" .!")}))


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
        if clause.kind == "action" and (_LATER.search(clause.text) or (_is_empty(read) and len(reads) > 1)):
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
