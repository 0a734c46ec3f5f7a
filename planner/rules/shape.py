"""Asks put into shape: umbrellas dropped, "fix them" spelled out, conditions made work, kinds of work settled."""

import re
from collections.abc import Sequence
from itertools import pairwise

from domain.clause import Clause
from planner.rules.asks import Ask
from planner.rules.concepts import Concept
from planner.rules.environment import environment_of
from planner.rules.kinds.kind import Kind, Leanings, mixed, strongest
from planner.rules.kinds.leanings import kind_of, leanings
from planner.rules.lists import listed
from planner.rules.teams import done_by_team
from planner.rules.wordlist import wordlist
from planner.rules.words import form_of, lemma_of, words

_BUILDS: frozenset[Concept] = frozenset({"database", "backend", "frontend", "infra", "cicd"})
_MENDS: frozenset[str] = wordlist(
    "fix address resolve correct handle remedy tackle close solve repair mitigate"
) | {"work through"}
_ALL_OF_THEM: frozenset[str] = wordlist(
    "them these those both all everything of the issues problems findings bugs things points three two four five"
)
_ENABLERS: frozenset[str] = wordlist("let allow enable support offer")
_HEADING: frozenset[str] = _ENABLERS | wordlist("give provide want need add build make introduce")
NAMES_A_THING = 1.6
"""From this score on the words name a thing that is delivered, not only a wish."""

_CONTENT: re.Pattern[str] = re.compile(
    r"^(?:how|what|why|whether|which|who|when|where|all|every|each|that|at least|things like)\b",
    re.IGNORECASE,
)
_PASSES: re.Pattern[str] = re.compile(
    r"\b(?:pass(?:es|ed)?|green|succeeds?|succeeded|successful|ok|fine|good|clean|done|complete[d]?|finished|through|works?|worked)\b",
    re.IGNORECASE,
)
_CONSENT: re.Pattern[str] = re.compile(
    r"(?:for )?(?:an? |the |their |his |her |written )*(?:approval|sign-?off|permission|consent|ok|go-ahead|green light)\b",
    re.IGNORECASE,
)
_THEME_SHARE, _BEFORE_SHARE, _ANTECEDENT_SHARE, _TOPIC_SHARE, _TEAM_WEIGHT = 0.4, 0.25, 0.7, 0.3, 6.0
_BARE_SHARE, _TITLE_SHARE = 0.6, 0.8


def shaped(asks: Sequence[Ask], theme: tuple[str | None, str]) -> tuple[Ask, ...]:
    """The asks that planning goes on with."""
    spelled = _spelled_out(_without_echoes(_sharing(tuple(asks))))
    named = _with_contents(spelled)
    kept = _without_umbrella(named)
    return with_kinds(_with_conditions(kept), theme)


