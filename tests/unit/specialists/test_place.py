"""Where a text says that something is brought to: what the gate lets pass as harmless never lands in production."""

from pathlib import Path

import pytest
import yaml

from agent.specialists.place import place
from approvals.policy import Policy
from approvals.policy_file import PolicyFile
from tests.unit.approvals.test_judge import SHIPPED, level, request, subtask


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(SHIPPED)


SENTENCES = (
    "Publish the notes to {}",
    "Publish the notes to the {} site",
    "Publish the notes for {}",
    "Publish {}",
    "Ship the notes on our {}",
    "In {}, publish the notes on production",
    "Publish the notes about what is in production to {}",
    "Publish the notes from production within {}",
    "Publish the {} database settings as in production",
    "Put the notes of the last production release into a new {}",
    "Publish to {} what was published to production",
)


def test_what_waits_for_nobody_is_never_brought_to_production(policy: Policy) -> None:
    """Every word that the policy takes for a lower environment is one here, in whatever way it is said."""
    places = PolicyFile.model_validate(yaml.safe_load(Path(SHIPPED).read_text(encoding="utf-8"))).environments
    words = [*places.staging.words, *places.development.words]
    words += [word.strip("*") for word in (*places.staging.foreign, *places.development.foreign)]
    waits_for_nobody = 0
    for sentence in SENTENCES:
        for word in words:
            text = sentence.format(word)
            if level(policy.judge(request(), [subtask(text, effect="external")])) in {"low", "medium"}:
                waits_for_nobody += 1
                assert place(f"{text}. {text}") != "production", text
    assert waits_for_nobody > 100


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Publish the notes", "production"),
        ("Publish the notes to the readers", "production"),
        ("Publish the test report to production", "production"),
        ("Publish the staging notes to the live site", "production"),
        ("Publish the notes to the new staging site", "staging"),
        ("Publish the notes to QA", "qa"),
        ("Publish the notes for our test lab", "test-lab"),
        ("Publish the notes to the feature environment", "feature-environment"),
        ("Publish the latest notes", "production"),
        ("Publish the notes auf Entwicklung", "entwicklung"),
    ],
)
def test_a_place_is_what_the_words_bring_it_to_and_production_where_they_name_none(
    text: str, named: str
) -> None:
    assert place(text) == named
