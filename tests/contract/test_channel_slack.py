"""Slack as it really reads messages: blocks within its limits, and text it has no way to interpret."""

import json

import httpx
import pytest

from domain.base import JsonObject
from notifiers.letter import Facts, Letter, Ours
from notifiers.ports import Dead, Later, Sent, Unsure
from notifiers.slack import ROWS, Slack, blocks
from notifiers.wording import worded
from tests.kit.hook import hook
from tests.kit.notices import CODE, HASH, PAGE, asked, everything, notice
from tests.kit.strangers import HOSTILE


def message(word: str = "notes", which: int = 0) -> JsonObject:
    return blocks(worded(notice(everything(word)[which], "slack")))


def elements(value: object) -> list[dict[str, object]]:
    """Everything in a message that has a type."""
    match value:
        case dict():
            here = [value] if "type" in value else []
            return [*here, *(found for each in value.values() for found in elements(each))]
        case list():
            return [found for each in value for found in elements(each)]
        case _:
            return []


@pytest.mark.parametrize("which", range(len(everything())))
def test_nothing_is_left_to_slack_to_interpret(which: int) -> None:
    made = message(HOSTILE, which)
    assert {str(each["type"]) for each in elements(made)} <= {
        "header", "plain_text", "rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "text", "link",
    }  # fmt: skip
    assert [each["url"] for each in elements(made) if each["type"] == "link"] == [PAGE]
    assert (made["mrkdwn"], made["unfurl_links"]) == (False, False)
    assert "<" not in str(made["text"])


@pytest.mark.parametrize("which", range(len(everything())))
@pytest.mark.parametrize("word", ["notes", "\u200b", "x" * 5_000, HOSTILE * 20])
def test_a_message_is_within_slacks_limits(word: str, which: int) -> None:
    made = message(word, which)
    found = elements(made)
    assert all(each["text"] for each in found if each["type"] in {"text", "plain_text"})
    header = next(each for each in found if each["type"] == "plain_text")
    assert len(str(header["text"])) <= 150
    assert len(json.dumps(made)) < 60_000


def test_a_question_says_all_that_an_approver_needs() -> None:
    said = json.dumps(message(), ensure_ascii=False)
    for part in ("🟠 high risk", CODE, HASH, f"orchestrator approve {CODE}", "🔒", "publish-outside"):
        assert part in said, part


def test_a_long_table_says_how_much_is_not_shown() -> None:
    sheet = asked().sheet
    long = asked().model_copy(
        update={"sheet": sheet.model_copy(update={"steps": sheet.steps * 10, "total": 30})}
    )
    said = json.dumps(blocks(worded(notice(long, "slack"))))
    assert f"and {30 - ROWS} more; the page shows them" in said


def test_a_letter_without_a_link_has_none() -> None:
    made = blocks(Letter((), (Ours("x"),), (Facts(((Ours("a"), ("b",)),)),)))
    assert [each for each in elements(made) if each["type"] == "link"] == []


@pytest.mark.parametrize(
    ("mood", "outcome"),
    [(None, Sent), ("404", Dead), ("410", Dead), ("429", Later), ("500", Unsure), ("302", Unsure)],
)
async def test_what_slack_answers_is_taken_at_its_word(mood: str | None, outcome: type) -> None:
    async with hook(answer=b"ok") as double, httpx.AsyncClient(trust_env=False) as http:
        double.moods.extend([mood] if mood else [])
        found = await Slack(http, f"http://127.0.0.1:{double.port}/services/T/B/secret").send(
            notice(channel="slack")
        )
    assert isinstance(found, outcome)
    assert "secret" not in found.model_dump_json()
    if isinstance(found, Later):
        assert found.after_s == 7
