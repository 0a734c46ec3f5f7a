"""A request to a first graph: requirements, pieces of work that cover them, agents, and edges."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from domain.agent import Ranking
from domain.clause import Clause
from domain.ids import RequirementId
from domain.plan import Finding, Requirement
from domain.request import Request
from planner.assign import Assigned, Assigner
from planner.memory import Advice
from planner.node import Node
from planner.rules.ask import Ask, Asked
from planner.rules.asks import asked, names_fault
from planner.rules.behaviour import behaviours
from planner.rules.concepts import Concept
from planner.rules.environment import environment_of
from planner.rules.flows import NOTHING
from planner.rules.kinds.kind import SURE, Kind
from planner.rules.kinds.leanings import kind_of
from planner.rules.modes import Flow, flow_of, modes_in
from planner.rules.order.links import NOTHING_KNOWN, links
from planner.rules.order.piece import Link, Piece
from planner.rules.parts import Part, parts
from planner.rules.shape.shaped import shaped
from planner.rules.wordlist import wordlist
from planner.seed import recalled, seeded

_REFERS: frozenset[str] = wordlist(
    "it them one that this these those result results finding findings recommendation the a an its their your our"
)


_GENERIC: frozenset[str] = wordlist(
    "process help do handle use work provide give show get need want perform proceed run find have"
)
_GOES_ON: frozenset[str] = wordlist(
    "recommend run execute rerun choose pick decide present summarize summarise commit merge save submit push"
)
"""What only finishes the work before it: "evaluate A and B and recommend one", "write tests and run them"."""


_ON_SCREEN: frozenset[str] = wordlist(
    "crop drag zoom sort collapse expand hide show scroll resize rotate toggle switch see view"
)
"""What users do on a screen alone."""

_PLAIN_VERBS: frozenset[str] = wordlist(
    "need include ship deliver provide want have support do make get offer"
)
"""Verbs that say nothing of the kind of work."""


class Draft(NamedTuple):
    """What planning by rules makes of a request before any check."""

    required: tuple[tuple[Requirement, ...], ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    constraints: tuple[str, ...]
    findings: tuple[Finding, ...]
    reused: bool = False
    """Whether a past plan was taken whole."""

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        return tuple(requirement for held in self.required for requirement in held)


def draft(request: Request, assigner: Assigner, advice: Advice | None = None) -> Draft:
    """Clauses to requirements, requirements to nodes, nodes to edges; similar plans have their say."""
    read = asked(request.title, request.description)
    asks = assigner.of_trade(shaped(_settled(read.asks, assigner), read.theme))
    if not asks and assigner.of_tools:
        asks = (_whole(request),)
    pieces = _split(asks, assigner)
    nodes = _behaving(_merged(pieces, assigner), pieces, request.title)
    if advice is not None:
        nodes = seeded(nodes, advice, assigner)
    found = links(
        [_piece(node, nodes, assigner) for node in nodes], habits=advice.before if advice else NOTHING_KNOWN
    )
    reused = advice is not None and advice.whole is not None
    known = () if advice is None else recalled(nodes, advice)
    findings = (*_noted(read), *known, *_unsure(nodes))
    return Draft(_required(nodes), nodes, found, read.constraints, findings, reused)


def _behaving(nodes: tuple[Node, ...], pieces: Sequence[Ask], title: str) -> tuple[Node, ...]:
    held = [[pieces[place] for place in node.asks] for node in nodes]
    told = behaviours(held, mending=names_fault(title))
    return tuple(node._replace(behaves=behaves) for node, behaves in zip(nodes, told, strict=True))


def _settled(asks: Sequence[Ask], assigner: Assigner) -> tuple[Ask, ...]:
    """“Make sure every commit is mentioned": work where an agent is there for it, else a criterion."""
    kept: list[Ask] = []
    place: dict[int, int] = {}
    waits: dict[int, int] = {}
    for number, ask in enumerate(asks):
        if ask.optional and kept and not (assigner.checks(ask.text) or assigner.checks_named(ask.text)):
            kept[-1] = kept[-1]._replace(acceptance=(*kept[-1].acceptance, ask.text))
            continue
        need = next((need for need in ask.needs if assigner.checks_named(need)), None)
        if need is not None and not any(
            assigner.checks_named(a.text) and a.clause.verb in _LOOKS for a in asks
        ):
            waits[number] = len(kept)
            kept.append(_checking(ask, need))
        place[number] = len(kept)
        clause = ask.clause.model_copy(update={"kind": "action"}) if ask.optional else ask.clause
        kept.append(ask._replace(clause=clause))
    after = {place[number]: wait for number, wait in waits.items()}
    return tuple(
        ask._replace(
            after=(
                *(place[i] for i in ask.after if i in place),
                *((after[new],) if new in after else ()),
            )
        )
        for new, ask in enumerate(kept)
    )


