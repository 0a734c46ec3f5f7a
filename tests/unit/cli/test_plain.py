"""What comes from outside is shown, never obeyed."""

import io

import pytest
from rich.console import Console

from agent.cli.draw.words import line
from agent.cli.plain import plain, plained
from domain.base import JsonObject


@pytest.mark.parametrize(
    ("nasty", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J and \x07", r"\x9b2J and \x07"),
        ("a\rb\x08c\x7f", r"a\rb\x08c\x7f"),
        ("one\ntwo\tthree", r"one\ntwo\tthree"),
        ("invoice_\u202egpj.exe", r"invoice_\u202egpj.exe"),
        ("\u2066isolated\u2069\u200f", r"\u2066isolated\u2069\u200f"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("line\u2028separator", r"line\u2028separator"),
        ("\U000e0041tag", r"\U000e0041tag"),
        ("half \ud83d", r"half \ud83d"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_written_out(nasty: str, shown: str) -> None:
    assert plain(nasty) == shown


@pytest.mark.parametrize(
    "text", ["Größe, 日本語", "👨‍👩‍👧 family", "می‌خواهم", "NBSP\u00a0here", "[bold]x[/bold] :smile:"]
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_a_caller_that_shows_lines_keeps_their_ends() -> None:
    assert plain("one\n\x1btwo", keep="\n") == "one\n\\x1btwo"


def test_every_string_of_an_answer_is_made_plain_and_nothing_else_changes() -> None:
    answer: JsonObject = {"a\x1b": ["\x07", 1, None, True, {"b": "\u202e"}]}
    assert plained(answer) == {r"a\x1b": [r"\x07", 1, None, True, {"b": r"\u202e"}]}


def test_markup_in_a_title_is_text() -> None:
    console = Console(file=io.StringIO(), markup=False, emoji=False, highlight=False, width=80)
    console.print(line(("[red]not red[/red] :boom:", "bold")))
    assert console.file.getvalue() == "[red]not red[/red] :boom:\n"  # type: ignore[attr-defined]
