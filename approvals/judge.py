"""Which rules hold of which facts. Pure: facts in, hits out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from approvals.act import Act
from approvals.facts import Facts, PlanFacts
from approvals.policy_file import Floor, FloorWhen, Rule, Sentence, When
from domain.agent import RISK_ORDER, RiskLevel
from domain.clause import Environment
from domain.ids import SubtaskId
from domain.verdict import RuleHit

SHOWN = 160


class Rules:
    """A policy's rules in order; those that could hold of acts with the same verbs are found once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rule for rule in rules if not rule.instead_of)
        self._exceptions = {
            name: tuple(each for each in rules if name in each.instead_of)
            for rule in rules
            for name in rule.instead_of
        }
        self._of_any = _places(rule.when.verb == () for rule in self._rules)
        named = {verb for rule in self._rules for verb in rule.when.verb}
        self._of_verb = {verb: _places(verb in rule.when.verb for rule in self._rules) for verb in named}
        self.speaking_of = lru_cache(maxsize=1_024)(self._speaking_of)

    def exceptions_of(self, rule: Rule) -> tuple[Rule, ...]:
        return self._exceptions.get(rule.rule, ())

    def _speaking_of(self, verbs: frozenset[str], indirect: bool) -> tuple[Rule, ...]:
        places = self._of_any.union(*(self._of_verb.get(verb, ()) for verb in verbs))
        speaking = (self._rules[place] for place in sorted(places))
        return tuple(rule for rule in speaking if rule.when.indirect == indirect)


def _places(holds: Iterable[bool]) -> frozenset[int]:
    return frozenset(place for place, held in enumerate(holds) if held)


def act_hits(rules: Rules, facts: Facts, subtask_id: SubtaskId | None) -> Iterator[RuleHit]:
    """What each act is judged by; acts that are found to be low leave no hit."""
    for act in facts.acts:
        rule = deciding(rules, act, facts)
        if rule is None or RISK_ORDER[rule.level]:
            yield _hit(rule, act, facts, subtask_id)


def deciding(rules: Rules, act: Act, facts: Facts) -> Rule | None:
    """The first rule that holds of an act, or an exception from it; null where no rule speaks of it, which is high."""
    speaking = rules.speaking_of(act.verbs, act.indirect)
    decided = next((rule for rule in speaking if holds(rule.when, act, facts)), None)
    if decided is None:
        return None
    exceptions = rules.exceptions_of(decided)
    return next((rule for rule in exceptions if holds(rule.when, act, facts)), decided)


def _hit(rule: Rule | None, act: Act, facts: Facts, subtask_id: SubtaskId | None) -> RuleHit:
    told = _told(act, facts)
    return RuleHit(
        rule="no-rule" if rule is None else rule.rule,
        level="high" if rule is None else rule.level,
        why=f"no rule speaks of {act.word}" if rule is None else _filled(rule.why, told),
        subtask_id=subtask_id,
        facts=told,
        would_be_lower_if="the policy had a rule for it"
        if rule is None
        else _filled(rule.would_be_lower_if, told),
    )


def holds(when: When, act: Act, facts: Facts) -> bool:
    return (
        (not when.verb or not act.verbs.isdisjoint(when.verb))
        and (not when.object or not act.objects.isdisjoint(when.object))
        and (not when.only or act.objects <= set(when.only))
        and (not when.without or act.objects.isdisjoint(when.without))
        and (not when.environment or act.environment in when.environment)
        and (not when.head or not act.head.isdisjoint(when.head))
        and (not when.into or not act.into.isdisjoint(when.into))
        and (not when.about or not act.about.isdisjoint(when.about))
        and (not when.work or not facts.works.isdisjoint(when.work))
        and when.apart in {None, act.apart}
        and when.all in {None, act.everything}
        and when.outward in {None, act.outward}
        and when.indirect == act.indirect
        and when.harmless in {None, act.harmless}
        and when.planned in {None, facts.planned}
        and (not when.effect or (facts.effect or "unknown") in when.effect)
        and (when.particular is None or when.particular == facts.tone.particular)
        and (when.usual is None or when.usual == facts.tone.usual)
    )


def floor_hits(floors: Sequence[Floor], facts: Facts, subtask_id: SubtaskId) -> Iterator[RuleHit]:
    """Every floor that holds of a subtask, and the one of its agent."""
    effect = facts.effect or "unknown"
    places: set[Environment] = {act.environment for act in facts.acts} or {"unknown"}
    told = _of_tool(facts)
    for floor in floors:
        when = floor.when
        if when.of_plan:
            continue
        if (
            (not when.effect or effect in when.effect)
            and (not when.environment or not places.isdisjoint(when.environment))
            and when.asks_approval in {None, facts.asks_approval}
            and when.reversible in {None, facts.reversible}
        ):
            yield _floored(floor, told, subtask_id)
    if RISK_ORDER[facts.agent_floor]:
        yield RuleHit(
            rule="agent-floor",
            level=facts.agent_floor,
            why=f"its agent's card asks for at least {facts.agent_floor}",
            subtask_id=subtask_id,
            would_be_lower_if="another agent did it",
        )


def plan_hits(floors: Sequence[Floor], facts: PlanFacts, claimed: RiskLevel) -> Iterator[RuleHit]:
    """What holds of the plan as a whole."""
    cost = "unknown" if facts.cost_p90_usd is None else f"{facts.cost_p90_usd:.2f}"
    told = {"count": str(facts.acting), "places": str(facts.places), "cost": cost}
    for floor in floors:
        if floor.when.of_plan and _is_over(floor.when, facts):
            yield _floored(floor, told, None)
    if RISK_ORDER[claimed]:
        yield RuleHit(
            rule="caller-says",
            level=claimed,
            why=f"the caller says that the risk is {claimed}",
            facts={"level": claimed},
            would_be_lower_if="the caller claimed less and our own facts agreed",
        )


def _is_over(when: FloorWhen, facts: PlanFacts) -> bool:
    """Each limit that is given is passed. A cost that nobody knows is over any limit."""
    cost = facts.cost_p90_usd
    return (
        (when.subtasks_over is None or facts.acting > when.subtasks_over)
        and (when.places_over is None or facts.places > when.places_over)
        and (when.cost_p90_over is None or cost is None or cost > when.cost_p90_over)
    )


def _of_tool(facts: Facts) -> dict[str, str]:
    return {
        "effect": facts.effect or "unknown",
        "reversible": "yes" if facts.reversible else "no" if facts.effect else "unknown",
        "writes": facts.writes,
    }


def _floored(floor: Floor, told: Mapping[str, str], subtask_id: SubtaskId | None) -> RuleHit:
    return RuleHit(
        rule=floor.rule,
        level=floor.level,
        why=_filled(floor.why, told),
        subtask_id=subtask_id,
        facts=dict(told),
        would_be_lower_if=_filled(floor.would_be_lower_if, told),
    )


def _told(act: Act, facts: Facts) -> dict[str, str]:
    return {
        "verb": act.word,
        "object": act.thing or ", ".join(sorted(act.objects)),
        "classes": f"{'/'.join(sorted(act.verbs))} × {'/'.join(sorted(act.objects))}",
        "environment": act.environment,
        "text": act.text[:SHOWN],
        **_of_tool(facts),
    }


def _filled(sentence: Sentence, told: Mapping[str, str]) -> str:
    """The facts put in; they are data and are not looked at for further braces."""
    parts = sentence.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += told.get(name, "?") + rest
    return filled
