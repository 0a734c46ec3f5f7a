"""A diff of two plans in words: lines for a terminal without colours, a mail, a comment; and one line for a log."""

from collections.abc import Iterator

from domain.base import Json
from domain.ids import SubtaskId
from domain.plan import Plan
from planner.diff import FieldChange, Part, PlanDiff, SpanChange

SHOWN = 160


def diff_lines(diff: PlanDiff, was: Plan, now: Plan) -> tuple[str, ...]:
    """Words of the request stand in it as they were sent; whoever shows them makes them inert."""
    names = _names(was) | _names(now)
    return tuple(_lines(diff, names))


def summary(diff: PlanDiff) -> str:
    """`1 added, 2 removed, 1 changed, 3 edges differ; risk low → high`."""
    counts = (
        (len(diff.added), "added"),
        (len(diff.removed), "removed"),
        (len(diff.changed), "changed"),
        (edges := len(diff.edges_added) + len(diff.edges_removed), _differ("edge", edges)),
        (limits := len(diff.constraints_added) + len(diff.constraints_removed), _differ("limit", limits)),
    )
    told = ", ".join(f"{number} {what}" for number, what in counts if number) or "nothing is different"
    risk = f"; risk {diff.risk.was} → {diff.risk.now}" if diff.risk.was != diff.risk.now else ""
    return told + risk


def _differ(what: str, number: int) -> str:
    return f"{what} differs" if number == 1 else f"{what}s differ"


def _names(plan: Plan) -> dict[SubtaskId, str]:
    """What a subtask is called: its title says more than its id."""
    return {s.subtask_id: f"“{_short(s.title)}”" for s in plan.subtasks}


def _lines(diff: PlanDiff, names: dict[SubtaskId, str]) -> Iterator[str]:
    yield f"Revision {diff.was} → {diff.now}: {summary(diff)}"
    for part in diff.added:
        yield f"+ {_told(part)}"
    for part in diff.removed:
        yield f"- {_told(part)}"
    for changed in diff.changed:
        yield f"~ {names[changed.subtask_id]}"
        for change in changed.changes:
            yield f"    {_change(change)}"
    for link in diff.edges_added:
        yield f"+ edge: {names[link.subtask_id]} after {names[link.depends_on]}: {_short(link.reason)}"
    for link in diff.edges_removed:
        yield f"- edge: {names[link.subtask_id]} after {names[link.depends_on]}"
    for requirement in diff.requirements:
        yield _requirement(requirement.id, requirement.was, requirement.now)
    yield from (f"+ kept in mind: {_short(text)}" for text in diff.constraints_added)
    yield from (f"- kept in mind: {_short(text)}" for text in diff.constraints_removed)
    yield from (f"+ gate: {names[node]} needs approval" for node in diff.gates_added)
    yield from (f"- gate: {names[node]} needs no approval of its own" for node in diff.gates_removed)
    if diff.risk.was != diff.risk.now:
        yield f"risk: {diff.risk.was} → {diff.risk.now}"
    if (span := diff.estimate) is not None:
        yield (
            f"usually takes {span.was_p50_s:.1f} s → {span.now_p50_s:.1f} s "
            f"(nine times in ten {span.was_p90_s:.1f} s → {span.now_p90_s:.1f} s){_cost(span)}"
        )


def _cost(span: SpanChange) -> str:
    """Told where there is any: agents that cost nothing are the most."""
    was, now = span.was_cost_p50_usd, span.now_cost_p50_usd
    return f", costs ${was:.4f} → ${now:.4f}" if was or now else ""


def _told(part: Part) -> str:
    who = part.agent or "nobody yet"
    held = ", needs approval" if part.gated else ""
    return f"{_short(part.title)} ({who}, risk {part.risk}{held}{', implied' if part.implied else ''})"


def _change(change: FieldChange) -> str:
    if change.field == "endpoint":
        return "endpoint: called another way"
    return f"{change.field}: {_value(change.was)} → {_value(change.now)}"


def _value(value: Json) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return f"“{_short(value)}”"
        case list():
            return ", ".join(_short(str(each)) for each in value) or "none"
        case {"timeout_s": timeout_s, **_rest}:
            return f"time-out {timeout_s} s"
        case _:
            return _short(str(value))


def _requirement(name: str, was: str | None, now: str | None) -> str:
    if was is None:
        return f"+ {name}: {_short(now or '')}"
    if now is None:
        return f"- {name}: {_short(was)}"
    return f"~ {name}: “{_short(was)}” → “{_short(now)}”"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
