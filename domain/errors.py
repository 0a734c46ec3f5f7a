"""The one tree of errors. Each names the thing, the reason and the way out.

`code` is what programs match on; it appears unchanged in the API, in events and in the command
line's JSON. How an error is spoken over HTTP is decided at that edge (`agent/api/errors.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple


class FieldIssue(NamedTuple):
    """One thing wrong with one field: `path` as in `metadata.due_date`."""

    path: str
    issue: str


class OrchestratorError(Exception):
    """The root; never raised itself."""

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, message: str, *, fields: Sequence[FieldIssue] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)


class InvalidInputError(OrchestratorError):
    """What was sent cannot be understood; every field's issue is named."""

    code = "INVALID_INPUT"


class CallbackRefusedError(InvalidInputError):
    """Where the caller wants to be called is nowhere that this service calls; the message names the setting."""

    code = "CALLBACK_REFUSED"


class NotFoundError(OrchestratorError):
    """No such task, subtask, approval or agent."""

    code = "NOT_FOUND"


class WrongStateError(OrchestratorError):
    """The thing exists, but its state does not allow this now; the message names the state."""

    code = "WRONG_STATE"


class AlreadyDecidedError(WrongStateError):
    """The approval was decided otherwise; the stored decision stands."""

    code = "ALREADY_DECIDED"


class ApprovalPendingError(WrongStateError):
    """The plan waits for people."""

    code = "APPROVAL_PENDING"


class ApprovalRejectedError(OrchestratorError):
    """People said no to this plan; submit a changed request."""

    code = "APPROVAL_REJECTED"


class ApprovalExpiredError(OrchestratorError):
    """Nobody decided in time, and silence is a refusal."""

    code = "APPROVAL_EXPIRED"


class UnauthenticatedError(OrchestratorError):
    """No credential, or one that is not known any more."""

    code = "UNAUTHENTICATED"


class ForbiddenError(OrchestratorError):
    """This person may not do this."""

    code = "FORBIDDEN"


class PlanChangedError(WrongStateError):
    """The plan that was seen is not the plan that is stored."""

    code = "PLAN_CHANGED"


class TooManyRoundsError(WrongStateError):
    """Changes were asked for too often; a person edits the plan now."""

    code = "TOO_MANY_ROUNDS"


class AgentUnavailableError(OrchestratorError):
    """Nothing of the plan can run: its agents are unhealthy or lack tools."""

    code = "AGENT_UNAVAILABLE"


class TooLargeError(OrchestratorError):
    """A body, a plan or an output is over its limit."""

    code = "TOO_LARGE"


class PlanInvalidError(OrchestratorError):
    """No valid plan came out of the request; the findings say why."""

    code = "PLAN_INVALID"


class ManifestError(OrchestratorError):
    """The capability manifest is refused: path and reason."""

    code = "MANIFEST_INVALID"


class PolicyError(OrchestratorError):
    """The risk policy is refused: path and reason."""

    code = "POLICY_INVALID"


class AuditBrokenError(OrchestratorError):
    """An exported log is not what was chained and signed; the message names the first bad entry."""

    code = "AUDIT_BROKEN"


class PrincipalsError(OrchestratorError):
    """The file of principals is refused: path and reason."""

    code = "PRINCIPALS_INVALID"


class ConfigurationError(OrchestratorError):
    """A setting is refused: variable, reason, and what to give instead."""

    code = "CONFIG_INVALID"


class FolderInUseError(OrchestratorError):
    """Another process runs on this data folder; the message names it."""

    code = "FOLDER_IN_USE"


class BudgetExceededError(OrchestratorError):
    """The work would cost more than it may."""

    code = "BUDGET_EXCEEDED"


class UnreachableError(OrchestratorError):
    """A part the service stands on (database, Redis, gateway, model) does not answer."""

    code = "UNREACHABLE"


ModelFailure = Literal["timed_out", "unreachable", "refused", "rejected", "failed"]
"""`refused`: it will not have our key. `rejected`: it will not have the question, as it was put."""


class ModelError(OrchestratorError):
    """A language model gave no usable answer. `retryable` says that asking again may help; `status` is HTTP's.

    Servers say when in seconds from now (`retry_after_s`) or by the clock (`retry_at`).
    """

    code = "MODEL_FAILED"

    def __init__(
        self,
        message: str,
        *,
        kind: ModelFailure = "failed",
        retryable: bool,
        retry_after_s: float | None = None,
        retry_at: datetime | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.retry_at = retry_at

    def pause_s(self, now: datetime) -> float:
        """How long to wait before asking again, as the server wants it."""
        if self.retry_after_s is not None:
            return self.retry_after_s
        return 0.0 if self.retry_at is None else max(0.0, (self.retry_at - now).total_seconds())


class FencedError(OrchestratorError):
    """Another runner owns the task by now; whoever hears this stops."""

    code = "FENCED"


class LostRaceError(OrchestratorError):
    """A guarded write found the row already changed; read again and decide again."""

    code = "LOST_RACE"
