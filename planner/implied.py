"""Work that nobody asked for and the plan cannot do without: missing inputs, a review before production, a way back."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from domain.agent import Agent, Manifest, Need, Skill
from domain.clause import Clause
from domain.graph import reachable, successors
from domain.ids import SubtaskId
from domain.plan import Edge, Subtask
from planner.ancestry import Ancestry
from planner.ports import Routes
from planner.rules.capability import Capabilities
from planner.rules.concepts import Concept
from planner.rules.stages import BUILDS, CHECKS, stage_by_words
from planner.rules.wordlist import wordlist
from planner.subtasks import Numbers, done_by

_DESTROYS: frozenset[str] = wordlist("drop delete truncate wipe purge erase destroy overwrite migrate vacuum")
_WAYS_BACK: frozenset[str] = frozenset({"back up", "snapshot", "backup", "dump", "archive"})


class House(NamedTuple):
    """What adding work needs: the manifest, the router over it, and ids."""

    manifest: Manifest
    routes: Routes
    capabilities: Capabilities
    numbers: Numbers


def with_implied(subtasks: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    """The plan with missing prerequisites, reviews and ways back added, each marked `implied`."""
    supplied = with_prerequisites(subtasks, house)
    return with_reviews(with_ways_back(supplied, house), house)


def with_prerequisites(subtasks: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    """For every name that is consumed and produced by nobody before, a producer, where the manifest has one."""
    out = list(subtasks)
    index = 0
    while index < len(out) and len(out) < 10 * len(subtasks) + 20:
        for name in lacking(out[index], Ancestry(out)):
            maker = _maker_in(out, index, name)
            if maker is None:
                producer = _producer(house.manifest, name, out[index])
                if producer is None:
                    continue
                maker = _made(house, producer, name, len(out), out[index].objective)
                out.append(maker)
            out[index] = _after(out[index], maker.subtask_id, name)
        index += 1
    return tuple(out)


def lacking(subtask: Subtask, ancestry: Ancestry) -> tuple[str, ...]:
    """Names it consumes that nothing before it produces."""
    if not subtask.consumes:
        return ()
    made = {name for other in ancestry.behind(subtask) for name in other.produces}
    return tuple(name for name in subtask.consumes if name not in made)


def _maker_in(plan: Sequence[Subtask], index: int, name: str) -> Subtask | None:
    """A subtask that makes the name already and does not itself wait for the one at `index`."""
    behind = reachable([plan[index].subtask_id], successors(Ancestry(plan).edges))
    free = [s for i, s in enumerate(plan) if i != index and name in s.produces and s.subtask_id not in behind]
    return free[-1] if free else None


def _producer(manifest: Manifest, name: str, wants: Subtask) -> tuple[Agent, Skill] | None:
    found = [
        (agent, skill)
        for agent in manifest.agents
        if agent.status == "enabled" and agent.id != wants.agent
        for skill in agent.skills
        if name in skill.produces
    ]
    return min(found, key=lambda pair: (len(pair[1].consumes), pair[0].id), default=None)


def _qualified(name: str, wanted: str) -> str:
    """“the last 12 commits”: how much of it the step that needs it speaks of."""
    found = re.search(
        rf"\b((?:(?:last|latest|newest|recent|most|past|\d{{1,4}})\s+)+){re.escape(name)}\b",
        wanted,
        re.IGNORECASE,
    )
    return f"{' '.join(found[1].split())} {name}" if found else name


def _made(house: House, producer: tuple[Agent, Skill], name: str, ordinal: int, wanted: str) -> Subtask:
    agent, skill = producer
    told = skill.description or skill.name or skill.id
    looks = house.manifest.effect_of(agent)[0] == "read"
    title = f"Look up the {name}" if looks else f"Prepare the {name}"
    subtask = Subtask(
        subtask_id=house.numbers.next(agent.id),
        ordinal=ordinal,
        title=title,
        objective=f"{title.removesuffix(name)}{_qualified(name, wanted)}",
        clauses=(Clause(text=title, verb="look up" if looks else "prepare", object=f"the {name}"),),
        consumes=skill.consumes,
        produces=skill.produces,
        implied=True,
        routing=house.routes.rank(Need(text=f"{name} {told}")),
    )
    return done_by(agent, house.manifest, subtask)


def _after(subtask: Subtask, on: SubtaskId, name: str) -> Subtask:
    edge = Edge(on=on, kind="data", reason=f"it needs `{name}`")
    return subtask.model_copy(update={"depends_on": (*subtask.depends_on, edge)})


def with_reviews(subtasks: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    """A review before each production step that ships what nobody has looked at."""
    out = subtasks
    for step in subtasks:
        if ships_unseen(step, Ancestry(out)):
            out = _reviewed(step, out, house)
    return out


def ships_unseen(step: Subtask, ancestry: Ancestry) -> bool:
    """Whether a step brings changed code or infrastructure to production that nothing before it reviews or checks."""
    if not ships(step):
        return False
    behind = ancestry.behind(step)
    return any(changes(s) for s in behind) and not any(checks(s) for s in behind)


def ships(step: Subtask) -> bool:
    return any(
        c.environment == "production" or c.verb in {"roll out", "launch", "go live"} for c in step.clauses
    ) and any(
        c.kind == "action" and c.environment in {"production", "unknown"} and stage_by_words(c) == "release"
        for c in step.clauses
    )


def changes(step: Subtask) -> bool:
    return any(stage_by_words(clause) in BUILDS for clause in step.clauses)


def checks(step: Subtask) -> bool:
    looks = {
        "check",
        "verify",
        "review",
        "test",
        "validate",
        "audit",
        "approve",
        "inspect",
        "proofread",
        "make sure",
        "ensure",
        "confirm",
    }
    return any(stage_by_words(c) in CHECKS or c.verb in looks for c in step.clauses)


def _reviewed(step: Subtask, plan: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    ancestry = Ancestry(plan)
    changed = [s for s in ancestry.behind(step) if changes(s)]
    text = "Review the changes before they go to production"
    made = _specialist(house, "review", Clause(text=text, verb="review", object="the changes"), len(plan))
    if made is None:
        return plan
    made = made.model_copy(
        update={
            # One sentence: what follows a review's colon is looked at, and not done by whoever reviews.
            "objective": text + ": " + ", ".join(re.sub(r"[.;!?]\s+", ", ", s.title) for s in changed),
            "depends_on": tuple(
                Edge(on=s.subtask_id, kind="implied", reason="what is reviewed must be there")
                for s in _ends(changed, ancestry)
            ),
        }
    )
    before = Edge(on=made.subtask_id, kind="implied", reason="nothing unseen goes to production")
    return (*(_behind(s, before) if s.subtask_id == step.subtask_id else s for s in plan), made)


def _behind(subtask: Subtask, edge: Edge) -> Subtask:
    return subtask.model_copy(update={"depends_on": (*subtask.depends_on, edge)})


def _ends(changed: Sequence[Subtask], ancestry: Ancestry) -> list[Subtask]:
    covered = ancestry.behind_ids([s.subtask_id for s in changed])
    return sorted((s for s in changed if s.subtask_id not in covered), key=lambda s: s.ordinal)


def with_ways_back(subtasks: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    """A backup before a step that cannot be undone in production."""
    out = subtasks
    for step in subtasks:
        if irreversible(step) and not _has_way_back(step, out):
            out = _backed_up(step, out, house)
    return out


def irreversible(step: Subtask) -> bool:
    return any(
        c.verb in _DESTROYS
        and c.environment == "production"
        and not c.negated
        and stage_by_words(c) == "database"
        for c in step.clauses
    )


def _has_way_back(step: Subtask, plan: Sequence[Subtask]) -> bool:
    clauses = (clause for before in Ancestry(plan).behind(step) for clause in before.clauses)
    return any(clause.verb in _WAYS_BACK or "backup" in clause.object.lower() for clause in clauses)


def _backed_up(step: Subtask, plan: tuple[Subtask, ...], house: House) -> tuple[Subtask, ...]:
    what = step.clauses[0].object or "the data"
    backup = Clause(text=f"Back up {what} and note how to restore it", verb="back up", object=what)
    made = _specialist(house, "database", backup, len(plan))
    if made is None:
        return plan
    made = made.model_copy(update={"depends_on": step.depends_on})
    before = Edge(on=made.subtask_id, kind="implied", reason="it cannot be undone without a backup")
    return (*(_behind(s, before) if s.subtask_id == step.subtask_id else s for s in plan), made)


def _specialist(house: House, concept: Concept, work: Clause, ordinal: int) -> Subtask | None:
    """A new implied subtask for an agent that carries the kind's tag; nothing where none does."""
    tag = house.capabilities.tag(concept)
    if tag is None:
        return None
    ranking = house.routes.rank(Need(text=work.text, required_tags=(tag,)))
    agent = house.manifest.agent(ranking.chosen) if ranking.chosen else None
    if agent is None:
        return None
    subtask = Subtask(
        subtask_id=house.numbers.next(agent.id),
        ordinal=ordinal,
        title=work.text,
        objective=work.text,
        clauses=(work,),
        required_tags=(tag,),
        implied=True,
        routing=ranking,
    )
    return done_by(agent, house.manifest, subtask)
