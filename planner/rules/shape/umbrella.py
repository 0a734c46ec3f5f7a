"""An ask that only heads the work which is then asked for part by part."""

from collections.abc import Sequence

from planner.rules.ask import Ask, concept_of
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import NAMES_A_THING
from planner.rules.kinds.leanings import kind_of
from planner.rules.lists import Item, listed
from planner.rules.shape.renumber import renumbered
from planner.rules.wordlist import wordlist


def without_umbrella(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“We want push notifications" heads the work that is then asked for part by part."""
    kept = [(n, ask) for n, ask in enumerate(asks) if not (ask.heads and _listed_below(ask, asks[n + 1 :]))]
    if len(kept) == len(asks) and len(asks) > 1 and _is_umbrella(asks[0], asks[1:]):
        kept = kept[1:]
    if len(kept) == len(asks):
        return asks
    dropped = tuple(ask.text for n, ask in enumerate(asks) if all(n != number for number, _ in kept))
    first = kept[0][1]
    kept[0] = (kept[0][0], first._replace(acceptance=(*dropped, *first.acceptance)))
    return renumbered(asks, kept)


def _listed_below(ask: Ask, others: Sequence[Ask]) -> bool:
    """Whether the work that a colon announces does follow, and does not carry less risk than its heading."""
    below = [other for other in others if other.unit == ask.unit or other.marker != "prose"]
    places = {other.clause.environment for other in below}
    return bool(below) and ask.clause.environment in {*places, "unknown"}


def _is_umbrella(head: Ask, others: Sequence[Ask]) -> bool:
    if _is_weighed(head, others):
        return True
    if not _heads(head) or head.after or (head.needs and head.mood != "story"):
        return False
    parts = [ask for ask in others if ask.unit != head.unit]
    if _is_list(head, others):
        return True
    building = [
        item
        for ask in parts
        if concept_of(ask) in _BUILDS and ask.clause.environment == head.clause.environment
        for item in listed(ask.clause.object)
    ]
    building += [item for ask in parts if ask.mood == "wish" and len(parts) == 1 for item in _built(ask)]
    return len(building) > 1 or (bool(building) and head.mood == "story" and len(parts) > 2)


def _is_list(head: Ask, others: Sequence[Ask]) -> bool:
    """“Add workspaces. 1. … 2. … 3. …”: the steps are all there is to do."""
    numbered = [ask for ask in others if ask.marker == "number" and ask.unit > head.unit]
    return head.marker == "prose" and len(numbered) == len(others) >= _SEVERAL


_SEVERAL = 3


def _is_weighed(head: Ask, others: Sequence[Ask]) -> bool:
    """“We need a workflow engine. Compare A and B”: nothing is built before it is chosen."""
    weighed = others[0].unit > head.unit and others[0].clause.verb in _WEIGHS
    return head.mood == "wish" and weighed and head.clause.environment == "unknown"


_WEIGHS: frozenset[str] = wordlist("compare evaluate assess weigh choose research explore")


def _built(ask: Ask) -> list[Item]:
    """The items of one list of deliverables that are to be built."""
    kinds = [(item, kind_of(None, item.text)) for item in listed(ask.clause.object)]
    return [
        item for item, kind in kinds if kind is not None and kind.concept in _BUILDS and kind.score >= 2.5
    ]


_BUILDS: frozenset[Concept] = frozenset({"database", "backend", "frontend", "infra", "cicd"})


def _heads(ask: Ask) -> bool:
    """Whether an ask only names what is wanted as a whole."""
    if ask.mood == "story":
        return ask.marker == "prose"
    if ask.marker != "prose" or ask.clause.verb not in _HEADING:
        return False
    if ask.clause.verb in _ENABLERS:
        return True
    if ask.mood not in {"wish", "statement", "order"} and ask.clause.verb not in _INTRODUCES:
        return False
    kind = kind_of(None, ask.clause.object)
    return kind is None or kind.score < NAMES_A_THING


_INTRODUCES: frozenset[str] = wordlist("add build introduce make show")
_ENABLERS: frozenset[str] = wordlist("let allow enable support offer")
_HEADING: frozenset[str] = _ENABLERS | wordlist("give provide want need add build make introduce show")
