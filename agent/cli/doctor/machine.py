"""This machine: Python, git, the data folder, the port, and what is told to whom outside."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from agent.cli.doctor.check import Check, broken, off, ok, warning
from agent.cli.port import bound
from agent.config import Settings
from agent.embedded.folder import DataFolder
from domain.errors import ConfigurationError

_ELSEWHERE = "Choose another with --data or ORCHESTRATOR_DATA."


def machine(settings: Settings) -> Iterator[Check]:
    yield ok("python", f"Python {platform.python_version()}")
    yield _git()
    yield _folder(settings)
    yield _port(settings)


def outlets(settings: Settings) -> Iterator[Check]:
    """Where people and other programs are told of what happens."""
    yield _linear(settings)
    yield _mail(settings)
    yield _traces(settings)


def _git() -> Check:
    program = shutil.which("git")
    mend = "Install git; agents that work on repositories need it."
    if program is None:
        return broken("git", "there is no git on the PATH", mend)
    try:
        told = subprocess.run(  # noqa: S603  the program that was just found
            [program, "--version"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError) as error:
        return broken("git", f"{program} does not run: {error}", mend)
    return ok("git", told.stdout.strip())


def _folder(settings: Settings) -> Check:
    folder = settings.orchestrator_data
    if settings.database_url is not None and settings.redis_url is not None:
        return ok("data folder", f"{folder} (artifacts and logs only: database and Redis are given)")
    if not folder.exists():
        parent = next(path for path in folder.parents if path.exists())
        if not os.access(parent, os.W_OK | os.X_OK):
            return broken("data folder", f"{folder} cannot be made in {parent}", _ELSEWHERE)
        return ok("data folder", f"{folder}, made by the first `orchestrator up`")
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return broken("data folder", f"{folder} cannot be written to", _ELSEWHERE)
    if DataFolder(folder).is_held:
        return ok("data folder", f"{folder}, a service runs on it")
    return ok("data folder", f"{folder}, {_free(folder)}")


def _free(folder: Path) -> str:
    return f"{shutil.disk_usage(folder).free / 1e9:.0f} GB free"


def _port(settings: Settings) -> Check:
    place = f"{settings.host}:{settings.port}"
    try:
        bound(settings.host, settings.port).close()
    except ConfigurationError as taken:
        if _is_ours(f"http://{place}"):
            return ok("port", f"an orchestrator answers at http://{place}")
        return broken(
            "port", taken.message.partition(";")[0], "Choose another with --port or PORT; 0 takes any."
        )
    return ok("port", f"{place} is free")


def _is_ours(url: str) -> bool:
    try:
        answer = httpx.get(f"{url}/healthz", timeout=2.0, trust_env=False)
        return bool(answer.json().get("status") == "healthy")
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


def _linear(settings: Settings) -> Check:
    if settings.linear_api_key is None:
        return off("linear", "not set: approvals are not announced there", "Set LINEAR_API_KEY to have them.")
    return ok("linear", f"a key is set; approvals are announced on {settings.linear_approval_hub_issue_id}")


def _mail(settings: Settings) -> Check:
    if settings.smtp_host is None:
        mend = "Set SMTP_HOST and NOTIFICATION_EMAIL_TO to have them."
        return off("mail", "not set: nobody is mailed about approvals", mend)
    if not settings.notification_email_to:
        mend = "Set NOTIFICATION_EMAIL_TO, or unset SMTP_HOST."
        return warning("mail", f"{settings.smtp_host} is set, and nobody to write to", mend)
    return ok("mail", f"by {settings.smtp_host}:{settings.smtp_port} to {settings.notification_email_to}")


def _traces(settings: Settings) -> Check:
    endpoint = settings.otel_exporter_otlp_endpoint
    if endpoint is None:
        return off("traces", "not set: none are made", "Set OTEL_EXPORTER_OTLP_ENDPOINT to have them.")
    return ok("traces", f"sent to {endpoint}")
