"""Tools of MCP servers: what they do to the world, and how one is called."""

from typing import Literal

from pydantic import Field

from domain.base import JsonObject, Value

Effect = Literal["read", "write", "destructive", "external"]
"""`read` changes nothing; `write` can be undone; `destructive` cannot; `external` leaves the house."""

EFFECT_ORDER: dict[Effect, int] = {"read": 0, "write": 1, "external": 2, "destructive": 3}

Transport = Literal["gateway", "stdio", "streamable-http"]


class Tool(Value):
    """What the manifest declares of one tool. Undeclared tools are taken for destructive."""

    effect: Effect = "destructive"
    idempotent: bool = False
    timeout_s: float | None = Field(default=None, gt=0, le=86_400)
    description: str = ""

    @property
    def repeatable(self) -> bool:
        """Whether calling it again after an unknown outcome does no harm."""
        return self.idempotent or self.effect == "read"


class Server(Value):
    """One MCP server: reached through the gateway, started over stdio, or over streamable HTTP."""

    transport: Transport = "gateway"
    command: str | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str | None = None
    url: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    optional: bool = False
    tools: dict[str, Tool] = Field(default_factory=dict)


class Gateway(Value):
    """The MCP gateway that fronts the servers whose transport is `gateway`."""

    url: str = "http://gateway-mcp:8000"
    tool_naming: str = "{server}_{tool}"
    auth: str | None = None
    """A bearer token, only ever as `env:NAME`."""


class ToolCall(Value):
    """One concrete call, arguments filled in."""

    server: str
    tool: str
    arguments: JsonObject
