"""One more scorer for routing: how near a text is in meaning to what an agent says of itself."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from agent.embeddings.encoder import Encoder
from agent.embeddings.shelf import Shelf
from domain.agent import Agent, Manifest
from domain.ids import AgentId

WEIGHT: Final = 1.0
"""As much as the words themselves have."""

REMEMBERED: Final = 2_048
"""Texts asked before: one request asks for the same clause several times."""


class Meaning:
    """Fits the port `routing.ports.Scorer`. May be asked from several threads."""

    weight = WEIGHT

    def __init__(self, manifest: Manifest, encoder: Encoder, shelf: Shelf) -> None:
        """Takes the vectors of all that the manifest's agents say; CPU time, once per version."""
        told = [(agent.id, text) for agent in manifest.agents for text in sayings(agent)]
        self._encoder = encoder
        self._agents = [agent.id for agent in manifest.agents]
        self._starts = _starts([agent for agent, _ in told])
        texts = [text for _, text in told]
        self._vectors = shelf.vectors(manifest.version, encoder.stamp, texts, encoder.encode)
        self.scores = lru_cache(maxsize=REMEMBERED)(self._scores)

    def _scores(self, text: str) -> Mapping[AgentId, float]:
        """Of each agent the likeness of whatever it says that comes nearest; what is unlike counts as 0."""
        if not self._agents or not text.strip():
            return {}
        likeness = self._vectors @ self._encoder.encode([text])[0]
        nearest = np.clip(np.maximum.reduceat(likeness, self._starts), 0.0, 1.0)
        return dict(zip(self._agents, nearest.tolist(), strict=True))


def meaning(manifest: Manifest, model: Path, data: Path) -> Meaning:
    """The scorer for a manifest, by the model in that folder. Raises ConfigurationError."""
    return Meaning(manifest, Encoder(model), Shelf(data))


def sayings(agent: Agent) -> list[str]:
    """An agent in sentences, each once: what it is for, what it can do, and how people ask for it."""
    skills = [f"{skill.name or skill.id}: {skill.description}".strip(": ") for skill in agent.skills]
    examples = [example for skill in agent.skills for example in skill.examples]
    told = [f"{agent.name or agent.id}: {agent.description}".strip(": "), *skills, *examples]
    return list(dict.fromkeys(text for text in told if text.strip()))


def _starts(owners: list[AgentId]) -> list[int]:
    """Where each agent's sentences begin."""
    return [place for place, owner in enumerate(owners) if place == 0 or owners[place - 1] != owner]
