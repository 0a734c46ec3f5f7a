"""What somebody says about a plan, taken apart into wishes. Words only: no plan is looked at here.

The comment is data: what it says of risk or of approvals is a claim, and claims change nothing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.rules.clauses import Read, read_all
from planner.rules.vague import is_vague


class Remove(NamedTuple):
    """Leave this out. `sure`: the words can mean nothing else ("skip", "without")."""

    said: str
    what: str
    sure: bool


class Exchange(NamedTuple):
    """This, not that."""

    said: str
    wanted: str
    unwanted: str


class Give(NamedTuple):
    """Let this agent do that."""

    said: str
    what: str
    agent: str


class Order(NamedTuple):
    """`first` comes before `second`; each may be work that is there or work that is new."""

    said: str
    first: str
    second: str
    main: str
    """The one of the two that is ordered; the other one only says when."""


class More(NamedTuple):
    """Work, there or new. `place`: first or last of all."""

    said: str
    what: str
    place: str | None = None


class Criterion(NamedTuple):
    """What the result has to be like."""

    said: str


class Forbid(NamedTuple):
    """Do not do this: no part of the plan any longer, or a limit to all of it."""

    said: str
    what: str


class Claim(NamedTuple):
    """Something about risk, approval or the rules."""

    said: str


class Unclear(NamedTuple):
    said: str
    why: str


Wish = Remove | Exchange | Give | Order | More | Criterion | Forbid | Claim | Unclear

_OPENING = r"(?:(?:also|and|but|then|please|just|instead|so|ok|okay|yes|no)[,\s]+)*"
_AGENT = r"(?P<agent>[\w .-]{2,60}?)"
_SURE = re.compile(
    rf"^{_OPENING}(?:skip|omit|leave out|leave off|get rid of|exclude|forget(?: about)?|without|no need (?:for|to)|"
    rf"there is no need (?:for|to)|we (?:don't|do not) need(?: to)?|no|take out)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_OUT = re.compile(rf"^{_OPENING}(?:leave|take)\s+(?P<what>.+?)\s+out$", re.IGNORECASE)
_MAYBE = re.compile(rf"^{_OPENING}(?:drop|remove|delete|cut|cancel)\s+(?P<what>.+)$", re.IGNORECASE)
_EXCHANGE = (
    re.compile(
        rf"^{_OPENING}(?P<wanted>.+?)\s*,?\s+(?:instead of|rather than|in place of)\s+(?P<unwanted>.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^{_OPENING}(?:replace|exchange|substitute)\s+(?P<unwanted>.+?)\s+(?:with|by|for)\s+(?P<wanted>.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^{_OPENING}(?:change|switch)\s+(?P<unwanted>.+?)\s+(?:to|into)\s+(?P<wanted>.+)$", re.IGNORECASE
    ),
)
_GIVE = (
    re.compile(rf"^{_OPENING}(?:use|take)\s+{_AGENT}\s+(?:for|to do|to handle|to)\s+(?P<what>.+)$", re.IGNORECASE),
    re.compile(
        rf"^{_OPENING}(?:let|have|get|ask|make)\s+{_AGENT}\s+(?P<what>(?:to\s+)?(?:do|handle|write|review|check|run|publish|deploy|"
        rf"build|test|make|prepare|perform|take over)\b.*)$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^{_OPENING}(?:give|assign|hand|route|reassign|move|pass)\s+(?P<what>.+?)\s+(?:over\s+)?to\s+{_AGENT}$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^{_OPENING}(?P<what>.+?)\s+(?:should|must|has to|is to|needs to|ought to)\s+(?:be\s+\w+|go|be)\s+(?:by|to)\s+{_AGENT}$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^{_OPENING}{_AGENT}\s+(?:should|must|has to|is to|needs to|ought to)\s+(?P<what>(?:do|handle|take over)\b.*)$",
        re.IGNORECASE,
    ),
)  # fmt: skip
_TRAILING = re.compile(r"\s+(?:please|for now|altogether|entirely|completely|this time|then)$", re.IGNORECASE)
_CLAIM = re.compile(
    r"\b(?:low[- ]risk|risk (?:is|to|level)|no risk|pre-?approved|already approved|ignore (?:all |the |any |previous )*(?:rules|policy|polic(?:y|ies)|"
    r"instructions|gates?)|(?:needs?|requires?) no approval|without (?:an? )?approvals?|skip (?:the )?(?:approvals?|gates?)|remove (?:the )?gates?|"
    r"no (?:approvals?|gates?)|set (?:the )?risk|auto-?approve|approve (?:it|this|everything))\b",
    re.IGNORECASE,
)
_ENSURES = re.compile(rf"^{_OPENING}(?:make sure|ensure|see to it|be sure|guarantee)\b", re.IGNORECASE)
_NOT = re.compile(rf"^{_OPENING}(?:not|never)\s+(?P<what>.+)$", re.IGNORECASE)
_DONT = re.compile(
    rf"^{_OPENING}(?:we |you )?(?:don't|don’t|do not|should not|shouldn't|must not|mustn't|never|avoid|stop)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^(?P<one>.+?)\s+(?P<how>before|prior to|ahead of|after|following)\s+(?P<other>.+)$", re.IGNORECASE
)
_BY_HAND = re.compile(rf"^{_OPENING}(?:split|merge|combine|join|swap|reorder|rearrange)\b", re.IGNORECASE)
_PIECES = re.compile(r"\s*[;,]\s*|\s+(?:because|as|since)\s+")
_INSTEAD = re.compile(r"[,\s]+instead$", re.IGNORECASE)


def wishes(comment: str) -> tuple[Wish, ...]:
    """Every clause of the comment becomes a wish; what cannot be read is one as well: `Unclear`."""
    reads = read_all(comment)
    foreign = next((read.clause for read in reads if read.clause.language != "en"), None)
    if foreign is not None:
        why = f"it is not in English ({foreign.language}), and the rules read nothing else"
        return (Unclear(comment.strip(), why),)
    found = tuple(_paired(list(_each(reads))))
    return found or (Unclear(comment.strip(), "it does not say what should be different"),)


def _each(reads: Sequence[Read]) -> Iterator[tuple[Wish, str | None]]:
    """Each wish, and the verb of its clause."""
    for index, each in enumerate(reads):
        if each.role != "main":
            continue
        behind = tuple(reads[i].clause.text for i in each.after if reads[i].role != "main")
        read = each._replace(needs=(*each.needs, *behind))
        when = reads[index + 1] if index + 1 < len(reads) and reads[index + 1].role == "before" else None
        before = (
            reads[index - 1] if index and reads[index - 1].role != "main" and reads[index - 1].leads else None
        )
        when = when or (before if before is not None and before.role == "before" else None)
        said = _TRAILING.sub("", read.clause.text.strip(" .!")).strip()
        if read.clause.negated and (cut := _cut(said)) is not None:
            yield from cut
        else:
            yield from (
                (wish, read.clause.verb) for wish in _of(read, said, when.clause.text if when else None)
            )


def _cut(said: str) -> tuple[tuple[Wish, str | None], ...] | None:
    """“Don't deploy to production, deploy to staging": what stands behind the comma is work."""
    first, _, rest = said.partition(",")
    dont, behind = _DONT.match(first), read_all(rest)
    if dont is None or not behind or behind[0].clause.kind != "action":
        return None
    no = read_all(dont["what"])
    return (Forbid(first, dont["what"]), no[0].clause.verb if no else None), *_each(behind)


