"""What planning needs: the manifest, the policy, the planner. No database among it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Final

from agent.config import Settings
from agent.manifests import default_manifest, load_manifest
from approvals.policy import Policy
from domain.agent import Manifest, RiskLevel
from domain.errors import ConfigurationError, FieldIssue, PolicyError
from domain.plan import Subtask
from domain.request import Request
from planner.estimate import estimate
from planner.memory import Recollection
from planner.pipeline import Planning
from routing.learnt import Learnt
from routing.ports import Scorer
from routing.route import Router

POLICY: Final = "risk-policy.yaml"
COST_DRAWS: Final = 200
"""Enough for a limit; only policies that ask for costs have them estimated."""


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
    in_thread: bool = False
    """Whether a choice takes longer than the loop may be kept waiting."""


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment as manifests see it: what is set, and where this service keeps its workspace."""
    environ = {"WORKSPACE_DIR": str(settings.orchestrator_data / "workspace"), **os.environ}
    if settings.mcp_gateway_url is not None:
        environ["MCP_GATEWAY_URL"] = settings.mcp_gateway_url
    return environ


def plans(settings: Settings, *, manifest: Manifest | None = None) -> Plans:
    """Read manifest (unless one is given), policy and sentence model; CPU time.

    Raises ManifestError, PolicyError or ConfigurationError, with path and reason.
    """
    manifest = manifest or _manifest(settings)
    if settings.mcp_gateway_url is not None:
        gateway = manifest.gateway.model_copy(update={"url": settings.mcp_gateway_url})
        manifest = manifest.model_copy(update={"gateway": gateway})
    policy = _guarding(Policy.load(_policy_path(settings), ttl_s=_ttls(settings)), manifest)
    scorers = _scorers(settings, manifest)
    router = Router(manifest, ask_below=settings.routing_ask_below, scorers=scorers)
    routes, recollection = Learnt(router), Recollection()
    planning = Planning(manifest, routes, policy, recollection)
    # The first plan reads vocabularies and builds indexes: before anybody waits for it.
    planning.plan_by_rules(Request(task_id="first", title="Review the change, then deploy it"))
    return Plans(manifest, policy, planning, router, routes, recollection, in_thread=bool(scorers))


def _scorers(settings: Settings, manifest: Manifest) -> tuple[Scorer, ...]:
    """What has a say in routing beside the words; nothing of it is imported unless it is set."""
    model = settings.routing_embeddings
    if model is None:
        return ()
    try:
        from agent.embeddings.meaning import meaning  # noqa: PLC0415  its libraries come with an extra
    except ModuleNotFoundError as missing:
        reason = f"{missing.name} is not installed"
        raise ConfigurationError(
            f"ROUTING_EMBEDDINGS={model}: {reason}; pip install 'orchestrator[embeddings]', or unset it",
            fields=[FieldIssue("ROUTING_EMBEDDINGS", reason)],
        ) from missing
    return (meaning(manifest, model, settings.orchestrator_data),)


def _manifest(settings: Settings) -> Manifest:
    environ, path = environ_of(settings), settings.orchestrator_manifest
    return default_manifest(environ) if path is None else load_manifest(path, environ)


def _policy_path(settings: Settings) -> Path:
    return settings.orchestrator_policy or Path(str(files("manifests").joinpath(POLICY)))


def _ttls(settings: Settings) -> dict[RiskLevel, float]:
    given: dict[RiskLevel, float | None] = {
        "low": settings.approval_ttl_low,
        "medium": settings.approval_ttl_medium,
        "high": settings.approval_ttl_high,
        "critical": settings.approval_ttl_critical,
    }
    return {level: ttl for level, ttl in given.items() if ttl is not None}


def policy_of(text: str, *, settings: Settings, manifest: Manifest) -> Policy:
    """Another policy for the same agents. Raises PolicyError."""
    return _guarding(Policy.parse(text, source="that was sent", ttl_s=_ttls(settings)), manifest)


def policy_text(settings: Settings) -> str:
    """The YAML of the policy that is set. Raises PolicyError where it cannot be read."""
    path = _policy_path(settings)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"the risk policy {path} cannot be read: {error}") from error


def _guarding(policy: Policy, manifest: Manifest) -> Policy:
    return policy.guarding(manifest, cost_p90=partial(_cost_p90, manifest))


def _cost_p90(manifest: Manifest, subtasks: Sequence[Subtask]) -> float:
    return estimate(subtasks, manifest, Random(0), draws=COST_DRAWS).cost_p90_usd  # noqa: S311
