"""Commands that serve, and that look after what serves."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Data, Json, Manifest, Policy, Yes


class Bench(StrEnum):
    engine = "engine"
    latency = "latency"
    stream = "stream"
    submit = "submit"
    large = "large"
    stored = "stored"


def demo(
    *,
    as_json: Json = False,
    yes: Yes = False,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="FOLDER", help="Work in this folder and keep all of it.")
    ] = None,
    commits: Annotated[int, typer.Option("--commits", min=1, max=999, help="Commits to make.")] = 12,
    request: Annotated[
        str | None, typer.Option("--request", metavar="TEXT", help="Other words for the same request.")
    ] = None,
) -> int:
    """See all of it in seconds, on a repository made for it.

    A request is planned, held at the gate, approved, run and published. Needs git, and nothing else: no key,
    no network, no service.
    """
    from agent.cli.demo.command import demo as work

    return work(request=request, commits=commits, keep=keep, yes=yes, as_json=as_json)


def up(
    *,
    data: Data = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Address to serve on; 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65_535, help="Port to serve on; 8001. 0 takes a free one."),
    ] = None,
    manifest: Manifest = None,
    policy: Policy = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Run tasks here, too.")] = True,
    as_json: Json = False,
) -> int:
    """Serve the API and run tasks.

    PostgreSQL and Redis are embedded unless DATABASE_URL and REDIS_URL say otherwise.
    """
    from agent.cli.address import settings_in
    from agent.cli.up import up as work

    settings = settings_in(
        data, host=host, port=port, orchestrator_manifest=manifest, orchestrator_policy=policy
    )
    return work(settings, worker=worker, as_json=as_json)


def worker(
    *,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=100_000, help="Tasks at once; 100.")
    ] = None,
    data: Data = None,
    manifest: Manifest = None,
    policy: Policy = None,
    as_json: Json = False,
) -> int:
    """Run tasks of a service that is up elsewhere.

    By DATABASE_URL and REDIS_URL, or on the same data folder.
    """
    from agent.cli.address import settings_in
    from agent.cli.worker import worker as work

    settings = settings_in(
        data, worker_concurrency=concurrency, orchestrator_manifest=manifest, orchestrator_policy=policy
    )
    return work(settings, as_json=as_json)


def init_db(*, data: Data = None, as_json: Json = False) -> int:
    """Bring the database to this version's schema.

    `up` does so by itself.
    """
    from agent.cli.address import settings_in
    from agent.cli.schema import init_db as work

    return work(settings_in(data), as_json=as_json)


def doctor(data: Data = None, manifest: Manifest = None, policy: Policy = None, as_json: Json = False) -> int:
    """Check every part, and say what to do where one is not well."""
    from agent.cli.doctor.command import doctor as work

    return work(data, manifest, policy, as_json=as_json)


def bench(
    what: Annotated[Bench, typer.Argument(help="What to measure.", show_default=False)],
    *,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=100, help="The median of so many.")] = 5,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help="For how long a thousand clients listen.")
    ] = 60,
    stored: Annotated[
        int, typer.Option("--stored", min=1_000, help="Finished subtasks that `stored` measures beside.")
    ] = 1_000_000,
    as_json: Json = False,
) -> int:
    """Measure, each figure beside the floor of the same run.

    On a database of its own: in the Postgres of DATABASE_URL, or in an embedded one. Nothing of it stays.
    """
    from agent.cli.bench.command import bench as work

    return work(what.value, rounds=rounds, seconds=seconds, stored_rows=stored, as_json=as_json)