def _of(read: Read, said: str, before: str | None) -> Iterator[Wish]:
    clause = read.clause
    if clause.kind == "note" or _CLAIM.search(said):
        yield from _claimed(said)
        return
    if clause.kind == "question":
        yield Unclear(said, "it asks, and does not say what should be different")
        return
    if _BY_HAND.match(said):
        yield Unclear(said, "splitting, joining and swapping parts is done by editing the plan")
        return
    if (special := _special(said)) is not None:
        yield special
        return
    if clause.negated:
        dont = _DONT.match(said) or _NOT.match(said)
        yield (
            Forbid(said, dont["what"]) if dont else Unclear(said, "it does not say what should be different")
        )
        return
    if clause.kind == "constraint" or _ENSURES.match(said):
        yield Criterion(said)
        return
    if clause.kind != "action" or is_vague(clause):
        yield Unclear(said, "it does not say what is to be done to what")
        return
    yield from _work(read, said, before)


def _work(read: Read, said: str, before: str | None) -> Iterator[Wish]:
    what = (read.phrase.said or said).strip(" .!,")
    for need in read.needs:
        yield Order(f"{said} after {need}", need, what, main=what)
    if before is not None:
        yield Order(f"{said} before {before}", what, before, main=what)
    if not read.needs and before is None:
        if (ordered := _ORDER.match(what)) is not None:
            first, second = ordered["one"].strip(), ordered["other"].strip()
            turned = ordered["how"].lower() in {"after", "following"}
            yield Order(said, *((second, first) if turned else (first, second)), main=first)
            return
        place = {"first": "first", "finally": "last", "then": "last"}.get(read.phrase.cue)
        yield More(
            said, re.sub(r"\s+(?:first|last)$", "", what, flags=re.IGNORECASE) if place else what, place
        )


