"""After "I want to" the next word is a verb, known or not; after "I want" comes a thing."""

import re

from planner.rules.commands import brought
from planner.rules.lexicon import ANAPHORS, DETERMINERS
from planner.rules.nominal import done_deed, named_deed
from planner.rules.reading.coming import as_ordered
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.verbal import made, plain, verbal
from planner.rules.words import words


def wished(said: Said) -> Phrase | None:
    """After "I want to" the next word is a verb, known or not; after "I want" comes a thing."""
    tool = _TOOL_TO.match(said.rest) if said.mood == "wish" else None
    if tool and tool.end() < len(said.rest):
        rest = said.rest[tool.end() :]
        return phrased(said, verbal(said.text, rest, words(rest), 0))
    if said.mood == "order" and said.row and said.row[0].lower in ANAPHORS | DETERMINERS:
        return phrased(said, made(said.text, "need", said.rest))
    if said.mood in {"order", "story"} and said.row and said.row[0].is_word:
        return phrased(said, verbal(said.text, said.rest, said.row, 0))
    if said.mood != "wish":
        return None
    if (
        said.row
        and said.row[0].lower in {"this", "it", "that", "them", "these"}
        and len(said.row) > 1
        and said.row[1].lower in {"for", "because", "to", "in", "by", "asap", "as"}
    ):
        return Phrase(plain(said.text, "context"), said.cue)
    there = brought(said.rest, there=True)
    if there is not None:
        return phrased(said._replace(mood="order"), made(said.text, there.lemma, there.target))
    named = done_deed(said.rest) or (named_deed(said.rest) if _THE_ONE.match(said.rest) else None)
    return as_ordered(said, named) if named else phrased(said, made(said.text, "need", said.rest))


_THE_ONE = re.compile(r"the (?:[\w-]+ ){1,3}of\b", re.IGNORECASE)
"""“We need the rotation of the keys” asks for it to be done, "we need a migration" for a thing."""

_TOOL_TO = re.compile(
    r"(?:an?|some|any) (?:\w+ )?(?:application|app|tool|service|program|way|assistant|agent|bot) (?:to|that (?:can|could|will)) ",
    re.IGNORECASE,
)
