"""Each ask with its kind of work."""

import re
from collections.abc import Sequence

from planner.rules.ask import Ask
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import Kind, Leanings, strongest
from planner.rules.kinds.leanings import leanings
from planner.rules.shape.context import in_context
from planner.rules.shape.heard import TAKES_OUT, TEAM_WEIGHT, heard
from planner.rules.shape.mending import MENDS
from planner.rules.shape.scene import Scene


def with_kinds(asks: Sequence[Ask], title: tuple[str | None, str]) -> tuple[Ask, ...]:
    """Each ask with its kind of work: by its own words, or where they are weak, by what is spoken of around it."""
    theme, around = leanings(*title), leanings(None, title[1])
    wonders = _WONDERS.match(title[1]) is not None
    out: list[Ask] = []
    before: Leanings = {}
    for ask in asks:
        own = _own(Scene(ask, out, theme, wonders))
        kind = strongest(own)
        if not _settled(kind):
            kind, own = in_context(ask, own, before, (theme, around), out)
        out.append(ask._replace(kind=kind))
        before = own
    return tuple(out)


def _settled(kind: Kind | None) -> bool:
    return kind is not None and (kind.sure or (kind.score >= _PLAIN and kind.lead >= _PLAINLY_AHEAD))


_PLAIN, _PLAINLY_AHEAD = 2.0, 1.5
_WONDERS = re.compile(
    r"\s*(?:should|which|whether|do we|can we|could we|would it|is it worth|build (?:vs|or)|make or|how (?:should|could|can|do) we|what (?:should|would))\b",
    re.IGNORECASE,
)


def _own(scene: Scene) -> Leanings:
    """What an ask speaks for; nothing much where it only goes with a change, or names no more than a fault."""
    hands = _same_hands(scene)
    if hands is not None:
        return {hands: TEAM_WEIGHT}
    if scene.verb in MENDS and scene.ask.team is None and _FAULT.fullmatch(scene.target):
        return {"backend": 0.5}  # whose fault it is, what is told around it says
    return heard(scene)


_FAULT = re.compile(
    r"(?:the |this |that )?(?:crash|bug|issue|error|problem|defect|fault|glitch|regression)", re.IGNORECASE
)


def _same_hands(scene: Scene) -> Concept | None:
    """“Replace moment.js in the web app, remove the dependency”: what only goes with a change is of the same hands."""
    if not scene.done or scene.verb not in MENDS | TAKES_OUT or not _GOES_WITH.fullmatch(scene.target):
        return None
    kind = scene.done[-1].kind
    return kind.concept if kind is not None and kind.concept in _BUILDERS else None


_BUILDERS: frozenset[Concept] = frozenset({"backend", "frontend"})
_GOES_WITH = re.compile(
    r"(?:the |all |its |any |resulting |new |old |obsolete |unused |deprecation |compiler? |type |remaining )*?"
    r"(?:warnings?|dependency|dependencies|imports?|type errors?|compile errors?|incompatibilities|deprecations?|call sites|callers|usages|leftovers|polyfills?|strict (?:mode|null checks)|(?:library|package)(?: from the (?:[\w-]+ )?(?:bundle|build|project|lock ?file|package\.json))|(?:deprecated|removed) (?:[\w-]+ )?(?:modules?|apis?|functions?|calls?|methods?|props?|classes))",
    re.IGNORECASE,
)
