"""Which work comes before which, when nothing else is said: design, build, check, ship."""

from typing import Literal

from domain.clause import Clause
from planner.rules.capability import kind_of
from planner.rules.concepts import Concept

Stage = Literal[
    "diagnosis", "research", "reproduction", "threats", "database", "infra", "backend", "frontend", "cicd", "qa", "review",
    "audit", "security", "docs", "report", "release", "monitoring", "watching", "rollback", "none",
]  # fmt: skip

BUILDS: frozenset[Stage] = frozenset({"database", "infra", "backend", "frontend", "cicd"})
CHECKS: frozenset[Stage] = frozenset({"qa", "review", "audit"})

_AFTER: dict[Stage, frozenset[Stage]] = {
    "database": frozenset({"diagnosis", "research", "reproduction", "threats"}),
    "infra": frozenset({"diagnosis", "research", "threats"}),
    "backend": frozenset({"diagnosis", "research", "reproduction", "threats", "database"}),
    "frontend": frozenset({"diagnosis", "research", "reproduction", "threats", "backend", "database"}),
    "cicd": frozenset({"diagnosis", "research", "infra"}),
    "qa": BUILDS | {"diagnosis", "research"},
    "review": BUILDS,
    "audit": BUILDS,
    "security": frozenset({"diagnosis"}),
    "docs": BUILDS | {"diagnosis", "research"},
    "report": BUILDS | {"diagnosis", "rollback", "release", "security", "qa"},
    "release": BUILDS | CHECKS | {"diagnosis", "research", "reproduction", "security"},
    "rollback": frozenset({"diagnosis"}),
    "monitoring": frozenset({"infra", "backend", "database", "cicd"}),
    "watching": BUILDS | {"release", "rollback"},
    "research": frozenset({"diagnosis"}),
}
"""For each stage the stages that come before it."""


def stage_of(clause: Clause) -> Stage:
    """The stage a clause belongs to; `none` where its words do not say."""
    kind = kind_of(clause.verb, clause.object)
    if kind is None or kind.score < 2:
        return "none"
    return _stage(kind.concept, clause)


def _stage(concept: Concept, clause: Clause) -> Stage:
    target = clause.object.lower()
    if concept == "qa" and (clause.verb == "reproduce" or "failing test" in target or "repro" in target):
        return "reproduction"
    if concept == "security":
        if "threat model" in target or clause.verb in {"threat-model", "model"}:
            return "threats"
        checks = {"review", "audit", "pentest", "check", "assess", "verify", "approve", "test", "sign off"}
        return (
            "audit"
            if clause.verb in checks or "review" in target or "audit" in target or "penetration" in target
            else "security"
        )
    if concept == "release" and clause.verb in {"roll back", "revert"}:
        return "rollback"
    if concept == "docs" and any(
        word in target
        for word in ("post-mortem", "postmortem", "incident report", "lessons", "timeline", "write-up")
    ):
        return "report"
    if concept == "monitoring" and clause.verb in {"monitor", "watch", "observe", "track", "keep"}:
        return "watching"
    return concept


def comes_before(first: Stage, second: Stage) -> bool:
    return first in _AFTER.get(second, frozenset())
