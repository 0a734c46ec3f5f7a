"""A notice as programs read it: every value as it is, for JSON to quote."""

from typing import assert_never

from domain.approval import Approval
from domain.base import Json, JsonObject
from notifiers.notice import (
    AnswerTaken,
    Asked,
    Ended,
    Message,
    Notice,
    NotTaken,
    PendingDigest,
    StatusChanged,
    TaskTold,
    status_of,
)


def payload(notice: Notice) -> JsonObject:
    """`type`, `timestamp` and `data`, as Standard Webhooks recommends; it never changes between retries."""
    kind, data = _told(notice.message)
    data["url"] = notice.links.page
    return {"type": kind, "timestamp": notice.at.isoformat(), "data": data}


def _told(message: Message) -> tuple[str, JsonObject]:
    match message:
        case Asked():
            return message.kind.replace("_", ".", 1), _asked(message)
        case Ended(approval=approval):
            votes: list[Json] = [vote.model_dump(mode="json") for vote in approval.votes]
            data = {
                "title": message.title,
                "reason": message.reason,
                "successor": message.successor,
                "votes": votes,
            }
            return f"approval.{status_of(message)}", {**_approval(approval), **data}
        case StatusChanged():
            return "task.status_changed", message.model_dump(mode="json", exclude={"kind"})
        case TaskTold():
            return f"task.{message.status}", message.model_dump(
                mode="json", exclude={"kind", "approval_revision"}
            )
        case PendingDigest():
            return "approvals.digest", message.model_dump(mode="json", exclude={"kind"})
        case AnswerTaken():
            return "answer.taken", message.model_dump(mode="json", exclude={"kind", "approval_revision"})
        case NotTaken():
            return "answer.not_taken", message.model_dump(mode="json", exclude={"kind", "approval_revision"})
        case other:
            assert_never(other)


def _asked(asked: Asked) -> JsonObject:
    told: JsonObject = asked.model_dump(mode="json", include={"title", "sheet", "why", "diff", "found"})
    return {**_approval(asked.approval), **told}


def _approval(approval: Approval) -> JsonObject:
    return {
        "approval_id": str(approval.approval_id),
        "code": approval.code,
        "task_id": approval.task_id,
        "revision": approval.revision,
        "plan_hash": approval.plan_hash,
        "level": approval.level,
        "status": approval.status,
        "roles": list(approval.demand.roles),
        "required": approval.demand.required,
        "requester": approval.requester,
        "requested_at": approval.requested_at.isoformat(),
        "expires_at": approval.expires_at.isoformat(),
    }
