"""What is mended: "it found three things: a, b and c. Fix them"."""

from planner.rules.ask import Ask
from planner.rules.lists import listed
from planner.rules.shape.renumber import renumbered
from planner.rules.wordlist import wordlist
from planner.rules.words import words

MENDS: frozenset[str] = wordlist(
    "fix address resolve correct handle remedy tackle close solve repair mitigate"
) | {"work through"}


def spelled_out(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """“It found three things: a, b and c. Fix them": the list is what is to be fixed."""
    kept: list[tuple[int, Ask]] = []
    for number, ask in enumerate(asks):
        items = _enumerated(ask)
        if (
            ask.clause.verb in MENDS
            and number
            and _is_all(ask)
            and all(a.clause.verb is None for a in asks[:number])
        ):
            kept = [(old, _mending(earlier, ask)) for old, earlier in kept]
        elif items:
            kept += [(number, _item(ask, item)) for item in items]
        else:
            kept.append((number, ask))
    return renumbered(asks, kept)


def headed(asks: tuple[Ask, ...], title: str) -> tuple[Ask, ...]:
    """A bare “fix” at the head mends what the title names."""
    if not asks or not title or asks[0].clause.verb not in MENDS or asks[0].clause.object:
        return asks
    text = f"{asks[0].text}: {title.strip(' .')}"
    first = asks[0]._replace(text=text, clause=asks[0].clause.model_copy(update={"text": text}))
    return (first, *asks[1:])


_ALL_OF_THEM: frozenset[str] = wordlist(
    "them these those both all everything of the issues problems findings bugs things points three two four five"
)


def _is_all(ask: Ask) -> bool:
    content = [word.lower for word in words(ask.clause.object) if word.is_word]
    return bool(content) and all(word in _ALL_OF_THEM for word in content)


def _enumerated(ask: Ask) -> list[str]:
    if ask.clause.verb not in MENDS or not _is_all(ask) or ":" not in ask.topic:
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
