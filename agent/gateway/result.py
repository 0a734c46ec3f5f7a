"""What a tool answered, without the protocol around it."""

from typing import NamedTuple

from domain.base import Json


class Link(NamedTuple):
    """A resource that the tool points to and that stays where it is."""

    name: str
    uri: str
    media_type: str | None = None
    size: int | None = None
    digest: str | None = None


class Blob(NamedTuple):
    """Bytes that came inside the answer: a screenshot, a sound, an embedded file."""

    name: str
    media_type: str
    data: bytes


class ToolResult(NamedTuple):
    text: str
    structured: Json = None
    links: tuple[Link, ...] = ()
    blobs: tuple[Blob, ...] = ()
