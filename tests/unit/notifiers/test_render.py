"""Letters in text, HTML and Markdown: whatever strangers write in them, only words change."""

import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from notifiers.letter import Facts, Letter, Ours
from notifiers.notice import Message
from notifiers.render import Renderer, subject
from notifiers.wording import worded
from tests.kit.channels import html_skeleton, markdown_skeleton
from tests.kit.notices import CODE, HASH, PAGE, PROFILE, asked, everything, notice
from tests.kit.strangers import HOSTILE, UNSEEN, strangers

RENDERER = Renderer()
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def letter(message: Message) -> Letter:
    return worded(notice(message))


def shapes(word: str) -> list[object]:
    """How everything that can be told is built, in every form, without its words."""
    told = [letter(message) for message in everything(word)]
    return [
        *([each[:4] for each in RENDERER.text(one).split("\n")] for one in told),
        *(html_skeleton(RENDERER.html(one)) for one in told),
        *(html_skeleton(RENDERER.html_part(one)) for one in told),
        *(markdown_skeleton(RENDERER.markdown(one)) for one in told),
        *(parsed(RENDERER.markdown(one)) for one in told),
        *(subject(one).count("\n") for one in told),
    ]


def parsed(markdown: str) -> list[str]:
    """What a reader of CommonMark with tables makes of it."""
    found: list[str] = []
    for token in MARKDOWN.parse(markdown):
        found.append(token.type)
        for child in token.children or ():
            found.append(f"{child.type} {child.attrs}")
            if child.type == "text":
                found.append(child.content)
    return found


CALM = shapes("notes")


@given(strangers.map(lambda text: f"x{text}"))
@settings(max_examples=40, deadline=None)
def test_a_strangers_words_change_nothing_but_words(text: str) -> None:
    assert shapes(text) == CALM


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
def test_nothing_unseen_is_left(form: str) -> None:
    for message in everything(HOSTILE):
        assert re.findall(UNSEEN, getattr(RENDERER, form)(letter(message))) == []


def test_the_only_links_are_ours() -> None:
    for message in everything(HOSTILE):
        made = RENDERER.markdown(letter(message))
        links = [token for token in parsed(made) if token.startswith("link_open")]
        assert links == [f"link_open {{'href': '{PAGE}'}}"]
        assert re.findall(r"https?://linear\.app\S*", made) == [PROFILE]
        assert re.findall(r'(?:href|src)="([^"]*)"', RENDERER.html(letter(message))) == [PAGE]


def test_text_that_nobody_vouched_for_is_inert_even_where_a_template_forgets_it() -> None:
    made = Letter((), (), (Facts(((Ours("Label"), ("<b>\n`x`|",)),)),))
    assert "Label: <b> `x`|" in RENDERER.text(made)
    assert "<bdi>&lt;b&gt; `x`|</bdi>" in RENDERER.html(made)
    assert (
        "`<b> \N{MODIFIER LETTER GRAVE ACCENT}x\N{MODIFIER LETTER GRAVE ACCENT}\N{BROKEN BAR}`"
        in RENDERER.markdown(made)
    )


def test_an_empty_word_makes_no_broken_code_span() -> None:
    assert "- **Reason:** –" in RENDERER.markdown(Letter((), (), (Facts(((Ours("Reason"), ("\u200b",)),)),)))


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
def test_a_question_says_all_that_an_approver_needs(form: str) -> None:
    made = getattr(RENDERER, form)(letter(asked()))
    for said in (
        "🟠 high risk",
        CODE,
        HASH,
        "release-1087",
        "do publish",
        "house",
        "work",
        "then",
        "🔒",
        "publish-outside",
    ):
        assert said in made, said
    assert f"orchestrator approve {CODE}" in made
    assert PAGE in made
