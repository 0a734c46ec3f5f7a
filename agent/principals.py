"""Reads the file of principals: who may call, with which keys, in which roles. Keys are stored as digests only.

A key is 256 bits drawn at random, so one SHA-256 is enough: nobody tries 2^255 of them, however fast the hash.
A slow hash defends words that people choose, and would cost every call what it costs an attacker.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import Field, StringConstraints, ValidationError, model_validator

from approvals.one_meaning import read_yaml
from domain.base import Instant, JsonObject, Value
from domain.errors import FieldIssue, PrincipalsError
from domain.ids import Digest
from domain.principal import Principal, Right

KEY: Final = re.compile(r"orc_[A-Za-z0-9_-]{43}")
SCHEMA: Final = "principals.schema.json"

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$")]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Other = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class KeyEntry(Value):
    """One key of a person: `id` tells it from their others, `sha256` is all that is known of it."""

    id: Id
    sha256: Digest
    expires_at: Instant | None = None
    revoked: bool = False


class Entry(Value):
    """`roles` are those the risk policy asks for; `may` is what they may do besides reading and deciding.

    `email` and `linear` (a user id) are where their answers may come from, and names of the same person.
    """

    id: Id
    name: Other | None = None
    email: Other | None = None
    linear: Other | None = None
    roles: tuple[Role, ...] = ()
    may: tuple[Right, ...] = ()
    keys: tuple[KeyEntry, ...] = ()

    @property
    def principal(self) -> Principal:
        return Principal(
            id=self.id,
            roles=self.roles,
            rights=frozenset(self.may),
            names=frozenset(name for name in (self.name, self.email, self.linear) if name),
            authenticated=True,
        )


class PrincipalsFile(Value):
    """Everybody who may call."""

    schema_version: Literal["1.0"]
    principals: tuple[Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _tells_people_apart(self) -> "PrincipalsFile":
        for what, told in (
            ("name", [name for p in self.principals for name in _names(p)]),
            ("key", [key.sha256 for p in self.principals for key in p.keys]),
            *((f"key id of {p.id}", [key.id for key in p.keys]) for p in self.principals),
        ):
            if twice := {each for each in told if told.count(each) > 1}:
                raise ValueError(f"{what} {min(twice)!r} stands twice; nobody could tell whose it is")
        return self

    def by_key(self, digest: Digest, now: datetime) -> Principal | None:
        """Whose key this is, if it is still good."""
        for entry in self.principals:
            for key in entry.keys:
                if key.sha256 == digest:
                    return entry.principal if _is_good(key, now) else None
        return None


def _names(entry: Entry) -> set[str]:
    return {name.casefold() for name in (entry.id, entry.email, entry.linear) if name}


def _is_good(key: KeyEntry, now: datetime) -> bool:
    return not key.revoked and (key.expires_at is None or now < key.expires_at)


def digest_of(key: str) -> Digest:
    return hashlib.sha256(key.encode()).hexdigest()


def load_principals(path: Path) -> PrincipalsFile:
    """Raises PrincipalsError with every problem, its path and reason."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PrincipalsError(
            f"the principals' file {path} cannot be read: {error}; with AUTH_MODE=keys nobody gets in without it"
        ) from error
    return parse_principals(text, source=str(path))


def parse_principals(text: str, *, source: str = "principals") -> PrincipalsFile:
    try:
        told = read_yaml(text)
    except yaml.YAMLError as error:
        raise PrincipalsError(f"the principals' file {source} is no YAML: {error}") from error
    try:
        return PrincipalsFile.model_validate(told)
    except ValidationError as error:
        issues = [FieldIssue(_path(issue["loc"]), issue["msg"]) for issue in error.errors()]
        first = f"{issues[0].path}: {issues[0].issue}" if issues[0].path else issues[0].issue
        raise PrincipalsError(
            f"the principals' file {source} is refused at {first}", fields=issues
        ) from error


def principals_schema() -> JsonObject:
    """The file's JSON Schema, as it is shipped for editors."""
    schema = PrincipalsFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Principals"}


def _path(location: Sequence[int | str]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
