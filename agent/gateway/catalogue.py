"""Which tools are really there, and what the manifest's names are called where they run."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agent.gateway.errors import ToolMissingError

_SEPARATORS = re.compile(r"[^a-z0-9]+")


class Offered(NamedTuple):
    """A tool as its server describes it."""

    name: str
    description: str


class Catalogue(NamedTuple):
    """What one connection offered when it was last asked, by the name used there."""

    tools: Mapping[str, Offered]
    listed_at: float

    def resolve(self, server: str, tool: str, naming: str) -> str:
        """The name to call; raises ToolMissingError where there is none, or more than one it could be.

        Gateways join names in their own ways (`time_convert_time`, `time-convert-time`,
        `time__convert_time`), so what the manifest's pattern makes is tried first and then whatever
        differs from it in separators and case only.
        """
        expected = naming.format(server=server, tool=tool)
        if expected in self.tools:
            return expected
        alike = [name for name in self.tools if _plain(name) == _plain(expected)]
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise ToolMissingError(
                f"tool {tool!r} of server {server!r} could be any of {', '.join(sorted(alike))}"
            )
        raise ToolMissingError(
            f"server {server!r} offers no tool {tool!r} (looked for {expected!r} among {len(self.tools)} tools)"
        )

    def of(self, server: str, declared: Iterable[str], naming: str) -> dict[str, Offered]:
        """The declared tools that are there, by the manifest's names."""
        found: dict[str, Offered] = {}
        for tool in declared:
            try:
                found[tool] = self.tools[self.resolve(server, tool, naming)]
            except ToolMissingError:
                continue
        return found


def _plain(name: str) -> str:
    return _SEPARATORS.sub("-", name.lower()).strip("-")
