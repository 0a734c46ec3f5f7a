"""The order in which acts, looks at them, and what is told of them follow one another within a sentence."""

import re
from collections.abc import Sequence

from planner.rules.order.looks import looks
from planner.rules.order.piece import Link, Piece
from planner.rules.stages import Stage
from planner.rules.wordlist import wordlist


def told_in_turn(pieces: Sequence[Piece]) -> list[Link]:
    """“Rotate it, check that logins work, revoke the old one, note it down”: each after what it speaks of."""
    found: list[Link] = []
    for index, piece in enumerate(pieces):
        before = _near(pieces, index)
        if not before or piece.cue in {"first", "earlier", "parallel"}:
            continue
        if looks(piece):
            found += _after_act(pieces, index, before)
        elif _records(piece):
            sums_up = _SUMS_UP.search(piece.target) is not None
            acts = [i for i in before if _done(pieces[i]) or (sums_up and pieces[i].stage not in _TELLS)]
            found += [
                Link(i, index, "sequence", "what is done comes before it is written down") for i in acts
            ]
        elif _is_live(piece):
            found += _after_look(pieces, index, before)
        found += _outward(pieces, index, before)
        if piece.stage == "diagnosis":
            found += [
                Link(i, index, "sequence", "what hurts is stopped before its cause is sought")
                for i in before
                if pieces[i].stage == "release"
            ]
        if _goes_on(piece):
            found += [
                Link(i, index, "sequence", "a rollout begins when it is there to be rolled out")
                for i in before
                if pieces[i].stage == "release"
            ]
    return found


def _outward(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    """“Write a README and publish the package”, "tell the partners and turn it off": what others see comes last."""
    piece = pieces[index]
    if piece.stage == "cicd" and piece.verb in _PUBLISHES:
        ready = [i for i in before if pieces[i].stage in _SHOWN_WITH]
        return [Link(i, index, "sequence", "what is published is there before") for i in ready]
    if piece.verb in _ENDS:
        told = [i for i in before if pieces[i].verb in _ANNOUNCES]
        return [Link(i, index, "sequence", "those who use it are told before it ends") for i in told]
    return []


_PUBLISHES: frozenset[str] = wordlist("publish push upload")
_SHOWN_WITH: frozenset[Stage] = frozenset({"cicd", "docs", "qa", "packaging", "preparation"})
_ANNOUNCES: frozenset[str] = wordlist("announce mail email warn notify inform tell write")


def _near(pieces: Sequence[Piece], index: int) -> list[int]:
    """The pieces told before in the same sentence."""
    return [i for i in range(index) if pieces[i].unit == pieces[index].unit]


def _acts(piece: Piece) -> bool:
    return not looks(piece) and piece.stage not in _TELLS and piece.stage not in _FINDS


def _done(piece: Piece) -> bool:
    """Whether something is then otherwise than before; notes that are written change nothing."""
    changes = piece.stage == "monitoring" and piece.verb in _CHANGES
    return (_acts(piece) and piece.stage != "preparation") or changes


_CHANGES: frozenset[str] = wordlist("change adjust tune update raise lower route reroute split")
_SUMS_UP = re.compile(r"\b(?:summary|findings|results?|report)\b", re.IGNORECASE)
_FINDS: frozenset[Stage] = frozenset(
    {"diagnosis", "research", "review", "audit", "qa", "proof", "threats", "monitoring"}
)
_TELLS: frozenset[Stage] = frozenset({"docs", "report", "telling"})


def _after_act(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    acts = [i for i in before if _acts(pieces[i])]
    again = _AGAIN.search(pieces[index].text) is not None
    if not again and pieces[index].stage not in _SEES:
        return []
    seen = acts if again else acts[-1:]
    return [Link(i, index, "sequence", "what is done comes before a look at it") for i in seen]


_AGAIN = re.compile(r"\b(?:again|once more|afterwards|before and after)\b", re.IGNORECASE)
_SEES: frozenset[Stage] = frozenset({"proof", "watching", "qa", "infra", "release", "backend", "database"})
"""An audit or a comparison of what there is to choose from looks at something else than what was just done."""


def _goes_on(piece: Piece) -> bool:
    """“Push it to the store, and begin the rollout”."""
    return piece.stage == "release" and piece.verb in _BEGINS


_BEGINS: frozenset[str] = wordlist("begin start continue widen complete finish increase resume") | {"ramp up"}


def _is_live(piece: Piece) -> bool:
    return (
        piece.place == "production"
        or piece.stage in {"release", "rollback", "clearing"}
        or piece.verb in _ENDS
    )


_ENDS: frozenset[str] = wordlist("revoke rotate delete drop decommission disable remove retire uninstall") | {
    "turn off", "switch off", "shut down", "cut over", "switch over", "fail over",
}  # fmt: skip


def _after_look(pieces: Sequence[Piece], index: int, before: Sequence[int]) -> list[Link]:
    seen = [i for i in before if looks(pieces[i]) or pieces[i].stage == "qa"]
    return [
        Link(i, index, "sequence", "a look at it comes before what changes what is live") for i in seen[-1:]
    ]


def _records(piece: Piece) -> bool:
    """Whether a piece writes down what was done before it."""
    if piece.stage not in _TELLS:
        return False
    return piece.verb in _RECORDS or _RECORD.search(piece.target) is not None


_RECORDS: frozenset[str] = wordlist("record note summarise summarize put leave log update") | {
    "write down",
    "write up",
    "sum up",
}
_RECORD = re.compile(
    r"\b(?:(?:to|into|in|on) the (?:[\w-]+ ){0,3}?(?:runbook|wiki|handbook|log|ticket|report|register|diagram|playbook|checklist|page)"
    r"|up to date|lessons|findings|summary|post-?mortem|incident report|procedure)\b",
    re.IGNORECASE,
)
