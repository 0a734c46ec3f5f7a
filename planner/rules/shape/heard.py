"""What the words of an ask speak for, heard where they stand.

Words mean what `kinds` says of them, but for a few customs of speech: each is told here by itself, and hears what
those before it made of the words.
"""

import re
from functools import reduce

from planner.rules.concepts import Concept
from planner.rules.kinds.kind import Leanings, mixed, strongest
from planner.rules.kinds.leanings import leanings
from planner.rules.lists import listed
from planner.rules.shape.context import piped
from planner.rules.shape.mending import MENDS
from planner.rules.shape.run_by import run_in_production
from planner.rules.shape.scene import Hearing, Scene
from planner.rules.wordlist import wordlist
from planner.rules.words import words


def heard(scene: Scene) -> Leanings:
    """What an ask speaks for: its words by themselves, then as each custom has them."""
    return reduce(lambda own, hearing: hearing(own, scene), _HEARINGS, leanings(scene.verb, scene.target))


def _weighs_options(own: Leanings, scene: Scene) -> Leanings:
    """“Investigate Elasticsearch, Meilisearch and Typesense”, "… whether gRPC pays": a choice, not a fault."""
    if scene.verb not in _EXPLORES or not _names_options(scene.target):
        return own
    return mixed((own, 0.5), ({"research": 4.5}, 1.0))


_EXPLORES: frozenset[str] = frozenset({"investigate", "explore", "look into", "look at", "compare"})


def _names_options(target: str) -> bool:
    row = words(target)
    asks = bool(row) and row[0].lower in {"whether", "if", "options", "alternatives", "using", "ways"}
    names = sum(word.is_word and word.text.lower() != word.text for word in row)
    return asks or (len(listed(target)) > 1 and bool(row) and row[0].text[:1].isupper()) or names > 1


def _tells_when_it_fails(own: Leanings, scene: Scene) -> Leanings:
    """“Notify the team when main is red”: somebody sets up what will tell them."""
    if scene.verb not in _TELLS_OF or not any(map(_GOES_WRONG.search, scene.ask.needs)):
        return own
    watched: Concept = "cicd" if piped(scene.theme) else "monitoring"
    return mixed((_without(own, "docs"), 1.0), ({watched: 3.0}, 1.0))


def _tells_a_team(own: Leanings, scene: Scene) -> Leanings:
    """“Report it to the security team”: those who are told do not tell it."""
    told = scene.verb in _TELLS_OF and _TO_A_TEAM.search(scene.target)
    return _without(own, "security") if told else own


_TELLS_OF: frozenset[str] = wordlist("report send notify inform tell alert warn message ping page")
_GOES_WRONG = re.compile(
    r"\b(?:fail(?:s|ed|ing)?|red|broken|breaks?|down|missing|exceed(?:s|ed)?|drops?|rises?|errors?|above|below|stuck|late|full|expires?|stale|unhealthy)\b",
    re.IGNORECASE,
)
_TO_A_TEAM = re.compile(
    r"\bto (?:the |our )?(?:security|legal|compliance|privacy) team\b|^(?:the |our )?(?:security|legal|privacy) team\b",
    re.IGNORECASE,
)


def _goes_through(own: Leanings, scene: Scene) -> Leanings:
    """“Review the rules”, where it is alerts or rights that are spoken of: no code is looked at."""
    if scene.verb != "review" or not scene.target or _WRITTEN.search(scene.target):
        return own
    around = strongest(mixed((scene.theme, 1.0), (leanings(None, scene.ask.topic), 0.5)))
    if around is None or around.concept not in _GONE_THROUGH or around.score < _CERTAIN:
        return own
    return mixed((own, 1.0), ({around.concept: 5.0}, 1.0))


_GONE_THROUGH: frozenset[Concept] = frozenset({"monitoring", "security"})
_CERTAIN = 3.0
_WRITTEN = re.compile(
    r"\b(?:code|change|changes|pull request|prs?|diff|patch|branch|commit|script|module|refactoring|implementation|migration|it|them)\b",
    re.IGNORECASE,
)


def _mends(own: Leanings, scene: Scene) -> Leanings:
    """“Fix the cause”: what was found by looking is mended by building."""
    return _without(own, "diagnosis", "research") if scene.verb in MENDS else own


def _answers(own: Leanings, scene: Scene) -> Leanings:
    """What is done about a title that asks."""
    return mixed((own, 1.0), ({"research": 3.5}, 1.0)) if scene.wonders and scene.verb in _INQUIRES else own


_INQUIRES: frozenset[str] = wordlist(
    "find look check talk summarise summarize see compare ask estimate collect calculate assess list weigh investigate"
) | {"find out", "look at", "look into", "work out", "figure out"}


def _takes_code_out(own: Leanings, scene: Scene) -> Leanings:
    """“Remove the flag's code”: taking code out is a change like any other."""
    out = scene.verb in TAKES_OUT and _CODE.search(scene.target)
    return {**own, "release": -TEAM_WEIGHT} if out else own


TAKES_OUT: frozenset[str] = wordlist("remove delete drop update adapt replace enable") | {
    "turn on",
    "switch on",
}
_CODE = re.compile(r"\bcode\b", re.IGNORECASE)


def _installs(own: Leanings, scene: Scene) -> Leanings:
    """“Install Prometheus in the production cluster”."""
    installs = scene.in_production and scene.verb in {"install", "set up", "stand up"}
    return mixed((own, 1.0), ({"infra": 3.0}, 1.0)) if installs else own


def _is_piped(own: Leanings, scene: Scene) -> Leanings:
    """What pipelines do, where the request is about one and nothing is brought to production by it."""
    if scene.verb not in _PIPED or (scene.in_production and scene.verb in _BRINGS) or not piped(scene.theme):
        return own
    return mixed((own, 1.0), ({"cicd": 3.0}, 1.0))


_PIPED: frozenset[str] = wordlist(
    "build sign tag publish package push bump deploy test lint scan cache require verify run"
)
_BRINGS: frozenset[str] = wordlist("deploy push publish run")


def _is_given_to_a_team(own: Leanings, scene: Scene) -> Leanings:
    """“QA should test on Firefox”."""
    team = scene.ask.team
    return own if team is None else mixed((own, 1.0), ({team: TEAM_WEIGHT}, 1.0))


TEAM_WEIGHT = 6.0


def _without(own: Leanings, *concepts: Concept) -> Leanings:
    return {concept: weight for concept, weight in own.items() if concept not in concepts}


_HEARINGS: tuple[Hearing, ...] = (
    _weighs_options,
    _tells_when_it_fails,
    _tells_a_team,
    _goes_through,
    _mends,
    _answers,
    _takes_code_out,
    _installs,
    run_in_production,
    _is_piped,
    _is_given_to_a_team,
)
"""In the order in which they are heard: who is named has the last word."""
