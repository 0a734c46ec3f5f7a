"""What a draft was not sure of, as findings."""

from collections.abc import Iterator, Sequence

from domain.agent import Ranking
from domain.plan import Finding
from planner.node import Node
from planner.rules.ask import Asked


def noted(read: Asked) -> tuple[Finding, ...]:
    if read.language != "en":
        return (
            Finding(
                code="language",
                severity="warning",
                path="requirements",
                message=f"the request is not in English ({read.language}); rules cannot take it apart, so it stays one piece",
                mend="submit it in English, or plan with a model",
            ),
        )
    match read.nothing:
        case "question":
            said = "the request asks a question and orders no work"
        case "vague":
            said = "the request does not say what is to be done to what"
        case _:
            return ()
    return (_nothing_asked(said),)


def _nothing_asked(said: str) -> Finding:
    return Finding(
        code="nothing_asked",
        severity="warning",
        path="requirements",
        message=said,
        mend="name what is to be made, changed or checked",
    )


UNHEARD = _nothing_asked("no agent knows a word of the request, and no word of it orders anything")


def unheard(nodes: Sequence[Node]) -> bool:
    """Whether a whole request says nothing to anybody: “hm”. An order in words that no agent knows is work all the
    same, and so is whatever is said where only one agent can be meant.
    """
    return bool(nodes) and all(_says_nothing(node) for node in nodes)


def _says_nothing(node: Node) -> bool:
    able = [candidate for candidate in node.given.ranking.candidates if candidate.is_eligible]
    ordered = node.ask.kind is not None or any(clause.verb is not None for clause in node.clauses)
    return not ordered and len(able) > 1 and not any(candidate.score for candidate in able)


def unsure(nodes: Sequence[Node]) -> Iterator[Finding]:
    """Work that went to somebody by a hair's breadth, its own words settling nothing."""
    place = 0
    for node in nodes:
        if _narrow(node):
            ranking = node.given.ranking
            yield Finding(
                code="low_confidence",
                severity="warning",
                path=f"requirements[{place}]",
                message=f"{node.text!r} went to {ranking.chosen} {_margin(ranking)}",
                mend="say more of what is to be done, or give it to whom you mean (`orchestrator assign`)",
            )
        place += 0 if node.ask.implied else len(node.texts)


def _narrow(node: Node) -> bool:
    """Whether the router hardly could decide, and its choice stands all the same."""
    given, kind = node.given, node.ask.kind
    if node.ask.implied or given.agent is None or (kind is not None and kind.sure):
        return False
    return given.ranking.low_confidence and given.ranking.chosen == given.agent


def _margin(ranking: Ranking) -> str:
    able = [candidate for candidate in ranking.candidates if candidate.is_eligible]
    rivals = [candidate.agent for candidate in able if candidate.agent != ranking.chosen][:2]
    if not rivals or not any(candidate.score for candidate in able):
        return "though its words fit nobody"
    return f"by a narrow margin over {' and '.join(rivals)}"
