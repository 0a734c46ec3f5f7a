"""Logs as JSON lines, with the ids of task, subtask, trace and span on every line, off the event loop."""

import json
import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import Full, Queue
from typing import NamedTuple, TextIO

from pydantic_core import PydanticSerializationError, to_json

from agent.telemetry.tracing import trace_ids
from domain.base import Json
from domain.errors import ConfigurationError

MAX_BYTES = 20_000_000
KEPT_FILES = 5
MAX_WAITING = 10_000
"""Lines that wait for a slow disk before new ones are dropped, and the dropping is told."""

SECRET_LENGTH = 6
"""Shorter secrets are not looked for in lines: hiding every `1234` would hide the log."""

CAPTURED = ("uvicorn", "uvicorn.error", "uvicorn.access", "pgqueuer", "mcp", "asyncio")
QUIET = ("httpx", "httpx2", "httpcore", "httpcore2", "urllib3")
"""They tell every request with its URL, and URLs carry keys."""

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {
    *("message", "asctime", "taskName", "color_message", "task_id", "subtask_id"),
}
_SUSPECT: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("@",), re.compile(r"(://[^\s:/@\"]*:)[^\s@/\"]+(?=@)"), r"\1***"),
    (("earer ",), re.compile(r"([Bb]earer\s+)[\w.~+/=-]{6,}"), r"\1***"),
    (
        ("sk-", "lin_", "ghp_", "github_pat_", "xox"),
        re.compile(r"(?<![\w-])(?:sk-|lin_api_|lin_oauth_|ghp_|github_pat_|xox[abprs]-)[\w-]{16,}"),
        "***",
    ),
)
"""What looks like a secret, by words that must be there for the slower pattern to be tried at all."""


MANY = "many"
"""A record's extra of this name holds many lines' fields, for what happens too often to be a record each."""


class _Ids(NamedTuple):
    task_id: str | None = None
    subtask_id: str | None = None


_NOBODYS = _Ids()
_ids: ContextVar[_Ids] = ContextVar("log_ids", default=_NOBODYS)


def bind(task_id: str, subtask_id: str | None) -> Token[_Ids]:
    """As `bound`, for what happens too often to pay for a context manager; to be undone by `unbind`."""
    return _ids.set(_Ids(task_id, subtask_id))


def unbind(token: Token[_Ids]) -> None:
    _ids.reset(token)


@contextmanager
def bound(*, task_id: str | None = None, subtask_id: str | None = None) -> Iterator[None]:
    """Put these ids on every line that is logged within the block; an inner block keeps what it does not name."""
    outer = _ids.get()
    token = _ids.set(_Ids(task_id or outer.task_id, subtask_id or outer.subtask_id))
    try:
        yield
    finally:
        _ids.reset(token)


@contextmanager
def recording(
    folder: Path,
    *,
    level: str = "INFO",
    secrets: Sequence[str] = (),
    name: str = "orchestrator",
    console: TextIO | None = None,
) -> Iterator[Path]:
    """Write all logs of the process to `folder/name.log` for the block, in a thread of their own.

    Other processes on the same folder need other names: two cannot rotate one file. Raises
    ConfigurationError where the folder cannot be written to. Uvicorn is started with `log_config=None`,
    or else takes its own lines away.
    """
    path = folder / f"{name}.log"
    redacted = redactor(secrets)
    handlers = [_file(path, redacted)]
    if console is not None:
        handlers.append(_console(console, redacted))
    lines: Queue[logging.LogRecord] = Queue(MAX_WAITING)
    listener = _Listener(lines, *handlers)
    with ExitStack() as undo:
        for handler in handlers:
            undo.callback(handler.close)
        listener.start()
        undo.callback(listener.stop)
        _attach(_Stamped(lines), level, undo)
        yield path


class _Stamped(QueueHandler):
    """Takes down what only the logging place knows, and leaves the rest to the listener's thread."""

    _dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        if (many := record.__dict__.get(MANY)) is not None:
            return _passed_on(record, many)
        ids = _ids.get()
        trace_id, span_id = trace_ids()
        fields: dict[str, Json] = {
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "task_id": getattr(record, "task_id", ids.task_id),
            "subtask_id": getattr(record, "subtask_id", ids.subtask_id),
            "trace_id": trace_id,
            "span_id": span_id,
        }
        if record.exc_info and record.exc_info[0] is not None:
            fields["exception"] = _FORMATTER.formatException(record.exc_info)
        if extra := {key: _plain(value) for key, value in record.__dict__.items() if key not in _STANDARD}:
            fields["data"] = extra
        return _passed_on(record, (fields,))

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            if self._dropped:
                self.queue.put_nowait(self.prepare(_told_of(self._dropped)))
                self._dropped = 0
            self.queue.put_nowait(record)
        except Full:
            self._dropped += 1


