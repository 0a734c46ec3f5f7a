"""Specialist agents: the cards of the capability manifest, and how well one fits a piece of work."""

from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.base import Json, Value
from domain.ids import AgentId
from domain.tool import Effect, Gateway, Server, Tool

AgentStatus = Literal["enabled", "disabled"]
Health = Literal["unknown", "healthy", "unhealthy"]
RiskLevel = Literal["low", "medium", "high", "critical"]
RISK_ORDER: dict[RiskLevel, int] = {"low": 0, "medium": 1, "high": 2, "critical": 3}


class Skill(Value):
    """One thing an agent can do, with utterances that ask for it."""

    id: str
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    """Names of outputs it needs from predecessors, e.g. `commits`."""
    produces: tuple[str, ...] = ()
    """Names of outputs it leaves behind."""
    input_modes: tuple[str, ...] = ()
    """Kinds of data it takes (`text`, `image`, `audio/wav`): they tell what may follow what, and are never demanded."""
    output_modes: tuple[str, ...] = ()
    """Kinds of data it gives."""


class McpToolEndpoint(Value):
    """Calls one tool of one MCP server.

    `arguments` and `outputs` are Jinja2 (sandboxed): the first over `brief`, `context` and `inputs`,
    the second over `result`; a string that is one `{{ expression }}` keeps the expression's type.
    """

    kind: Literal["mcp-tool"]
    server: str
    tool: str
    arguments: dict[str, Json] = Field(default_factory=dict)
    outputs: dict[str, str] = Field(default_factory=dict)


class LlmEndpoint(Value):
    """Asks a language model, with the brief as delimited data."""

    kind: Literal["llm"]
    model: str | None = None
    instructions: str = ""
    max_output_tokens: int = Field(default=4_000, gt=0)


class A2aEndpoint(Value):
    """Sends a message to an agent that speaks the A2A protocol over JSON-RPC."""

    kind: Literal["a2a"]
    url: str
    headers: dict[str, str] = Field(default_factory=dict)


class HttpEndpoint(Value):
    """POSTs the brief as JSON and reads outputs from the JSON answer."""

    kind: Literal["http"]
    url: str
    headers: dict[str, str] = Field(default_factory=dict)


class ProcessEndpoint(Value):
    """Starts a command, the brief as JSON on its standard input, outputs as JSON on its output."""

    kind: Literal["process"]
    command: str
    args: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str | None = None


Endpoint = Annotated[
    McpToolEndpoint | LlmEndpoint | A2aEndpoint | HttpEndpoint | ProcessEndpoint, Field(discriminator="kind")
]


class Sla(Value):
    """Seconds: the time-out of one attempt, and how long work usually takes."""

    timeout_s: float = Field(default=300.0, gt=0, le=86_400)
    p50_s: float | None = Field(default=None, ge=0)
    p95_s: float | None = Field(default=None, ge=0)


class Limits(Value):
    max_concurrency: int | None = Field(default=4, ge=1, le=100_000)
    """How many attempts at once, over all replicas; null is no limit."""


class Cost(Value):
    """What work costs, in US dollars."""

    per_call_usd: float = Field(default=0.0, ge=0)
    per_minute_usd: float = Field(default=0.0, ge=0)
    per_million_tokens_usd: float = Field(default=0.0, ge=0)


class Agent(Value):
    """A specialist's card, as the manifest or a registration declares it."""

    id: AgentId
    name: str = ""
    description: str = ""
    version: str = "0"
    domain: str = "general"
    status: AgentStatus = "enabled"
    skills: tuple[Skill, ...] = Field(min_length=1)
    tools: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    endpoint: Endpoint
    sla: Sla = Sla()
    limits: Limits = Limits()
    cost: Cost = Cost()
    effect: Effect | None = None
    """What its work does to the world, where no tool of the manifest says so; null is unknown."""
    idempotent: bool = False
    approval: RiskLevel | None = None
    """A floor under the risk of whatever this agent does."""

    @property
    def offers(self) -> tuple[str, ...]:
        """The tools that it says it uses, each as `server.tool`."""
        return tuple(f"{server}.{tool}" for server, tools in self.tools.items() for tool in tools)

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(tag for skill in self.skills for tag in (skill.id, *skill.tags))


class Manifest(Value):
    """The capability manifest: the gateway, the servers behind it, and the agents.

    `version` is the SHA-256 of its canonical form: plans, memory and estimates are kept per version.
    """

    schema_version: str
    gateway: Gateway = Gateway()
    servers: dict[str, Server] = Field(default_factory=dict)
    agents: tuple[Agent, ...]
    version: str = ""

    def agent(self, agent_id: str) -> Agent | None:
        return next((agent for agent in self.agents if agent.id == agent_id), None)

    def tool(self, server: str, tool: str) -> Tool:
        """What is declared of a tool; one that nobody declared is taken for destructive."""
        declared = self.servers.get(server)
        return declared.tools.get(tool, Tool()) if declared else Tool()

    def effect_of(self, agent: Agent) -> tuple[Effect | None, bool]:
        """What the agent's work does to the world (null: unknown), and whether doing it twice is harmless."""
        match agent.endpoint:
            case McpToolEndpoint(server=server, tool=name):
                tool = self.tool(server, name)
                return tool.effect, tool.idempotent or agent.idempotent
            case LlmEndpoint():
                return agent.effect or "read", True
            case A2aEndpoint() | HttpEndpoint() | ProcessEndpoint():
                return agent.effect, agent.idempotent
            case other:
                assert_never(other)


class Need(Value):
    """What a piece of work asks of an agent."""

    text: str
    required_tags: tuple[str, ...] = ()
    preferred_tags: tuple[str, ...] = ()
    deadline_s: float | None = None


class Candidate(Value):
    """One agent, ranked for one need. `score` is 0–100 and compares within one ranking only."""

    agent: AgentId
    is_eligible: bool
    score: float
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    why_not: str | None = None
    explanation: str = ""


class Ranking(Value):
    """All candidates for a need, best first; `chosen` is null where nobody is eligible."""

    chosen: AgentId | None
    candidates: tuple[Candidate, ...]
    low_confidence: bool = False
    needs_person: bool = False
    """The best is ahead by less than the service is set to decide by itself."""


class AgentState(Value):
    """What is known of an agent at this moment."""

    agent: AgentId
    health: Health = "unknown"
    reason: str | None = None
    running: int = 0
    missing_tools: tuple[str, ...] = ()

    @property
    def dispatchable(self) -> bool:
        """Unknown health may be tried; bad health and missing tools may not."""
        return self.health != "unhealthy" and not self.missing_tools
