"""Commands that decide by other means: lending roles, a yes in advance, the broken glass."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from typing import Annotated

import typer

from agent.cli.options import Data, Json, Reference, Url, Yes

Why = Annotated[str, typer.Option("--reason", help="Why; it is recorded.", show_default=False)]
Hours = Annotated[float, typer.Option("--hours", min=0.01, help="For how long.", show_default=False)]
Warrant = Annotated[str, typer.Argument(metavar="ID", help="Its id, as `list` shows it.", show_default=False)]


def lend(
    to: Annotated[str, typer.Argument(metavar="PERSON", help="To whom.", show_default=False)],
    *,
    reason: Why,
    hours: Hours,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="Which role; otherwise all of yours.")
    ] = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Lend roles of yours to somebody, for a time."""
    from agent.cli.address import Where
    from agent.cli.authority import lend as work

    return work(to, reason, hours, role or [], where=Where(url, data), as_json=as_json)


def delegations(*, url: Url = None, data: Data = None, as_json: Json = False) -> int:
    """List which roles are lent, by whom, to whom, until when."""
    from agent.cli.address import Where
    from agent.cli.authority import delegations as work

    return work(where=Where(url, data), as_json=as_json)


def take_back_delegation(
    warrant: Warrant, *, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """Take a loan back, at once."""
    from agent.cli.address import Where
    from agent.cli.authority import take_back

    return take_back("delegations", warrant, where=Where(url, data), as_json=as_json)


def preapprove(
    approval: Reference,
    *,
    reason: Why,
    hours: Hours,
    yes: Yes = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show a plan, and say yes to every plan of its kind, for eight hours at most."""
    from agent.cli.address import Where
    from agent.cli.authority import preapprove as work

    return work(approval, reason, hours, where=Where(url, data), yes=yes, as_json=as_json)


def preapprovals(*, url: Url = None, data: Data = None, as_json: Json = False) -> int:
    """List what has been said yes to in advance."""
    from agent.cli.address import Where
    from agent.cli.authority import preapprovals as work

    return work(where=Where(url, data), as_json=as_json)


def take_back_preapproval(
    warrant: Warrant, *, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """Take a yes back, at once."""
    from agent.cli.address import Where
    from agent.cli.authority import take_back

    return take_back("preapprovals", warrant, where=Where(url, data), as_json=as_json)


def break_glass(
    approval: Reference,
    *,
    reason: Why,
    yes: Yes = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show a plan and let it run past the gate, in an emergency.

    It takes the right `break-glass`, is recorded as what it is, and everybody hears of it.
    """
    from agent.cli.address import Where
    from agent.cli.authority import break_glass as work

    return work(approval, reason, where=Where(url, data), yes=yes, as_json=as_json)