def _special(said: str) -> Wish | None:
    for pattern in _EXCHANGE:
        if (found := pattern.match(said)) is not None:
            return Exchange(said, found["wanted"].strip(), found["unwanted"].strip())
    for pattern in _GIVE:
        if (found := pattern.match(said)) is not None:
            return Give(said, found["what"].strip(), found["agent"].strip())
    if (found := _SURE.match(said) or _OUT.match(said)) is not None:
        return Remove(said, found["what"].strip(), sure=True)
    if (found := _MAYBE.match(said)) is not None:
        return Remove(said, found["what"].strip(), sure=False)
    return None


def _claimed(said: str) -> Iterator[Wish]:
    """A claim beside a wish does not take the wish with it: "skip the review, this is low risk"."""
    pieces = [piece for piece in _PIECES.split(said) if piece.strip()]
    if len(pieces) < 2:
        yield Claim(said)
        return
    for piece in pieces:
        if _CLAIM.search(piece):
            yield Claim(piece.strip())
        else:
            yield from (wish for wish in wishes(piece) if not isinstance(wish, Claim))


def _paired(found: list[tuple[Wish, str | None]]) -> Iterator[Wish]:
    """“Don't publish to production, publish to staging": one exchange, said in two clauses."""
    at = 0
    while at < len(found):
        wish, verb = found[at]
        following = found[at + 1] if at + 1 < len(found) else None
        if following is not None and (pair := _exchanged(wish, verb, *following)) is not None:
            yield pair
            at += 2
            continue
        yield _alone(wish)
        at += 1


def _exchanged(wish: Wish, verb: str | None, other: Wish, others_verb: str | None) -> Exchange | None:
    said = f"{wish.said}, {other.said}"
    match wish, other:
        case (Forbid() | Remove() as no, More() as yes) if verb == others_verb or _INSTEAD.search(yes.what):
            return Exchange(said, _INSTEAD.sub("", yes.what), no.what)
        case (More() as yes, Forbid() as no) if verb == others_verb or _NOT.match(no.said):
            return Exchange(said, yes.what, no.what)
        case _:
            return None


def _alone(wish: Wish) -> Wish:
    """“Publish to staging instead" does not say instead of what: of the work that it resembles."""
    if isinstance(wish, More) and _INSTEAD.search(wish.what):
        wanted = _INSTEAD.sub("", wish.what)
        return Exchange(wish.said, wanted, "")
    return wish
