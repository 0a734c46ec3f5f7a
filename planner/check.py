"""Everything that can be wrong with a plan, each with a code, a path and a mend."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from domain.agent import RISK_ORDER, Manifest
from domain.graph import circle, waves
from domain.ids import RequirementId, SubtaskId
from domain.plan import MAX_SUBTASKS, Finding, Requirement, Severity, Subtask
from domain.verdict import Judgement
from planner.ancestry import Ancestry
from planner.implied import ships_unseen
from planner.reasons import wrong_order
from planner.rules.capability import Capabilities
from planner.supply import unsupplied

DEEP = 40
WIDE = 100
"""Beyond these a plan is hard to follow; it is said, not forbidden."""


def check(
    subtasks: Sequence[Subtask],
    requirements: Sequence[Requirement],
    manifest: Manifest,
    judgement: Judgement | None = None,
    *,
    capabilities: Capabilities | None = None,
) -> tuple[Finding, ...]:
    """All findings about a set of subtasks, in the order of the plan.

    `judgement` is the policy's answer on these very subtasks; without it gates are not looked at.
    `capabilities` are those of the manifest; without them the order of kinds of work is not looked at.
    """
    found = [*_sizes(subtasks)]
    if found:
        return tuple(found)
    found = [
        *_ids(subtasks),
        *_briefs(subtasks),
        *_agents(subtasks, manifest),
        *_edges(subtasks),
        *_coverage(subtasks, requirements),
    ]
    if any(f.severity == "hard" and f.code in {"duplicate_id", "circle"} for f in found):
        return tuple(found)
    found += [*_orphans(subtasks), *_shape(subtasks), *_prerequisites(subtasks, manifest)]
    if capabilities is not None:
        found += wrong_order(subtasks, capabilities)
        found += [*_reviews(subtasks)] if capabilities.tag("review") else []
    found += [*_gates(subtasks, judgement)] if judgement is not None else []
    return tuple(found)


def hard(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those with which a plan never runs."""
    return tuple(finding for finding in findings if finding.severity == "hard")


def _finding(code: str, severity: Severity, path: str, message: str, mend: str) -> Finding:
    return Finding(code=code, severity=severity, path=path, message=message, mend=mend)


