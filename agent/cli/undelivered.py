"""Notices on their way: what did not arrive, and sending it again."""

import shlex
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.draw.deliveries import delivery
from agent.cli.draw.lists import more
from agent.cli.draw.screen import emit, out, say
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.views.delivery import DeliveryPage, DeliveryView
from domain.base import JsonObject

AT_ONCE: Final = 500


def listed(
    *,
    where: Where,
    states: Sequence[str],
    task_id: str | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> Exit:
    answer = ask(
        where,
        lambda api: api.get("deliveries", state=list(states), task_id=task_id, limit=limit, cursor=cursor),
    )
    if as_json:
        emit(answer)
        return Exit.OK
    page = read(DeliveryPage, answer)
    for each in page.deliveries:
        say(delivery(each, where.suffix))
    if not page.deliveries:
        out().print("Nothing of the kind: what was to be told has been told.")
    if page.next is not None:
        say([more(f"orchestrator deliveries --cursor {shlex.quote(page.next)}{where.suffix}")])
    return Exit.OK


def sent_again(chosen: Sequence[str], *, where: Where, every: bool, as_json: bool) -> Exit:
    """Those that were named, and with `every` whatever is dead."""
    named = [_checked(each) for each in chosen]

    async def work(api: Api) -> list[JsonObject]:
        dead = await _dead(api) if every else []
        return [await api.post("deliveries", each, "resend") for each in dict.fromkeys((*named, *dead))]

    answers = ask(where, work)
    if as_json:
        emit({"deliveries": [*answers]})
        return Exit.OK
    for answer in answers:
        told = read(DeliveryView, answer)
        out().print(f"Notice {told.notice_id} is on its way again, by {told.channel}.")
    if not answers:
        out().print("No notice is dead.")
    return Exit.OK


async def _dead(api: Api) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = read(DeliveryPage, await api.get("deliveries", state="dead", limit=AT_ONCE, cursor=cursor))
        found.extend(str(each.notice_id) for each in page.deliveries)
        if page.next is None:
            return found
        cursor = page.next


def _checked(notice_id: str) -> str:
    try:
        return str(UUID(notice_id))
    except ValueError:
        raise usage(
            f"{notice_id!r} is no notice: give its id (a UUID); `orchestrator deliveries` lists those there are"
        ) from None
