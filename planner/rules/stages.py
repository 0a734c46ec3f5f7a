"""Which work comes before which, when nothing else is said: design, build, check, ship."""

import re
from functools import lru_cache
from typing import Literal

from domain.clause import Clause
from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.wordlist import wordlist

Stage = Literal[
    "diagnosis", "research", "reproduction", "threats", "database", "infra", "backend", "frontend", "cicd", "qa", "review",
    "audit", "security", "docs", "report", "release", "monitoring", "watching", "rollback", "clearing", "preparation", "filling", "proof", "conclusion", "telling",
    "foundation", "packaging", "none",
]  # fmt: skip

BUILDS: frozenset[Stage] = frozenset(
    {"database", "filling", "foundation", "infra", "packaging", "backend", "frontend", "cicd"}
)
CHECKS: frozenset[Stage] = frozenset({"qa", "proof", "review", "audit"})

_AFTER: dict[Stage, frozenset[Stage]] = {
    "database": frozenset({"diagnosis", "research", "conclusion", "reproduction", "threats"}),
    "foundation": frozenset({"diagnosis", "research", "threats", "conclusion"}),
    "infra": frozenset({"diagnosis", "research", "threats", "foundation", "conclusion"}),
    "conclusion": frozenset({"diagnosis", "research"}),
    "backend": frozenset({"diagnosis", "research", "conclusion", "reproduction", "threats", "database"}),
    "frontend": frozenset(
        {"diagnosis", "research", "conclusion", "reproduction", "threats", "backend", "database"}
    ),
    "cicd": frozenset({"diagnosis", "research", "conclusion", "infra", "foundation"}),
    "qa": BUILDS | {"diagnosis", "research"},
    "proof": BUILDS | {"diagnosis", "research", "release", "rollback", "clearing", "preparation", "qa"},
    "review": BUILDS,
    "audit": BUILDS,
    "security": frozenset({"diagnosis"}),
    "docs": BUILDS | {"diagnosis", "research"},
    "report": BUILDS | {"diagnosis", "reproduction", "rollback", "release", "security", "qa"},
    "release": BUILDS | CHECKS | {"diagnosis", "research", "reproduction", "security", "preparation"},
    "rollback": frozenset({"diagnosis", "release", "watching"}),
    "monitoring": frozenset({"infra", "foundation", "backend", "database", "cicd"}),
    "watching": BUILDS | {"release", "rollback"},
    "research": frozenset({"diagnosis"}),
    "clearing": frozenset(
        {"diagnosis", "research", "database", "infra", "foundation", "backend", "frontend"}
    ),
    "packaging": frozenset({"diagnosis", "research", "conclusion", "foundation"}),
    "filling": frozenset({"diagnosis", "research", "database", "infra", "foundation"}),
}
"""For each stage the stages that come before it."""

_AFTER_AS_TOLD: dict[Stage, frozenset[Stage]] = {
    "backend": frozenset({"infra", "foundation"}),
    "filling": frozenset({"backend"}),
    "qa": frozenset({"clearing"}),
    "packaging": frozenset({"backend"}),
    "cicd": frozenset({"packaging"}),
    "release": frozenset({"packaging"}),
    "monitoring": frozenset({"packaging"}),
    "telling": frozenset({"release", "rollback"}),
}
"""The same for stages that follow one another only where the text tells them in that order."""


def stage_of(clause: Clause, concept: Concept | None) -> Stage:
    """The stage a clause belongs to, given the kind of work it is."""
    return "none" if concept is None else _stage(concept, clause)


def stage_by_words(clause: Clause) -> Stage:
    """The stage a clause belongs to by its own words; `none` where they do not say."""
    kind = kind_of(clause.verb, clause.object)
    return stage_of(clause, kind.concept if kind is not None and kind.score >= 2 else None)


def _stage(concept: Concept, clause: Clause) -> Stage:
    target, verb = clause.object.lower(), clause.verb or ""
    if concept == "security":
        return _guarding(verb, target)
    if concept == "infra" and verb in _WRAPS and _PACKAGE.search(target):
        return "packaging"
    by_target = next((s for c, found, s in _BY_TARGET if c == concept and found.search(target)), None)
    if concept == "release" and verb in _PREPARES:
        return "release" if _SHIPMENT.search(target) else "preparation"
    return by_target or _by_verb(concept, verb) or concept


