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
        own = mixed((own, 1.0), ({"research": 3.5}, 1.0))
    if verb in MENDS:
        own = {concept: weight for concept, weight in own.items() if concept not in _ONLY_FOUND}
    if wonders and verb in _INQUIRES:
        own = mixed((own, 1.0), ({"research": 3.5}, 1.0))
    if in_production and verb in {"install", "set up", "stand up"}:
        own = mixed((own, 1.0), ({"infra": 3.0}, 1.0))
    if in_production and verb in {"run", "execute", "apply", "start"} and not _kept(own):
        # What is run tells whose it is; the request as a whole does where the words only point at it.
        own = mixed((own, 1.0), _run_for(ask, done, theme))
    brings = in_production and verb in {"deploy", "push", "publish", "run"}
    if verb in _PIPED and not brings and piped(theme):
        own = mixed((own, 1.0), ({"cicd": 3.0}, 1.0))
    return own if ask.team is None else mixed((own, 1.0), ({ask.team: _TEAM_WEIGHT}, 1.0))


_TEAM_WEIGHT = 6.0
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
