"""Each ask with its kind of work."""

import re
from collections.abc import Sequence

from planner.rules.ask import Ask
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import APART, Leanings, mixed, strongest
from planner.rules.kinds.leanings import leanings
from planner.rules.lists import listed
from planner.rules.shape.context import in_context, piped
from planner.rules.shape.mending import MENDS
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of, words


def with_kinds(asks: Sequence[Ask], title: tuple[str | None, str]) -> tuple[Ask, ...]:
    """Each ask with its kind of work: by its own words, or where they are weak, by what is spoken of around it."""
    theme = leanings(*title)
    wonders = _WONDERS.match(title[1]) is not None
    out: list[Ask] = []
    before: Leanings = {}
    for ask in asks:
        own = _own(ask, out, theme, wonders=wonders)
        if (built := _same_hands(ask, out)) is not None:
            own = {built: _TEAM_WEIGHT}
        elif ask.clause.verb in MENDS and ask.team is None and _FAULT.fullmatch(ask.clause.object):
            own = {"backend": 0.5}  # whose fault it is, what is told around it says
        kind = strongest(own)
        if kind is None or not (kind.sure or (kind.score >= 2.0 and kind.lead >= 1.5)):
            kind, own = in_context(ask, own, before, (theme, leanings(None, title[1])), out)
        out.append(ask._replace(kind=kind))
        before = own
    return tuple(out)


def _own(ask: Ask, done: Sequence[Ask], theme: Leanings, *, wonders: bool) -> Leanings:
    """What the words of an ask speak for. `wonders`: the title of the request asks a question."""
    verb, in_production = ask.clause.verb, ask.clause.environment == "production"
    own: Leanings = leanings(verb, ask.clause.object)
    if verb in _EXPLORES and _names_options(ask.clause.object):
        own = mixed((own, 0.5), ({"research": 4.5}, 1.0))
    if verb in _TELLS_OF and any(map(_GOES_WRONG.search, ask.needs)):
        own = mixed(
            ({c: w for c, w in own.items() if c != "docs"}, 1.0),
            ({"cicd" if piped(theme) else "monitoring": 3.0}, 1.0),
        )
    if verb in _TELLS_OF and _TO_A_TEAM.search(ask.clause.object):
        own = {concept: weight for concept, weight in own.items() if concept != "security"}
    if verb == "review" and (looked := _looked_through(ask, theme)) is not None:
        own = mixed((own, 1.0), ({looked: 5.0}, 1.0))
    if verb in MENDS:
        own = {concept: weight for concept, weight in own.items() if concept not in _ONLY_FOUND}
    if wonders and verb in _INQUIRES:
        own = mixed((own, 1.0), ({"research": 3.5}, 1.0))
    if verb in _TAKES_OUT and _CODE.search(ask.clause.object):
        own = {**own, "release": -_TEAM_WEIGHT}  # taking code out is a change like any other
    if in_production and verb in {"install", "set up", "stand up"}:
        own = mixed((own, 1.0), ({"infra": 3.0}, 1.0))
    if in_production and verb in {"run", "execute", "apply", "start"} and not _kept(own):
        # What is run tells whose it is; the request as a whole does where the words only point at it.
        own = mixed((own, 1.0), _run_for(ask, done, theme))
    brings = in_production and verb in {"deploy", "push", "publish", "run"}
    if verb in _PIPED and not brings and piped(theme):
        own = mixed((own, 1.0), ({"cicd": 3.0}, 1.0))
    return own if ask.team is None else mixed((own, 1.0), ({ask.team: _TEAM_WEIGHT}, 1.0))


_FAULT = re.compile(
    r"(?:the |this |that )?(?:crash|bug|issue|error|problem|defect|fault|glitch|regression)", re.IGNORECASE
)
_CODE = re.compile(r"\bcode\b", re.IGNORECASE)


def _same_hands(ask: Ask, done: Sequence[Ask]) -> Concept | None:
    """“Replace moment.js in the web app, remove the dependency”: what only goes with a change is of the same hands."""
    if not done or ask.clause.verb not in MENDS | _TAKES_OUT or not _GOES_WITH.fullmatch(ask.clause.object):
        return None
    kind = done[-1].kind
    return kind.concept if kind is not None and kind.concept in _BUILDERS else None


_TAKES_OUT: frozenset[str] = wordlist("remove delete drop update adapt replace enable") | {
    "turn on",
    "switch on",
}
_BUILDERS: frozenset[Concept] = frozenset({"backend", "frontend"})
_GOES_WITH = re.compile(
    r"(?:the |all |its |any |resulting |new |old |obsolete |unused |deprecation |compiler? |type |remaining )*?"
    r"(?:warnings?|dependency|dependencies|imports?|type errors?|compile errors?|incompatibilities|deprecations?|call sites|callers|usages|leftovers|polyfills?|strict (?:mode|null checks)|(?:library|package)(?: from the (?:[\w-]+ )?(?:bundle|build|project|lock ?file|package\.json))|(?:deprecated|removed) (?:[\w-]+ )?(?:modules?|apis?|functions?|calls?|methods?|props?|classes))",
    re.IGNORECASE,
)
_TEAM_WEIGHT = 6.0


