"""A verdict in sentences, as plain text: for terminals, mails and the API."""

from collections.abc import Iterator

from domain.verdict import RuleHit, Verdict


def explain(verdict: Verdict) -> Iterator[str]:
    """Which rules fired, on what, and what would lift them; then who is asked."""
    for hit in verdict.hits:
        yield _sentence(hit)
    if verdict.demand is not None:
        demand = verdict.demand
        yield f"{demand.required} of {', '.join(demand.roles)} must approve within {_span(demand.ttl_s)}."


def _sentence(hit: RuleHit) -> str:
    on = f" ({hit.subtask_id})" if hit.subtask_id else ""
    return f"{hit.level}: {hit.rule}{on}: {hit.why} Lower if {hit.would_be_lower_if}."


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h" if not rest else f"{hours} h {rest} min"
