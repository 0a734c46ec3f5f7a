"""`worker`: takes work from a service's database, on this machine or another."""

import asyncio
import os
import socket

from agent.bootstrap.serve import serve
from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import line
from agent.cli.exits import Exit
from agent.cli.haste import settled
from agent.cli.loop import run
from agent.cli.notes import without_notes
from agent.cli.stack import joined
from agent.cli.up import loud
from agent.config import Settings
from agent.embedded.ending import cancelled_by_signals
from agent.telemetry.logs import recording
from domain.base import JsonObject


def worker(settings: Settings, *, as_json: bool) -> Exit:
    """The command. A signal is how it is meant to end, so that is no error."""
    try:
        run(_work(settings, as_json=as_json))
    except (KeyboardInterrupt, SystemExit):
        if not as_json:
            out().print("Stopped; what was under way goes on elsewhere.")
    return Exit.OK


async def _work(settings: Settings, *, as_json: bool) -> None:
    stack, name = joined(settings), f"{socket.gethostname()}-{os.getpid()}"
    with (
        cancelled_by_signals(),
        recording(
            settings.log_dir,
            level=settings.log_level,
            secrets=settings.secrets,
            name=f"worker-{os.getpid()}",
            console=loud(),
        ) as log,
    ):
        async with serve(settings, stack, worker=True, name=name):
            settled()
            lost = await without_notes(stack)
            limit = settings.worker_concurrency
            if as_json:
                told: JsonObject = {"worker": name, "concurrency": limit, "database": stack.database}
                emit({**told, "log": str(log), "redis_trouble": lost})
            else:
                out().print(
                    line("Worker ", (name, "bold"), f" takes up to {limit} tasks at once. Log: {log}")
                )
                if lost:
                    out().print(line(("! ", "yellow"), f"{lost}. Tasks run all the same."))
            await asyncio.Event().wait()
