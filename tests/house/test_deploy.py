"""What `deploy/` names is there: commands, settings, metrics."""

import inspect
import re
from pathlib import Path

import yaml

from agent.cli.app import COMMANDS
from agent.config import Settings
from agent.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = {name.upper() for name in Settings.model_fields}


def test_every_service_of_ours_runs_a_command_with_settings_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    commands = {name: function for _, name, function in COMMANDS}
    ours = {name: it for name, it in compose["services"].items() if "build" in it}
    assert set(ours) == {"api", "worker"}
    for service in ours.values():
        name, *options = service["command"]
        known = set(inspect.signature(commands[name]).parameters)
        assert {option.removeprefix("--").removeprefix("no-") for option in options} <= known
        assert set(service["environment"]) <= SETTINGS
        assert (ROOT / service["build"]["dockerfile"]).is_file()


def test_the_image_and_the_unit_set_what_the_service_reads() -> None:
    image = (DEPLOY / "Dockerfile").read_text()
    for variable in re.findall(
        r"(\w+)=", next(line for line in image.splitlines() if line.startswith("ENV"))
    ):
        assert variable in SETTINGS
    unit = (DEPLOY / "orchestrator.service").read_text()
    assert set(re.findall(r"(?m)^Environment=(\w+)=", unit)) <= SETTINGS


def test_every_alert_watches_a_metric_that_is_exposed() -> None:
    exposed = Metrics(version="0").exposition("")[0].decode()
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"orchestrator_\w+", rule["expr"])}
    assert named
    for name in named:
        assert f"\n# TYPE {name} " in exposed
