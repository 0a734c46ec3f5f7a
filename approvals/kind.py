"""When two plans are of the same kind, so that a yes to the one may stand for the other.

The same rules fired on the same facts, the same agents do the work through the same tools with the same effects,
and who must be asked is the same: what differs is the wording, the ids, and the order.
"""

import hashlib
from typing import Final

import rfc8785

from domain.base import Json
from domain.ids import Digest
from domain.plan import Plan, Subtask
from domain.verdict import RuleHit

WORDING: Final = frozenset({"text"})
"""Facts that only quote the request."""


def kind_of(plan: Plan) -> Digest:
    """A digest that plans of one kind share, under one policy and one manifest."""
    verdict = plan.verdict
    kind: Json = {
        "policy": plan.policy_version,
        "manifest": plan.manifest_version,
        "level": verdict.level,
        "demand": verdict.demand.model_dump(mode="json") if verdict.demand else None,
        "plan": [*sorted(_fired(hit) for hit in verdict.hits if hit.subtask_id is None)],
        "subtasks": [*sorted(_done(subtask, plan) for subtask in plan.subtasks)],
    }
    return hashlib.sha256(rfc8785.dumps(kind)).hexdigest()


def _done(subtask: Subtask, plan: Plan) -> str:
    done: Json = {
        "agent": subtask.agent,
        "endpoint": subtask.endpoint.model_dump(mode="json") if subtask.endpoint else None,
        "effect": subtask.effect,
        "idempotent": subtask.idempotent,
        "gated": subtask.subtask_id in plan.verdict.gated,
        "risk": subtask.risk,
        "environment": subtask.environment,
        "hits": [
            *sorted(_fired(hit) for hit in plan.verdict.hits if hit.subtask_id == subtask.subtask_id),
        ],
    }
    return rfc8785.dumps(done).decode()


def _fired(hit: RuleHit) -> str:
    facts: Json = {name: value for name, value in hit.facts.items() if name not in WORDING}
    return rfc8785.dumps({"rule": hit.rule, "level": hit.level, "facts": facts}).decode()
