"""Logs are JSON lines that say whose they are, hold no secrets, and hold up nobody."""

import asyncio
import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from opentelemetry.sdk.trace import TracerProvider

from agent.telemetry import logs
from agent.telemetry.logs import bound, recording
from agent.telemetry.tracing import Tracing, trace_ids
from domain.errors import ConfigurationError
from tests.kit.strangers import HOSTILE, UNSEEN

logger = logging.getLogger("orchestrator.test")


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Whatever a recording does to the process's loggers, its end undoes."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("httpx").level)
    yield
    assert (root.level, list(root.handlers), logging.getLogger("httpx").level) == before


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_has_every_id_null_where_there_is_none(tmp_path: Path) -> None:
    with recording(tmp_path) as path:
        logger.info("outside")
        with bound(task_id="t"):
            logger.info("in the task")
            with bound(subtask_id="coder::t::1"):
                logger.warning("in the %s", "subtask")
            logger.info("in the task again")
    told = lines(path)
    assert [(line["message"], line["task_id"], line["subtask_id"]) for line in told] == [
        ("outside", None, None),
        ("in the task", "t", None),
        ("in the subtask", "t", "coder::t::1"),
        ("in the task again", "t", None),
    ]
    assert list(told[0]) == [
        *("ts", "level", "logger", "message", "task_id", "subtask_id", "trace_id", "span_id"),
    ]
    assert told[2]["level"] == "WARNING"
    assert told[2]["logger"] == "orchestrator.test"
    assert str(told[2]["ts"]).endswith("+00:00")


async def test_tasks_that_run_side_by_side_do_not_mix_their_ids(tmp_path: Path) -> None:
    async def work(name: str) -> None:
        with bound(task_id=name):
            for _ in range(20):
                await asyncio.sleep(0)
                logger.info(name)

    with recording(tmp_path) as path:
        await asyncio.gather(*(work(f"t{n}") for n in range(10)))
    told = lines(path)
    assert len(told) == 200
    assert all(line["task_id"] == line["message"] for line in told)


def test_lines_within_a_span_name_it(tmp_path: Path) -> None:
    tracing = Tracing(TracerProvider(shutdown_on_exit=False))
    with recording(tmp_path) as path, tracing.span("orchestrator.plan"):
        logger.info("x")
        ids = trace_ids()
    assert (lines(path)[0]["trace_id"], lines(path)[0]["span_id"]) == ids
    assert None not in ids


def test_an_exception_is_a_field_of_its_line(tmp_path: Path) -> None:
    with recording(tmp_path) as path:
        try:
            int("missing")
        except ValueError:
            logger.exception("it failed")
    (line,) = lines(path)
    assert line["message"] == "it failed"
    assert str(line["exception"]).startswith("Traceback")
    assert str(line["exception"]).endswith("'missing'")


def test_what_is_logged_beside_the_message_is_kept_as_data(tmp_path: Path) -> None:
    with recording(tmp_path) as path:
        logger.info("x", extra={"agent": "coder", "took": 1.5, "nan": float("nan"), "where": tmp_path})
        logger.info("y", extra={"task_id": "named"})
    told = lines(path)
    assert told[0]["data"] == {"agent": "coder", "took": 1.5, "nan": "nan", "where": str(tmp_path)}
    assert told[1]["task_id"] == "named"


def test_a_line_whose_arguments_do_not_fit_is_kept(tmp_path: Path) -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "%d of %d", ("one",), None)
    with recording(tmp_path) as path:
        handler = next(one for one in logging.getLogger().handlers if isinstance(one, logs._Stamped))
        handler.handle(record)
    assert lines(path)[0]["message"] == "%d of %d ('one',)"


def test_text_that_breaks_lines_or_encodings_stays_one_line(tmp_path: Path) -> None:
    text = 'a\nb\r\u2028c "quoted" \ud83d ünï'
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, text, None, None)
    with recording(tmp_path) as path:
        handler = next(one for one in logging.getLogger().handlers if isinstance(one, logs._Stamped))
        handler.handle(record)
    (line,) = path.read_bytes().splitlines()
    assert json.loads(line)["message"] == text


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("key is hush-hush-hush", "hush-hush-hush"),
        ('quoted pa"ss\\wörd here', 'pa"ss\\wörd'),
        ("postgresql://me:s3cret@host/db refused", "s3cret"),
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("sent sk-proj-abcdefghijkl", "sk-proj-abcdefghijkl"),
        ("sent lin_oauth_0123456789abcdef", "lin_oauth_0123456789abcdef"),
    ],
)
def test_secrets_are_in_no_line(tmp_path: Path, message: str, secret: str) -> None:
    console = io.StringIO()
    known = ("hush-hush-hush", 'pa"ss\\wörd')
    with recording(tmp_path, secrets=known, console=console) as path:
        logger.info(message, extra={"again": message})
        try:
            int(message)
        except ValueError:
            logger.exception("failed")
    for line in lines(path):
        assert secret not in json.dumps(line, ensure_ascii=False)
        assert secret not in str(line["message"])
        assert repr(secret)[1:-1] not in str(line.get("exception"))
    assert json.dumps(secret)[1:-1] not in path.read_text(encoding="utf-8")
    assert secret not in console.getvalue()
    assert "***" in console.getvalue()


