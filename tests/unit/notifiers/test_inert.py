"""A stranger's text can be read, and does nothing."""

import re

import pytest
from hypothesis import given, settings

from notifiers.inert import SHOWN, line, lines
from tests.kit.strangers import HOSTILE, UNSEEN, strangers

LINK = re.compile(
    r"(?i)://|(?<![a-z])(?:javascript|mailto|vbscript):\S|www\.|linear\.app|evil\.example(?!\w)"
)
MAIL = re.compile(r"(?i)[\w.+-]+@[\w.-]+")


@given(strangers)
@settings(deadline=None)
def test_it_stays_on_its_line_and_shows_all_that_is_there(text: str) -> None:
    made = line(text)
    assert "\n" not in made
    assert re.findall(UNSEEN, made) == []
    assert len(made) <= SHOWN
    made.encode()


@given(strangers)
@settings(deadline=None)
def test_no_link_can_be_followed(text: str) -> None:
    assert LINK.findall(MAIL.sub("", line(text))) == []


@given(strangers)
@settings(deadline=None)
def test_making_it_inert_twice_changes_nothing_more(text: str) -> None:
    assert line(line(text)) == line(text)


@given(strangers)
@settings(deadline=None)
def test_lines_are_each_inert(text: str) -> None:
    assert all(made and made == line(made) for made in lines(text))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain words, quoted 'so' (and so); 50 % & more", "plain words, quoted 'so' (and so); 50 % & more"),
        ("  tabs\tand\r\nlines ", "tabs and lines"),
        ("https://evil.example/x?y=1", "https[:]//evil[.]example/x?y=1"),
        ("HTTPS://EVIL.example", "HTTPS[:]//EVIL[.]example"),
        ("https://user@evil.example/x", "https[:]//user@evil[.]example/x"),
        ("evil.example", "evil[.]example"),
        ("..www.evil.example/notes.md", "..www[.]evil[.]example/notes.md"),
        ("日https://evil.example", "日https[:]//evil[.]example"),
        ("ada@evil.example/x", "ada@evil[.]example/x"),
        ("@evil.example", "@evil[.]example"),
        ("evil\u200b.example", "evil[.]example"),
        ("пример.рф", "пример[.]рф"),
        ("evil。example", "evil[.]example"),
        ("linear.app/acme/profiles/eve", "linear[.]app/acme/profiles/eve"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        # What engineers write all day is left alone.
        ("ada.b+c@mail.example.com: yes", "ada.b+c@mail.example.com: yes"),
        ("notes.md and agent/cli/app.py:33", "notes.md and agent/cli/app.py:33"),
        ("data: collect it; v1.2.3, e.g. 10.5 s", "data: collect it; v1.2.3, e.g. 10.5 s"),
        ("Ärger, naïve, 日本語, 👍", "Ärger, naïve, 日本語, 👍"),
        # What would be unseen is shown to be there.
        ("\x1b[31mred", "�[31mred"),
        ("a\u202egnp", "a�gnp"),
        ("a\ud800b", "a�b"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
    ],
)
def test_what_is_read_of_what_was_written(written: str, read: str) -> None:
    assert line(written) == read


def test_a_long_text_ends_visibly() -> None:
    assert line("x" * 10_000) == "x" * (SHOWN - 1) + "…"


def test_a_hostile_text_of_many_lines_is_many_harmless_ones() -> None:
    assert len(lines(HOSTILE)) == 8
