"""The policy explains itself: on cases, on a stored plan, and on all of them under another policy."""

from collections.abc import Iterator

import httpx
import pytest

from agent.cli.exits import Exit
from tests.kit.command import PATIENCE_S, ROOT, Up, folder, gone, up

SHIPPED = ROOT / "manifests" / "risk-policy.yaml"


@pytest.fixture(scope="module")
def service() -> Iterator[Up]:
    with folder() as home:
        with up(home) as running:
            with httpx.Client(base_url=running.url, trust_env=False, timeout=PATIENCE_S) as client:
                for task, words in (("p1", "Deploy the api to production"), ("p2", "List the open issues")):
                    assert (
                        client.post("/orchestrate", json={"task_id": task, "title": words}).status_code == 201
                    )
            yield running
        assert gone(home) == []


def test_a_plan_is_explained_rule_by_rule_with_facts_and_what_would_lower_it(service: Up) -> None:
    said = service.call("policy", "explain", "p1")
    assert said.code == 0, said.err
    for told in ("risk high", "environment: production", "lower if", "verb: deploy", "must approve within"):
        assert told in said.out
    explained = service.call("policy", "explain", "p1", "--json").json
    (first, *_) = explained["verdict"]["hits"]
    assert first["facts"]["classes"]
    assert first["would_be_lower_if"]
    assert service.call("policy", "explain", "p9").code == Exit.NOT_FOUND


def test_a_policy_is_held_against_what_is_stored(service: Up) -> None:
    same = service.call("policy", "simulate", "--json").json
    assert (same["looked_at"], same["shifts"]) == (2, [])
    stricter = SHIPPED.read_text().replace("  low: {}\n  medium: {}\n", LOW, 1)
    (service.home / "stricter.yaml").write_text(stricter)
    said = service.call("policy", "simulate", "--policy", "stricter.yaml")
    assert said.code == 0, said.err
    assert "p2 (planned)" in said.out
    assert "asks 1 of tech_lead; did 0 of nobody" in said.out
    assert "1 plan of 2 would be judged otherwise" in said.out
    assert service.call("tasks", "--json").json["tasks"][0]["status"] == "planned", "nothing changed"


def test_a_policy_that_says_what_is_not_known_is_refused_with_its_place(service: Up) -> None:
    (service.home / "odd.yaml").write_text(SHIPPED.read_text() + "\nallow_everything: true\n")
    refused = service.call("policy", "simulate", "--policy", "odd.yaml", "--json")
    assert refused.json["error"]["code"] == "POLICY_INVALID"
    assert "allow_everything" in refused.json["error"]["message"]
    assert service.call("policy", "test", "nowhere.yaml").code == Exit.USAGE


def test_a_policy_is_tried_on_cases_and_a_wrong_one_fails(service: Up) -> None:
    cases = service.home / "cases.yaml"
    cases.write_text("cases: [{say: Drop the users table in production, level: critical}]")
    assert service.call("policy", "test", "cases.yaml").code == 0
    cases.write_text("cases: [{say: Drop the users table in production, level: low}]")
    said = service.call("policy", "test", "cases.yaml")
    assert said.code == Exit.FAILED
    assert "it is critical, and should be low" in said.out
    assert service.call("policy", "test", "cases.yaml", "--json").json["wrong"] == 1


LOW = """\
  low:
    approval: {roles: [tech_lead], ttl_s: 600}
  medium:
    approval: {roles: [tech_lead], ttl_s: 600}
"""