_LOOKS: frozenset[str] = wordlist("check verify ensure confirm validate compare double-check") | {"make sure"}


def _checking(ask: Ask, need: str) -> Ask:
    """“Publish them once every commit is mentioned”: the check that the condition speaks of."""
    text = f"Check that {need}"
    clause = Clause(text=text, verb="check", object=f"that {need}")
    return Ask(text, clause, unit=ask.unit, marker=ask.marker, listing=ask.listing)


def _required(nodes: tuple[Node, ...]) -> tuple[tuple[Requirement, ...], ...]:
    """Each node's requirements, numbered in order of the text; implied work has none."""
    count = iter(range(1, 1 + sum(len(node.texts) for node in nodes)))
    return tuple(
        ()
        if node.ask.implied
        else tuple(Requirement(id=RequirementId(f"R{next(count)}"), text=text) for text in node.texts)
        for node in nodes
    )


def _unsure(nodes: Sequence[Node]) -> Iterator[Finding]:
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


def _noted(read: Asked) -> tuple[Finding, ...]:
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
    return (
        Finding(
            code="nothing_asked",
            severity="warning",
            path="requirements",
            message=said,
            mend="name what is to be made, changed or checked",
        ),
    )


def _split(asks: Sequence[Ask], assigner: Assigner) -> list[Ask]:
    """Asks whose object lists things for different agents become several; indexes in `after` follow."""
    out: list[Ask] = []
    places: list[range] = []
    for ask in asks:
        first = len(out)
        out += _pieces(ask, assigner)
        places.append(range(first, len(out)))
    return [ask._replace(after=tuple(place for old in ask.after for place in places[old])) for ask in out]


def _pieces(ask: Ask, assigner: Assigner) -> list[Ask]:
    if ask.clause.language != "en":
        return [ask]
    if ask.mood == "story":
        return _story(ask, assigner)
    items = parts(ask.clause.object, ask.clause.verb)
    groups = _grouped(ask, items, assigner) if len(items) > 1 else []
    return (
        [_part_ask(ask, group, number) for number, group in enumerate(groups)] if len(groups) > 1 else [ask]
    )


def _grouped(ask: Ask, items: tuple[Part, ...], assigner: Assigner) -> list[list[Part]]:
    """Neighbouring items of one agent stay together, unless each is introduced as a thing of its own."""
    head = kind_of(None, items[0].text)
    if (
        len(items[0].text.split()) == 1
        and len(items[1].text.split()) > 1
        and (head is None or head.score < 1.5)
    ):
        return [list(items)]  # “local and server cart”: two adjectives, one noun
    found = [_agent_for(ask, item, items, assigner) for item in items]
    if len({agent for agent in found if agent is not None}) < 2:
        return [list(items)]
    # What does not say whose it is goes with the item before it, at the front with the one after.
    first = next(agent for agent in found if agent is not None)
    agents = list(
        accumulate((first if agent is None and not n else agent for n, agent in enumerate(found)), _or_before)
    )
    groups: list[list[Part]] = []
    for number, item in enumerate(items):
        same = number > 0 and agents[number] == agents[number - 1]
        if groups and item.attached and not items[0].attached and agents[number] == agents[0]:
            groups[0].append(item)
        elif same and (item.attached or not (item.article and items[number - 1].article)):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _or_before(before: str | None, agent: str | None) -> str | None:
    return before if agent is None else agent


