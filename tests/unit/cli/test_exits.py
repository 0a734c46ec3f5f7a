"""Exit codes say the same of a task, of an approval and of an error."""

from typing import get_args

import domain.errors
from agent.cli.exits import MEANING, OF_APPROVAL, OF_ERROR, OF_TASK, Exit, of_error
from domain.approval import ApprovalStatus
from domain.errors import OrchestratorError
from domain.task import TaskStatus


def test_the_codes_are_those_that_scripts_know() -> None:
    assert [(code.value, code.name) for code in MEANING] == [
        (0, "OK"),
        (1, "ERROR"),
        (2, "USAGE"),
        (3, "APPROVAL_PENDING"),
        (4, "REJECTED"),
        (5, "EXPIRED"),
        (6, "NOT_FOUND"),
        (7, "FAILED"),
        (8, "CANCELLED"),
    ]


def test_every_status_of_a_task_and_of_an_approval_has_its_code() -> None:
    assert set(OF_TASK) == set(get_args(TaskStatus))
    assert set(OF_APPROVAL) == set(get_args(ApprovalStatus))


def test_codes_of_errors_are_errors_that_there_are() -> None:
    known = {kind.code for kind in vars(domain.errors).values() if _is_error(kind)}
    assert set(OF_ERROR) <= known | {"USAGE"}


def test_an_error_that_the_table_does_not_name_is_an_error_all_the_same() -> None:
    assert of_error("FENCED") is of_error("SOMETHING_NEW") is Exit.ERROR


def _is_error(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, OrchestratorError)
