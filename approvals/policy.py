"""The risk policy: read from a file, closed to what it does not know, judging plans by facts."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path

import rfc8785
import yaml
from pydantic import ValidationError

from approvals.facts import NO_CARD, Card, Claims, FactFinder, Facts, PlanFacts, written_to
from approvals.judge import Rules, act_hits, floor_hits, plan_hits
from approvals.one_meaning import read_yaml
from approvals.policy_file import PolicyFile
from approvals.typed import TypedLines
from approvals.vocabulary import Vocabulary
from domain.agent import RISK_ORDER, Manifest, RiskLevel
from domain.clause import Environment
from domain.errors import FieldIssue, PolicyError
from domain.ids import AgentId, SubtaskId
from domain.place import gravest
from domain.plan import Subtask
from domain.request import Request
from domain.verdict import Demand, Judgement, RuleHit, Verdict

Cost = Callable[[Sequence[Subtask]], float]
"""What a plan costs nine times in ten at most, in US dollars."""

NO_CARDS: Mapping[AgentId, Card] = {}
NO_TTL: Mapping[RiskLevel, float] = {}


class Policy:
    """One policy, ready to judge.

    `ttl_s` overrides how long approvals of a level stay open; `cards` is what agents' cards say of them.
    """

    def __init__(
        self,
        file: PolicyFile,
        *,
        ttl_s: Mapping[RiskLevel, float] = NO_TTL,
        cards: Mapping[AgentId, Card] = NO_CARDS,
        cost_p90: Cost | None = None,
    ) -> None:
        self._file = file
        self._ttl_s = ttl_s
        self._cards = cards
        self._cost_p90 = cost_p90
        self._asks_cost = any(floor.when.cost_p90_over is not None for floor in file.floors)
        self._rules = Rules(file.rules)
        words = Vocabulary(file)
        self._facts = FactFinder(words, TypedLines(file.programs, words))
        self.version = _digest(file)

    @classmethod
    def load(cls, path: Path, *, ttl_s: Mapping[RiskLevel, float] = NO_TTL) -> "Policy":
        """Raises PolicyError with path and reason where the file cannot be read or says what is not known."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyError(
                f"the risk policy {path} cannot be read: {error}; nothing is planned without one"
            ) from error
        return cls.parse(text, source=str(path), ttl_s=ttl_s)

    @classmethod
    def parse(
        cls, text: str, *, source: str = "policy", ttl_s: Mapping[RiskLevel, float] = NO_TTL
    ) -> "Policy":
        return cls(_parsed(text, source), ttl_s=ttl_s)

    def guarding(self, manifest: Manifest, *, cost_p90: Cost | None = None) -> "Policy":
        """The same policy, minding what the cards of a manifest's agents say of them, and what plans cost."""
        guarding = copy(self)
        guarding._cards, guarding._cost_p90 = self._facts.cards(manifest), cost_p90  # noqa: SLF001  the same class
        return guarding

    def judge(self, request: Request, subtasks: Sequence[Subtask]) -> Judgement:
        """How risky a plan is, by which rules, and who must say yes.

        What the request claims about itself can raise the result and never lower it.
        """
        claims, said = self._facts.claims(request), _said(request)
        hits: list[RuleHit] = []
        risks: dict[SubtaskId, RiskLevel] = {}
        places: dict[SubtaskId, Environment] = {}
        for subtask in subtasks:
            facts = self._of(subtask, claims, said)
            own = self._hits(facts, subtask.subtask_id)
            places[subtask.subtask_id] = gravest(act.environment for act in facts.acts)
            risks[subtask.subtask_id] = _highest(own)
            hits += own
        if not subtasks:
            # Nothing is to be done by this plan; what its words ask for all the same is not let by unseen.
            hits += act_hits(self._rules, self._facts.of_words(said, claims), None)
        hits += [*self._typed_in(said, hits)]
        hits += plan_hits(self._file.floors, self._of_plan(subtasks), claims.risk)
        level = _highest(hits)
        gated = tuple(subtask_id for subtask_id, risk in risks.items() if self._demand(risk) is not None)
        return Judgement(
            verdict=Verdict(level=level, hits=tuple(hits), demand=self._scoped(level, risks), gated=gated),
            risks=risks,
            places=places,
        )

    def _typed_in(self, said: str, found: Sequence[RuleHit]) -> Iterator[RuleHit]:
        """A line that was typed and ends something for good, where no step says so: its place may stand beside it."""
        if _highest(found) == "critical" or not (typed := self._facts.typed_in(said)):
            return
        alone = Facts(tuple(typed), None, asks_approval=False, planned=False)
        yield from (hit for hit in act_hits(self._rules, alone, None) if hit.level == "critical")

    def _scoped(self, level: RiskLevel, risks: Mapping[SubtaskId, RiskLevel]) -> Demand | None:
        """What the level demands. Parts wait alone only where all of the risk is theirs, and all may."""
        demand = self._demand(level)
        if demand is None or demand.scope == "plan":
            return demand
        asked = [own for risk in risks.values() if (own := self._demand(risk)) is not None]
        highest = max(risks.values(), key=RISK_ORDER.__getitem__, default="low")
        if highest == level and all(own.scope == "subtask" for own in asked):
            return demand
        return demand.model_copy(update={"scope": "plan"})

    def rate(self, request: Request) -> RiskLevel:
        """How risky the words of a request are by themselves, without a plan."""
        claims = self._facts.claims(request)
        read = self._facts.of_words(_said(request), claims)
        hits = [*act_hits(self._rules, read, None)]
        hits += plan_hits(self._file.floors, PlanFacts(cost_p90_usd=0.0), claims.risk)
        return _highest(hits)

    def _of_plan(self, subtasks: Sequence[Subtask]) -> PlanFacts:
        acting = [subtask for subtask in subtasks if subtask.effect != "read"]
        return PlanFacts(
            acting=len(acting),
            places=len({written_to(subtask) for subtask in acting}),
            cost_p90_usd=self._cost_p90(subtasks) if self._asks_cost and self._cost_p90 is not None else None,
        )

    def _of(self, subtask: Subtask, claims: Claims, said: str) -> Facts:
        card = self._cards.get(subtask.agent, NO_CARD) if subtask.agent is not None else NO_CARD
        return self._facts.of(subtask, claims, card, said)

    def _hits(self, facts: Facts, node: SubtaskId) -> list[RuleHit]:
        found = [*act_hits(self._rules, facts, node)]
        found += floor_hits(self._file.floors, facts, node)
        return list({hit.rule: hit for hit in reversed(found)}.values())[::-1]

    def _demand(self, level: RiskLevel) -> Demand | None:
        entry = self._file.levels.get(level)
        if entry is None or entry.approval is None:
            return None
        ttl_s = self._ttl_s.get(level)
        return entry.approval if ttl_s is None else entry.approval.model_copy(update={"ttl_s": ttl_s})


def _said(request: Request) -> str:
    return f"{request.title}\n{request.description}"


def _highest(hits: Sequence[RuleHit]) -> RiskLevel:
    return max((hit.level for hit in hits), key=RISK_ORDER.__getitem__, default="low")


def _digest(file: PolicyFile) -> str:
    return hashlib.sha256(rfc8785.dumps(file.model_dump(mode="json"))).hexdigest()


def _parsed(text: str, source: str) -> PolicyFile:
    try:
        told = read_yaml(text)
    except yaml.YAMLError as error:
        raise PolicyError(f"the risk policy {source} is no YAML: {error}") from error
    try:
        return PolicyFile.model_validate(told)
    except ValidationError as error:
        issues = [FieldIssue(_path(issue["loc"]), issue["msg"]) for issue in error.errors()]
        first = f"{issues[0].path}: {issues[0].issue}" if issues[0].path else issues[0].issue
        raise PolicyError(f"the risk policy {source} is refused at {first}", fields=issues) from error


def _path(location: Sequence[int | str]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
