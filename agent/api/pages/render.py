"""Prints pages. Every stranger's word is made inert on its way in, whatever the template does with it."""

import base64
import hashlib
import re
from typing import Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from agent.api.pages.seen import LONG
from notifiers.inert import line
from notifiers.render import said_html
from notifiers.wording import by_what

_STYLE: Final = re.compile(r"(?s)<style>(.*?)</style>")


class Pages:
    """The templates, read once when it is made."""

    def __init__(self) -> None:
        made = Environment(
            loader=PackageLoader("agent.api.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_said,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters |= {
            "ours": lambda text: escape(str(text)),
            "kept": escape,
            "long": lambda text: Markup("<bdi>{}</bdi>").format(line(text, LONG)),
            "code": _code,
            "by_what": by_what,
        }
        self._templates = {
            name: made.get_template(f"{name}.html") for name in ("approval", "message", "inbox")
        }
        frame = made.get_template("frame.html").render(title="")
        style = _STYLE.search(frame)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        self._headers = {
            # Nothing is loaded from anywhere, nothing runs, nobody frames it, and forms go home only.
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex",
        }

    def show(self, name: str, *, status: int = 200, **what: object) -> HTMLResponse:
        return HTMLResponse(self._templates[name].render(**what), status_code=status, headers=self._headers)


def _code(text: str) -> Markup:
    """A line as it is indented, otherwise inert."""
    indent = len(text) - len(text.lstrip(" "))
    return Markup("{}{}").format(" " * indent, line(text, LONG))


def _said(piece: object) -> object:
    """Numbers and our own markup as they are; any text may be a stranger's."""
    return piece if isinstance(piece, int | Markup) else said_html(piece)
