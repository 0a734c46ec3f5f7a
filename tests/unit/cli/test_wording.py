"""From what was typed to a request."""

import io
import re
from pathlib import Path

import pytest

from agent.cli.refusal import Refusal
from agent.cli.wording import Wording, new_id
from domain.ids import TASK_ID_PATTERN
from domain.request import Request


def request(text: str | None = "Write release notes", **more: object) -> Request:
    return Wording(**{"text": text, **more}).request()  # type: ignore[arg-type]


def test_a_short_text_is_the_title_and_all_of_it() -> None:
    asked = request("Write release notes and publish them")
    assert (asked.title, asked.description) == ("Write release notes and publish them", "")


def test_a_long_text_keeps_every_word_and_gets_a_title() -> None:
    text = " ".join(f"word{i}" for i in range(200))
    asked = request(text)
    assert asked.description == text
    assert asked.title.endswith(" …")
    assert len(asked.title) <= 122


def test_many_lines_are_headed_by_the_first() -> None:
    asked = request("Move to Postgres 18\n\n- back up\n- migrate\n")
    assert asked.title == "Move to Postgres 18"
    assert asked.description == "Move to Postgres 18\n\n- back up\n- migrate"


def test_a_given_title_leaves_the_words_to_the_description() -> None:
    asked = request("Do this\nand that", title="Sprint 7")
    assert (asked.title, asked.description) == ("Sprint 7", "Do this\nand that")


def test_words_come_from_a_file_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "request.md").write_text("Tidy up\n", encoding="utf-8")
    assert request(None, file=str(tmp_path / "request.md")).title == "Tidy up"
    monkeypatch.setattr("sys.stdin", io.StringIO("From a pipe"))
    assert request(None, file="-").title == "From a pipe"
    monkeypatch.setattr("sys.stdin", io.StringIO("From a pipe as well"))
    assert request("-").title == "From a pipe as well"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": None}, "say what to do"),
        ({"text": "x", "file": "y"}, "say what to do"),
        ({"text": "  "}, "empty"),
        ({"text": None, "file": "/no/such/file"}, "cannot be read"),
        ({"context": "{not json"}, "--context is not JSON"),
    ],
)
def test_what_cannot_be_understood_is_wrong_usage_that_says_so(given: dict[str, object], told: str) -> None:
    with pytest.raises(Refusal, match=told) as refused:
        request(**given)  # type: ignore[arg-type]
    assert refused.value.exit_code == 2


def test_every_bad_value_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        request("x", task_id="not an id!", due="someday")
    assert {path.split(".")[0] for path, _ in refused.value.fields} == {"task_id", "metadata"}
    assert refused.value.exit_code == 2


def test_new_ids_are_readable_valid_and_never_the_same() -> None:
    assert new_id("Write release notes, then publish!").startswith("write-release-notes-then-publish-")
    for title in ("日本語", "---", "a" * 500, "Größe"):
        assert request(title, task_id=None).task_id != request(title, task_id=None).task_id
        assert re.match(TASK_ID_PATTERN, new_id(title))


def test_a_folder_here_is_named_in_full_and_an_address_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert request(repository="repo").metadata.repository == str((tmp_path / "repo").resolve())
    address = "git@github.com:acme/tools.git"
    assert request(repository=address).metadata.repository == address


def test_a_date_that_is_none_is_told_with_one_that_is() -> None:
    with pytest.raises(Refusal) as refused:
        Wording("Write the docs", due="tomorrow").request()
    ((path, issue),) = refused.value.fields
    assert path == "metadata.due_date"
    assert issue.startswith("'tomorrow' is no date; give one such as 2027-01-31")
    assert Wording("Write the docs", due="2027-01-31T17:00+01:00").request().due_at is not None


def test_a_text_that_is_too_long_is_counted_in_characters() -> None:
    with pytest.raises(Refusal) as refused:
        Wording("\n" + "x\n" * 150_000 + "y").request()
    assert refused.value.fields == (("description", "should have at most 200000 characters, not 300001"),)