class _Listener(QueueListener):
    def enqueue_sentinel(self) -> None:
        """Wait for room: the standard one gives up on a full queue, and so never ends."""
        self.queue.put(self._sentinel)  # type: ignore[attr-defined]


class _TurnedFile(RotatingFileHandler):
    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: ARG002, N802  the base class's
        """By what is written: the base class formats every line a second time to know its length."""
        return self.stream is not None and self.stream.tell() >= self.maxBytes


class _JsonLine(logging.Formatter):
    def __init__(self, redacted: Callable[[str], str]) -> None:
        super().__init__()
        self._redacted = redacted

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        # All at once: nothing that is hidden goes over the end of a line.
        # And the moment is that of all of them: it is not written anew for each.
        lines = [f'{{"ts":"{at}",{_dumps(fields)[1:]}' for fields in record.__dict__["lines"]]
        return self._redacted("\n".join(lines))


class _ConsoleLine(logging.Formatter):
    """For people: time, level, message, and whose it is."""

    def __init__(self, redacted: Callable[[str], str]) -> None:
        super().__init__()
        self._redacted = redacted

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        return "\n".join(self._line(at, fields) for fields in record.__dict__["lines"])

    def _line(self, at: str, fields: dict[str, Json]) -> str:
        whose = fields["subtask_id"] or fields["task_id"]
        about = f" [{whose}]" if whose else ""
        return self._redacted(f"{at} {fields['level']:<7} {_shown(str(fields['message']))}{about}")


_FORMATTER = logging.Formatter()


def _passed_on(record: logging.LogRecord, lines: Iterable[dict[str, Json]]) -> logging.LogRecord:
    """What the listener's thread needs: lines of one moment, each as its fields."""
    return logging.makeLogRecord({"created": record.created, "levelno": record.levelno, "lines": lines})


def _attach(handler: logging.Handler, level: str, undo: ExitStack) -> None:
    """Make the root logger the one place all lines go to, and remember how it was."""
    root = logging.getLogger()
    undo.callback(root.setLevel, root.level)
    root.setLevel(level)
    undo.callback(root.removeHandler, handler)
    root.addHandler(handler)
    for name in CAPTURED:
        logger = logging.getLogger(name)
        undo.callback(logger.__dict__.update, {"handlers": logger.handlers, "propagate": logger.propagate})
        logger.handlers, logger.propagate = [], True
    if level != "DEBUG":
        for name in QUIET:
            logger = logging.getLogger(name)
            undo.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.WARNING)


def _file(path: Path, redacted: Callable[[str], str]) -> logging.Handler:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _TurnedFile(
            path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as refused:
        raise ConfigurationError(
            f"logs cannot be written to {path} ({refused.strerror}); choose another folder (LOG_DIR)"
        ) from None
    handler.setFormatter(_JsonLine(redacted))
    return handler


def _console(stream: TextIO, redacted: Callable[[str], str]) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_ConsoleLine(redacted))
    return handler


def redactor(secrets: Sequence[str]) -> Callable[[str], str]:
    """Hides these secrets in a line, as they are, as `repr` and JSON write them, and whatever looks like one."""
    long_enough = [secret for secret in secrets if len(secret) >= SECRET_LENGTH]
    bare = {form for secret in long_enough for form in (secret, repr(secret)[1:-1])}
    forms = {form for text in bare for form in (text, json.dumps(text)[1:-1], _dumps(text)[1:-1])}
    known = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))

    def redacted(line: str) -> str:
        # Asked first: looking for one text after the other takes a fraction of what the pattern takes.
        if any(form in line for form in forms):
            line = known.sub("***", line)
        for hints, pattern, instead in _SUSPECT:
            if any(hint in line for hint in hints):
                line = pattern.sub(instead, line)
        return line

    return redacted


def _message(record: logging.LogRecord) -> str:
    """A line whose arguments do not fit its text is kept, not lost."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def _plain(value: object) -> Json:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, str | int | None) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""`json.dumps` would make one for each line."""


_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""What a terminal obeys or hides; whoever looks at a log in one sees that it is there."""


def _dumps(value: object) -> str:
    """Every fact is a line, and the thread that writes them takes its turns from the event loop."""
    try:
        text = to_json(value, inf_nan_mode="constants").decode()
    except PydanticSerializationError:  # half a character, as a file's name may hold
        text = _ENCODER.encode(value)
    # Of what is ASCII, JSON escapes all that is obeyed but one.
    return text if text.isascii() and "\x7f" not in text else _shown(text)


def _shown(text: str) -> str:
    """The same text with such characters as JSON escapes them."""
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _told_of(dropped: int) -> logging.LogRecord:
    text = f"{dropped} log lines were dropped: the disk was slower than the log"
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, text, None, None)