def _sizes(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    if len(subtasks) > MAX_SUBTASKS:
        yield _finding(
            "size",
            "hard",
            "subtasks",
            f"{len(subtasks)} subtasks are more than {MAX_SUBTASKS}",
            "split the request",
        )


def _ids(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    counts = Counter(subtask.subtask_id for subtask in subtasks)
    seen: set[SubtaskId] = set()
    for number, subtask in enumerate(subtasks):
        if counts[subtask.subtask_id] > 1 and subtask.subtask_id in seen:
            yield _finding(
                "duplicate_id", "hard", f"subtasks[{number}].subtask_id",
                f"{subtask.subtask_id} names more than one subtask", "number it anew",
            )  # fmt: skip
        seen.add(subtask.subtask_id)


def _briefs(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    for number, subtask in enumerate(subtasks):
        if not subtask.objective.strip() or not subtask.title.strip():
            yield _finding(
                "empty_brief", "hard", f"subtasks[{number}].objective",
                f"{subtask.subtask_id} does not say what is to be done", "give it a title and an objective, or drop it",
            )  # fmt: skip


def _agents(subtasks: Sequence[Subtask], manifest: Manifest) -> Iterator[Finding]:
    for number, subtask in enumerate(subtasks):
        path = f"subtasks[{number}].agent"
        if subtask.agent is None:
            yield _finding(
                "unassigned", "warning", path, f"no agent of the manifest is eligible for “{subtask.title}”",
                "assign one by hand, or add an agent that offers it",
            )  # fmt: skip
            continue
        agent = manifest.agent(subtask.agent)
        if agent is None:
            yield _finding(
                "unknown_agent",
                "hard",
                path,
                f"{subtask.agent} is no agent of the manifest",
                "route it again",
            )
        elif subtask.endpoint is None:
            yield _finding(
                "no_endpoint", "hard", f"subtasks[{number}].endpoint", f"{subtask.subtask_id} has an agent and no endpoint",
                "copy the endpoint from the agent's card",
            )  # fmt: skip
        elif missing := [
            tag for tag in subtask.required_tags if tag.lower() not in {t.lower() for t in agent.tags}
        ]:
            yield _finding(
                "unfit_agent", "hard", path, f"{agent.id} lacks {', '.join(missing)}", "route it again"
            )


def _edges(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    known = {subtask.subtask_id for subtask in subtasks}
    for number, subtask in enumerate(subtasks):
        seen: set[SubtaskId] = set()
        for place, edge in enumerate(subtask.depends_on):
            path = f"subtasks[{number}].depends_on[{place}]"
            if edge.on not in known:
                yield _finding(
                    "unknown_predecessor",
                    "hard",
                    path,
                    f"{edge.on} is no subtask of the plan",
                    "remove the edge",
                )
            elif edge.on in seen:
                yield _finding(
                    "double_edge", "hard", path, f"{edge.on} is named twice", "remove one of the edges"
                )
            seen.add(edge.on)
    stuck = circle(_graph(subtasks))
    if stuck:
        at = next(number for number, subtask in enumerate(subtasks) if subtask.subtask_id == stuck[0])
        yield _finding(
            "circle", "hard", f"subtasks[{at}].depends_on", "each waits for the next: " + " → ".join([*stuck, stuck[0]]),
            "remove one of these edges",
        )  # fmt: skip


def _coverage(subtasks: Sequence[Subtask], requirements: Sequence[Requirement]) -> Iterator[Finding]:
    holders: dict[RequirementId, list[int]] = {requirement.id: [] for requirement in requirements}
    for number, subtask in enumerate(subtasks):
        path = f"subtasks[{number}].covers"
        if subtask.implied and subtask.covers:
            yield _finding(
                "overlap",
                "hard",
                path,
                f"{subtask.subtask_id} is implied and covers a requirement",
                "clear it",
            )
        for place, requirement in enumerate(subtask.covers):
            if requirement not in holders:
                yield _finding(
                    "unknown_requirement",
                    "hard",
                    f"{path}[{place}]",
                    f"{requirement} was not asked for",
                    "remove it",
                )
            elif not subtask.implied:
                holders[requirement].append(number)
        if not subtask.implied and not subtask.covers:
            yield _finding(
                "idle", "hard", path, f"{subtask.subtask_id} covers nothing that was asked for",
                "drop it, or mark it as implied",
            )  # fmt: skip
    yield from _held(holders)


def _held(holders: Mapping[RequirementId, Sequence[int]]) -> Iterator[Finding]:
    """Each requirement is covered by exactly one subtask."""
    for number, (requirement, held) in enumerate(holders.items()):
        if not held:
            yield _finding(
                "hole", "hard", f"requirements[{number}]", f"no subtask covers {requirement}", "add a subtask"
            )
        elif len(held) > 1:
            yield _finding(
                "overlap", "hard", f"subtasks[{held[1]}].covers", f"{len(held)} subtasks cover {requirement}",
                "leave it to one of them",
            )  # fmt: skip


def _orphans(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    """Implied work that nothing waits for and that waits for nothing serves nobody."""
    used = {edge.on for subtask in subtasks for edge in subtask.depends_on}
    for number, subtask in enumerate(subtasks):
        if subtask.implied and not subtask.depends_on and subtask.subtask_id not in used:
            yield _finding(
                "orphan",
                "hard",
                f"subtasks[{number}]",
                f"{subtask.subtask_id} was added for no other subtask",
                "drop it",
            )


def _shape(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    levels = waves(_graph(subtasks))
    if len(levels) > DEEP:
        yield _finding(
            "depth", "warning", "subtasks", f"{len(levels)} subtasks stand in a row", "split the request"
        )
    widest = max((len(level) for level in levels), default=0)
    if widest > WIDE:
        yield _finding(
            "width", "warning", "subtasks", f"{widest} subtasks may run at once", "split the request"
        )


def _prerequisites(subtasks: Sequence[Subtask], manifest: Manifest) -> Iterator[Finding]:
    offered = {name for agent in manifest.agents for skill in agent.skills for name in skill.produces}
    for number, (subtask, missing) in enumerate(zip(subtasks, unsupplied(subtasks), strict=True)):
        for name in missing:
            severity: Severity = "hard" if name in offered else "warning"
            yield _finding(
                "missing_prerequisite", severity, f"subtasks[{number}].consumes",
                f"{subtask.subtask_id} needs `{name}`, and nothing before it produces that",
                f"add a subtask that produces `{name}`" if severity == "hard" else f"send `{name}` with the request",
            )  # fmt: skip


def _reviews(subtasks: Sequence[Subtask]) -> Iterator[Finding]:
    ancestry = Ancestry(subtasks)
    for number, subtask in enumerate(subtasks):
        if ships_unseen(subtask, ancestry):
            yield _finding(
                "missing_review", "hard", f"subtasks[{number}].depends_on",
                f"{subtask.subtask_id} brings changes to production that nobody has reviewed or tested", "add a review before it",
            )  # fmt: skip


def _gates(subtasks: Sequence[Subtask], judgement: Judgement) -> Iterator[Finding]:
    gated = set(judgement.verdict.gated)
    for number, subtask in enumerate(subtasks):
        level = judgement.risks.get(subtask.subtask_id)
        if subtask.subtask_id in gated and not subtask.gated:
            yield _finding(
                "missing_gate", "hard", f"subtasks[{number}].gated",
                f"{subtask.subtask_id} is to be approved and would run without", "gate it",
            )  # fmt: skip
        if level is not None and RISK_ORDER[subtask.risk] < RISK_ORDER[level]:
            yield _finding(
                "risk_understated", "hard", f"subtasks[{number}].risk", f"it says {subtask.risk}, the policy says {level}",
                "take the policy's level",
            )  # fmt: skip


def _graph(subtasks: Sequence[Subtask]) -> Mapping[SubtaskId, tuple[SubtaskId, ...]]:
    return {s.subtask_id: tuple(edge.on for edge in s.depends_on) for s in subtasks}
