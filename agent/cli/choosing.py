"""`route`: who could do a piece of work, how well each fits, and why not the others."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agent.bootstrap.plans import environ_of, plans
from agent.cli.address import Where, settings_in
from agent.cli.ask import ask
from agent.cli.draw.screen import emit, say
from agent.cli.draw.words import line
from agent.cli.eval import files
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.choosing import CandidatesView, candidates_view
from domain.agent import Need
from domain.base import JsonObject


def route(
    text: str,
    require: tuple[str, ...],
    prefer: tuple[str, ...],
    *,
    where: Where,
    manifest: Path | None,
    limit: int,
    as_json: bool,
) -> Exit:
    """The command."""
    if not text.strip():
        raise usage("there is no work in the words; say what is to be done")
    need = Need(text=text.strip(), required_tags=require, preferred_tags=prefer)
    answer = _here(need, manifest, where, limit) if manifest is not None else _there(need, where, limit)
    if as_json:
        emit(answer)
    else:
        say(_drawn(read(CandidatesView, answer)))
    return Exit.OK


def _here(need: Need, manifest: Path, where: Where, limit: int) -> JsonObject:
    settings = settings_in(where.data)
    drawn = plans(settings, manifest=files.manifest(manifest, environ_of(settings)))
    view = candidates_view(drawn.router.rank(need, shown=limit), limit)
    return cast("JsonObject", view.model_dump(mode="json"))


def _there(need: Need, where: Where, limit: int) -> JsonObject:
    body: JsonObject = {
        "text": need.text,
        "required_skills": list(need.required_tags),
        "preferred_skills": list(need.preferred_tags),
    }
    return ask(where, lambda api: api.post("route", body=body, limit=limit))


def _doubt(view: CandidatesView) -> str:
    if not view.low_confidence:
        return ""
    best = next(each for each in view.candidates if each.agent == view.chosen)
    return (
        ", and nobody's words fit; say more of what is to be done"
        if best.score == 0
        else " by a narrow margin"
    )


def _drawn(view: CandidatesView) -> Iterator[RenderableType]:
    if view.chosen is None:
        why = "; a person decides" if view.needs_person else ": each is kept out by what stands against it"
        yield line(("Nobody is chosen", "bold yellow"), why)
    else:
        yield line("It goes to ", (view.chosen, "bold cyan"), (_doubt(view), "yellow"))
    table = Table(box=None, header_style="dim", padding=(0, 1), pad_edge=False)
    for name in ("agent", "score", "for", "against"):
        table.add_column(name, overflow="fold")
    for each in view.candidates:
        style = "" if each.is_eligible else "dim"
        table.add_row(
            Text(each.agent, style=style),
            f"{each.score:.0f}",
            Text(", ".join(each.matched)),
            Text(each.why_not or ""),
        )
    yield table
