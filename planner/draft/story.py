"""What users want to do, as the work of a server side and of a screen."""

from planner.assign import Assigner
from planner.rules.ask import Ask
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import SURE, Kind
from planner.rules.kinds.leanings import kind_of
from planner.rules.wordlist import wordlist


def story(ask: Ask, assigner: Assigner) -> list[Ask]:
    """What a user wants to do needs a server side and a screen, where different agents make them."""
    matter = f"{ask.clause.verb} {ask.clause.object}".strip()
    own = kind_of(ask.clause.verb, ask.clause.object)
    if own is not None and own.concept == "frontend" and own.sure and ask.clause.verb in _ON_SCREEN:
        return [_side(ask, "let users", matter, "frontend")]
    server = _side(ask, "implement", f"the service to {matter}", "backend")
    screen = _side(ask, "build", f"the page to {matter}", "frontend")._replace(acceptance=())
    agents = [assigner.assign(side.text, side.kind).agent for side in (server, screen)]
    if agents[0] is None or agents[0] == agents[1]:
        return [_side(ask, "implement", matter, "backend")]
    return [server, screen]


_ON_SCREEN: frozenset[str] = wordlist(
    "crop drag zoom sort collapse expand hide show scroll resize rotate toggle switch see view"
)
"""What users do on a screen alone."""


def _side(ask: Ask, verb: str, target: str, concept: Concept) -> Ask:
    text = f"{verb.capitalize()} {target}"
    clause = ask.clause.model_copy(update={"verb": verb, "object": target})
    return ask._replace(text=text, clause=clause, kind=Kind(concept, 2 * SURE, 2 * SURE), anaphor=False)
