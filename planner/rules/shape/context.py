"""The kind of an ask whose own words are weak: by what is spoken of around it."""

import re
from collections.abc import Sequence

from planner.rules.ask import Ask
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import Kind, Leanings, mixed, strongest
from planner.rules.kinds.leanings import leanings
from planner.rules.shape.mending import MENDS
from planner.rules.words import words


def in_context(
    ask: Ask, own: Leanings, before: Leanings, themes: tuple[Leanings, Leanings], done: Sequence[Ask]
) -> tuple[Kind | None, Leanings]:
    theme, named = themes
    same = next(
        (other for other in reversed(done) if other.clause.verb == ask.clause.verb and other.kind), None
    )
    empty = not [w for w in words(_WHEN.sub("", ask.clause.object)) if w.is_word]
    weak = max(own.values(), default=0.0) < 1.5
    bare = empty or (ask.anaphor and max(leanings(None, ask.clause.object).values(), default=0.0) < 1.0)
    points = ask.anaphor and (bare or weak)
    near = _ANTECEDENT_SHARE if points or (bare and not theme) else None
    if bare and not points:
        theme = named
    heard = _TITLE_SHARE if (bare and not points) or piped(theme) else _THEME_SHARE
    around = [(own, _BARE_SHARE if bare else 1.0), (theme, heard)]
    if done and points and (made := _last_made(done)) is not None:
        around.append((leanings(made.clause.verb, made.clause.object), _ANTECEDENT_SHARE))
    elif done and done[-1].unit == ask.unit and (near or not _looked(done[-1])):
        around.append((before, near or _BEFORE_SHARE))
    elif ask.topic:
        around.append((leanings(None, ask.topic), near or _TOPIC_SHARE))
    if same is not None and same.kind is not None and (empty or not own):
        around.append(({same.kind.concept: same.kind.score}, 1.0))
    leaning = mixed(*around)
    if ask.clause.verb in MENDS:
        barred = _NOT_MENDED if done else _NOT_MENDED - {"docs"}
        if own.get("security", 0.0) < 4.0:
            barred |= {"security"}  # what a scan found is mended by whoever builds it
        leaning = {concept: weight for concept, weight in leaning.items() if concept not in barred}
    return strongest(leaning), leaning


_THEME_SHARE, _BEFORE_SHARE, _ANTECEDENT_SHARE, _TOPIC_SHARE = 0.4, 0.25, 0.7, 0.3
_BARE_SHARE, _TITLE_SHARE = 0.6, 0.8


def _last_made(done: Sequence[Ask]) -> Ask | None:
    """What a pronoun points at: the last thing that was made, rather than how it was looked at."""
    near = [ask for ask in done if ask.unit >= done[-1].unit - 1]
    named = [ask for ask in near if not ask.anaphor and ask.clause.object]
    made = [ask for ask in named if ask.kind is None or ask.kind.concept not in _LOOKED]
    return next(iter((made or named)[::-1]), None)


def _looked(ask: Ask) -> bool:
    """What follows a test is of another kind as a rule."""
    return ask.kind is not None and ask.kind.concept == "qa"


_LOOKED: frozenset[Concept] = frozenset({"qa", "review", "monitoring", "diagnosis"})
_WHEN = re.compile(
    r"\b(?:(?:on|at|in|during|by|before|until|over|for) )?(?:(?:the|next|this|a) )?(?:[\w-]+ ){0,2}"
    r"(?:nights?|weekends?|mornings?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|windows?|midnight|tonight|tomorrow|today|weeks?|days?|months?|hours?)\b",
    re.IGNORECASE,
)
"""When it is to be done says nothing of what is done."""


def piped(theme: Leanings) -> bool:
    kind = strongest(theme)
    return kind is not None and kind.concept == "cicd" and kind.sure


_NOT_MENDED: frozenset[Concept] = frozenset(
    {"diagnosis", "research", "qa", "docs", "review", "monitoring", "release"}
)
"""“Fix it” after a test or an inquiry is neither test nor inquiry."""
