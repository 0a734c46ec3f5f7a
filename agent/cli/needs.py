"""Which servers a manifest's agents need, and which of those are behind the gateway."""

from domain.agent import Manifest, McpToolEndpoint


def servers(manifest: Manifest) -> dict[str, set[str]]:
    """Servers and their tools that some enabled agent calls."""
    needed: dict[str, set[str]] = {}
    for agent in manifest.agents:
        if agent.status == "disabled":
            continue
        for server, tools in agent.tools.items():
            needed.setdefault(server, set()).update(tools)
        if isinstance(agent.endpoint, McpToolEndpoint):
            needed.setdefault(agent.endpoint.server, set()).add(agent.endpoint.tool)
    return needed


def behind_gateway(manifest: Manifest) -> list[str]:
    known = manifest.servers
    return [name for name in servers(manifest) if name in known and known[name].transport == "gateway"]
