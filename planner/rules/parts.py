"""What one object is made of: the items of its list, and things attached to it by "with"."""

import re
from typing import NamedTuple

from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.lists import listed
from planner.rules.wordlist import wordlist
from planner.rules.words import words

_WITH = re.compile(
    r",?\s+(?:(?:together |along )?with|as well as|plus|including|incl\.?|and also)\s+(?=\S)", re.IGNORECASE
)
_COLON = re.compile(r"\s*(?::|\(|–|—)\s*(?=\S)")
CREATES: frozenset[str] = wordlist(
    "add build create implement write need ship deliver provide develop make prepare produce include introduce update "
    "bootstrap scaffold draft publish want design generate extend provision fix refactor upgrade migrate change"
) | {"set up", "stand up", "spin up"}
_GOES_ALONG: frozenset[Concept] = frozenset(
    {"qa", "docs", "infra", "cicd", "monitoring", "database", "review"}
)
_SHOWS: frozenset[str] = wordlist(
    "dashboard page report table list guide screen form email view document runbook tutorial section plan overview chart panel test suite script benchmark"
)
"""What holds other things: "a dashboard with the top consumers" is one thing."""


_MEANS: frozenset[str] = wordlist(
    "terraform ansible pulumi kubernetes docker helm redis kafka rabbitmq postgres postgresql mysql mongodb elasticsearch react vue "
    "angular python java node go rust django flask rails spring prometheus grafana datadog sentry jenkins playwright cypress "
    "pytest selenium k6 jmeter openapi graphql grpc oauth saml jwt tailwind typescript javascript stripe paypal twilio sendgrid"
)
"""What work is done with, rather than what is delivered with it."""


class Part(NamedTuple):
    """One item; `article`: it begins with its own article; `attached`: it goes with the thing before "with"."""

    text: str
    article: bool
    attached: bool = False


def parts(target: str, verb: str | None) -> tuple[Part, ...]:
    """The items of an object, the whole object being one where it is no list."""
    below = _below(target)
    if below:
        return below
    head, *attached = _attachments(target, verb)
    found = [Part(item.text, item.article) for item in listed(head)]
    found += [Part(item.text, item.article, attached=True) for extra in attached for item in listed(extra)]
    return tuple(found)


def _below(target: str) -> tuple[Part, ...]:
    """“A wishlist: table, API, UI”, "… (database, tests, docs)": the things named there, if they are things."""
    opened = _COLON.search(target)
    items = listed(target[opened.end() :].rstrip(" )"), commas=True) if opened else ()
    kinds = [kind_of(None, item.text) for item in items]
    things = [kind for kind in kinds if kind is not None and kind.score >= 1.5]
    if len(items) < 2 or len(things) < len(items) - (opened is not None and opened[0].strip() == ":"):
        return ()
    return tuple(Part(item.text, article=False, attached=True) for item in items)


def _attachments(target: str, verb: str | None) -> list[str]:
    if verb is not None and verb not in CREATES:
        return [target]
    for match in _WITH.finditer(target):
        before, after = target[: match.start()], target[match.end() :]
        if _goes_along(before, after):
            return [before, after]
    return [target]


def _goes_along(before: str, after: str) -> bool:
    """Whether what follows "with" is work of its own, not a means, a manner or the contents of a thing."""
    row = words(before)
    if row and row[-1].lower in _SHOWS:
        return False
    kinds = [kind_of(None, item.text) for item in listed(after, commas=True)]
    trades = {kind.concept for kind in kinds if kind is not None and kind.score >= 2.5}
    if len(kinds) > 1 and len(trades) > 1 and 3 * sum(kind is not None for kind in kinds) >= 2 * len(kinds):
        return True
    first, second = kind_of(None, before), kinds[0] if kinds else None
    if second is None or second.score < 2.5 or second.concept not in _GOES_ALONG:
        return False
    if first is not None and first.concept == second.concept:
        return False
    begins = words(after)
    if (
        begins
        and begins[0].lower in _MEANS
        and (len(begins) == 1 or not begins[1].is_word or begins[1].lower in {"and", "or", "in", "on"})
    ):
        return False
    return bool(begins) and (len(begins) > 1 or begins[0].lower.endswith("s") or second.score >= 4)
