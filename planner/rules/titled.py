"""What a title asks beside its description: all of it, what comes before or after it, or what it only names."""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.ask import Ask
from planner.rules.clauses import Read
from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.vague import is_vague
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of, words

_UMBRELLA: frozenset[str] = wordlist("prepare migrate upgrade improve set make move handle support") | {
    "speed up"
}
_ADDENDA: frozenset[str] = wordlist("include cover document test mention add write update need make")
_MAIN: frozenset[Concept] = frozenset({"database", "backend", "frontend", "infra", "cicd"})
_FEATURES: frozenset[Concept] = _MAIN | {"monitoring"}
_FAULT_MARK = re.compile(r"^\s*(?:\[?(?:bug|defect|regression|hotfix)\]?\s*[:–-]?\s*)", re.IGNORECASE)
_FAULT = re.compile(
    r"^\s*\[?(?:bug|defect|regression)\b|\b(?:crash(?:es|ed)?|broken|wrong|fails?|failing|does(?: not|n't) work|not working|cannot|can't"
    r"|throws|incorrect|misaligned|missing|duplicated?|off by one|leaks?|hangs|freezes)\b",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\((?:separate|another|later|future|follow-?up|next) (?:ticket|task|issue|pr|request|sprint|release)\)"
    r"|\b(?:is|are) (?:not part of this|out of scope)\b"
    r"|\bin a (?:separate|later|follow-?up) (?:ticket|task|issue|pr|request)\b"
    r"|\((?:not now|later|out of scope|optional, later)\)",
    re.IGNORECASE,
)
"""What is put off is not asked for."""


def feature(title: str, head: tuple[Read, ...], body: tuple[Read, ...], work: list[Clause]) -> Ask | None:
    """A title that names a thing, told about in statements: the thing is to be made, before what goes with it."""
    told = any(read.phrase.mood == "statement" for read in body)
    if actions(head) or not head or not told:
        return None
    if all(_follows(clause) for clause in work) and _is_to_be(body):
        return named_work(title, head[0].clause)
    kind = kind_of(None, title)
    if not all(_goes_along(clause) for clause in work) or kind is None or kind.concept not in _FEATURES:
        return None
    return named_work(title, head[0].clause)


def _follows(clause: Clause) -> bool:
    """“Test it”, “roll it out”: what is done with a thing that is there."""
    return clause.verb in _FOLLOWS and _POINTS_AT_IT.match(clause.object) is not None


_FOLLOWS: frozenset[str] = wordlist(
    "test verify check document describe announce review release deploy ship launch enable activate publish monitor watch"
) | {"roll out", "turn on", "switch on", "go live"}
_POINTS_AT_IT = re.compile(r"(?:it|them|this|that)\b(?! \w+s\b)", re.IGNORECASE)


def _is_to_be(body: tuple[Read, ...]) -> bool:
    """“The app should follow the theme”, before anything is ordered."""
    first = next((read.clause for read in body if read.clause.kind in {"constraint", "action"}), None)
    return first is not None and first.kind == "constraint" and not first.negated


def led_by(first: Ask, asks: tuple[Ask, ...], body: tuple[Read, ...]) -> tuple[Ask, ...]:
    """The thing that a title names, ahead of what is done with it; what is told of it before that is its own."""
    orders = next((n for n, read in enumerate(body) if read.clause.kind == "action"), len(body))
    told = {read.clause.text for read in body[:orders]}
    moved = [ask._replace(after=tuple(place + 1 for place in ask.after)) for ask in asks]
    own = tuple(text for ask in moved[:1] for text in ask.acceptance if text in told)
    rest = [
        ask._replace(acceptance=tuple(text for text in ask.acceptance if text not in own)) for ask in moved
    ]
    return (first._replace(unit=-1, acceptance=own), *rest)


def actions(reads: Sequence[Read]) -> list[Clause]:
    """Clauses that ask for work now."""
    return [
        read.clause for read in reads if read.clause.kind == "action" and not LATER.search(read.clause.text)
    ]


