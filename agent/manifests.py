"""Reads a capability manifest: JSON, `${NAME:-default}` expanded, refused with every problem at once."""

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import cast

import rfc8785
from pydantic import ValidationError

from agent.manifest_check import issues_of
from agent.secret import SENSITIVE
from domain.agent import Manifest
from domain.base import Json, JsonObject
from domain.errors import FieldIssue, ManifestError

SHIPPED = "agents-manifest.json"
SCHEMA = "agents-manifest.schema.json"

_VARIABLE = re.compile(
    r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^{}]*))?\}|\$\{[^}]*\}?"
)
_UNION_TAGS = frozenset({"mcp-tool", "llm", "a2a", "http", "process"})


def default_manifest(environ: Mapping[str, str]) -> Manifest:
    """The manifest that ships with the product, from a checkout and from a wheel alike."""
    return parse_manifest(
        resources.files("manifests").joinpath(SHIPPED).read_text("utf-8"), environ, source=SHIPPED
    )


def load_manifest(path: Path, environ: Mapping[str, str]) -> Manifest:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(
            f"manifest {path} cannot be read: {error}; name another with --manifest"
        ) from error
    return parse_manifest(text, environ, source=str(path))


def parse_manifest(text: str, environ: Mapping[str, str], *, source: str = "manifest") -> Manifest:
    """The manifest, with `version` set.

    `${PYTHON}` is the running interpreter, so that servers installed beside the product start from any
    virtual environment. Expansion looks up names and does nothing else; there is no shell in it.
    """
    document, problems = _document(text)
    if document is None:
        raise _refused(source, problems)
    expanded = _Expansion({**environ, "PYTHON": sys.executable})
    filled = cast("JsonObject", expanded.of(document, ""))
    problems += [*expanded.issues, *_shape_issues(filled), *issues_of(filled)]
    if problems:
        raise _refused(source, problems)
    return Manifest.model_validate(filled).model_copy(update={"version": version_of(document)})


def version_of(document: JsonObject) -> str:
    """SHA-256 of the canonical form (RFC 8785) as written, so that it is the same on every machine."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def manifest_schema() -> JsonObject:
    """The JSON Schema of a manifest file; `version` is computed, so no file may hold it."""
    schema = cast("dict[str, dict[str, Json]]", Manifest.model_json_schema())
    del schema["properties"]["version"]
    schema["properties"] = {"$schema": {"type": "string"}, **schema["properties"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Agents manifest"}


def _document(text: str) -> tuple[JsonObject | None, list[FieldIssue]]:
    """The file as JSON. A key given twice is a problem: readers differ on which one counts."""
    twice: list[FieldIssue] = []

    def once(pairs: list[tuple[str, Json]]) -> JsonObject:
        names = [name for name, _ in pairs]
        twice.extend(
            FieldIssue(name, "given twice in one object") for name in {n for n in names if names.count(n) > 1}
        )
        return dict(pairs)

    def refuse(constant: str) -> Json:
        raise ValueError(f"{constant} is not JSON")

    try:
        document = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
        if not isinstance(document, dict):
            return None, [FieldIssue("", "a manifest is a JSON object")]
        document.pop("$schema", None)
        version_of(document)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        return None, [FieldIssue("", f"not readable as JSON: {error}")]
    return document, twice


class _Expansion:
    """Replaces `${NAME}` and `${NAME:-default}` in every string; `$${` stands for a plain `${`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.issues: list[FieldIssue] = []

    def of(self, value: Json, path: str) -> Json:
        match value:
            case str():
                return _VARIABLE.sub(lambda found: self._value(found, path), value)
            case list():
                return [self.of(item, f"{path}[{i}]") for i, item in enumerate(value)]
            case dict():
                return {name: self.of(inner, f"{path}.{name}".lstrip(".")) for name, inner in value.items()}
            case _:
                return value

    def _value(self, found: re.Match[str], path: str) -> str:
        name = found["name"]
        if found[0] == "$${":
            return "${"
        if name is None:
            self.issues.append(FieldIssue(path, f"{found[0]!r} is not ${{NAME}} or ${{NAME:-default}}"))
            return ""
        if SENSITIVE.search(name):
            self.issues.append(FieldIssue(path, f"${{{name}}} would copy a secret; write env:{name} instead"))
            return ""
        value = self._environ.get(name) or found["default"]
        if value is None:
            self.issues.append(
                FieldIssue(path, f"the environment variable {name} is not set and has no default")
            )
            return ""
        return value


def _shape_issues(document: JsonObject) -> Iterator[FieldIssue]:
    if "version" in document:
        yield FieldIssue("version", "unknown key; the version is computed from the file")
    try:
        Manifest.model_validate({name: value for name, value in document.items() if name != "version"})
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            issue = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
            yield FieldIssue(_path(problem["loc"]), issue)


def _path(location: tuple[int | str, ...]) -> str:
    """`agents[0].endpoint.url`; the tag that pydantic puts after a union's field is not in the file."""
    path = ""
    for i, part in enumerate(location):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part in _UNION_TAGS and i and location[i - 1] == "endpoint"):
            path += f".{part}" if path else part
    return path


def _refused(source: str, problems: list[FieldIssue]) -> ManifestError:
    listed = "; ".join(f"{problem.path or 'the file'}: {problem.issue}" for problem in problems)
    count = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
    return ManifestError(f"{source} is refused, {count}: {listed}", fields=problems)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(manifest_schema(), indent=2) + "\n")
