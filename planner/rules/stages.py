"""Which work comes before which, when nothing else is said: design, build, check, ship."""

import re
from typing import Literal

from domain.clause import Clause
from planner.rules.capability import kind_of
from planner.rules.concepts import Concept
from planner.rules.wordlist import wordlist

Stage = Literal[
    "diagnosis", "research", "reproduction", "threats", "database", "infra", "backend", "frontend", "cicd", "qa", "review",
    "audit", "security", "docs", "report", "release", "monitoring", "watching", "rollback", "clearing", "preparation", "filling", "proof", "none",
]  # fmt: skip

BUILDS: frozenset[Stage] = frozenset({"database", "filling", "infra", "backend", "frontend", "cicd"})
CHECKS: frozenset[Stage] = frozenset({"qa", "proof", "review", "audit"})

_AFTER: dict[Stage, frozenset[Stage]] = {
    "database": frozenset({"diagnosis", "research", "reproduction", "threats"}),
    "infra": frozenset({"diagnosis", "research", "threats"}),
    "backend": frozenset({"diagnosis", "research", "reproduction", "threats", "database"}),
    "frontend": frozenset({"diagnosis", "research", "reproduction", "threats", "backend", "database"}),
    "cicd": frozenset({"diagnosis", "research", "infra"}),
    "qa": BUILDS | {"diagnosis", "research"},
    "proof": BUILDS | {"diagnosis", "research", "release", "rollback", "clearing", "preparation", "qa"},
    "review": BUILDS,
    "audit": BUILDS,
    "security": frozenset({"diagnosis"}),
    "docs": BUILDS | {"diagnosis", "research"},
    "report": BUILDS | {"diagnosis", "rollback", "release", "security", "qa"},
    "release": BUILDS | CHECKS | {"diagnosis", "research", "reproduction", "security", "preparation"},
    "rollback": frozenset({"diagnosis", "release", "watching"}),
    "monitoring": frozenset({"infra", "backend", "database", "cicd"}),
    "watching": BUILDS | {"release", "rollback"},
    "research": frozenset({"diagnosis"}),
    "clearing": frozenset({"diagnosis", "research", "database", "infra", "backend", "frontend"}),
    "filling": frozenset({"diagnosis", "research", "database", "infra"}),
}
"""For each stage the stages that come before it."""


def stage_of(clause: Clause, concept: Concept | None) -> Stage:
    """The stage a clause belongs to, given the kind of work it is."""
    return "none" if concept is None else _stage(concept, clause)


def stage_by_words(clause: Clause) -> Stage:
    """The stage a clause belongs to by its own words; `none` where they do not say."""
    kind = kind_of(clause.verb, clause.object)
    return stage_of(clause, kind.concept if kind is not None and kind.score >= 2 else None)


def _stage(concept: Concept, clause: Clause) -> Stage:
    target = clause.object.lower()
    match concept:
        case "qa" if clause.verb == "reproduce" or "failing test" in target or "repro" in target:
            return "reproduction"
        case "security":
            return _guarding(clause.verb or "", target)
        case "release" if clause.verb in {"roll back", "revert"}:
            return "rollback"
        case "release" if clause.verb in _PREPARES and not _SHIPMENT.search(target):
            return "preparation"
        case "qa" if clause.verb in _MENDS:
            return "none"
        case "qa" if clause.verb in _PROVES or "smoke" in target:
            return "proof"
        case "docs" if any(word in target for word in _REPORTS) or clause.verb == "write up":
            return "report"
        case "monitoring" if clause.verb in _WATCHES:
            return "watching"
        case "backend" | "database" | "infra" | "frontend" if clause.verb in _CLEARS:
            return "clearing"
        case "database" if clause.verb in _FILLS:
            return "filling"
        case _:
            return concept


def _guarding(verb: str, target: str) -> Stage:
    if "threat model" in target or verb in {"threat-model", "model"}:
        return "threats"
    looks = (
        verb in _LOOKS
        or ("scan" in target and verb in _REPEATS)
        or "review" in target
        or "audit" in target
        or "penetration" in target
    )
    return "audit" if looks else "security"


_SHIPMENT = re.compile(
    r"\b(?:rollout|roll-out|deployment|launch|go-live|cutover)\s*(?:$|to\b|behind\b|in\b|for\b|of\b)"
)
_REPORTS: tuple[str, ...] = (
    "post-mortem",
    "postmortem",
    "incident report",
    "lessons",
    "timeline",
    "write-up",
    "what happened",
)
_PROVES: frozenset[str] = wordlist("verify check confirm validate smoke-test compare")
_FILLS: frozenset[str] = wordlist(
    "backfill archive copy deduplicate dedupe merge restore seed replicate reindex truncate"
)
_PREPARES: frozenset[str] = wordlist(
    "cut tag branch prepare write draft schedule plan announce create collect update add"
)
_MENDS: frozenset[str] = wordlist("fix quarantine skip stabilise stabilize delete remove mute disable")
_WATCHES: frozenset[str] = wordlist("monitor watch observe track keep")
_CLEARS: frozenset[str] = wordlist("drop delete remove purge decommission retire")
_REPEATS: frozenset[str] = wordlist("re-run rerun repeat run")
_LOOKS: frozenset[str] = wordlist("review audit pentest check assess verify approve test look") | {
    "sign off",
    "look over",
}


FORWARD_ONLY: frozenset[Stage] = frozenset(
    {"diagnosis", "research", "rollback", "release", "preparation", "proof", "qa"}
)
"""Of two stages, where one of these is the first or a release the second, order in the text must agree."""


def comes_before(first: Stage, second: Stage, *, backwards: bool = False) -> bool:
    """Whether work of the first stage precedes that of the second; `backwards`: the text has them the other way."""
    if backwards and (first in FORWARD_ONLY or second in {"release", "rollback", "proof"}):
        return False
    return first in _AFTER.get(second, frozenset())
