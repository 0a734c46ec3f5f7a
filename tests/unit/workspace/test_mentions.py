"""Whether a text mentions what it must."""

import pytest

from agent.workspace.mentions import Item, missing

NOTES = '# Notes\n\n- Fix {{ 7*7 }} (abc1234567, Zoë)\n- Revert "Add login" (def7654321)\n- (no subject) (0123456789)\n'


@pytest.mark.parametrize(
    "item",
    [
        "abc1234567",
        ["abc1234567", "Fix {{ 7*7 }}"],
        ["def7654321", 'Revert "Add login"'],
        ["0123456789", ""],
        "Zoë",
        [],
        "",
    ],
)
def test_what_is_there_is_found(item: Item) -> None:
    assert missing(NOTES, [item]) == []


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ("abc123456", "abc123456"),  # a part of a longer word is not that word
        ("fix", "fix"),  # nor is it in another case
        (
            ["abc1234567", 'Revert "Add login"'],
            'abc1234567 Revert "Add login"',
        ),  # both there, on different lines
        (["aaaaaaaaaa", "Add login"], "aaaaaaaaaa Add login"),  # a revert does not mention what it reverts
    ],
)
def test_what_is_not_there_is_named(item: Item, named: str) -> None:
    assert missing(NOTES, [item]) == [named]


def test_a_thousand_commits_are_checked_in_no_time() -> None:
    commits = [[f"{i:010x}", f"Change number {i} of many"] for i in range(1_000)]
    text = "\n".join(f"- {subject} ({sha})" for sha, subject in commits)
    assert missing(text, commits) == []
    assert len(missing("\n".join(text.split("\n")[1:]), commits)) == 1
