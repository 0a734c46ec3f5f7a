"""What only tells more of the work before it: what it holds, how it ends, whose yes it waits for."""

import re
from collections.abc import Sequence

from planner.rules.ask import Ask
from planner.rules.shape.deeds import DEED
from planner.rules.shape.renumber import renumbered


def with_contents(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“Include how to check depth" tells what the work before it holds, "let us know" how it ends.

    A yes that is waited for is one to the work behind it: “build it, get their approval, launch”.
    """
    kept: list[tuple[int, Ask]] = []
    awaited: tuple[str, ...] = ()
    for number, ask in enumerate(asks):
        if not kept or ask.optional or not only_tells(ask) or any(map(DEED.match, ask.needs)):
            kept.append((number, _waiting(ask, awaited)))
            awaited = ()
        elif _consents(ask) and _goes_on(ask, asks[number + 1 :]):
            awaited = (*awaited, ask.text)
        else:
            old, last = kept[-1]
            kept[-1] = (old, told_of(last, ask.text, aloud=_consents(ask)))
    return renumbered(asks, kept)


def _consents(ask: Ask) -> bool:
    return _CONSENT.match(ask.clause.object) is not None


def _goes_on(ask: Ask, others: Sequence[Ask]) -> bool:
    return bool(others) and others[0].unit == ask.unit and not only_tells(others[0])


def _waiting(ask: Ask, awaited: Sequence[str]) -> Ask:
    for text in awaited:
        ask = told_of(ask, text, aloud=True)
    return ask


_CONSENT: re.Pattern[str] = re.compile(
    r"(?:for )?(?:an? |the |their |his |her |written )*(?:approval|sign-?off|permission|consent|ok|go-ahead|green light)\b",
    re.IGNORECASE,
)


def told_of(ask: Ask, text: str, *, aloud: bool) -> Ask:
    """With one more criterion; what asks for somebody's consent stays among the words that are judged."""
    also = (*ask.also, text) if aloud else ask.also
    return ask._replace(acceptance=(*ask.acceptance, text), also=also)


def only_tells(ask: Ask) -> bool:
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


_CONTENT: re.Pattern[str] = re.compile(
    r"^(?:how|what|why|whether|which|who|when|where|all|every|each|that|at least|things like)\b",
    re.IGNORECASE,
)
