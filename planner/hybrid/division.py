"""Who covers what in a model's answer: whole requirements, or parts into which it divides one."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import NamedTuple

from domain.ids import RequirementId
from domain.plan import Requirement
from planner.hybrid.answer import Piece


class Division(NamedTuple):
    """`covers` has the requirements of each piece; `whole` leads from a part to the requirement it is a part of."""

    requirements: tuple[Requirement, ...]
    covers: tuple[tuple[RequirementId, ...], ...]
    whole: Mapping[RequirementId, RequirementId]

    def origin(self, requirement: RequirementId) -> RequirementId:
        return self.whole.get(requirement, requirement)


def divided(pieces: Sequence[Piece], requirements: Sequence[Requirement]) -> Division:
    """A requirement is divided where two pieces or more each name another part of it, and none the whole.

    Any other way of sharing is left as it is, for the check to find.
    """
    found: list[Requirement] = []
    named: dict[tuple[int, str], RequirementId] = {}
    whole: dict[RequirementId, RequirementId] = {}
    for requirement in requirements:
        parts = _parts(pieces, requirement.id)
        found += parts.values() or [requirement]
        whole |= {part.id: requirement.id for part in parts.values()}
        for number, piece in enumerate(pieces):
            for share in piece.covers:
                part = parts.get(_norm(share.part)) if share.requirement == requirement.id else None
                if part is not None:
                    named[number, f"{requirement.id} {_norm(share.part)}"] = part.id
    covers = tuple(
        tuple(
            dict.fromkeys(
                named.get(
                    (number, f"{share.requirement} {_norm(share.part)}"), RequirementId(share.requirement)
                )
                for share in piece.covers
            )
        )
        for number, piece in enumerate(pieces)
    )
    return Division(tuple(found), covers, whole)


def _parts(pieces: Sequence[Piece], requirement: RequirementId) -> dict[str, Requirement]:
    holders = [
        (number, share.part)
        for number, piece in enumerate(pieces)
        for share in piece.covers
        if share.requirement == requirement
    ]
    if len({number for number, _ in holders}) < 2 or any(not part for _, part in holders):
        return {}
    texts = {_norm(part): part or "" for _, part in holders}
    numbers = count(1)
    return (
        {
            norm: Requirement(id=RequirementId(f"{requirement}.{next(numbers)}"), text=part)
            for norm, part in texts.items()
        }
        if len(texts) > 1
        else {}
    )


def _norm(part: str | None) -> str:
    return " ".join((part or "").split()).casefold()
