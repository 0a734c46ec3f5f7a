"""Makes text that others wrote inert: it can be read anywhere, and does nothing anywhere.

It stays on its line, moves no cursor, hides nothing, and forms no link that somebody could follow by mistake.
How the result is quoted in HTML, Markdown or JSON is up to each channel.
"""

import re
import unicodedata
from typing import Final

SHOWN: Final = 300
_UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"
_MARKS: Final = 4
"""More combining marks than this on one letter are there to paint over other lines."""

_WITHOUT_WIDTH: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
"""What leaves no trace on a screen, and so may hide something from readers. U+FE0F stays: emoji need it."""
_SPACE: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_UNSPEAKABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co"})

_BARE_SCHEME: Final = re.compile(
    r"(?i)(?<![a-z])(mailto|javascript|vbscript|data|file|tel|sms|linear|slack|vscode|ms-[a-z]+):(?=\S)"
)
_HOST: Final = re.compile(
    r"""(?ix)
    (?<! [\w.+-] ) (?> [\w.+-]+ @ [\w.-]+ ) (?! [/?\#] | :\S )  # a mail address, left alone
    | (?<! [\w-] ) (?P<labels> (?: [\w-]+ [.。．｡] )+ ) (?P<last> xn--[a-z0-9-]+ | [^\W\d_]{2,} ) (?! \w ) (?P<path> [/?\#]? )
    """  # noqa: RUF001  (the full-width dots part hosts too)
)
_DOT: Final = re.compile(r"[.。．｡]")  # noqa: RUF001
_FILES: Final = frozenset(
    {
        *(
            "c",
            "cfg",
            "conf",
            "cpp",
            "css",
            "csv",
            "doc",
            "docx",
            "env",
            "gif",
            "go",
            "gz",
            "h",
            "html",
            "ini",
            "ipynb",
        ),
        *(
            "java",
            "jpeg",
            "jpg",
            "js",
            "json",
            "jsx",
            "kt",
            "lock",
            "log",
            "md",
            "mjs",
            "pdf",
            "php",
            "png",
            "proto",
        ),
        *(
            "py",
            "rb",
            "rs",
            "rst",
            "scss",
            "sh",
            "sql",
            "svg",
            "tar",
            "toml",
            "ts",
            "tsv",
            "tsx",
            "txt",
            "xls",
            "xlsx",
        ),
        *("xml", "yaml", "yml", "zip"),
    }
)
"""A word that ends like one of these is taken for a file's name, unless a path follows."""


def line(text: str, shown: int = SHOWN) -> str:
    """One line, at most `shown` characters, that says what `text` says and does nothing."""
    seen = _WITHOUT_WIDTH.sub("", text[: shown * 4])
    spoken = " ".join("".join(map(_spoken, seen)).split())
    return cut(defanged(_calmed(spoken)), shown)


def lines(text: str, shown: int = SHOWN) -> tuple[str, ...]:
    """The same for text of several lines; empty ones are left out."""
    return tuple(
        made for each in re.split(r"[\r\n\v\f\x85\u2028\u2029]+", text) if (made := line(each, shown))
    )


def cut(text: str, shown: int) -> str:
    return text if len(text) <= shown else f"{text[: shown - 1]}…"


def defanged(text: str) -> str:
    """No program takes any of it for a link: `https[:]//evil[.]example/x`. Mail addresses stay as they are."""
    return _HOST.sub(_parted, _BARE_SCHEME.sub(r"\1[:]", text.replace("://", "[:]//")))


def _parted(found: re.Match[str]) -> str:
    labels, last, path = found["labels"], found["last"], found["path"]
    if labels is None or (last.lower() in _FILES and not path):
        return found[0]
    return f"{_DOT.sub('[.]', labels)}{last}{path}"


def _spoken(character: str) -> str:
    if character in _SPACE:
        return " "
    return _UNSEEN if unicodedata.category(character) in _UNSPEAKABLE else character


def _calmed(text: str) -> str:
    calm, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MARKS:
            calm.append(character)
    return "".join(calm)
