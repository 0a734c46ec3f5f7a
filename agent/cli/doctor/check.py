"""What was found of one part."""

from typing import Literal

from domain.base import Value

State = Literal["ok", "off", "warning", "broken"]
"""`off` is a choice: nothing is set, and nothing needs it. `broken` is needed and does not work."""


class Check(Value):
    name: str
    state: State
    says: str
    mend: str | None = None


def ok(name: str, says: str) -> Check:
    return Check(name=name, state="ok", says=says)


def off(name: str, says: str, mend: str | None = None) -> Check:
    return Check(name=name, state="off", says=says, mend=mend)


def warning(name: str, says: str, mend: str) -> Check:
    return Check(name=name, state="warning", says=says, mend=mend)


def broken(name: str, says: str, mend: str | None = None) -> Check:
    return Check(name=name, state="broken", says=says, mend=mend)
