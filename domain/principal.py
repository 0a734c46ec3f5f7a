"""Who somebody is and what they may do: by their credential, or, where none is asked for, by their own word."""

import unicodedata
from typing import Literal, Self, get_args

from domain.base import Value

Right = Literal["submit", "operate", "admin", "break-glass"]
"""What a person may do besides reading; whether they may decide follows from their roles alone."""
RIGHTS: tuple[Right, ...] = get_args(Right)

IMPLIED: frozenset[Right] = frozenset({"submit", "operate"})
"""What `admin` holds besides itself. The glass is broken only by those who were named for it."""


class Principal(Value):
    """`names` are those by which the same person goes elsewhere (mail, chat). Without `authenticated` all of it
    is a claim that nobody checked, and records say so.
    """

    id: str
    roles: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset()
    names: frozenset[str] = frozenset()
    authenticated: bool

    @classmethod
    def claimed(cls, name: str, *roles: str) -> Self:
        """Whoever they say they are; without authentication nobody is held back from ordinary work."""
        return cls(id=spelt(name) or name, roles=roles, rights=IMPLIED | {"admin"}, authenticated=False)

    def may(self, right: Right) -> bool:
        return right in self.rights or (right in IMPLIED and "admin" in self.rights)

    def is_called(self, name: str) -> bool:
        """Whether this name means the same person, however it is written."""
        return spelt(name).casefold() in {spelt(known).casefold() for known in (self.id, *self.names)}


def spelt(name: str) -> str:
    """A name without what nobody sees: spaces around it, signs of no width, letters of another width."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())


NOBODY = Principal(id="nobody", authenticated=False)
"""Who comes through a door that asks for no credential: may nothing."""
