"""How a command says no: one value, spoken as a sentence to people and as JSON to programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.cli.exits import Exit, of_error
from domain.errors import OrchestratorError

if TYPE_CHECKING:
    from domain.base import JsonObject


class Refusal(Exception):  # noqa: N818  the command's answer, not a mistake in it
    """The command ends here. `exit_code` follows from the error's code unless it is given."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: Sequence[tuple[str, str]] = (),
        exit_code: Exit | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = tuple(fields)
        self.exit_code = of_error(code) if exit_code is None else exit_code

    @property
    def shown(self) -> "JsonObject":
        """The shape in which the API speaks errors."""
        body: JsonObject = {"code": self.code, "message": self.message}
        if self.fields:
            body["fields"] = [{"path": path, "issue": issue} for path, issue in self.fields]
        return {"error": body}


def usage(message: str) -> Refusal:
    return Refusal("USAGE", message)


def refusal_of(error: OrchestratorError) -> Refusal:
    """An error raised in this process, spoken as the API would."""
    return Refusal(error.code, error.message, fields=[(path, issue) for path, issue in error.fields])
