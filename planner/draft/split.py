"""An ask that lists things for different agents becomes several."""

import re
from collections.abc import Sequence
from itertools import accumulate

from planner.assign import Assigner
from planner.draft.story import story
from planner.rules.ask import Ask
from planner.rules.environment import environment_of
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DETERMINERS
from planner.rules.parts import Part, parts
from planner.rules.wordlist import wordlist


def split(asks: Sequence[Ask], assigner: Assigner) -> list[Ask]:
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
        return story(ask, assigner)
    if ask.clause.verb in _WEIGHS:
        return [ask]
    items = parts(ask.clause.object, ask.clause.verb)
    if any(map(_goes_on, items[1:])):
        return [ask]
    if ask.clause.verb is None and any(map(_no_thing, items)):
        return [ask]
    groups = _grouped(ask, items, assigner) if len(items) > 1 else []
    return (
        [_part_ask(ask, group, number) for number, group in enumerate(groups)] if len(groups) > 1 else [ask]
    )


def _goes_on(item: Part) -> bool:
    """“Look over the request, it drops three tables”: something is told of the thing, no other one is named."""
    return item.text.lower().split()[0] in {"it", "they", "this", "that", "which"}


def _no_thing(item: Part) -> bool:
    """What tells something ("disk is full") or may be an order ("pruge the log") is nothing that could be added."""
    row = item.text.lower().split()
    return bool(_TELLS & set(row)) or (
        row[0] not in DETERMINERS and bool({"the", "all", "our"} & set(row[1:2]))
    )


_TELLS: frozenset[str] = frozenset({"is", "are", "was", "were"})


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
        elif (
            same
            and not (ask.mood == "wish" and _stands_alone(item))
            and (
                item.text.lower().startswith(("its ", "their "))
                or item.attached
                or not (item.article and items[number - 1].article)
            )
        ):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _stands_alone(item: Part) -> bool:
    """Whether an item of a list of deliverables names a thing of its own: "courier screen for handing in a parcel"."""
    kind = kind_of(None, item.text)
    packed = kind is not None and kind.concept == "infra"  # a Dockerfile and a chart are made together
    return kind is not None and not packed and kind.score >= 2.5 and len(item.text.split()) > 1


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
    where = _behind(target, ask.clause.text)
    if environment_of(where) != "unknown":
        return where
    # "wipe the production cache and the database behind it": what is taken away is taken away there, all of it.
    harms = ask.clause.verb in _HARMS and environment_of(target) == "unknown"
    return f" in {ask.clause.environment}" if harms and ask.clause.environment == "production" else ""


def _behind(target: str, text: str) -> str:
    """The words of place that stand right behind a part."""
    # A pattern made of the part would be compiled for each part: that takes longer than all else about it.
    sought, told = target.lower(), text.lower()
    at = told.find(sought)
    while at >= 0:
        said = _WHERE.match(told, at + len(sought))
        if said:
            return said[0] if len(told) != len(text) else text[said.start() : said.end()]
        at = told.find(sought, at + 1)
    return ""


_WHERE = re.compile(r"\s+(?:to|in|on|into|at)\s+(?:the\s+)?[\w-]+(?:\s+(?:environment|cluster|system))?")
_HARMS: frozenset[str] = wordlist(
    "wipe drop delete purge truncate erase remove destroy restart stop reboot kill rotate revoke disable restore migrate"
) | {"shut down", "turn off", "switch off", "take down", "roll back"}
_WEIGHS: frozenset[str] = wordlist("compare evaluate assess weigh benchmark check verify test")
"""What is held against each other stays together: “compare WebSockets, SSE and polling”."""

_PLAIN_VERBS: frozenset[str] = wordlist(
    "need include ship deliver provide want have support do make get offer"
)
"""Verbs that say nothing of the kind of work."""