def test_ids_that_only_resemble_secrets_are_kept(tmp_path: Path) -> None:
    with recording(tmp_path) as path, bound(task_id="task-feature-1087-with-a-long-name"):
        logger.info("see https://host:8001/docs or mail a@b.c")
    assert lines(path)[0]["task_id"] == "task-feature-1087-with-a-long-name"
    assert lines(path)[0]["message"] == "see https://host:8001/docs or mail a@b.c"


def test_a_short_secret_does_not_blot_out_the_log(tmp_path: Path) -> None:
    with recording(tmp_path, secrets=("1",)) as path:
        logger.info("1 of 11")
    assert lines(path)[0]["message"] == "1 of 11"


def test_the_servers_and_libraries_write_to_the_same_file(tmp_path: Path) -> None:
    elsewhere = logging.StreamHandler(io.StringIO())
    uvicorn = logging.getLogger("uvicorn")
    uvicorn.addHandler(elsewhere)
    uvicorn.propagate = False
    try:
        with recording(tmp_path) as path:
            for name in ("uvicorn", "uvicorn.access", "pgqueuer.job", "mcp.server"):
                logging.getLogger(name).info("from %s", name)
            logging.getLogger("httpx").info("GET https://host/?key=secret")
        assert [line["logger"] for line in lines(path)] == [
            *("uvicorn", "uvicorn.access", "pgqueuer.job", "mcp.server"),
        ]
        assert uvicorn.handlers == [elsewhere]
        assert not uvicorn.propagate
    finally:
        uvicorn.removeHandler(elsewhere)
        uvicorn.propagate = True


def test_the_level_is_kept_to(tmp_path: Path) -> None:
    with recording(tmp_path, level="WARNING") as path:
        logger.info("no")
        logger.warning("yes")
    assert [line["message"] for line in lines(path)] == ["yes"]


def test_people_read_lines_on_the_console(tmp_path: Path) -> None:
    console = io.StringIO()
    with recording(tmp_path, console=console), bound(task_id="t"):
        logger.info("hello")
    assert console.getvalue().rstrip().endswith("INFO    hello [t]")


def test_nothing_that_strangers_wrote_is_obeyed_by_the_terminal_of_whoever_reads_the_log(
    tmp_path: Path,
) -> None:
    console = io.StringIO()
    with recording(tmp_path, console=console) as path:
        logger.info("refused: %s", HOSTILE)
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["message"] == f"refused: {HOSTILE}"
    assert re.findall(UNSEEN, line) == re.findall(UNSEEN, console.getvalue()) == []
    assert len(console.getvalue().splitlines()) == 1, "nobody forges a line of ours"


def test_a_long_file_is_turned_and_a_few_old_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)
    with recording(tmp_path) as path:
        for n in range(200):
            logger.info("line %d", n)
    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == ["orchestrator.log", *(f"orchestrator.log.{n}" for n in range(1, 6))]
    assert lines(path)[-1]["message"] == "line 199"


def test_a_stuck_disk_stops_nobody_and_what_was_lost_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_WAITING", 10)
    free = threading.Event()
    written = logs._JsonLine.format

    def stuck(self: logs._JsonLine, record: logging.LogRecord) -> str:
        free.wait(60)
        return written(self, record)

    monkeypatch.setattr(logs._JsonLine, "format", stuck)
    with recording(tmp_path) as path:
        for n in range(100):
            logger.info("line %d", n)
        free.set()
        drained(path, 10)
        logger.info("after")
    told = [str(line["message"]) for line in lines(path)]
    dropped = [int(line.split()[0]) for line in told if line.endswith("the disk was slower than the log")]
    assert (told[0], told[-1]) == ("line 0", "after")
    assert sum(dropped) + sum(line.startswith("line ") for line in told) == 100


def drained(path: Path, at_least: int) -> None:
    """Wait until so many lines are written."""
    ticks: Queue[None] = Queue()
    timer = threading.Timer(60, ticks.put, [None])
    timer.start()
    while ticks.empty() and len(path.read_text().splitlines()) < at_least:
        threading.Event().wait(0.005)
    timer.cancel()
    timer.join()
    assert ticks.empty(), "the lines were never written"


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="LOG_DIR"), recording(tmp_path / "file/logs"):
        pass
