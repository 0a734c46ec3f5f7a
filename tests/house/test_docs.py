"""What the pages say is so."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from agent.api.app import create_app
from agent.cli.app import COMMANDS, GROUPS
from agent.cli.exits import MEANING
from agent.config import Settings
from agent.manifests import parse_manifest
from agent.principals import parse_principals
from approvals.policy import Policy
from domain.request import Request
from planner.pipeline import Planning
from routing.route import Router

ROOT = Path(__file__).parents[2]
HTTP = ROOT / "docs" / "reference" / "http.md"
SETTINGS = ROOT / "docs" / "reference" / "settings.md"
PAGES = sorted([ROOT / "README.md", ROOT / "AGENTS.md", *(ROOT / "docs").rglob("*.md")])


def table() -> str:
    rows = ["| variable | default | is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None or field.is_required() else f"`{field.default}`"
        if field.default_factory is not None:
            default = ""
        rows.append(f"| `{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def test_every_setting_is_told() -> None:
    page = SETTINGS.read_text()
    before, _, rest = page.partition("| variable |")
    after = rest[rest.index("\n\n") :] if "\n\n" in rest else "\n"
    found = f"{before}{table()}{after}"
    if os.environ.get("WRITE_DOCS"):
        SETTINGS.write_text(found)
    assert found == SETTINGS.read_text(), "write it anew with `task docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_every_call_of_the_readme_is_served() -> None:
    app: Any = create_app(lambda: None)  # type: ignore[arg-type, return-value]
    served = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, item in app.openapi()["paths"].items()
        for method in item
    }
    told = set()
    for cell in re.findall(r"(?m)^\| (`.+?) \|", (ROOT / "README.md").read_text()):
        method, base = "GET", ""
        for call in re.findall(r"`([^`]+)`", cell):
            if " " in call:
                method, base = call.split(" ", 1)
                path = base
            else:
                path = call if method == "GET" and call.count("/") == 1 else base.rsplit("/", 1)[0] + call
            told.add((method, re.sub(r"\{\w+\}", "{}", path)))
    assert told - served == set()


def calls() -> str:
    app: Any = create_app(lambda: None)  # type: ignore[arg-type, return-value]
    rows = ["| call | does |", "|---|---|"]
    for path, item in app.openapi()["paths"].items():
        for method, call in item.items():
            rows.append(f"| `{method.upper()} {path}` | {call['description'].splitlines()[0]} |")
    return "\n".join(rows)


def test_every_call_is_told() -> None:
    page = HTTP.read_text()
    found = f"{page.partition('| call |')[0]}{calls()}\n"
    if os.environ.get("WRITE_DOCS"):
        HTTP.write_text(found)
    assert found == HTTP.read_text(), "write it anew with WRITE_DOCS=1"


def test_every_command_is_told() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    rows = re.findall(r"(?m)^\| (`.+?`) \|", page)
    told = {name for row in rows for name in re.findall(r"`([a-z-]+)", row)}
    assert {name for _, name, *_ in (*COMMANDS, *GROUPS)} <= told


def test_the_exit_codes_are_told() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    told = {int(code): meaning for code, meaning in re.findall(r"(?m)^\| (\d) \| (.+?) \|$", page)}
    assert told == {int(code): meaning for code, meaning in MEANING.items()}


def test_the_manifest_of_the_guide_loads() -> None:
    page = (ROOT / "docs" / "how" / "manifest.md").read_text()
    example = re.search(r"(?s)```json\n(.*?)```", page)
    assert example is not None
    json.loads(example[1])
    parse_manifest(example[1], {}, source="the guide's example")


def test_the_policy_of_the_guide_loads() -> None:
    page = (ROOT / "docs" / "how" / "policy.md").read_text()
    rules = re.search(r"(?s)```yaml\n(.*?)```", page)
    assert rules is not None
    shipped = (ROOT / "manifests" / "risk-policy.yaml").read_text()
    assert rules[1].strip() in shipped, "the page shows rules that are not in the shipped policy"
    Policy.parse(shipped)


def test_the_approvals_of_the_guide_are_the_shipped_ones_and_its_principals_load() -> None:
    page = (ROOT / "docs" / "how" / "approvals.md").read_text()
    level, principals = re.findall(r"(?s)```yaml\n(.*?)```", page)
    assert level in (ROOT / "manifests" / "risk-policy.yaml").read_text()
    assert [entry.id for entry in parse_principals(principals).principals] == ["ann", "oncall"]


def test_every_command_that_a_guide_shows_exists() -> None:
    known = {name for _, name, *_ in (*COMMANDS, *GROUPS)}
    for page in PAGES:
        shown = set(re.findall(r"(?m)^(?:    |`*)?orchestrator ([a-z][a-z-]+)", page.read_text()))
        assert shown <= known, page
    verbs = {f"{group} {verb}" for _, group, _, each in GROUPS for verb, _ in each}
    guide = (ROOT / "docs" / "how" / "approvals.md").read_text()
    assert set(re.findall(r"orchestrator ((?:delegation|preapproval|keys) [a-z-]+)", guide)) <= verbs


def test_the_agent_of_the_first_steps_loads_and_gets_its_work() -> None:
    page = (ROOT / "docs/start/first-plan.md").read_text()
    manifest = parse_manifest(page.partition("```json\n")[2].partition("```")[0], {})
    planning = Planning(manifest, Router(manifest), Policy.load(ROOT / "manifests/risk-policy.yaml"))
    planned = planning.plan_by_rules(Request(task_id="first", title="Count the lines of code"))
    assert [(subtask.agent, subtask.risk) for subtask in planned.subtasks] == [("line-counter", "low")]
