"""The import contracts hold, and each of them bites: a planted violation is caught."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.kit.command import PATIENCE_S

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


CAUGHT_AS = {"circles": "- .score -> .route "}
"""Where the offence is not told as one module's import of another."""


def lint(where: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def declared() -> dict[str, str]:
    """The name of each contract, by its id."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in contracts}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is told of a copy in which all of them were planted: looking at it costs seconds."""
    where = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, where / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", where)
    for file, line in PLANTED.values():
        with (where / file).open("a") as planted:
            planted.write(f"\n{line}\n")
    found = lint(where)
    assert found.returncode == 1, found.stdout
    return found.stdout


def test_the_contracts_hold() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert declared().keys() == PLANTED.keys()


@pytest.mark.parametrize("contract", sorted(PLANTED))
def test_a_planted_violation_is_caught(broken: str, contract: str) -> None:
    name = declared()[contract]
    assert f"{name} BROKEN\n" in broken
    file, line = PLANTED[contract]
    importer, imported = file.removesuffix(".py").replace("/", "."), line.split()[1]
    said = broken.split(f"\n{name}\n-")[1].split("\n\n\n", maxsplit=1)[0]
    assert CAUGHT_AS.get(contract, f"{importer} -> {imported} ") in said
