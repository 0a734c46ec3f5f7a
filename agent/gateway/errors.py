"""How a call can fail, told apart by what may have happened on the other side."""

from domain.errors import OrchestratorError


class NotSentError(OrchestratorError):
    """The call never left; making it again is safe."""

    code = "NOT_SENT"


class ToolMissingError(NotSentError):
    """The server is there, but does not offer the tool."""

    code = "TOOL_MISSING"


class OutcomeUnknownError(OrchestratorError):
    """The call left, and nobody heard how it ended."""

    code = "OUTCOME_UNKNOWN"


class CallTimedOutError(OutcomeUnknownError):
    """The call left and had no answer in time; the server was told to stop."""

    code = "TIMED_OUT"


class ToolFailedError(OrchestratorError):
    """The tool itself says that it failed. `retryable` is false where asking again cannot help."""

    code = "TOOL_FAILED"

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable
