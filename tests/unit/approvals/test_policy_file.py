"""A policy that cannot be understood is refused, with path and reason."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from approvals.policy import Policy
from approvals.policy_file import schema
from domain.errors import PolicyError

MANIFESTS = Path(__file__).parents[3] / "manifests"
SHIPPED = MANIFESTS / "risk-policy.yaml"

SMALL = """
schema_version: "1.0"
levels:
  high: {approval: {roles: [lead], ttl_s: 60}}
  critical: {approval: {roles: [chief], ttl_s: 30}}
environments: {production: {words: [prod]}}
verbs: {break: {words: [smash]}}
objects: {glass: {words: [window]}}
rules:
  - {rule: breaks, when: {verb: [break]}, level: high, why: "{verb} breaks {object}", would_be_lower_if: it held}
  - {rule: rest, when: {}, level: low, why: nothing, would_be_lower_if: nothing}
"""


def refused(text: str) -> str:
    with pytest.raises(PolicyError) as error:
        Policy.parse(text, source="test.yaml")
    assert "test.yaml" in error.value.message
    return "\n".join([error.value.message, *(f"{issue.path}: {issue.issue}" for issue in error.value.fields)])


def test_the_shipped_policy_loads_and_fits_its_schema() -> None:
    Policy.load(SHIPPED)
    jsonschema.Draft202012Validator(schema()).validate(yaml.safe_load(SHIPPED.read_text("utf-8")))


def test_the_schema_beside_the_policy_is_the_one_that_is_meant() -> None:
    assert json.loads((MANIFESTS / "risk-policy.schema.json").read_text("utf-8")) == schema()


def test_a_small_policy_of_ones_own_works() -> None:
    assert len(Policy.parse(SMALL).version) == 64


def test_the_version_changes_with_the_meaning_and_not_with_comments() -> None:
    assert Policy.parse(SMALL).version == Policy.parse("# a comment\n" + SMALL).version
    assert Policy.parse(SMALL).version != Policy.parse(SMALL.replace("smash", "shatter")).version


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.yaml cannot be read"):
        Policy.load(Path("nowhere.yaml"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("rules:", "rulez:"), "rulez"),
        (("verb: [break]", "verbs: [break]"), "rules[0].when.verbs"),
        (("level: high", "level: extreme"), "rules[0].level"),
        (("verb: [break]", "verb: [brake]"), "'brake' is no class"),
        (("{verb} breaks", "{weather} breaks"), "{weather} is no fact"),
        (("rule: rest", "rule: breaks"), "is there twice"),
        (("high: {approval: {roles: [lead], ttl_s: 60}}", "high: {}"), "levels.high.approval is missing"),
        (("roles: [lead]", "roles: []"), "nobody could ever approve"),
        (("ttl_s: 60", "ttl_s: -1"), "ttl_s"),
        (("ttl_s: 60", "ttl_s: 60, required: 0"), "required"),
        (('schema_version: "1.0"', 'schema_version: "9"'), "schema_version"),
        (("verbs:", "objects: {}\nverbs:"), "stands twice"),
        (("rules:", "rules: []\nnothing:"), "rules"),
        (("verbs: {", "verbs: ["), "is no YAML"),
        (("[smash]", '["*"]'), "no letter to look for"),
    ],
)
def test_what_is_wrong_is_named(change: tuple[str, str], said: str) -> None:
    assert said in refused(SMALL.replace(*change))


def test_an_empty_file_is_no_policy() -> None:
    refused("")
    refused("[]")
    refused("low")


def test_every_wrong_field_is_listed() -> None:
    with pytest.raises(PolicyError) as error:
        Policy.parse(SMALL.replace("level: high", "level: extreme").replace("roles: [lead]", "rolls: [lead]"))
    assert {issue.path for issue in error.value.fields} >= {"rules[0].level", "levels.high.approval.rolls"}
