"""What planning needs: the manifest, the policy, the planner. No database among it."""

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from agent.config import Settings
from agent.manifests import default_manifest, load_manifest
from approvals.policy import Policy
from domain.agent import Manifest, RiskLevel
from domain.request import Request
from planner.memory import Recollection
from planner.pipeline import Planning
from routing.learnt import Learnt
from routing.route import Router

POLICY: Final = "risk-policy.yaml"


@dataclass(frozen=True)
class Plans:
    """All that planning needs; no database among it."""

    manifest: Manifest
    policy: Policy
    planning: Planning
    router: Router
    routes: Learnt
    recollection: Recollection
    """What the service learns while it runs."""


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment as manifests see it: what is set, and where this service keeps its workspace."""
    environ = {"WORKSPACE_DIR": str(settings.orchestrator_data / "workspace"), **os.environ}
    if settings.mcp_gateway_url is not None:
        environ["MCP_GATEWAY_URL"] = settings.mcp_gateway_url
    return environ


def plans(settings: Settings, *, manifest: Manifest | None = None) -> Plans:
    """Read manifest (unless one is given) and policy. Raises ManifestError or PolicyError, with path and reason."""
    manifest = manifest or _manifest(settings)
    if settings.mcp_gateway_url is not None:
        gateway = manifest.gateway.model_copy(update={"url": settings.mcp_gateway_url})
        manifest = manifest.model_copy(update={"gateway": gateway})
    shipped = Path(str(files("manifests").joinpath(POLICY)))
    policy = Policy.load(settings.orchestrator_policy or shipped, ttl_s=_ttls(settings)).guarding(manifest)
    router = Router(manifest, ask_below=settings.routing_ask_below)
    routes, recollection = Learnt(router), Recollection()
    planning = Planning(manifest, routes, policy, recollection)
    # The first plan reads vocabularies and builds indexes: before anybody waits for it.
    planning.plan_by_rules(Request(task_id="first", title="Review the change, then deploy it"))
    return Plans(manifest, policy, planning, router, routes, recollection)


def _manifest(settings: Settings) -> Manifest:
    environ, path = environ_of(settings), settings.orchestrator_manifest
    return default_manifest(environ) if path is None else load_manifest(path, environ)


def _ttls(settings: Settings) -> dict[RiskLevel, float]:
    given: dict[RiskLevel, float | None] = {
        "low": settings.approval_ttl_low,
        "medium": settings.approval_ttl_medium,
        "high": settings.approval_ttl_high,
        "critical": settings.approval_ttl_critical,
    }
    return {level: ttl for level, ttl in given.items() if ttl is not None}
