"""Tells by a Slack incoming webhook. Text goes in rich-text elements, which Slack prints and never interprets:
its `mrkdwn` has no way to quote a star or a backtick.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final, assert_never

import httpx

from domain.base import Json, JsonObject
from notifiers.exchange import TIMEOUT_S, Answered, Lost, NotSent, exchange
from notifiers.inert import cut, line
from notifiers.letter import Changes, Commands, Facts, Letter, Ours, Points, Section, Table, Words
from notifiers.notice import Notice
from notifiers.ports import Dead, Later, Sent, Trouble, Unsure
from notifiers.render import line_of, said, said_in_cell, subject
from notifiers.wording import worded

ROWS: Final = 20
_HEADER: Final = 150
_FOR_GOOD: Final = frozenset({400, 403, 404, 410})
"""Slack's ways of saying that the address, its channel or what we send will not do."""


class Slack:
    """The channel. `url` is the incoming webhook's address, which is a secret. Slack knows no ids of ours: after an
    unsure attempt the same may stand there twice.
    """

    def __init__(self, http: httpx.AsyncClient, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._http = http
        self._timeout_s = timeout_s
        self._send = partial(http.send, stream=True, follow_redirects=False)
        self._url = url

    async def send(self, notice: Notice) -> Sent | Trouble:
        request = self._http.build_request(
            "POST",
            self._url,
            json=blocks(worded(notice)),
            headers={"Accept-Encoding": "identity"},
            timeout=None,
        )
        match await exchange(self._send, request, timeout_s=self._timeout_s):
            case NotSent(why=why):
                return Later(why=line(f"Slack cannot be reached: {why}"))
            case Lost(why=why):
                return Unsure(why=line(f"Slack was called and did not answer: {why}"))
            case Answered() as answered:
                return _judged(answered)


def blocks(letter: Letter) -> JsonObject:
    """The message of a letter."""
    elements: list[Json] = [element for section in letter.sections for element in _section(section)]
    if letter.link:
        elements.append(_text({"type": "link", "url": letter.link, "text": letter.link_text}))
    header: JsonObject = {
        "type": "plain_text",
        "text": cut(line_of(letter.headline), _HEADER),
        "emoji": False,
    }
    return {
        "text": _fallback(subject(letter)),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [{"type": "header", "text": header}, {"type": "rich_text", "elements": elements}],
    }


def _judged(answered: Answered) -> Sent | Trouble:
    why = line(f"Slack answered {answered.status} {answered.said}")
    if answered.status == httpx.codes.OK:
        return Sent()
    if answered.status in _FOR_GOOD:
        return Dead(why=why)
    if answered.status == httpx.codes.TOO_MANY_REQUESTS:
        return Later(why=why, after_s=answered.retry_after_s)
    return Unsure(why=why, after_s=answered.retry_after_s)


def _section(section: Section) -> Iterator[Json]:
    match section:
        case Facts():
            yield _text(*(each for label, value in section.rows for each in _fact(label, value)))
        case Points():
            yield _text(_piece(section.title, bold=True))
            yield _list(line_of(row) for row in section.rows[:ROWS])
        case Table():
            yield _text(_piece(section.title, bold=True))
            yield _list(" | ".join(map(_cell, row)) for row in section.rows[:ROWS])
            hidden = len(section.rows) - ROWS
            if hidden > 0:
                yield _text(_piece(f"and {hidden} more; the page shows them"))
            elif section.more:
                yield _text(_piece(section.more))
        case Commands() | Changes():
            yield _text(_piece(section.title, bold=True))
            shown = "\n".join(map(said, section.rows[:ROWS]))
            yield {"type": "rich_text_preformatted", "elements": [_piece(shown)]}
        case other:
            assert_never(other)


def _fact(label: Ours, value: Words) -> tuple[Json, ...]:
    return _piece(f"{label}: ", bold=True), _piece(f"{line_of(value)}\n")


def _cell(words: Words) -> str:
    return "".join(map(said_in_cell, words))


def _list(rows: Iterator[str]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": [_text(_piece(row)) for row in rows]}


def _text(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def _piece(text: str, *, bold: bool = False) -> Json:
    # Slack refuses an element without text.
    return {"type": "text", "text": text or "–", **({"style": {"bold": True}} if bold else {})}


def _fallback(text: str) -> str:
    """Shown in notifications, and the one place where Slack reads control sequences."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
