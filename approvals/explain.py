"""A verdict in sentences, as plain text: for terminals, mails and the API."""

from collections.abc import Iterator

from domain.verdict import Demand, RuleHit, Verdict


def explain(verdict: Verdict) -> Iterator[str]:
    """Which rules fired, on what, and what would lift them; then who is asked.

    Words of the request stand in these lines as they were sent; whoever shows them escapes them.
    """
    for hit in verdict.hits:
        yield _sentence(hit)
    if not verdict.hits:
        yield f"No rule found any risk; the plan is {verdict.level}."
    if verdict.demand is not None:
        yield asked(verdict.demand)


def asked(demand: Demand) -> str:
    """Who must say yes, how many of them, and by when."""
    people = "person" if demand.required == 1 else "people"
    said = f"{demand.required} {people} of {', '.join(demand.roles)} must approve within {span(demand.ttl_s)}"
    said += ", and not whoever asked for it" if demand.four_eyes else ""
    return f"{said}; a reason is required." if demand.justification else f"{said}."


def span(seconds: float) -> str:
    """A length of time as people say it: 45 min, 4 h, 1 h 30 min."""
    if seconds < 60:
        return f"{seconds:g} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{minutes} min" if not hours else f"{hours} h" if not minutes else f"{hours} h {minutes} min"


def _sentence(hit: RuleHit) -> str:
    on = f" ({hit.subtask_id})" if hit.subtask_id else ""
    return f"{hit.level}: {hit.rule}{on}: {hit.why}; lower if {hit.would_be_lower_if}."
