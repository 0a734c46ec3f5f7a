"""A request to a first graph: requirements, pieces of work that cover them, agents, and edges."""

from typing import NamedTuple

from domain.clause import Clause
from domain.ids import RequirementId
from domain.plan import Finding, Requirement
from domain.request import Request
from planner.assign import Assigned, Assigner
from planner.rules.asks import Ask, Asked, asked
from planner.rules.capability import kind_of
from planner.rules.order import Link, Piece, links
from planner.rules.parts import CREATES, Part, parts
from planner.rules.stages import stage_of
from planner.rules.wordlist import wordlist

_REFERS: frozenset[str] = wordlist(
    "it them one that this these those result results finding findings recommendation the a an its their your our"
)


class Node(NamedTuple):
    """A subtask to be: what it asks, of whom."""

    ask: Ask
    clauses: tuple[Clause, ...]
    texts: tuple[str, ...]
    asks: tuple[int, ...]
    given: Assigned

    @property
    def text(self) -> str:
        return "; ".join(self.texts)


class Draft(NamedTuple):
    """What planning by rules makes of a request before any check."""

    requirements: tuple[Requirement, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    constraints: tuple[str, ...]
    findings: tuple[Finding, ...]


def draft(request: Request, assigner: Assigner) -> Draft:
    """Clauses to requirements, requirements to nodes, nodes to edges."""
    read = asked(request.title, request.description)
    asks = _split(read, assigner)
    nodes = _merged(asks, assigner)
    requirements = tuple(
        Requirement(id=RequirementId(f"R{number}"), text=ask.text) for number, ask in enumerate(asks, 1)
    )
    return Draft(
        requirements, nodes, links([_piece(node, nodes) for node in nodes]), read.constraints, _noted(read)
    )


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


def _split(read: Asked, assigner: Assigner) -> list[Ask]:
    """Asks whose object lists things for different agents become several; indexes in `after` follow."""
    out: list[Ask] = []
    firsts: list[int] = []
    lasts: list[int] = []
    for ask in read.asks:
        firsts.append(len(out))
        out += _pieces(ask, assigner)
        lasts.append(len(out) - 1)
    return [
        ask._replace(after=tuple(i for old in ask.after for i in range(firsts[old], lasts[old] + 1)))
        for ask in out
    ]


def _pieces(ask: Ask, assigner: Assigner) -> list[Ask]:
    if ask.clause.language != "en":
        return [ask]
    if ask.story:
        return _story(ask, assigner)
    items = parts(ask.clause.object, ask.clause.verb)
    if len(items) < 2:
        return [ask]
    groups = _grouped(ask, items, assigner)
    if len(groups) < 2:
        return [ask]
    return [_part_ask(ask, group, number) for number, group in enumerate(groups)]


def _grouped(ask: Ask, items: tuple[Part, ...], assigner: Assigner) -> list[list[Part]]:
    """Neighbouring items of one agent stay together, unless each is introduced as a thing of its own."""
    agents = [_agent_for(ask, item, assigner) for item in items]
    if None in agents or len(set(agents)) < 2:
        return [list(items)]
    groups: list[list[Part]] = []
    for number, item in enumerate(items):
        joins = (
            number
            and agents[number] == agents[number - 1]
            and not (item.article and items[number - 1].article)
        )
        if joins:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _agent_for(ask: Ask, item: Part, assigner: Assigner) -> str | None:
    """The agent an item alone would go to, where its words say so."""
    verb = ask.clause.verb if ask.clause.verb not in CREATES or not item.attached else None
    kind = kind_of(verb, item.text)
    own = kind_of(None, item.text)
    if (own is None or own.score < 2.0 or kind is None) and not item.article:
        return None
    given = assigner.assign(f"{ask.clause.verb or ''} {item.text}".strip(), verb, item.text)
    return given.agent


def _part_ask(ask: Ask, group: list[Part], number: int) -> Ask:
    target = " and ".join(part.text for part in group)
    plain = group[0].attached or ask.clause.verb in {None, "include", "need"}
    verb = "add" if plain else ask.clause.verb
    text = f"{verb} {target}".capitalize() if target.islower() else f"{(verb or 'add').capitalize()} {target}"
    clause = ask.clause.model_copy(update={"text": text, "object": target, "verb": verb})
    return ask._replace(
        text=text,
        clause=clause,
        acceptance=ask.acceptance if number == 0 else (),
        anaphor=ask.anaphor and number == 0,
    )


def _story(ask: Ask, assigner: Assigner) -> list[Ask]:
    """What a user wants to do needs a server side and a screen, where different agents make them."""
    server = assigner.assign(
        f"implement the service to {ask.text}", "implement", f"{ask.clause.verb} endpoint"
    )
    screen = assigner.assign(f"build the page to {ask.text}", "build", f"{ask.clause.verb} page")
    if server.agent is None or server.agent == screen.agent:
        return [
            ask._replace(
                clause=ask.clause.model_copy(
                    update={"verb": "implement", "object": f"{ask.clause.verb} {ask.clause.object}"}
                )
            )
        ]
    matter = f"{ask.clause.verb} {ask.clause.object}".strip()
    first = ask.clause.model_copy(update={"verb": "implement", "object": f"the service to {matter}"})
    second = ask.clause.model_copy(update={"verb": "build", "object": f"the page to {matter}"})
    return [
        ask._replace(text=f"Implement the service to {matter}", clause=first),
        ask._replace(text=f"Build the page to {matter}", clause=second, acceptance=()),
    ]


def _merged(asks: list[Ask], assigner: Assigner) -> tuple[Node, ...]:
    """One node an ask; an ask that only goes on with the one before, by the same agent, joins its node."""
    nodes: list[Node] = []
    for number, ask in enumerate(asks):
        given = assigner.assign(_routed_text(ask, asks, number), ask.clause.verb, ask.clause.object)
        last = nodes[-1] if nodes else None
        if (
            last is not None
            and given.agent is not None
            and last.given.agent == given.agent
            and _continues(ask, last)
        ):
            nodes[-1] = last._replace(
                clauses=(*last.clauses, ask.clause), texts=(*last.texts, ask.text), asks=(*last.asks, number)
            )
            continue
        nodes.append(Node(ask, (ask.clause,), (ask.text,), (number,), given))
    return tuple(nodes)


def _routed_text(ask: Ask, asks: list[Ask], number: int) -> str:
    """A clause whose object is only a pronoun is read with the clause before it."""
    if ask.anaphor and number and len(ask.clause.object.split()) < 2:
        return f"{ask.text} ({asks[number - 1].clause.object})"
    return ask.text


def _continues(ask: Ask, last: Node) -> bool:
    if ask.unit != last.ask.unit or ask.clause.environment != last.clauses[-1].environment != "unknown":
        return False
    content = [word for word in ask.clause.object.lower().split() if word.strip(".,") not in _REFERS]
    return not content or not last.clauses[-1].object


def _piece(node: Node, nodes: tuple[Node, ...]) -> Piece:
    holder = {ask: number for number, other in enumerate(nodes) for ask in other.asks}
    ask = node.ask
    return Piece(
        text=node.text,
        verb=ask.clause.verb,
        target=ask.clause.object,
        stage=stage_of(ask.clause),
        cue=ask.cue,
        marker=ask.marker,
        listing=ask.listing,
        unit=ask.unit,
        anaphor=ask.anaphor,
        after=tuple(sorted({holder[i] for i in ask.after})),
        needs=ask.needs,
        consumes=node.given.consumes,
        produces=node.given.produces,
    )
