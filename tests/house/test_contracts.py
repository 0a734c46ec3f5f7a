"""The import contracts hold, and each of them bites: a planted violation is caught."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "approvals", "domain", "manifests", "notifiers", "planner", "routing")
PLANTED = {
    "floors": ("planner/check.py", "import routing.route"),
    "storeys": ("agent/store/queries.py", "import agent.api.errors"),
    "circles": ("routing/score.py", "import routing.route"),
    "pure": ("domain/ids.py", "import rfc8785"),
    "door-postgres": ("agent/api/errors.py", "import asyncpg"),
    "door-mcp": ("agent/specialists/mcp_tool.py", "from mcp import Client"),
    "door-models": ("agent/service/submit.py", "import openai"),
    "door-embeddings": ("routing/score.py", "import numpy"),
    "door-inspect": ("agent/service/submit.py", "import inspect_ai"),
    "door-redis": ("agent/notes.py", "import redis"),
    "door-telemetry": ("agent/engine/runner.py", "from opentelemetry import trace"),
    "door-mail": ("agent/service/submit.py", "import aiosmtplib"),
    "door-signatures": ("agent/telling/linking.py", "import cryptography"),
    "door-http": ("agent/service/submit.py", "import fastapi"),
    "door-terminal": ("agent/bootstrap/plans.py", "import rich"),
}


def lint(where: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *options]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=110, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, where / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", where)
    return where


def test_the_contracts_hold() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout


def test_every_contract_has_a_planted_violation() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in declared} == set(PLANTED)


@pytest.mark.parametrize("contract", sorted(PLANTED))
def test_a_planted_violation_is_caught(copy: Path, contract: str) -> None:
    file, line = PLANTED[contract]
    planted = copy / file
    before = planted.read_text()
    planted.write_text(f"{before}\n{line}\n")
    try:
        found = lint(copy, "--contract", contract)
    finally:
        planted.write_text(before)
    assert found.returncode == 1, found.stdout
    assert "BROKEN" in found.stdout