def _agent_for(ask: Ask, item: Part, items: Sequence[Part], assigner: Assigner) -> str | None:
    """The agent an item alone would go to, where its words say so."""
    verb = ask.clause.verb if not item.attached and ask.clause.verb not in _PLAIN_VERBS else None
    own = kind_of(None, item.text)
    if item is not items[0] and item.article and not item.attached and (own is None or own.score < 1.0):
        return None
    if item is items[0] and not item.attached and (own is None or own.score < 1.5):
        return assigner.assign(item.text, kind_of(verb, item.text)).agent
    if (own is None or own.score < 1.5) and not item.article:
        return assigner.surely(f"{ask.clause.verb or ''} {item.text}".strip())
    return assigner.assign(f"{ask.clause.verb or ''} {item.text}".strip(), kind_of(verb, item.text)).agent


def _part_ask(ask: Ask, group: list[Part], number: int) -> Ask:
    target = " and ".join(part.text for part in group)
    plain = group[0].attached or ask.clause.verb is None or ask.clause.verb in _PLAIN_VERBS
    verb = "add" if plain else ask.clause.verb or "add"
    where = _place_of(target, ask)
    text = f"{verb.capitalize()} {target}{where}"
    clause = ask.clause.model_copy(
        update={"text": text, "object": target, "verb": verb, "environment": environment_of(text)}
    )
    own = kind_of(None if plain else verb, target)
    return ask._replace(
        text=text,
        clause=clause,
        kind=own if own is not None and own.score >= 2.0 else ask.kind,
        acceptance=ask.acceptance if number == 0 else (),
        anaphor=ask.anaphor and number == 0,
    )


def _place_of(target: str, ask: Ask) -> str:
    """The words that say where a part of a list takes place: "… and deployment | to production"."""
    said = re.search(
        rf"{re.escape(target)}(?P<where>\s+(?:to|in|on|into|at)\s+(?:the\s+)?[\w-]+(?:\s+(?:environment|cluster|system))?)",
        ask.clause.text,
        re.IGNORECASE,
    )
    where = said["where"] if said else ""
    if environment_of(where) != "unknown":
        return where
    # "wipe the production cache and the database behind it": what is taken away is taken away there, all of it.
    harms = ask.clause.verb in _HARMS and environment_of(target) == "unknown"
    return f" in {ask.clause.environment}" if harms and ask.clause.environment == "production" else ""


_HARMS: frozenset[str] = wordlist(
    "wipe drop delete purge truncate erase remove destroy restart stop reboot kill rotate revoke disable restore migrate"
) | {"shut down", "turn off", "switch off", "take down", "roll back"}


def _story(ask: Ask, assigner: Assigner) -> list[Ask]:
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


def _side(ask: Ask, verb: str, target: str, concept: Concept) -> Ask:
    text = f"{verb.capitalize()} {target}"
    clause = ask.clause.model_copy(update={"verb": verb, "object": target})
    return ask._replace(text=text, clause=clause, kind=Kind(concept, 2 * SURE, 2 * SURE), anaphor=False)


def _merged(asks: list[Ask], assigner: Assigner) -> tuple[Node, ...]:
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
        holder = len(nodes) - 1 if _adds_nothing(ask, nodes, assigner) else _holder(ask, given, nodes)
        if holder is None:
            told = _told(ask)
            clause = ask.clause.model_copy(update={"text": _taken(ask, asks[:number]) or told})
            nodes.append(Node(ask, (clause,), (told,), (number,), given))
        else:
            nodes[holder] = nodes[holder].joined_by(ask, number)
    return tuple(nodes)


def _whole(request: Request) -> Ask:
    """Among tools even a question asks for one: the one that its words mean."""
    text = " ".join((request.description or request.title).split())
    return Ask(text, Clause(text=text, verb=None, object=text))


