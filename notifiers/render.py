"""Sets a letter as plain text, HTML and Markdown. Whatever is not `Ours` leaves here inert, forgotten or not."""

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from notifiers.inert import line
from notifiers.letter import Letter, Ours, Words


class Renderer:
    """The templates, read once when it is made."""

    def __init__(self) -> None:
        text, html, markdown = _environment(said), _environment(said_html, html=True), _environment(said_code)
        self._text = text.get_template("letter.txt")
        self._html = html.get_template("letter.html")
        self._part = html.get_template("sections.html")
        self._markdown = markdown.get_template("letter.md")

    def text(self, letter: Letter) -> str:
        """For mail readers and terminals."""
        return self._text.render(letter=letter)

    def html(self, letter: Letter) -> str:
        """A whole document, for mail."""
        return self._html.render(letter=letter, subject=Ours(subject(letter)))

    def html_part(self, letter: Letter) -> Markup:
        """Headline and sections alone, for a page of ours."""
        return Markup(self._part.render(letter=letter))  # noqa: S704  (the template escapes)

    def markdown(self, letter: Letter) -> str:
        """CommonMark with tables. Every stranger's word stands in a code span, where nothing means anything."""
        return self._markdown.render(letter=letter)


def subject(letter: Letter) -> str:
    """One line for lists of letters."""
    return line_of(letter.subject)


def line_of(words: Words) -> str:
    """Words as one line of plain text."""
    return "".join(map(said, words))


def said(piece: object) -> str:
    """A piece of text, inert unless it is ours."""
    return piece if isinstance(piece, Ours) else line(str(piece))


def said_html(piece: object) -> str:
    """The same in HTML, kept from turning the text around it by its script's direction."""
    if isinstance(piece, Ours | Markup):
        return piece
    return Markup("<bdi>{}</bdi>").format(line(str(piece)))


def said_code(piece: object) -> str:
    """The same as a code span of Markdown, without the two characters that could end it in any dialect."""
    if isinstance(piece, Ours):
        return piece
    quoted = fenced(str(piece))
    return f"`{quoted}`" if quoted else "–"


def fenced(text: str) -> str:
    """An inert line that may stand in a block of code and in a table's cell."""
    return _within_cell(line(text)).replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}")


def said_in_cell(piece: object) -> str:
    """The same as plain text between bars."""
    return piece if isinstance(piece, Ours) else _within_cell(said(piece))


def _within_cell(text: str) -> str:
    return text.replace("|", "\N{BROKEN BAR}")


def _environment(say: Callable[[object], str], *, html: bool = False) -> Environment:
    made = Environment(
        loader=PackageLoader("notifiers"),
        autoescape=html,  # noqa: S701  (what is not HTML is quoted in its own way)
        undefined=StrictUndefined,
        finalize=say,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    join = Markup() if html else ""

    def words(pieces: Words) -> str:
        spoken = [say(piece) for piece in pieces]
        return join.join(map(escape, spoken)) if html else Ours("".join(spoken))

    made.filters["words"] = words
    made.filters["cell"] = lambda pieces: Ours("".join(map(said_in_cell, pieces)))
    made.filters["fenced"] = lambda piece: Ours(piece if isinstance(piece, Ours) else fenced(piece))
    return made