def adds(head: tuple[Read, ...], work: list[Clause]) -> bool:
    """Whether the title asks for the main thing and the description only for what goes with it."""
    titled = actions(head)
    if not titled or titled[0].verb is None or titled[0].verb in _UMBRELLA:
        return False
    if not all(_goes_along(clause) for clause in work):
        return False
    kind = kind_of(titled[0].verb, titled[0].object)
    return kind is not None and kind.concept in _MAIN


def comes_first(head: tuple[Read, ...], body: tuple[Read, ...]) -> bool:
    """“Widen the column”, and below it: “Afterwards relax the check.” What comes after anything comes after the title."""
    titled = actions(head)
    at = next((n for n, read in enumerate(body) if read.clause.kind == "action"), None)
    if len(titled) != 1 or at is None or body[at].phrase.cue != "then" or body[at].needs:
        return False
    if at and body[at - 1].unit == body[at].unit:
        return False
    return titled[0].verb not in {None, *_UMBRELLA} and not is_vague(titled[0])


def leads_up(head: tuple[Read, ...], body: tuple[Read, ...]) -> bool:
    """“Unlock the account”, and below it only: “Verify her identity first.” What the title asks comes after that."""
    titled = actions(head)
    if len(titled) != 1 or titled[0].verb in {None, *_UMBRELLA} or is_vague(titled[0]):
        return False
    return all(read.phrase.cue in {"first", "earlier"} for read in body if read.clause.kind == "action")


def in_turn(body: tuple[Read, ...], head: tuple[Read, ...]) -> tuple[Read, ...]:
    """The title's work behind all that the description puts before it."""
    both = joined(body, head)
    before = tuple(n for n, read in enumerate(body) if read.clause.kind == "action")
    return tuple(
        read._replace(after=(*read.after, *before))
        if n >= len(body) and read.clause.kind == "action"
        else read
        for n, read in enumerate(both)
    )


_HEARD = 0.5


def asks_for_more(head: tuple[Read, ...], work: list[Clause]) -> bool:
    """“Hash the PINs; security signs it off afterwards”, where the description orders only the second of these.

    Where the description orders anything that the title does not say, it is the one to go by.
    """
    titled = actions(head)
    if len(titled) <= len(work) or titled[0].verb == "need":
        return False
    known = [kind_of(clause.verb, clause.object) for clause in titled]
    if any(kind is None or kind.score < _HEARD for kind in known):
        return False
    return all(any(_says_again(clause, order) for order in titled) for clause in work)


def _says_again(clause: Clause, order: Clause) -> bool:
    """Whether both are the same deed: of one kind, and in the same verb or about the same things."""
    own, other = kind_of(clause.verb, clause.object), kind_of(order.verb, order.object)
    if own is not None and other is not None and own.concept != other.concept:
        return False
    things = {
        lemma_of(word.lower) for word in words(clause.object) if word.is_word and len(word.lower) > _SHORT
    }
    named = {lemma_of(word.lower) for word in words(order.object)}
    return clause.verb == order.verb or not things.isdisjoint(named)


_SHORT = 3
"""Words so short name no thing."""


def _goes_along(clause: Clause) -> bool:
    kind = kind_of(clause.verb, clause.object) if clause.verb in _ADDENDA else None
    return kind is not None and kind.concept in {"qa", "docs", "review"}


def joined(head: tuple[Read, ...], body: tuple[Read, ...]) -> tuple[Read, ...]:
    shift = len(head)
    moved = tuple(
        read._replace(after=tuple(i + shift for i in read.after), unit=read.unit + 1_000) for read in body
    )
    return head + moved


def names_fault(title: str) -> bool:
    return _FAULT.search(title) is not None


def named_work(title: str, clause: Clause) -> Ask:
    """A title that only names the matter, taken for the order it stands for: a fault is to be fixed."""
    if names_fault(title):
        fixed = clause.model_copy(
            update={"kind": "action", "verb": "fix", "object": _FAULT_MARK.sub("", title).strip(" .!")}
        )
        return Ask(f"Fix {fixed.object}", fixed.model_copy(update={"text": f"Fix {fixed.object}"}))
    return Ask(title, clause.model_copy(update={"kind": "action", "object": title.strip(" .!")}))