@lru_cache(maxsize=1_024)
def _by_verb(concept: Concept, verb: str) -> Stage | None:
    return next((stage for c, verbs, stage in _BY_VERB if c == concept and verb in verbs), None)


def _guarding(verb: str, target: str) -> Stage:
    if "threat model" in target or verb in {"threat-model", "model"}:
        return "threats"
    looks = (
        verb in _LOOKS
        or ("scan" in target and verb in _REPEATS)
        or "review" in target
        or "audit" in target
        or "sign-off" in target
        or "approval" in target
        or "penetration" in target
    )
    return "audit" if looks else "security"


_SHIPMENT = re.compile(
    r"\b(?:rollout|roll-out|deployment|launch|go-live|cutover)\s*(?:$|to\b|behind\b|in\b|for\b|of\b)"
)
_WRAPS: frozenset[str] = wordlist(
    "add write create build provide need include containerise containerize dockerise dockerize"
)
_PACKAGE = re.compile(
    r"\b(?:dockerfiles?|docker images?|container images?|helm charts?|charts?|manifests?|compose file)\b"
)
"""What a program is shipped in is made when the program is there."""

_PREPARES: frozenset[str] = wordlist(
    "cut tag branch prepare write draft schedule plan announce create collect update add"
)
_CLEARS: frozenset[str] = wordlist("drop delete remove purge decommission retire")
_FINDS: frozenset[str] = wordlist("find identify locate determine")
_BY_VERB: tuple[tuple[Concept, frozenset[str], Stage], ...] = (
    ("qa", wordlist("reproduce"), "reproduction"),
    ("qa", wordlist("fix quarantine skip stabilise stabilize delete remove mute disable"), "none"),
    ("qa", wordlist("verify check confirm validate smoke-test compare"), "proof"),
    ("qa", frozenset({"find out", "work out"}), "proof"),
    ("release", frozenset({"roll back", "revert"}), "rollback"),
    ("docs", wordlist("inform tell announce notify communicate apologise"), "telling"),
    ("docs", frozenset({"write up"}), "report"),
    (
        "research",
        wordlist("recommend decide choose propose present pick write draft give document prototype"),
        "conclusion",
    ),
    ("cicd", _FINDS, "diagnosis"),
    ("infra", _FINDS, "diagnosis"),
    ("qa", _FINDS, "diagnosis"),
    ("database", _FINDS | wordlist("collect gather count"), "diagnosis"),
    ("infra", wordlist("provision create build") | {"set up", "spin up", "stand up"}, "foundation"),
    ("monitoring", wordlist("monitor watch observe track keep"), "watching"),
    (
        "database",
        wordlist(
            "backfill archive copy deduplicate dedupe merge restore seed replicate reindex truncate correct recompute recalculate repair fix "
            "straighten void import load"
        )
        | {"free up", "clean up", "fill in"},
        "filling",
    ),
    ("backend", _CLEARS, "clearing"),
    ("database", _CLEARS, "clearing"),
    ("infra", _CLEARS | {"archive"}, "clearing"),
    ("frontend", _CLEARS, "clearing"),
)
"""What is done tells the stage within a kind of work."""

_BY_TARGET: tuple[tuple[Concept, re.Pattern[str], Stage], ...] = (
    ("database", re.compile(r"\bbackfills?\b"), "filling"),
    ("qa", re.compile(r"failing test|\brepro"), "reproduction"),
    ("qa", re.compile(r"\bsmoke\b"), "proof"),
    ("docs", re.compile(r"post-?mortem|incident report|lessons|timeline|write-up|what happened"), "report"),
)
"""What it is done to tells the stage."""

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
    if backwards and (first in FORWARD_ONLY or second in {"release", "rollback", "proof", "clearing"}):
        return False
    if backwards and first == "infra" and second in {"database", "filling"}:
        return False
    told = not backwards and first in _AFTER_AS_TOLD.get(second, frozenset())
    return told or first in _AFTER.get(second, frozenset())
