"""Accepted plans remembered: which of them are nearest to a request, and what they advise."""

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from domain.base import Value
from domain.ids import AgentId
from domain.plan import Plan
from domain.request import Request
from planner.rules.wordlist import wordlist

NEAREST = 12
LEAST_VOTE = 0.42
"""The share of the nearest plans, weighed by nearness, that must hold an agent for it to be advised."""

MOST_READ = 12_000
"""Entries of the index looked at for one request, those of rare words first, so that a large memory stays quick."""

SPEAKING = 5
"""So many of the nearest tell which words are not new."""

SAME = 0.9
"""From this similarity on a past plan is taken whole."""

FAR = 0.12
"""Below this the nearest plan has nothing to say."""

_SATURATION, _LENGTH = 1.2, 0.5
_WORD = re.compile(r"[^\W\d_]+|\d[\w.:/-]*")
_SMALL: frozenset[str] = wordlist(
    "a an the to of for and in on at my i me you it is be with from by please help need want would like as this that also "
    "will have has am are we our us"
)


class Step(Value):
    """One subtask of a past plan: who did what."""

    agent: AgentId
    text: str


class Remembered(Value):
    """A past plan, kept for one version of the manifest. `edges` are places in `steps`: first before second."""

    key: str
    text: str
    manifest_version: str
    steps: tuple[Step, ...]
    edges: tuple[tuple[int, int], ...] = ()


class Match(NamedTuple):
    """A past plan and how similar its request is, in 0–1."""

    past: Remembered
    similarity: float


class Advised(NamedTuple):
    """An agent that similar plans held: how many of them (0–1), where in the plan, and for what."""

    agent: AgentId
    weight: float
    place: float
    text: str


class Advice(NamedTuple):
    """What the nearest plans say of a request. `whole`: one of them is as good as the same."""

    agents: tuple[Advised, ...]
    before: frozenset[tuple[AgentId, AgentId]]
    similarity: float
    whole: Remembered | None
    nearest: tuple[str, ...]
    spoken: frozenset[str]
    """The words of the nearest requests: what they speak of is not new."""

    def novelty(self, text: str) -> float:
        """The share of a text's words that no near request speaks of."""
        own = {term for term in _terms(text) if " " not in term and term != "#"}
        return len(own - self.spoken) / len(own) if own else 0.0


def request_text(request: Request) -> str:
    """What a request is known by."""
    return (
        request.description
        if request.title.rstrip("…") in request.description
        else f"{request.title}\n{request.description}"
    )


def remembered(request: Request, plan: Plan) -> Remembered | None:
    """What is worth keeping of an accepted plan; nothing of one whose subtasks lack agents."""
    asked = [subtask for subtask in plan.subtasks if not subtask.implied]
    steps = [Step(agent=s.agent, text=s.title) for s in asked if s.agent is not None]
    if not steps or len(steps) < len(asked):
        return None
    place = {subtask.subtask_id: number for number, subtask in enumerate(asked)}
    edges = tuple((place[e.on], place[s.subtask_id]) for s in asked for e in s.depends_on if e.on in place)
    return Remembered(
        key=plan.task_id,
        text=request_text(request),
        manifest_version=plan.manifest_version,
        steps=tuple(steps),
        edges=edges,
    )


