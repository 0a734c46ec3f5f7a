"""Which kind of work a clause asks for, and which agents of a manifest do that kind."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.agent import Agent, Manifest
from domain.ids import AgentId
from planner.rules.concepts import CONCEPTS, Concept, vocabulary
from planner.rules.lexicon import PREPOSITIONS
from planner.rules.words import Word, words

SURE = 3.0
"""From this score on, and `CLEAR` ahead of the next, a kind of work is taken as asked for."""
CLEAR = 1.0

_HEAD_SHARE = 1.0
_MODIFIER_SHARE = 0.55
_TAIL_SHARE = 0.3
_CONTENT_BREAKS = PREPOSITIONS | {
    "that",
    "which",
    "who",
    "so",
    "because",
    "if",
    "when",
    "where",
    "to",
    "whether",
    ",",
    "(",
    ":",
    "and",
    "or",
}


class Kind(NamedTuple):
    """The kind of work, how strongly the words speak for it, and how far ahead of the next kind it is."""

    concept: Concept
    score: float
    lead: float

    @property
    def sure(self) -> bool:
        return self.score >= SURE and self.lead >= CLEAR


def kinds(verb: str | None, target: str) -> dict[Concept, float]:
    """How strongly a verb and its object speak for each kind of work."""
    scores: dict[Concept, float] = {}
    for concept, weight in vocabulary().verbs.get(verb or "", {}).items():
        scores[concept] = scores.get(concept, 0.0) + weight
    for term, share in _terms(target):
        for concept, weight in vocabulary().nouns.get(term, {}).items():
            scores[concept] = scores.get(concept, 0.0) + weight * share
    return scores


def kind_of(verb: str | None, target: str) -> Kind | None:
    """The kind of work asked for; nothing where no word speaks for any."""
    ranked = sorted(kinds(verb, target).items(), key=lambda item: -item[1])
    if not ranked:
        return None
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return Kind(ranked[0][0], ranked[0][1], ranked[0][1] - second)


def _terms(target: str) -> list[tuple[str, float]]:
    """The terms of an object, the head of its first noun phrase counting most."""
    row = [word for word in words(target) if word.is_word or word.text in ",(:"]
    stop = next((i for i, word in enumerate(row) if i > 0 and word.lower in _CONTENT_BREAKS), len(row))
    taken: list[tuple[str, float]] = []
    index = 0
    while index < len(row):
        length = next((n for n in (3, 2) if _known(row[index : index + n], n)), 1)
        term = _term(row[index : index + length])
        share = _share(index, length, stop)
        taken.append((term, share * (1.0 if length == 1 else 1.1)))
        index += length
    return taken


def _share(index: int, length: int, stop: int) -> float:
    if index >= stop:
        return _TAIL_SHARE
    return _HEAD_SHARE if index + length >= stop else _MODIFIER_SHARE


def _known(row: list[Word], length: int) -> bool:
    return len(row) == length and _term(row) in vocabulary().nouns


def _term(row: list[Word]) -> str:
    term = " ".join(word.lower.removesuffix("'s") for word in row)
    if term in vocabulary().nouns:
        return term
    return term.removesuffix("s") if term.removesuffix("s") in vocabulary().nouns else term


class Capabilities:
    """A manifest seen as the kinds of work its agents do."""

    def __init__(self, manifest: Manifest) -> None:
        self._served = {concept: _served(manifest.agents, concept) for concept in CONCEPTS}

    def tag(self, concept: Concept) -> str | None:
        """The tag that agents for this kind carry; nothing where the manifest has none."""
        found = self._served[concept]
        return found[0] if found else None

    def serves(self, concept: Concept) -> Mapping[AgentId, float]:
        """Agents for this kind, with how much of it they claim."""
        found = self._served[concept]
        return found[1] if found else {}


def _served(agents: tuple[Agent, ...], concept: Concept) -> tuple[str, dict[AgentId, float]] | None:
    tags = vocabulary().tags[concept]
    claims: dict[AgentId, float] = {}
    for agent in agents:
        own = {tag.lower() for tag in agent.tags} | {agent.id.lower()}
        claims[agent.id] = sum(1.0 / (1 + rank) for rank, tag in enumerate(tags) if tag in own)
    best = max(claims.values(), default=0.0)
    if best <= 0:
        return None
    chosen = {agent: claim for agent, claim in claims.items() if claim >= 0.6 * best}
    tag = next(
        (tag for tag in tags if any(tag in {t.lower() for t in a.tags} for a in agents if a.id in chosen)),
        None,
    )
    return (tag, chosen) if tag else None
