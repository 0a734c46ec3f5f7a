"""Lists of things that are to be delivered."""

from planner.rules.kinds.leanings import kind_of
from planner.rules.lists import listed


def things_below(text: str) -> str:
    """What a colon introduces, where it is a list of things to be delivered."""
    _, colon, rest = text.partition(":")
    return rest.strip() if colon and len(deliverables(rest)) > 1 else ""


def deliverables(text: str) -> list[str]:
    """The items of a list that are things to be delivered."""
    kinds = [(item.text, kind_of(None, item.text)) for item in listed(text)]
    return [item for item, kind in kinds if kind is not None and kind.score >= 2.0]
