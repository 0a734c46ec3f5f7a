"""What one wish for a change comes to: operations, or a finding that says why there are none."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.plan import Finding, Subtask
from planner.operations import Drop, Limit, Operation, Rebrief


class Meant(NamedTuple):
    """What one wish comes to. `told` says it in a sentence."""

    operations: tuple[Operation, ...] = ()
    told: str = ""
    finding: Finding | None = None


def kept_in_mind(said: str) -> Meant:
    """A limit on all of the work."""
    return Meant((Limit(text=said),), f"“{said}”: kept in mind by everybody")


def with_criterion(said: str, nodes: Sequence[Subtask]) -> Meant:
    operations = tuple(
        Rebrief(subtask_id=s.subtask_id, acceptance=tuple(dict.fromkeys((*s.acceptance, said))))
        for s in nodes
    )
    return Meant(operations, f"“{said}”: {titles(nodes)} is held to it")


def left_out(said: str, nodes: Sequence[Subtask]) -> Meant:
    return Meant(
        tuple(Drop(subtask_id=s.subtask_id) for s in nodes), f"“{said}”: {titles(nodes)} is left out"
    )


def titles(nodes: Sequence[Subtask]) -> str:
    return ", ".join(f"“{s.title}”" for s in nodes)


def lost(said: str, why: str) -> Meant:
    return as_finding(
        "not_understood",
        f"“{said}” changed nothing: {why}",
        "say it in other words, name the part as the plan does, or edit the plan",
    )


def no_part(said: str, what: str) -> Meant:
    return as_finding(
        "no_such_part",
        f"“{said}”: no part of the plan is “{what}”",
        "name the part as the plan does, or send its id as target",
    )


def ambiguous(said: str, rivals: Sequence[Subtask]) -> Meant:
    return as_finding(
        "ambiguous", f"“{said}” may mean {' or '.join(f'“{s.title}”' for s in rivals[:4])}",
        "name the part as the plan does, or send its id as target",
    )  # fmt: skip


def as_finding(code: str, message: str, mend: str) -> Meant:
    return Meant(finding=Finding(code=code, severity="warning", path="subtasks", message=message, mend=mend))
