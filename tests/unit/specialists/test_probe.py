"""Which tools an agent lacks, and when that matters."""

from pathlib import Path

import pytest

from agent.artifacts import Artifacts
from agent.gateway.client import McpGateway
from agent.specialists.reach import Specialists
from domain.agent import Agent, LlmEndpoint, McpToolEndpoint, Skill
from domain.tool import Server
from tests.kit.backends import manifest_of, toolbox_over_stdio


@pytest.mark.parametrize(
    ("tools", "missing"),
    [
        ({"toolbox": ("echo",)}, ()),
        ({"toolbox": ("echo", "imagined")}, ("toolbox.imagined",)),
        ({"elsewhere": ("t",)}, ("elsewhere.t",)),
        ({"luxury": ("t",)}, ()),
    ],
)
async def test_an_agent_lacks_what_it_needs_and_its_servers_do_not_offer(
    tmp_path: Path, tools: dict[str, tuple[str, ...]], missing: tuple[str, ...]
) -> None:
    manifest = manifest_of(
        toolbox=toolbox_over_stdio(tmp_path / "journal"),
        elsewhere=Server(transport="stdio", command="/nowhere"),
        luxury=Server(transport="stdio", command="/nowhere", optional=True),
    )
    endpoint = McpToolEndpoint(kind="mcp-tool", server="toolbox", tool="echo")
    card = Agent(id="a", skills=(Skill(id="s"),), endpoint=endpoint, tools=tools)
    async with McpGateway(lambda: manifest, {}) as gateway:
        specialists = Specialists(
            manifest=lambda: manifest, gateway=gateway, models=(), artifacts=Artifacts(tmp_path), environ={}
        )
        async with specialists:
            state = await specialists.state(card)
    assert (state.health, state.missing_tools) == ("healthy", missing)


async def test_without_a_model_an_agent_that_needs_one_says_what_to_set(tmp_path: Path) -> None:
    manifest = manifest_of()
    async with McpGateway(lambda: manifest, {}) as gateway:
        specialists = Specialists(
            manifest=lambda: manifest, gateway=gateway, models=(), artifacts=Artifacts(tmp_path), environ={}
        )
        async with specialists:
            state = await specialists.state(
                Agent(id="a", skills=(Skill(id="s"),), endpoint=LlmEndpoint(kind="llm"))
            )
    assert state.health == "unhealthy"
    assert state.reason is not None
    assert "ORCHESTRATOR_MODEL" in state.reason
