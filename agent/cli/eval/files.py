"""Reads what a measurement is given: suites, tool lists, past plans, figures. Errors name the file and the line."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agent.manifests import parse_manifest, version_of
from domain.agent import Manifest
from domain.base import JsonObject
from domain.errors import InvalidInputError
from planner.memory import Remembered
from planner.suites import Case, manifest_of_tools, past_plans, read_suite


def text_of(path: Path, what: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise InvalidInputError(
            f"{path}: this {what} cannot be read ({_reason(unreadable)}); name a file of UTF-8 text"
        ) from unreadable


def suite(path: Path, *, split: str | None = None) -> tuple[Case, ...]:
    """The cases of a suite; a suite without any measures nothing and is refused."""
    with named(path):
        cases = read_suite(text_of(path, "suite"), split=split)
    if not cases:
        lines(path)
        raise InvalidInputError(f"{path}: no case of split {split!r} is in it; {_splits(path)}")
    return cases


def _splits(path: Path) -> str:
    found = sorted({str(json.loads(line).get("split", "")) for line in lines(path) if line.strip()} - {""})
    return f"its splits are {', '.join(found)}" if found else "it has no splits"


def lines(path: Path) -> list[str]:
    found = text_of(path, "suite").splitlines()
    if not any(line.strip() for line in found):
        raise InvalidInputError(f"{path}: no case is in it; a suite is one JSON object a line")
    return found


def manifest(path: Path, environ: dict[str, str]) -> Manifest:
    """A manifest of agents, or a list of tools, of which each becomes an agent."""
    text = text_of(path, "manifest")
    tools = _tools(text)
    if tools is None:
        return parse_manifest(text, environ, source=str(path))
    with named(path):
        return manifest_of_tools(text).model_copy(update={"version": version_of(tools)})


def memory(path: Path, manifest_version: str) -> tuple[Remembered, ...]:
    """Past plans: what a suite expects, or what the service remembers, both one a line."""
    with named(path):
        return past_plans(text_of(path, "memory"), manifest_version)


def figures(path: Path) -> dict[str, float]:
    """What `eval … --json` has printed."""
    text = text_of(path, "list of figures")
    try:
        found = json.loads(text)
    except ValueError as unreadable:
        raise InvalidInputError(f"{path}: not JSON ({unreadable}); {_FIGURES}") from unreadable
    if not isinstance(found, dict) or not found:
        raise InvalidInputError(f"{path}: no figures are in it; {_FIGURES}")
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidInputError(f"{path}: {name} is {value!r} and no figure; {_FIGURES}")
    return {str(name): float(value) for name, value in found.items()}


_FIGURES = "give what `orchestrator eval … --json` has printed"


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Puts the file's name before whatever is wrong with it."""
    try:
        yield
    except InvalidInputError as wrong:
        if wrong.message.startswith(f"{path}: "):
            raise
        raise InvalidInputError(f"{path}: {wrong.message}", fields=wrong.fields) from wrong


def strangers(cases: Sequence[Case], known: Manifest) -> tuple[str, ...]:
    """Agents that a suite expects and the manifest does not have: no plan can ever score on them."""
    there = {agent.id for agent in known.agents}
    return tuple(sorted({agent for case in cases for agent in case.expected.agents} - there))


def _tools(text: str) -> JsonObject | None:
    """The document, where it lists tools and no agents; whatever else it is, others tell what is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    is_list = isinstance(document, dict) and "nodes" in document and "agents" not in document
    return document if is_list else None


def _reason(unreadable: OSError | UnicodeDecodeError) -> str:
    if isinstance(unreadable, OSError):
        return unreadable.strerror or type(unreadable).__name__
    return f"byte {unreadable.start} is not UTF-8"