def _looked_through(ask: Ask, theme: Leanings) -> Concept | None:
    """“Review the rules”, where it is alerts or rights that are spoken of: no code is looked at."""
    if not ask.clause.object or _WRITTEN.search(ask.clause.object):
        return None
    around = strongest(mixed((theme, 1.0), (leanings(None, ask.topic), 0.5)))
    return (
        around.concept
        if around is not None and around.concept in _GONE_THROUGH and around.score >= 3.0
        else None
    )


_GONE_THROUGH: frozenset[Concept] = frozenset({"monitoring", "security"})
_WRITTEN = re.compile(
    r"\b(?:code|change|changes|pull request|prs?|diff|patch|branch|commit|script|module|refactoring|implementation|migration|it|them)\b",
    re.IGNORECASE,
)
_TO_A_TEAM = re.compile(
    r"\bto (?:the |our )?(?:security|legal|compliance|privacy) team\b|^(?:the |our )?(?:security|legal|privacy) team\b",
    re.IGNORECASE,
)
_TELLS_OF: frozenset[str] = wordlist("report send notify inform tell alert warn message ping page")
_GOES_WRONG = re.compile(
    r"\b(?:fail(?:s|ed|ing)?|red|broken|breaks?|down|missing|exceed(?:s|ed)?|drops?|rises?|errors?|above|below|stuck|late|full|expires?|stale|unhealthy)\b",
    re.IGNORECASE,
)
"""“Notify the team when main is red”: somebody sets up what will tell them."""

_EXPLORES: frozenset[str] = frozenset({"investigate", "explore", "look into", "look at", "compare"})


def _run_for(ask: Ask, done: Sequence[Ask], theme: Leanings) -> tuple[Leanings, float]:
    """“Run it in production”: a job that deletes accounts is run by whoever keeps them."""
    if not ask.anaphor and ask.clause.verb != "apply":
        return {"release": 2.0}, 1.0
    spoken = mixed((theme, 1.0), *((_inside(a), 1.0) for a in done if not a.anaphor))
    kept = {concept: weight for concept, weight in spoken.items() if concept in _RUNS}
    return (kept, 1.0) if kept else ({"release": 2.0}, 1.0)


def _kept(own: Leanings) -> bool:
    """“Apply it on the production database”: its own words say whose it is."""
    kind = strongest(own)
    return kind is not None and kind.concept in _RUNS and kind.lead >= APART


_RUNS: frozenset[Concept] = frozenset({"database", "infra"})
"""Who runs in production what others wrote: keepers of data, and of machines."""


def _inside(ask: Ask) -> Leanings:
    """What a thing that is written does when it is run: "a script | that merges duplicates"."""
    found = _DOES.search(ask.clause.object)
    verb = lemma_of(found[1].lower()) if found else None
    return leanings(verb, found[2]) if found and verb else leanings(None, ask.clause.object)


_DOES = re.compile(r"\b(?:that|which|to)\s+(?:\w+s and )?(\w+)\s+(.+)$", re.IGNORECASE)
_ONLY_FOUND: frozenset[Concept] = frozenset({"diagnosis", "research"})
"""“Fix the cause”: what was found by looking is mended by building."""

_PIPED: frozenset[str] = wordlist(
    "build sign tag publish package push bump deploy test lint scan cache require verify run"
)
"""What pipelines do, where the request is about one."""

_WONDERS = re.compile(
    r"\s*(?:should|which|whether|do we|can we|could we|would it|is it worth|build (?:vs|or)|make or|how (?:should|could|can|do) we|what (?:should|would))\b",
    re.IGNORECASE,
)
_INQUIRES: frozenset[str] = wordlist(
    "find look check talk summarise summarize see compare ask estimate collect calculate assess list weigh investigate"
) | {"find out", "look at", "look into", "work out", "figure out"}
"""What is done about a title that asks."""


def _names_options(target: str) -> bool:
    """“Investigate Elasticsearch, Meilisearch and Typesense”, "… whether gRPC pays": a choice, not a fault."""
    row = words(target)
    asks = bool(row) and row[0].lower in {"whether", "if", "options", "alternatives", "using", "ways"}
    names = sum(word.is_word and word.text.lower() != word.text for word in row)
    return asks or (len(listed(target)) > 1 and bool(row) and row[0].text[:1].isupper()) or names > 1
