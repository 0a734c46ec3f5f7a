"""Requirements and tests know each other."""

import ast
from pathlib import Path

import pytest

from tests.requirements import GAPS, OBLIGED, REQUIREMENTS

TESTS = Path(__file__).parents[1]


def sentences_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    found = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    return {f"{file.relative_to(TESTS)}::{name}" for name in found}


def named(entry: str) -> set[str]:
    """All tests that an entry stands for."""
    path, _, test = entry.partition("::")
    place = TESTS / path
    files = [place] if place.is_file() else sorted(place.rglob("test_*.py"))
    every = {name for file in files for name in sentences_of(file)}
    return {name for name in every if not test or name.endswith(f"::{test}")}


@pytest.mark.parametrize("requirement", sorted(REQUIREMENTS))
def test_every_requirement_has_tests_that_exist(requirement: str) -> None:
    entries = REQUIREMENTS[requirement].tests
    missing = [entry for entry in entries if not named(entry)]
    assert missing == []
    assert entries or requirement in GAPS


def test_every_test_of_the_whole_belongs_to_a_requirement() -> None:
    obliged = {
        name
        for folder in OBLIGED
        for file in (TESTS / folder).rglob("test_*.py")
        for name in sentences_of(file)
    }
    claimed = {
        name for requirement in REQUIREMENTS.values() for entry in requirement.tests for name in named(entry)
    }
    assert obliged - claimed == set()


def test_what_is_missing_is_not_claimed() -> None:
    assert set(GAPS) <= set(REQUIREMENTS)