class Memory:
    """Past plans with an index over their requests (BM25 over words and pairs of words, numbers alike)."""

    def __init__(self, past: Iterable[Remembered] = ()) -> None:
        self.past = tuple(past)
        counted = [Counter(_terms(entry.text)) for entry in self.past]
        self._lengths = [sum(counts.values()) for counts in counted]
        self._mean = (sum(self._lengths) / len(counted)) if counted else 1.0
        self._of_version: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(self.past):
            self._of_version[entry.manifest_version].add(number)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, counts in enumerate(counted):
            for term, count in counts.items():
                self._postings[term].append((number, self._saturated(count, self._lengths[number])))

    def nearest(self, text: str, manifest_version: str, count: int = NEAREST) -> tuple[Match, ...]:
        """The most similar requests planned for this version of the manifest, best first."""
        if not self.past:
            return ()
        terms = Counter(_terms(text))
        scores: dict[int, float] = defaultdict(float)
        own, read = 0.0, 0
        for term in sorted(terms, key=lambda term: len(self._postings.get(term, ()))):
            held = self._postings.get(term, ())
            read += len(held)
            if read > MOST_READ:
                break
            weight = self._rarity(len(held))
            own += weight * self._saturated(terms[term], terms.total())
            for number, impact in held:
                scores[number] += weight * impact
        wanted: set[int] = self._of_version.get(manifest_version, set())
        able = (
            scores.items() if len(wanted) == len(self.past) else [p for p in scores.items() if p[0] in wanted]
        )
        best = heapq.nsmallest(count, able, key=lambda pair: (-pair[1], pair[0]))
        return tuple(Match(self.past[number], min(1.0, found / own)) for number, found in best if own > 0)

    def _rarity(self, held: int) -> float:
        return math.log(1 + len(self.past) / (held + 1))

    def advise(self, text: str, manifest_version: str, agents: frozenset[AgentId]) -> Advice | None:
        """What the nearest plans hold; nothing where none is near. Only agents that are still there count."""
        matches = [
            match
            for match in self.nearest(text, manifest_version)
            if all(step.agent in agents for step in match.past.steps)
        ]
        if not matches or matches[0].similarity < FAR:
            return None
        whole = matches[0].past if matches[0].similarity >= SAME else None
        voted = _votes(matches[:1] if whole else matches)
        spoken = frozenset(term for match in matches[:SPEAKING] for term in _terms(match.past.text))
        keys = tuple(match.past.key for match in matches[:3])
        return Advice(
            voted,
            _order(matches[:1] if whole else matches, voted),
            matches[0].similarity,
            whole,
            keys,
            spoken,
        )

    def _saturated(self, count: int, length: int) -> float:
        return (
            count * (_SATURATION + 1) / (count + _SATURATION * (1 - _LENGTH + _LENGTH * length / self._mean))
        )


NOTHING_REMEMBERED = Memory()


class Recollection:
    """The memory of the moment: whoever plans asks the latest one."""

    def __init__(self, memory: Memory = NOTHING_REMEMBERED) -> None:
        self.memory = memory

    def nearest(self, text: str, manifest_version: str, count: int = NEAREST) -> tuple[Match, ...]:
        return self.memory.nearest(text, manifest_version, count)

    def advise(self, text: str, manifest_version: str, agents: frozenset[AgentId]) -> Advice | None:
        return self.memory.advise(text, manifest_version, agents)


def _terms(text: str) -> list[str]:
    row = ["#" if found[0][0].isdigit() else found[0].lower() for found in _WORD.finditer(text)]
    pairs = [f"{a} {b}" for a, b in pairwise(row) if not (a in _SMALL and b in _SMALL)]
    return [word for word in row if word not in _SMALL] + pairs


def _votes(matches: Sequence[Match]) -> tuple[Advised, ...]:
    top = matches[0].similarity
    weights = [(match.similarity / top) ** 2 for match in matches]
    held: dict[AgentId, list[tuple[float, float, str]]] = defaultdict(list)
    for match, weight in zip(matches, weights, strict=True):
        for place, step in enumerate(match.past.steps):
            if all(other.agent != step.agent for other in match.past.steps[:place]):
                held[step.agent].append((weight, place / len(match.past.steps), step.text))
    whole = sum(weights)
    votes = [
        Advised(
            agent,
            sum(weight for weight, _, _ in found) / whole,
            sum(weight * place for weight, place, _ in found) / sum(weight for weight, _, _ in found),
            found[0][2],
        )
        for agent, found in held.items()
    ]
    return tuple(sorted((v for v in votes if v.weight >= LEAST_VOTE), key=lambda v: (v.place, -v.weight)))


def _order(matches: Sequence[Match], voted: Sequence[Advised]) -> frozenset[tuple[AgentId, AgentId]]:
    """Pairs of advised agents that stood one before the other in most plans that hold both."""
    names = {advised.agent for advised in voted}
    seen: Counter[tuple[AgentId, AgentId]] = Counter()
    both: Counter[frozenset[AgentId]] = Counter()
    for match in matches:
        agents = [step.agent for step in match.past.steps]
        pairs = {(agents[a], agents[b]) for a, b in match.past.edges} & {(x, y) for x in names for y in names}
        seen.update(pairs)
        both.update(frozenset((x, y)) for x in set(agents) & names for y in set(agents) & names if x < y)
    return frozenset(pair for pair, times in seen.items() if 2 * times > both[frozenset(pair)])
