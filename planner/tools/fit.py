"""How well a tool's name, description and kinds of data fit what a clause says."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.agent import Agent
from domain.ids import AgentId
from planner.rules.wordlist import wordlist
from planner.tools.reading import LIGHT, Reading
from planner.tools.stems import stem, stemmed

NAME, SPOKEN, TOLD, MEANT, TAKES, GIVES = 0.95, 0.35, 0.3, 0.65, 0.3, 0.4
"""Weights beside the router's own score: the share of a name that is spoken, how much of it is, the share of the words
that its description holds, by themselves and by what they stand for, and the kinds of data it takes and gives. Fitted
on phrases that name one tool each; anything near them does as well."""

MOST: Final = 4.0
"""What a perfect match comes to: points are shares of it."""

_GENERIC: Final = frozenset(
    map(stem, wordlist(
        "online service tool management operation task specific system api function auto automatic daily perform by to for on "
        "of with and a the do from in"
    ))
)  # fmt: skip


_KINDS: Final = (
    frozenset(map(stem, wordlist("image audio video text url document process speech"))) | _GENERIC
)
"""What is worked on, which says nothing of the work."""


class _Tool(NamedTuple):
    name: tuple[tuple[str, float], ...]
    whole: float
    said: frozenset[str]
    takes: frozenset[str]
    gives: frozenset[str]


class ToolFit:
    """Opinions on the tools of one list; all that can be computed before is."""

    def __init__(self, agents: Iterable[Agent]) -> None:
        listed = list(agents)
        names = {agent.id: tuple(dict.fromkeys(stemmed(agent.name or agent.id))) for agent in listed}
        said = {agent.id: frozenset((*names[agent.id], *stemmed(_prose(agent)))) for agent in listed}
        named = Counter(own for name in names.values() for own in name)
        told = Counter(own for each in said.values() for own in each)
        self._weights = {
            own: _weight(own) * math.log(1 + len(listed) / times) for own, times in named.items()
        }
        self._rarity = {own: _said(own) * math.log(1 + len(listed) / times) for own, times in told.items()}
        self._unheard = math.log(1 + len(listed))
        self._tools = {agent.id: self._tool(agent, names[agent.id], said[agent.id]) for agent in listed}

    def _tool(self, agent: Agent, name: tuple[str, ...], said: frozenset[str]) -> _Tool:
        weighed = tuple((own, self._weights[own]) for own in name)
        return _Tool(
            weighed,
            sum(weight for _, weight in weighed) or 1.0,
            said,
            frozenset(mode.split("/")[0] for skill in agent.skills for mode in skill.input_modes),
            frozenset(mode.split("/")[0] for skill in agent.skills for mode in skill.output_modes),
        )

    def points(self, agent_id: AgentId, score: float, read: Reading) -> float:
        """0–100, of which `score` (0–100) is the router's part."""
        tool, spoken = self._tools[agent_id], read.spoken
        named = sum([weight * spoken.get(own, 0.0) for own, weight in tool.name])
        told, meant = self._told(tool, read)
        found = (
            score / 100.0
            + NAME * named / tool.whole
            + SPOKEN * named / 5.0
            + TOLD * told
            + MEANT * meant
            + TAKES * _covered(tool.takes, read.flow.takes)
            + GIVES * _met(tool.gives, read.flow.gives)
        )
        return max(0.0, min(100.0, 100.0 * found / MOST))

    def speaks(self, read: Reading) -> bool:
        """Whether the words name anything that some tool is called by, other than a kind of data."""
        return any(own in self._weights and own not in _KINDS for own in read.spoken)

    def _told(self, tool: _Tool, read: Reading) -> tuple[float, float]:
        whole = told = meant = 0.0
        for own, senses in read.own:
            rarity = self._rarity.get(own, self._unheard)
            whole += rarity
            if own in tool.said:
                told += rarity
                meant += rarity
            elif not tool.said.isdisjoint(senses):
                meant += rarity
        return (told / whole, meant / whole) if whole else (0.0, 0.0)


def _prose(agent: Agent) -> str:
    return " ".join(
        (agent.description, *(text for skill in agent.skills for text in (*skill.tags, *skill.examples)))
    )


def _weight(own: str) -> float:
    return 0.25 if own in _GENERIC else 0.6 if own in _KINDS or own in LIGHT else 1.0


def _said(own: str) -> float:
    return 0.5 if own in LIGHT else 1.0


def _covered(declared: frozenset[str], spoken: frozenset[str]) -> float:
    """How much of what a tool takes is there, in -1…1; 0 where either does not say."""
    return 2.0 * len(declared & spoken) / len(declared) - 1.0 if declared and spoken else 0.0


def _met(declared: frozenset[str], spoken: frozenset[str]) -> float:
    if not declared or not spoken:
        return 0.0
    return 1.0 if declared & spoken else -1.0
