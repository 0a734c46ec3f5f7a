"""An act: one thing that a text asks to be done, in the policy's classes."""

from typing import NamedTuple

from domain.clause import Environment

UNKNOWN: frozenset[str] = frozenset({"unknown"})
UNSAID: frozenset[str] = frozenset({"unsaid"})
"""The verb of a text of which nothing was understood."""


class Act(NamedTuple):
    """Classes are the policy's; `unknown` stands for a verb or an object that the policy does not know.

    `head`: what its direct object is, by the last noun alone; `into`: what the place is that it is brought to; `about`: of whom or what it tells ("the report | of all patients"); `apart`: it goes where nothing is yet ("into a new
    table"); `everything`: all of it is meant; `outward`: somebody outside is named; `indirect`: it is what
    something that is now being made would do later; `harmless`: its verb may also mean no harm.
    """

    verbs: frozenset[str]
    word: str
    objects: frozenset[str]
    thing: str
    environment: Environment = "unknown"
    head: frozenset[str] = frozenset()
    into: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    apart: bool = False
    everything: bool = False
    outward: bool = False
    indirect: bool = False
    harmless: bool = False
    text: str = ""

    @property
    def points(self) -> bool:
        """Whether it does something to what is only pointed at: "switch it off"."""
        return self.objects == UNKNOWN and self.thing in POINTERS and not self.harmless


POINTERS: frozenset[str] = frozenset({"it", "them", "those", "these", "they"})
"""Words that only point at a thing."""
