"""Asks to nodes: one each, unless an ask only goes on with a node or says it again."""

import re
from collections.abc import Sequence

from planner.assign import Assigned, Assigner
from planner.draft.follow_up import REFERS, continues, goes_on, hands_over
from planner.node import Node
from planner.rules.ask import Ask
from planner.rules.flows import NOTHING
from planner.rules.modes import Flow, flow_of, modes_in
from planner.rules.wordlist import wordlist


def merged(asks: list[Ask], assigner: Assigner) -> tuple[Node, ...]:
    """One node an ask; an ask that only goes on with the one before, by the same agent, joins its node."""
    nodes: list[Node] = []
    for number, ask in enumerate(asks):
        at_hand = modes_in(ask.topic) if not nodes else frozenset(nodes[-1].given.gives)
        spoken = _routed_text(ask, asks, number)
        made = frozenset(name for node in nodes for name in node.given.produces)
        points = ask.anaphor or not ask.clause.object
        given = assigner.assign(
            spoken,
            ask.kind,
            _flow(ask, at_hand),
            verb="ensure" if ask.optional else ask.clause.verb,
            at_hand=made if points else NOTHING,
        )
        handed = bool(nodes) and not assigner.of_tools and hands_over(ask, nodes[-1])
        joins = handed or _adds_nothing(ask, nodes, assigner)
        holder = len(nodes) - 1 if joins else _holder(ask, given, nodes)
        if holder is None:
            told = _told(ask)
            text = _taken(ask, asks[:number]) or told
            clause = ask.clause if ask.clause.text == text else ask.clause.model_copy(update={"text": text})
            nodes.append(Node(ask, (clause,), (told,), (number,), given))
        else:
            nodes[holder] = nodes[holder].joined_by(ask, number)
    return tuple(nodes)


def _flow(ask: Ask, at_hand: frozenset[str]) -> Flow:
    """What a clause works on; where it does not say, what lies at hand."""
    flow = flow_of(ask.clause.verb, ask.clause.object)
    return flow if flow.takes else flow._replace(takes=at_hand)


def _routed_text(ask: Ask, asks: list[Ask], number: int) -> str:
    """A clause whose object is only a pronoun is read with the clause before it."""
    spoken = asks[number - 1].clause.object if number else ask.topic
    if ask.anaphor and (len(ask.clause.object.split()) < 2 or ask.kind is None):
        return f"{ask.text} ({spoken})"
    return ask.text


def _told(ask: Ask) -> str:
    """A thing that is asked for without a verb is to be added."""
    listed = ask.clause.verb is None and ask.marker != "prose"
    if (
        ask.kind is None
        or ask.kind.concept in {"review", "security", "release"}
        or not (listed or ask.clause.verb == "need")
    ):
        return ask.text
    initials = ask.text[:2].isupper() and ask.text[1:2] != " "
    plain = ask.text if initials else f"{ask.text[:1].lower()}{ask.text[1:]}"
    return f"Add {plain}"


def _taken(ask: Ask, before: Sequence[Ask]) -> str | None:
    """What is taken away where the words only point: “remove the rest” of the access that was listed before."""
    if ask.clause.verb not in _TAKES or not _POINTS.match(ask.clause.object):
        return None
    named = [a for a in before if not a.anaphor and a.clause.object and a.kind and ask.kind]
    same = [a.clause.object for a in named if a.kind and ask.kind and a.kind.concept == ask.kind.concept]
    return f"{ask.clause.verb} {same[-1]}" if same else None


_TAKES: frozenset[str] = wordlist("remove delete revoke drop purge") | {"take away", "take back"}
_POINTS = re.compile(
    r"(?:the (?:rest|others?|remainder)|what(?:ever)?|those|anything|it|them)\b", re.IGNORECASE
)


def _adds_nothing(ask: Ask, nodes: Sequence[Node], assigner: Assigner) -> bool:
    """“Please process the image", after it was said how."""
    generic = ask.clause.verb in _GENERIC and ask.cue == "none"
    return bool(nodes) and generic and _alike(ask, nodes[-1]) and assigner.vague(ask.text)


def _holder(ask: Ask, given: Assigned, nodes: Sequence[Node]) -> int | None:
    """The place of a node that does this already or goes on to do it; nothing for new work."""
    if not nodes or ask.implied:
        return None
    last = len(nodes) - 1
    same = [
        place
        for place, node in enumerate(nodes)
        if given.agent is not None and node.given.agent == given.agent
    ]
    if last in same and (continues(ask, nodes[last]) or goes_on(ask, nodes[last])):
        return last
    if (ask.kind is not None and not given.produces) or not _alike(ask, nodes[last]):
        return None
    if ask.anaphor and given.ranking.low_confidence and ask.cue == "none":
        return last
    return next((place for place in same if _restates(ask, nodes[place])), None)


def _alike(ask: Ask, node: Node) -> bool:
    """Whether nothing speaks against doing both at once: the same place, no other risk."""
    return ask.clause.environment == node.clauses[-1].environment and not node.ask.implied


def _restates(ask: Ask, node: Node) -> bool:
    """“I want the objects segmented. Please process the image": said before, in other words."""
    if ask.cue != "none":
        return False
    if ask.clause.verb in _GENERIC or node.ask.clause.verb in _GENERIC:
        return True
    if node.ask.mood in {"wish", "order"} and ask.mood == "none" and ask.unit > node.ask.unit:
        return True
    own, other = set(ask.text.lower().split()) - REFERS, set(node.ask.text.lower().split()) - REFERS
    return len(own & other) >= 0.5 * min(len(own), len(other))


_GENERIC: frozenset[str] = wordlist(
    "process help do handle use work provide give show get need want perform proceed run find have"
)
