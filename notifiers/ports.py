"""The port of every channel: tell one notice, and say how far it got."""

from typing import Annotated, Literal, Protocol

from pydantic import Field, TypeAdapter

from domain.base import Value
from notifiers.notice import Notice


class Sent(Value):
    """The other side has it. `receipt` is what it calls it (a comment's id, a Message-ID)."""

    kind: Literal["sent"] = "sent"
    receipt: str = ""
    repeated: bool = False
    """It had it already: an earlier attempt had arrived without our hearing so."""


class Later(Value):
    """It did not arrive, and may when tried again: not before `after_s` seconds, where the other side said so."""

    kind: Literal["later"] = "later"
    why: str
    after_s: float | None = Field(default=None, ge=0)


class Unsure(Value):
    """It may have arrived. Trying again is right: the notice carries the same id, by which it is recognised."""

    kind: Literal["unsure"] = "unsure"
    why: str
    after_s: float | None = Field(default=None, ge=0)


class Dead(Value):
    """It will never arrive as it is; a person must look. `gone`: the receiver wants nothing more, ever."""

    kind: Literal["dead"] = "dead"
    why: str
    gone: bool = False


Trouble = Later | Unsure | Dead
Outcome = Annotated[Sent | Later | Unsure | Dead, Field(discriminator="kind")]

OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
"""Reads an outcome back from where it was stored."""


class Channel(Protocol):
    """One way of telling people.

    What goes wrong outside comes back as a value, never as an exception; sending the same notice again
    never tells it twice where the other side can recognise it.
    """

    async def send(self, notice: Notice) -> Sent | Trouble: ...