def _sharing(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“Plan and apply the changes”: the first verb has the object of the second."""
    out = list(asks)
    for number, (ask, following) in enumerate(pairwise(asks)):
        if (
            not ask.clause.object
            and following.coupled
            and following.unit == ask.unit
            and following.clause.object
        ):
            said = f"{ask.text} {following.clause.object}"
            clause = ask.clause.model_copy(update={"object": following.clause.object, "text": said})
            out[number] = ask._replace(text=said, clause=clause, bare=True)
    return tuple(out)


def _without_echoes(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“Go live on Monday. After going live, compare the orders”: spoken of again, not asked for again."""
    kept: list[tuple[int, Ask]] = []
    meant: dict[int, int] = {}
    for number, ask in enumerate(asks):
        earlier = [n for n, other in kept if other.clause.verb == ask.clause.verb and not other.echo]
        if ask.echo and earlier:
            meant[number] = earlier[-1]
        else:
            kept.append((number, ask))
    spoken = [(n, ask._replace(after=tuple(meant.get(i, i) for i in ask.after))) for n, ask in kept]
    return _moved(asks, spoken)


def _moved(asks: Sequence[Ask], kept: Sequence[tuple[int, Ask]]) -> tuple[Ask, ...]:
    """The kept asks, with `after` pointing to their new places."""
    places: dict[int, list[int]] = {number: [] for number in range(len(asks))}
    for new, (old, _) in enumerate(kept):
        places[old].append(new)
    return tuple(ask._replace(after=tuple(n for old in ask.after for n in places[old])) for _, ask in kept)


def _spelled_out(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“It found three things: a, b and c. Fix them": the list is what is to be fixed."""
    kept: list[tuple[int, Ask]] = []
    for number, ask in enumerate(asks):
        items = _enumerated(ask)
        if (
            ask.clause.verb in _MENDS
            and number
            and _is_all(ask)
            and all(a.clause.verb is None for a in asks[:number])
        ):
            kept = [(old, _mending(earlier, ask)) for old, earlier in kept]
        elif items:
            kept += [(number, _item(ask, item)) for item in items]
        else:
            kept.append((number, ask))
    return _moved(asks, kept)


def _is_all(ask: Ask) -> bool:
    content = [word.lower for word in words(ask.clause.object) if word.is_word]
    return bool(content) and all(word in _ALL_OF_THEM for word in content)


def _enumerated(ask: Ask) -> list[str]:
    if ask.clause.verb not in _MENDS or not _is_all(ask) or ":" not in ask.topic:
        return []
    items = [item.text for item in listed(ask.topic.split(":", 1)[1], commas=True)]
    return items if len(items) > 1 else []


def _item(ask: Ask, item: str) -> Ask:
    clause = ask.clause.model_copy(update={"object": item, "text": f"{ask.clause.verb} {item}"})
    return ask._replace(
        text=clause.text.capitalize() if item.islower() else clause.text, clause=clause, anaphor=False
    )


def _mending(earlier: Ask, ask: Ask) -> Ask:
    return _item(
        earlier._replace(clause=earlier.clause.model_copy(update={"verb": ask.clause.verb})),
        earlier.clause.object,
    )


def _with_contents(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“Include how to check depth" tells what the work before it holds, "let us know" how it ends."""
    kept: list[tuple[int, Ask]] = []
    for number, ask in enumerate(asks):
        if kept and not ask.optional and _only_tells(ask) and not any(map(_DEED.match, ask.needs)):
            old, last = kept[-1]
            consents = _CONSENT.match(ask.clause.object) is not None
            kept[-1] = (old, _told_of(last, ask.text, aloud=consents))
        else:
            kept.append((number, ask))
    return _moved(asks, kept)


def _told_of(ask: Ask, text: str, *, aloud: bool) -> Ask:
    """With one more criterion; what asks for somebody's consent stays among the words that are judged."""
    also = (*ask.also, text) if aloud else ask.also
    return ask._replace(acceptance=(*ask.acceptance, text), also=also)


def _only_tells(ask: Ask) -> bool:
    """Whether an ask bounds, reports on or waits for the work before it, and is none itself."""
    match ask.clause.verb:
        case "include" | "cover" | "mention" | "contain" | "describe" | "explain":
            return _CONTENT.match(ask.clause.object) is not None
        case "limit" | "cap" | "name" | "call" | "restrict" | "keep" | "leave":
            return ask.clause.object.lower().startswith(
                ("it ", "them ", "that ", "this ")
            ) or ask.clause.object.lower() in {"it", "them"}
        case "do":
            return ask.anaphor
        case "let" | "know" | "tell":
            return re.search(r"\bknow\b", ask.text) is not None
        case "get" | "obtain" | "ask" | "wait" | "seek":
            own_yes = ask.team in {"security", "qa", "review", "release"}
            return not own_yes and _CONSENT.match(ask.clause.object) is not None
        case _:
            return False


def _without_umbrella(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“We want push notifications" heads the work that is then asked for part by part."""
    kept = [(n, ask) for n, ask in enumerate(asks) if not (ask.heads and _listed_below(ask, asks[n + 1 :]))]
    if len(kept) == len(asks) and len(asks) > 1 and _is_umbrella(asks[0], asks[1:]):
        kept = kept[1:]
    if len(kept) == len(asks):
        return asks
    dropped = tuple(ask.text for n, ask in enumerate(asks) if all(n != number for number, _ in kept))
    first = kept[0][1]
    kept[0] = (kept[0][0], first._replace(acceptance=(*dropped, *first.acceptance)))
    return _moved(asks, kept)


def _listed_below(ask: Ask, others: Sequence[Ask]) -> bool:
    """Whether the work that a colon announces does follow, and does not carry less risk than its heading."""
    below = [other for other in others if other.unit == ask.unit or other.marker != "prose"]
    places = {other.clause.environment for other in below}
    return bool(below) and ask.clause.environment in {*places, "unknown"}


def _is_umbrella(head: Ask, others: Sequence[Ask]) -> bool:
    if not _heads(head) or head.after or head.needs:
        return False
    parts = [ask for ask in others if ask.unit != head.unit]
    building = [
        item
        for ask in parts
        if _concept(ask) in _BUILDS and ask.clause.environment == head.clause.environment
        for item in listed(ask.clause.object)
    ]
    return len(building) > 1 or (bool(building) and head.mood == "story" and len(parts) > 2)


def _heads(ask: Ask) -> bool:
    """Whether an ask only names what is wanted as a whole."""
    if ask.mood == "story":
        return ask.marker == "prose"
    kind = kind_of(None, ask.clause.object)
    enables = ask.clause.verb in _ENABLERS
    wishes = ask.mood in {"wish", "statement", "order"} or enables
    plain = enables or kind is None or kind.score < NAMES_A_THING
    return ask.marker == "prose" and wishes and plain and ask.clause.verb in _HEADING


def _concept(ask: Ask) -> Concept | None:
    kind = kind_of(ask.clause.verb, ask.clause.object)
    return ask.team or (kind.concept if kind and kind.score >= 2 else None)


def _with_conditions(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“After QA has tested it, release it": what the condition needs is work, where nobody else asks for it."""
    out: list[tuple[Ask, range]] = []
    place: dict[int, int] = {}
    for number, ask in enumerate(asks):
        made = {need: found for need in ask.needs if (found := _from_condition(ask, need, asks))}
        first = len(out)
        if made and _only_tells(ask):
            # "If a rollback is needed, get approval first": the yes is to what the condition speaks of.
            place[number] = first
            out += [(_told_of(found, ask.text, aloud=True), range(0)) for found in made.values()]
            continue
        out += [(found, range(0)) for found in made.values()]
        place[number] = len(out)
        rest = tuple(need for need in ask.needs if need not in made)
        out.append((ask._replace(needs=rest), range(first, first + len(made))))
    return tuple(ask._replace(after=(*(place[i] for i in ask.after), *waits)) for ask, waits in out)


def _from_condition(ask: Ask, need: str, asks: Sequence[Ask]) -> Ask | None:
    """The work a condition speaks of; nothing where an ask does it already."""
    done = done_by_team(need)
    if done is not None:
        concept, participle, rest = done
        lemma = lemma_of(participle)
        taken = any(_concept(other) == concept for other in asks if other is not ask)
        verb = "review" if lemma in {"approve", "sign", "agree", "give", "confirm"} else lemma
        return None if taken else _conditional(ask, need, verb, rest or "it", concept, implied=False)
    deed = _DEED.match(need)
    if deed is not None:
        return _if_needed(ask, deed["deed"].lower(), deed["of"] or "")
    kind = kind_of(None, need)
    checks = (
        kind is not None
        and kind.concept in {"qa", "review", "security"}
        and kind.score >= 2
        and _PASSES.search(need)
    )
    if (
        not checks
        or kind is None
        or any(_concept(other) == kind.concept for other in asks if other is not ask)
    ):
        return None
    return _conditional(
        ask, need, "test" if kind.concept == "qa" else "review", need, kind.concept, implied=False
    )


_DEED = re.compile(
    r"(?:an? |the |another )?(?P<deed>rollback|restart|failover|revert|hotfix|rebuild|redeploy)(?P<of>(?: of| to) .+?)? "
    r"(?:is|is found|seems|becomes|proves|turns out) (?:to be )?(?:needed|necessary|required|unavoidable)\b",
    re.IGNORECASE,
)
"""“If a rollback is needed, …” orders one, as the case may be."""


def _if_needed(ask: Ask, deed: str, of: str) -> Ask:
    verb = (form_of(deed) or (deed, ""))[0]
    target = of.strip().removeprefix("of ") or "it"
    text = f"{verb.capitalize()} {target} if needed"
    own = Clause(text=text, verb=verb, object=target, environment=environment_of(of))
    return Ask(text, own, unit=ask.unit, marker=ask.marker, listing=ask.listing, anaphor=not of)


def _conditional(ask: Ask, need: str, verb: str, target: str, concept: Concept, *, implied: bool) -> Ask:
    text = f"Check that {need}"
    clause = Clause(text=text, verb=verb, object=target, environment=environment_of(need))
    return Ask(
        text,
        clause,
        unit=ask.unit,
        marker=ask.marker,
        listing=ask.listing,
        team=concept,
        implied=implied,
        anaphor=not implied,
    )


_NOT_MENDED: frozenset[Concept] = frozenset(
    {"diagnosis", "research", "qa", "docs", "review", "monitoring", "release"}
)
"""“Fix it” after a test or an inquiry is neither test nor inquiry."""


def with_kinds(asks: Sequence[Ask], title: tuple[str | None, str]) -> tuple[Ask, ...]:
    """Each ask with its kind of work: by its own words, or where they are weak, by what is spoken of around it."""
    theme = leanings(*title)
    wonders = _WONDERS.match(title[1]) is not None
    out: list[Ask] = []
    before: Leanings = {}
    for ask in asks:
        own: Leanings = leanings(ask.clause.verb, ask.clause.object)
        if ask.clause.verb in {
            "investigate",
            "explore",
            "look into",
            "look at",
            "compare",
        } and _names_options(ask.clause.object):
            own = mixed((own, 1.0), ({"research": 3.5}, 1.0))
        if ask.clause.verb in _MENDS:
            own = {concept: weight for concept, weight in own.items() if concept not in _ONLY_FOUND}
        if wonders and ask.clause.verb in _INQUIRES:
            own = mixed((own, 1.0), ({"research": 3.5}, 1.0))
        runs = ask.clause.verb in {"run", "execute", "apply", "start"}
        if ask.clause.environment == "production" and runs:
            # What is run tells whose it is; the request as a whole does where the words only point at it.
            own = mixed((own, 1.0), _run_for(ask, out, theme))
        brings = ask.clause.environment == "production" and ask.clause.verb in {
            "deploy",
            "push",
            "publish",
            "run",
        }
        if ask.clause.verb in _PIPED and not brings and _piped(theme):
            own = mixed((own, 1.0), ({"cicd": 3.0}, 1.0))
        if ask.team is not None:
            own = mixed((own, 1.0), ({ask.team: _TEAM_WEIGHT}, 1.0))
        kind = strongest(own)
        if kind is None or not (kind.sure or (kind.score >= 2.0 and kind.lead >= 1.5)):
            kind, own = _in_context(ask, own, before, (theme, leanings(None, title[1])), out)
        out.append(ask._replace(kind=kind))
        before = own
    return tuple(out)


def _run_for(ask: Ask, done: Sequence[Ask], theme: Leanings) -> tuple[Leanings, float]:
    """“Run it in production”: a job that deletes accounts is run by whoever keeps them."""
    if not ask.anaphor and ask.clause.verb != "apply":
        return {"release": 2.0}, 1.0
    spoken = mixed((theme, 1.0), *((_inside(a), 1.0) for a in done if not a.anaphor))
    kept = {concept: weight for concept, weight in spoken.items() if concept in _RUNS}
    return (kept, 1.0) if kept else ({"release": 2.0}, 1.0)


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


def _piped(theme: Leanings) -> bool:
    kind = strongest(theme)
    return kind is not None and kind.concept == "cicd" and kind.sure


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


def _in_context(
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
    heard = _TITLE_SHARE if (bare and not points) or _piped(theme) else _THEME_SHARE
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
    if ask.clause.verb in _MENDS:
        barred = _NOT_MENDED if done else _NOT_MENDED - {"docs"}
        if own.get("security", 0.0) < 4.0:
            barred |= {"security"}  # what a scan found is mended by whoever builds it
        leaning = {concept: weight for concept, weight in leaning.items() if concept not in barred}
    return strongest(leaning), leaning
