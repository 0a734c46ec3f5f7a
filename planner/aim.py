"""Which subtasks, or which agent, a few words mean: "the docs part", "publishing", "the security engineer"."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.agent import Agent, Manifest
from domain.ids import SubtaskId
from domain.plan import Subtask
from planner.rules.capability import Capabilities
from planner.rules.environment import environment_of, without_environment
from planner.rules.kinds.leanings import kind_of
from planner.rules.wordlist import wordlist
from planner.rules.words import form_of, lemma_of, words

HEARD = 0.5
"""The least share of the words that a subtask must speak as well."""

CLEAR = 0.2
"""By so much the best must lead; below, the words are ambiguous."""

_STEM = 5
_SMALL: frozenset[str] = wordlist(
    "the a an this that these those it its them and or of to in on at for with from by into before after then also only just please "
    "part parts step steps task tasks subtask subtasks piece bit stage thing things work anything everything something all any "
    "do does done be is are was make made run have has get let use our your my their whole entire own one ones"
)
_NAMES: frozenset[str] = wordlist("the a an our agent agents team specialist people folks colleague")
_ALL: frozenset[str] = wordlist("all every each everything parts steps tasks both")


class Aimed(NamedTuple):
    """The subtasks that were meant, or, where the words fit several equally well, those as `rivals`."""

    nodes: tuple[Subtask, ...] = ()
    rivals: tuple[Subtask, ...] = ()
    whole: bool = False
    """Whether the subtask speaks every one of the words."""


class Aim:
    """Over the subtasks of one plan. `target` is what is meant where words do not say."""

    def __init__(
        self,
        subtasks: Sequence[Subtask],
        manifest: Manifest,
        capabilities: Capabilities,
        target: SubtaskId | None,
    ) -> None:
        self._subtasks = subtasks
        self._manifest = manifest
        self._capabilities = capabilities
        self._target = next((s for s in subtasks if s.subtask_id == target), None)
        self._said = {s.subtask_id: stems(f"{s.title} {s.objective}") for s in subtasks}
        self._known = {s.subtask_id: self._of_agent(s) for s in subtasks}

    def at(self, phrase: str) -> Aimed:
        """The subtasks that a phrase means."""
        spoken = stems(without_environment(phrase)) or stems(phrase)
        if not spoken and self._all(phrase):
            return Aimed(tuple(s for s in self._subtasks if not s.implied), whole=True)
        if not spoken:
            return Aimed((self._target,), whole=True) if self._target is not None else Aimed()
        scored = sorted(
            ((self._score(s, phrase, spoken), s) for s in self._subtasks), key=lambda pair: -pair[0]
        )
        if not scored or scored[0][0] < HEARD:
            return Aimed()
        best = scored[0][0]
        near = [s for score, s in scored if score > best - CLEAR and score >= HEARD]
        if len(near) > 1 and not self._all(phrase):
            makers = [s for s in near if spoken <= stems(" ".join(s.produces))]
            if len(makers) == 1:
                return Aimed((makers[0],))
            equal = [s for s in near if self._target is None or s is self._target]
            return Aimed((equal[0],)) if len(equal) == 1 else Aimed(rivals=tuple(near))
        return Aimed(tuple(near), whole=all(spoken <= self._said[s.subtask_id] for s in near))

    def agent(self, phrase: str) -> Agent | None:
        """The one agent that a phrase names by id or name."""
        told = " ".join(word.lower for word in words(phrase) if word.is_word and word.lower not in _NAMES)
        plain = _plain(told)
        if not plain:
            return None
        able = [agent for agent in self._manifest.agents if agent.status == "enabled"]
        exact = [a for a in able if plain in {_plain(a.id), _plain(a.name)}]
        wanted = stems(told)
        near = exact or [a for a in able if wanted and wanted <= stems(f"{a.id} {a.name}")]
        return near[0] if len(near) == 1 else None

    def _score(self, subtask: Subtask, phrase: str, spoken: frozenset[str]) -> float:
        said, known = self._said[subtask.subtask_id], self._known[subtask.subtask_id]
        weights = _weights(phrase, spoken)
        heard = sum(
            weight * (1.0 if stem in said else 0.6 if stem in known else 0.0)
            for stem, weight in weights.items()
        ) / sum(weights.values())
        if heard < HEARD and self._kin(subtask, phrase):
            heard = max(heard, 0.6)
        return heard + self._place(subtask, phrase) + (0.1 if subtask is self._target else 0.0)

    def _kin(self, subtask: Subtask, phrase: str) -> bool:
        """Whether the words ask for the kind of work that it is: "the docs part" is the documentation."""
        kind = kind_of(None, phrase)
        if kind is None or not kind.spoken:
            return False
        own = {
            self._capabilities.concept(clause, subtask.required_tags, subtask.agent)
            for clause in subtask.clauses
        }
        return kind.concept in own

    def _place(self, subtask: Subtask, phrase: str) -> float:
        meant = environment_of(phrase)
        places = {clause.environment for clause in subtask.clauses} - {"unknown"}
        if meant == "unknown" or not places:
            return 0.0
        return 0.2 if meant in places else -0.6

    def _all(self, phrase: str) -> bool:
        return any(word.lower in _ALL for word in words(phrase))

    def _of_agent(self, subtask: Subtask) -> frozenset[str]:
        agent = self._manifest.agent(subtask.agent) if subtask.agent else None
        return (
            frozenset() if agent is None else stems(f"{agent.id} {agent.name} {' '.join(sorted(agent.tags))}")
        )


def _weights(phrase: str, spoken: frozenset[str]) -> dict[str, float]:
    """What is done tells less than what it is done to: many parts of a plan write something."""
    first = next(iter(_content(phrase)), "")
    verb = _stem(first) if len(spoken) > 1 and form_of(first) is not None else None
    return {stem: 0.5 if stem == verb else 1.0 for stem in spoken}


def stems(text: str) -> frozenset[str]:
    """What the telling words of a text begin with, whatever their ending: "publishing" and "publish"."""
    return frozenset(_stem(word) for word in _content(text))


def _content(text: str) -> Iterable[str]:
    for word in words(text.replace("_", " ").replace("-", " ").replace("::", " ")):
        if word.is_word and len(word.lower) > 1 and word.lower not in _SMALL:
            yield word.lower.removesuffix("'s")


def _stem(word: str) -> str:
    return lemma_of(word).removesuffix("s")[:_STEM]


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())
