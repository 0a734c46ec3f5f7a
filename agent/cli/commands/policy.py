"""Commands of `policy`: tried on cases, explained on a plan, held against what is stored."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Data, Json, Policy, TaskId, Url


def try_cases(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Cases, as YAML.", show_default=False)],
    *,
    policy: Policy = None,
    as_json: Json = False,
) -> int:
    """Try the policy on cases: what is said, and the level due.

    Nothing need be running. A case that is not as it should be ends it with exit code 7.
    """
    from agent.cli.address import settings_in
    from agent.cli.policy.trying import try_cases as work

    return work(file, settings_in(None, orchestrator_policy=policy), as_json=as_json)


def explain(task_id: TaskId, *, url: Url = None, data: Data = None, as_json: Json = False) -> int:
    """Show each rule that fired on a plan, its facts, what lowers it."""
    from agent.cli.address import Where
    from agent.cli.policy.explaining import explain as work

    return work(task_id, where=Where(url, data), as_json=as_json)


def simulate(
    *,
    policy: Policy = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many tasks at most.")] = 200,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show which stored plans would be judged otherwise.

    Under the policy of --policy, or the one that is set here. Nothing changes.
    """
    from agent.cli.address import Where, settings_in
    from agent.cli.policy.simulating import simulate as work

    return work(policy, settings_in(data), limit=limit, where=Where(url, data), as_json=as_json)
