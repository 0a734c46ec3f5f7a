"""Unit tests for a policy: what is said, what its tools do, and the level that is due. Pure: cases in, answers out."""

from collections.abc import Iterator
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, model_validator

from approvals.one_meaning import read_yaml
from approvals.policy import Policy
from domain.agent import Agent, Manifest, ProcessEndpoint, RiskLevel, Skill
from domain.base import JsonObject, Value
from domain.clause import Clause
from domain.errors import FieldIssue, PolicyError
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import Request
from domain.tool import Effect
from domain.verdict import GateScope, RuleHit, Verdict

Said = Annotated[str, Field(min_length=1, max_length=10_000)]


class Part(Value):
    """One piece of work: its words, what its tool does (null: nobody knows), and what its agent's card asks."""

    say: Said
    effect: Effect | None = "read"
    agent_asks: RiskLevel | None = None


class Case(Value):
    """`rules` must all fire, `not_rules` must not; `claims` is what the caller sends along."""

    say: Said | None = None
    plan: tuple[Part, ...] = ()
    effect: Effect | None = "read"
    agent_asks: RiskLevel | None = None
    claims: JsonObject = Field(default_factory=dict)
    level: RiskLevel
    rules: tuple[str, ...] = ()
    not_rules: tuple[str, ...] = ()
    scope: GateScope | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Case":
        if (self.say is None) == (not self.plan):
            raise ValueError("a case has words (`say`) or several parts (`plan`), and not both")
        return self

    @property
    def parts(self) -> tuple[Part, ...]:
        if self.say is None:
            return self.plan
        return (Part(say=self.say, effect=self.effect, agent_asks=self.agent_asks),)

    @property
    def name(self) -> str:
        return "; ".join(part.say for part in self.parts)


class CaseFile(Value):
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


class Answer(Value):
    """What the policy made of a case. `wrong` says what is not as it should be; nothing, if all is well."""

    name: str
    expected: RiskLevel
    level: RiskLevel
    hits: tuple[RuleHit, ...]
    wrong: tuple[str, ...] = ()


def read_cases(text: str, source: str) -> tuple[Case, ...]:
    """Raises PolicyError that names each place that cannot be understood."""
    try:
        told = read_yaml(text)
    except yaml.YAMLError as error:
        raise PolicyError(f"{source} is no YAML: {error}") from error
    try:
        return CaseFile.model_validate(told).cases
    except ValidationError as error:
        issues = [FieldIssue(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        raise PolicyError(
            f"{source} is refused at {issues[0].path}: {issues[0].issue}", fields=issues
        ) from error


def tried(policy: Policy, cases: tuple[Case, ...]) -> tuple[Answer, ...]:
    """Each case under this policy; the agents' floors are those of the case."""
    return tuple(_answer(policy, case) for case in cases)


def _answer(policy: Policy, case: Case) -> Answer:
    request = Request.model_validate(
        {"task_id": "case", "title": case.parts[0].say[:500], "metadata": case.claims}
    )
    verdict = _guarded(policy, case).judge(request, _subtasks(case)).verdict
    return Answer(
        name=case.name,
        expected=case.level,
        level=verdict.level,
        hits=verdict.hits,
        wrong=tuple(_wrong(case, verdict)),
    )


def _guarded(policy: Policy, case: Case) -> Policy:
    agents = tuple(_agent(place, part) for place, part in enumerate(case.parts))
    asks = any(part.agent_asks is not None for part in case.parts)
    return policy.guarding(Manifest(schema_version="1.0", agents=agents)) if asks else policy


def _agent(place: int, part: Part) -> Agent:
    return Agent(
        id=f"agent-{place}",
        skills=(Skill(id="work"),),
        endpoint=ProcessEndpoint(kind="process", command="true"),
        approval=part.agent_asks,
    )


def _subtasks(case: Case) -> list[Subtask]:
    return [
        Subtask(
            subtask_id=SubtaskId(str(place + 1)),
            ordinal=place,
            title=part.say[:120],
            objective=part.say,
            clauses=(Clause(text=part.say),),
            agent=f"agent-{place}",
            effect=part.effect,
        )
        for place, part in enumerate(case.parts)
    ]


def _wrong(case: Case, verdict: Verdict) -> Iterator[str]:
    fired = {hit.rule for hit in verdict.hits}
    if verdict.level != case.level:
        yield f"it is {verdict.level}, and should be {case.level}"
    yield from (f"{rule} did not fire" for rule in case.rules if rule not in fired)
    yield from (f"{rule} fired" for rule in case.not_rules if rule in fired)
    scope = verdict.demand.scope if verdict.demand is not None else None
    if case.scope is not None and scope != case.scope:
        yield f"its scope is {scope or 'nothing, for nobody is asked'}, and should be {case.scope}"
