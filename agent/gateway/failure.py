"""What the library raised, told apart by what may have happened on the other side."""

from mcp.shared.exceptions import MCPError
from mcp.types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    REQUEST_TIMEOUT,
)

from agent.gateway.errors import CallTimedOutError, NotSentError, OutcomeUnknownError, ToolFailedError
from agent.gateway.wire import Journey
from domain.errors import OrchestratorError

REFUSALS = frozenset({401, 403, 404, 405, 406, 413, 415, 421, 429})
"""HTTP answers of somebody who did not even look at the call."""

_BAD_CALL = frozenset({INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND})
_LOST = frozenset({CONNECTION_CLOSED, PARSE_ERROR})


def failure(error: Exception, journey: Journey, *, tool: str, timeout_s: float) -> OrchestratorError:
    status = journey.status or 200
    said = journey.trouble or str(error) or type(error).__name__
    if not journey.left:
        return NotSentError(f"{tool} was not called: {said}")
    if status in REFUSALS or 300 <= status < 400:
        return NotSentError(f"{tool} was not called: HTTP {status}, {said}")
    if isinstance(error, TimeoutError) or (isinstance(error, MCPError) and error.code == REQUEST_TIMEOUT):
        return CallTimedOutError(f"{tool} had not answered after {timeout_s:.1f} s and was told to stop")
    if not isinstance(error, MCPError):
        return OutcomeUnknownError(f"{tool} was called and its answer is not usable: {said}")
    if error.code in _LOST or status >= 500 or (error.code == INVALID_REQUEST and status < 400):
        return OutcomeUnknownError(f"{tool} was called and the connection failed before its answer: {said}")
    return ToolFailedError(f"{tool} was refused: {said}", retryable=error.code not in _BAD_CALL)


def is_lost_session(error: MCPError, journey: Journey) -> bool:
    """The backend has forgotten us (it was restarted): nothing was done, and a new session may do it."""
    return journey.status == 404 and error.code == INVALID_REQUEST
