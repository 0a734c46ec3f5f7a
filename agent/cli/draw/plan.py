"""A plan as a tree: waves, who does what, why in this order, how risky, and what each part covers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from agent.cli.draw.expected import expected
from agent.cli.draw.words import RISK, WIDEST, count, line, risk, short_names, span
from agent.service.views.plan import PlanView
from agent.service.views.subtask import DependencyView, SubtaskView
from domain.agent import RISK_ORDER
from domain.drafting import Drafting
from domain.plan import Planner
from domain.verdict import RuleHit, Verdict

MOST = 200
"""Subtasks that are drawn; nobody reads a longer tree."""


MADE: Final[dict[Planner, str]] = {
    "rules": "planned by rules",
    "model": "planned by a model",
    "memory": "planned as it went well before",
    "given": "brought along",
    "amended": "changed by people",
}


class Picture(NamedTuple):
    """What is drawn of a plan; the same for one that was stored and one that was only tried."""

    title: str
    plan: PlanView
    subtasks: Sequence[SubtaskView]
    dependencies: Sequence[DependencyView]

    @property
    def names(self) -> dict[str, str]:
        return short_names({s.subtask_id: s.agent for s in self.subtasks})


def plan_tree(picture: Picture) -> RenderableType:
    tree = Tree(_heading(picture), guide_style="dim")
    names, edges = picture.names, _edges(picture.dependencies)
    shown = sorted(picture.subtasks, key=lambda s: s.wave)[:MOST]
    for wave, members in groupby(shown, key=lambda s: s.wave):
        branch = tree.add(line((f"wave {wave + 1}", "dim")))
        for subtask in members:
            branch.add(Group(*_subtask(subtask, edges.get(subtask.subtask_id, ()), names)))
    if len(picture.subtasks) > MOST:
        tree.add(line((f"and {len(picture.subtasks) - MOST} more; --json has them all", "dim")))
    return tree


def coverage(picture: Picture) -> RenderableType:
    """Each requirement and the subtask that covers it; below, work that nobody asked for in words."""
    names, table = picture.names, Table.grid(padding=(0, 2))
    for requirement in picture.plan.requirements:
        covering = picture.plan.coverage.get(requirement.id, ())
        whom = ", ".join(names.get(node, node) for node in covering) or "nobody"
        table.add_row(
            Text(requirement.id, style="cyan"),
            Text(requirement.text),
            Text(whom, style="" if covering else "bold red"),
        )
    for subtask in picture.subtasks:
        if subtask.implied:
            table.add_row(
                Text("+", style="dim"),
                Text(f"{subtask.title} (implied)", style="dim"),
                names[subtask.subtask_id],
            )
    return table


def findings(plan: PlanView) -> RenderableType | None:
    if not plan.findings:
        return None
    table = Table.grid(padding=(0, 2))
    for finding in plan.findings:
        style = "bold red" if finding.severity == "hard" else "yellow"
        table.add_row(Text(finding.code, style=style), Text(f"{finding.message} ({finding.path})"))
        table.add_row("", Text(finding.mend, style="dim"))
    return table


def gate(picture: Picture) -> RenderableType:
    """Which rules fired, the gravest first, on what, what would lift them, and who is asked."""
    verdict, rules = picture.plan.verdict, hits(picture.plan.verdict, picture.names)
    if verdict.demand is None:
        return _panel(
            line("The gate: risk ", risk(picture.plan.level)), "green", *rules, "No approval is needed."
        )
    demand = verdict.demand
    asked = line(
        "\n",
        (f"{demand.required} of {', '.join(demand.roles)}", "bold"),
        f" must approve within {span(demand.ttl_s)}",
        ", and not whoever asked." if demand.four_eyes else ".",
    )
    title = line("The gate: risk ", risk(picture.plan.level), ", approval needed")
    return _panel(title, "yellow", *rules, asked)


def hits(verdict: Verdict, names: Mapping[str, str]) -> Sequence[RenderableType]:
    """The rules that fired, the gravest first."""
    return [_hit(hit, names) for hit in sorted(verdict.hits, key=lambda hit: -RISK_ORDER[hit.level])]


def whole(picture: Picture) -> Iterator[RenderableType]:
    """Everything there is to see of a plan, in the order in which one asks for it."""
    yield plan_tree(picture)
    if picture.plan.estimate is not None:
        yield expected(picture.plan.estimate, picture.names)
    if picture.plan.requirements or picture.subtasks:
        yield _titled("What covers what was asked", coverage(picture))
    if picture.plan.constraints:
        yield _titled("Kept in mind", Group(*(Text(f"- {text}") for text in picture.plan.constraints)))
    if (found := findings(picture.plan)) is not None:
        yield _titled("Found", found)
    yield Text()
    yield gate(picture)


def _panel(title: Text, style: str, *parts: RenderableType) -> Panel:
    return Panel(
        Group(*parts), title=title, title_align="left", border_style=style, padding=(0, 1), width=WIDEST
    )


def _heading(picture: Picture) -> Text:
    plan, waves = picture.plan, len({s.wave for s in picture.subtasks})
    made = MADE[plan.planner] + (f" ({plan.degraded_reason})" if plan.degraded_reason else "")
    if plan.drafting is not None:
        made += f" · {asked(plan.drafting)}"
    return line(
        ("Plan ", "bold"),
        (plan.plan_hash[:12], "bold cyan"),
        f" · {count(len(picture.subtasks), 'subtask')} in {count(waves, 'wave')} · risk ",
        risk(plan.level),
        (f" · {made}", "dim"),
    )


def asked(drafting: Drafting) -> str:
    """How a model took part, and what that cost."""
    spent = drafting.spending
    whom = drafting.model or "no model answered"
    cost = f", ${spent.cost_usd:.4f}" if spent.cost_usd is not None else ""
    return (
        f"{whom}, {count(drafting.rounds, 'round')}, {count(spent.calls, 'call')}, "
        f"{count(spent.tokens_in + spent.tokens_out, 'token')}{cost}"
    )


def _edges(dependencies: Iterable[DependencyView]) -> dict[str, list[DependencyView]]:
    found: dict[str, list[DependencyView]] = {}
    for edge in dependencies:
        found.setdefault(edge.subtask_id, []).append(edge)
    return found


def _subtask(
    subtask: SubtaskView, edges: Sequence[DependencyView], names: Mapping[str, str]
) -> Iterator[Text]:
    yield line((subtask.title, "bold"), (" ← needs approval", "yellow") if subtask.gated else "")
    covers = f"covers {', '.join(subtask.covers)}" if subtask.covers else "implied"
    agent = (names[subtask.subtask_id], "cyan") if subtask.agent else ("no agent can do it", "bold red")
    place = f" · in {subtask.environment}" if subtask.environment not in {None, "unknown"} else ""
    yield line(agent, " · risk ", (subtask.risk, RISK[subtask.risk]), place, f" · {covers}")
    for edge in edges:
        yield line((f"after {names.get(edge.depends_on, edge.depends_on)}: {edge.reason}", "dim"))


def _hit(hit: RuleHit, names: Mapping[str, str]) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=8)
    on = f" on {names.get(hit.subtask_id, hit.subtask_id)}" if hit.subtask_id else ""
    table.add_row(risk(hit.level), line((hit.rule, "bold"), f"{on}: {hit.why}"))
    table.add_row("", line((f"lower if {hit.would_be_lower_if}", "dim")))
    return table


def _titled(title: str, body: RenderableType) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, 2), expand=False))