def _adds_nothing(ask: Ask, nodes: Sequence[Node], assigner: Assigner) -> bool:
    """“Please process the image", after it was said how."""
    generic = ask.clause.verb in _GENERIC and ask.cue == "none"
    return bool(nodes) and generic and _alike(ask, nodes[-1]) and assigner.vague(ask.text)


def _told(ask: Ask) -> str:
    """A thing that is asked for without a verb is to be added."""
    listed = ask.clause.verb is None and ask.marker != "prose"
    if (
        ask.kind is None
        or ask.kind.concept in {"review", "security", "release"}
        or not (listed or ask.clause.verb == "need")
    ):
        return ask.text
    plain = ask.text if ask.text[:2].isupper() else f"{ask.text[:1].lower()}{ask.text[1:]}"
    return f"Add {plain}"


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
    if last in same and (_continues(ask, nodes[last]) or _goes_on(ask, nodes[last])):
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
    own, other = set(ask.text.lower().split()) - _REFERS, set(node.ask.text.lower().split()) - _REFERS
    return len(own & other) >= 0.5 * min(len(own), len(other))


def _flow(ask: Ask, at_hand: frozenset[str]) -> Flow:
    """What a clause works on; where it does not say, what lies at hand."""
    flow = flow_of(ask.clause.verb, ask.clause.object)
    return flow if flow.takes else flow._replace(takes=at_hand)


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


def _routed_text(ask: Ask, asks: list[Ask], number: int) -> str:
    """A clause whose object is only a pronoun is read with the clause before it."""
    spoken = asks[number - 1].clause.object if number else ask.topic
    if ask.anaphor and (len(ask.clause.object.split()) < 2 or ask.kind is None):
        return f"{ask.text} ({spoken})"
    return ask.text


_CONCLUDES: frozenset[str] = wordlist(
    "recommend propose present summarise summarize decide choose pick conclude suggest share discuss outline list estimate"
) | {"write up", "write down", "sum up"}
"""What ends an inquiry: its result told by whoever inquired."""

_TELLS: frozenset[str] = wordlist(
    "list give explain describe include cover mention show name contain address illustrate"
)
"""What a text is to hold."""


def _goes_on(ask: Ask, last: Node) -> bool:
    """Whether an ask only says how an inquiry ends, or what a text holds, that the work before it is."""
    if ask.marker == "number" or ask.team is not None or ask.implied or last.ask.implied:
        return False
    own, before = ask.clause.verb, last.ask.kind
    if before is None or ask.clause.environment != last.clauses[-1].environment:
        return False
    if before.concept == "docs":
        return own in _TELLS
    inquires = (
        before.concept == "research"
        or last.clauses[0].object.endswith("model")
        or "threat model" in last.text.lower()
    )
    return inquires and own in _CONCLUDES


def _continues(ask: Ask, last: Node) -> bool:
    if (
        ask.unit != last.ask.unit
        or ask.implied
        or last.ask.implied
        or ask.clause.environment != last.clauses[-1].environment
    ):
        return False
    if last.ask.bare or not last.clauses[-1].object:
        plain = last.ask.bare or len(last.texts[-1].split()) == 1
        return ask.coupled and plain and bool(ask.clause.object)
    content = [word for word in ask.clause.object.lower().split() if word.strip(".,") not in _REFERS]
    return not content and ask.clause.verb in _GOES_ON


def _piece(node: Node, nodes: tuple[Node, ...], assigner: Assigner) -> Piece:
    holder = {ask: number for number, other in enumerate(nodes) for ask in other.asks}
    ask = node.ask
    return Piece(
        text=node.text,
        agent=node.given.agent,
        verb=ask.clause.verb,
        target=ask.clause.object,
        stage=assigner.stage(node.clauses[0], node.given),
        cue=ask.cue,
        marker=ask.marker,
        listing=ask.listing,
        unit=ask.unit,
        anaphor=ask.anaphor,
        after=tuple(sorted({holder[i] for i in ask.after if i in holder})),
        needs=ask.needs,
        place=ask.clause.environment,
        consumes=node.given.consumes,
        produces=node.given.produces,
        part=assigner.part(node.given.agent),
    )
