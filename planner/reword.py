"""A brief put into the words of a wish."""

import re

from planner.aim import stems
from planner.comment import Exchange
from planner.rules.environment import environment_of
from planner.rules.words import words


def reworded(objective: str, wish: Exchange) -> str:
    """The brief with the wanted words in the place of the unwanted; all of it anew where they are a clause."""
    places = _place(wish.unwanted) or _place(objective), _place(wish.wanted)
    if places[0] and places[1] and (stems(wish.wanted) - stems(places[1])) <= stems(objective):
        return re.sub(rf"\b{re.escape(places[0])}\b", places[1], objective, flags=re.IGNORECASE)
    unwanted, wanted = (_LEADS.sub("", text).strip() for text in (wish.unwanted, wish.wanted))
    if unwanted and re.search(rf"\b{re.escape(unwanted)}\b", objective, re.IGNORECASE):
        verb = first_word(wish.wanted)
        core = wanted[len(verb) :].strip() if verb and verb.lower() in objective.lower() else wanted
        core = _LEADS.sub("", core) or wanted
        return re.sub(rf"\b{re.escape(unwanted)}\b", lambda _: core, objective, flags=re.IGNORECASE)
    return f"{wish.wanted[:1].upper()}{wish.wanted[1:]}"


_LEADS = re.compile(
    r"^(?:(?:to|in|on|into|onto|for|with|at|from)\s+)?(?:(?:the|a|an|our)\s+)*", re.IGNORECASE
)


def _place(text: str) -> str:
    """The word of a text that names an environment."""
    return next((word.text for word in words(text) if environment_of(f"to {word.text}") != "unknown"), "")


def verb_of(said: str) -> str:
    return next(iter(sorted(stems(first_word(said)))), "")


def first_word(text: str) -> str:
    return (_FIRST_WORD.match(text) or [""])[0].strip()


_FIRST_WORD = re.compile(r"^\s*(\w+)")
