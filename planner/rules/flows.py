"""Agents that hand things on by name: what words speak of such a thing, and what part each agent has in its making."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, assert_never

from domain.agent import Agent, Manifest, Skill
from domain.ids import AgentId
from planner.rules.wordlist import wordlist
from planner.rules.words import words

Part = Literal["source", "maker", "check", "outlet"]
"""Who brings a thing in, makes it of others, holds it against others, or brings it to its readers."""

_CHECKS: frozenset[str] = wordlist("check verify verification validate completeness proofread review test qa")
_OUTLETS: frozenset[str] = wordlist(
    "publish publication publisher deploy announce post send release delivery live"
)
_BY_VERB: dict[Part, frozenset[str]] = {
    "source": wordlist(
        "collect gather list fetch get read retrieve take show load find obtain grab download query"
    )
    | {"look up", "pull", "pull together"},
    "maker": wordlist(
        "write draft create compose generate make produce prepare compile summarise summarize turn build compute convert need"
    )
    | {"write up", "write down", "draw up"},
    "check": wordlist(
        "check verify ensure confirm validate compare double-check cross-check proofread inspect see review test"
    )
    | {"make sure", "be sure"},
    "outlet": wordlist("publish post release ship deploy push announce send put upload deliver bring")
    | {"go live", "put live", "roll out", "take live"},
}


NOTHING: frozenset[str] = frozenset()


class Flow(NamedTuple):
    """One agent that hands things on: its part, what it takes, what it leaves."""

    agent: AgentId
    part: Part
    takes: frozenset[str]
    gives: frozenset[str]


class Flows:
    """All of a manifest's agents that take or leave things by name."""

    def __init__(self, manifest: Manifest) -> None:
        self._flows = {a.id: flow for a in manifest.agents if (flow := _flow_of(a)) is not None}
        self._called = _called(manifest)

    def __bool__(self) -> bool:
        return bool(self._flows)

    def spoken(self, text: str) -> frozenset[str]:
        """The names of things that a text speaks of, by any of their words."""
        said = {_stem(word.lower) for word in words(text.replace("-", " "))}
        return frozenset(name for name, called in self._called.items() if called & said)

    def meant(
        self, verb: str | None, spoken: frozenset[str], at_hand: frozenset[str] = NOTHING
    ) -> frozenset[AgentId]:
        """The agents whose part it is to do this to one of these things: what is spoken of, or what lies at hand."""
        part = next((part for part, verbs in _BY_VERB.items() if verb in verbs), None)
        return frozenset(
            a for a, flow in self._flows.items() if flow.part == part and _handles(flow, spoken, at_hand)
        )

    def part(self, agent: AgentId | None) -> Part | None:
        flow = self._flows.get(agent or "")
        return flow.part if flow is not None else None


def _handles(flow: Flow, spoken: frozenset[str], at_hand: frozenset[str]) -> bool:
    match flow.part:
        case "source":
            return bool(spoken & flow.gives)
        case "maker":
            return bool(spoken & flow.gives) or bool(at_hand & flow.takes)
        case "check" | "outlet":
            return bool((spoken | at_hand) & flow.takes)
        case other:
            assert_never(other)


def _flow_of(agent: Agent) -> Flow | None:
    takes = frozenset(name for skill in agent.skills for name in skill.consumes)
    gives = frozenset(name for skill in agent.skills for name in skill.produces)
    if not takes and not gives:
        return None
    tags = {tag.lower() for tag in agent.tags}
    part: Part = "maker" if takes else "source"
    if takes and tags & _CHECKS:
        part = "check"
    elif takes and tags & _OUTLETS and "changelog" not in tags:
        part = "outlet"
    return Flow(agent.id, part, takes, gives)


def _called(manifest: Manifest) -> Mapping[str, frozenset[str]]:
    """Each thing's name with the other words that its maker is known by: notes are a changelog."""
    made = [(name, skill) for agent in manifest.agents for skill in agent.skills for name in skill.produces]
    names = {_stem(name.lower()) for name, _ in made}
    return {name: frozenset({_stem(name.lower())} | (_also(skill) - names)) for name, skill in made}


def _also(skill: Skill) -> frozenset[str]:
    """Tags of one word that say what the skill leaves, not what it does or works on."""
    taken = {_stem(name.lower()) for name in skill.consumes}
    plain = {_stem(tag.lower()) for tag in skill.tags if "-" not in tag}
    return frozenset(plain - taken - _CHECKS - _OUTLETS - {_stem(verb) for verb in _VERBS} - _VAGUE)


_VERBS: frozenset[str] = frozenset().union(*_BY_VERB.values())
_VAGUE: frozenset[str] = wordlist("change data file time summary missing site git branch")


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
