"""The shape of the risk policy's file. What is not declared here is refused."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.agent import RiskLevel
from domain.base import JsonObject, Value
from domain.clause import Environment
from domain.tool import Effect
from domain.verdict import Demand

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


def _has_letters(word: str) -> str:
    if not any(sign.isalnum() for sign in word):
        raise ValueError(f"{word!r} has no letter to look for")
    return word


Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_has_letters)
]
Words = tuple[Word, ...]

FIELDS = frozenset({"verb", "object", "environment", "text", "effect", "level", "count", "places", "cost"})
_FIELD = re.compile(r"\{([^{}]*)\}")


def _known_fields(text: str) -> str:
    if unknown := set(_FIELD.findall(text)) - FIELDS:
        raise ValueError(f"{{{min(unknown)}}} is no fact; known are {', '.join(sorted(FIELDS))}")
    return text


Sentence = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_known_fields)]
"""A reason; `{verb}`, `{object}` and the like stand for the facts."""


class Level(Value):
    """`approval` says who must say yes; without it nobody need be asked."""

    approval: Demand | None = None


class Place(Value):
    words: Words = ()
    foreign: Words = ()


class Places(Value):
    """`none` are words that look like an environment and are none."""

    none: Words = ()
    production: Place
    staging: Place = Place()
    development: Place = Place()


Manner = Literal["act", "depend", "carry", "make", "look"]


class Verbs(Value):
    """Verbs of one meaning; a verb may have several. `nouns` name the act itself: a deletion, a rollout.

    The manner says how a text with them is read: `look` changes nothing; `make` yields something that is
    looked at before it has an effect, so that what is said about the thing made is no order; `carry` only
    carries another act ("run the deletion"); `depend` does harm to certain objects only; `act` does
    something by itself and is read with the least trust.
    """

    manner: Manner = "act"
    words: Words = ()
    nouns: Words = ()
    foreign: Words = ()


class Objects(Value):
    words: Words = ()
    foreign: Words = ()


class Works(Value):
    """Kinds of work, by the tags of the agents that do them: what a subtask was given to somebody for.

    `card`: by all tags of its agent's card, which the operator writes, and only where none of them speaks of the kinds in `unless`.
    """

    tags: Words = ()
    card: bool = False
    unless: tuple[Name, ...] = ()


class Command(Value):
    """Typed words in order, `...` for anything in between, and what they amount to."""

    words: Word
    verb: Name
    object: Name


class Program(Value):
    """A program that people type. What it is not known to `read`, or to `make` on the desk of whoever types it, acts on
    `object`.

    The first word behind its name tells, behind as many `groups` of commands (`aws ec2 describe-instances` has one; null:
    anywhere among the first few, where `acts` are the words that end the search). With one of `tries` nothing is done;
    behind one of `statement` stands a statement in a database's language; to take away what is `idle` harms nobody.
    `word`: its name is also an English word, or its other commands are read as sentences are.
    """

    names: Words
    object: Name
    reads: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    acts: Words = ()
    tries: Words = ()
    statement: Words = ()
    idle: Words = ()
    groups: int | None = Field(default=0, ge=0)
    word: bool = False


class When(Value):
    """What must hold of an act. Lists are alternatives; `only` asks that no other object is touched,
    `without` that none of these is; what is not given is not asked.
    """

    verb: tuple[Name, ...] = ()
    object: tuple[Name, ...] = ()
    only: tuple[Name, ...] = ()
    without: tuple[Name, ...] = ()
    head: tuple[Name, ...] = ()
    """What its direct object is, by the last noun alone: an order page is a page."""
    into: tuple[Name, ...] = ()
    """What the place is that something is brought to or taken from, by its last noun: onto the store."""
    about: tuple[Name, ...] = ()
    """Of whom or what a text tells, by the noun behind “of” or “with”: the report of all patients."""
    work: tuple[Name, ...] = ()
    """The kind of work that the subtask was planned as."""
    environment: tuple[Environment, ...] = ()
    apart: bool | None = None
    """Whether it goes where nothing is yet: into a new table."""
    all: bool | None = None
    """Whether everything or everybody is meant."""
    outward: bool | None = None
    """Whether an address outside is named."""
    indirect: bool = False
    """Whether the act is one that something now being built would do later."""
    harmless: bool | None = None
    """Whether the verb also has a meaning that does no harm (its manner is look, make or carry)."""
    effect: tuple[Effect | Literal["unknown"], ...] = ()
    particular: bool | None = None
    """Whether the subtask names some that there are: an amount of them, one by its number, those of last night, once more."""
    usual: bool | None = None
    """Whether it is told as a rule: automatically, every night, after five attempts, when a payment fails."""
    planned: bool | None = None
    """Whether it is a step of a plan, which whoever planned it has understood, or words alone."""


class Rule(Value):
    rule: Name
    instead_of: tuple[Name, ...] = ()
    """An exception: it is looked at only where one of these has decided, and decides in its place."""
    when: When
    level: RiskLevel
    why: Sentence
    would_be_lower_if: Sentence


class FloorWhen(Value):
    """What must hold of a subtask or, with one of the `…_over`, of the plan: subtasks that change something, places
    that are written to, what it costs nine times in ten at most (US dollars; unknown counts as over).
    """

    effect: tuple[Effect | Literal["unknown"], ...] = ()
    environment: tuple[Environment, ...] = ()
    asks_approval: bool | None = None
    reversible: bool | None = None
    """Whether what its tool does can be undone; what is unknown cannot."""
    subtasks_over: int | None = Field(default=None, ge=0)
    places_over: int | None = Field(default=None, ge=0)
    cost_p90_over: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> "FloorWhen":
        of_subtask = (
            bool(self.effect or self.environment) or self.asks_approval or self.reversible is not None
        )
        if not (of_subtask or self.of_plan):
            raise ValueError("a floor needs a condition, or it would lift everything")
        if of_subtask and self.of_plan:
            raise ValueError("a floor speaks of a subtask or of the plan, not of both; make two of it")
        return self

    @property
    def of_plan(self) -> bool:
        return not (self.subtasks_over is None and self.places_over is None and self.cost_p90_over is None)


class Floor(Value):
    rule: Name
    when: FloorWhen
    level: RiskLevel
    why: Sentence
    would_be_lower_if: Sentence


class PolicyFile(Value):
    """One policy as written."""

    schema_version: Literal["1.0"]
    levels: dict[RiskLevel, Level]
    environments: Places
    verbs: dict[Name, Verbs]
    objects: dict[Name, Objects]
    things: dict[Name, Objects] = Field(default_factory=dict)
    """What the last noun of a direct object may be besides, for rules about its `head`."""
    works: dict[Name, Works] = Field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    programs: tuple[Program, ...] = ()
    outward: Words = ()
    """Words for those outside the house."""
    sign_off: Words = ()
    """Phrases by which a request itself asks that people approve; `...` stands for anything in between."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    floors: tuple[Floor, ...] = ()

    @model_validator(mode="after")
    def _closed(self) -> "PolicyFile":
        _gated(self.levels)
        verbs, objects = {*self.verbs, "unknown", "unnamed", "unsaid"}, {*self.objects, "unknown"}
        for number, rule in enumerate(self.rules):
            _known(rule.when.verb, verbs, f"rules[{number}].when.verb")
            _known(
                (*rule.when.object, *rule.when.only, *rule.when.without),
                objects,
                f"rules[{number}].when.object",
            )
            _known(rule.when.head, objects | {*self.things}, f"rules[{number}].when.head")
            _known(rule.when.about, objects, f"rules[{number}].when.about")
            _known(rule.when.into, objects, f"rules[{number}].when.into")
            _known(rule.when.work, {*self.works}, f"rules[{number}].when.work")
        for rule in self.rules:
            _known(
                rule.instead_of, {each.rule for each in self.rules}, f"{rule.rule}.instead_of", what="rule"
            )
        for name, work in self.works.items():
            _known(work.unless, {*self.works}, f"works.{name}.unless")
        for number, command in enumerate(self.commands):
            _known((command.verb,), verbs, f"commands[{number}].verb")
            _known((command.object,), objects, f"commands[{number}].object")
        for number, program in enumerate(self.programs):
            _known((program.object,), objects, f"programs[{number}].object")
        _unique([*(rule.rule for rule in self.rules), *(floor.rule for floor in self.floors)])
        return self


def _gated(levels: dict[RiskLevel, Level]) -> None:
    must: tuple[RiskLevel, ...] = ("high", "critical")
    for level in must:
        if level not in levels or levels[level].approval is None:
            raise ValueError(
                f"levels.{level}.approval is missing; whatever is {level} needs somebody to approve it"
            )
    for level, entry in levels.items():
        if entry.approval is not None and not entry.approval.roles:
            raise ValueError(f"levels.{level}.approval.roles is empty; nobody could ever approve")


def _known(names: tuple[str, ...], known: set[str], path: str, what: str = "class") -> None:
    if unknown := [name for name in names if name not in known]:
        raise ValueError(
            f"{path}: {unknown[0]!r} is no {what} of this policy; known are {', '.join(sorted(known))}"
        )


def _unique(names: list[str]) -> None:
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"rules and floors need names of their own; {min(twice)!r} is there twice")


def schema() -> JsonObject:
    """The file's JSON Schema, as it lies beside the shipped policy for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Risk policy",
        **PolicyFile.model_json_schema(),
    }
