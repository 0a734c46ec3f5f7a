"""`policy simulate`: which stored plans another policy would judge otherwise."""

from pathlib import Path

from agent.bootstrap.plans import policy_text
from agent.cli.address import Where
from agent.cli.ask import ask
from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import count, line, risk
from agent.cli.exits import Exit
from agent.cli.policy.trying import read_text
from agent.cli.read import read
from agent.config import Settings
from agent.service.simulating import Shift, Simulation


def simulate(policy: Path | None, settings: Settings, *, limit: int, where: Where, as_json: bool) -> Exit:
    """The command. Without a file: the policy that is set here."""
    text = policy_text(settings) if policy is None else read_text(policy)
    answer = ask(where, lambda api: api.post("policy", "simulate", body={"policy": text, "limit": limit}))
    if as_json:
        emit(answer)
        return Exit.OK
    found = read(Simulation, answer)
    for shift in found.shifts:
        _tell(shift)
    more = f"; there are older ones, --limit looks at more than {limit}" if found.more else ""
    out().print(f"{count(len(found.shifts), 'plan')} of {found.looked_at} would be judged otherwise{more}")
    return Exit.OK


def _tell(shift: Shift) -> None:
    title = line((shift.task_id, "bold"), f" ({shift.status}): {shift.title}")
    out().print(line(risk(shift.was), " → ", risk(shift.now), "  ", title))
    if (shift.asked_was, shift.required_was) != (shift.asked_now, shift.required_now):
        was, now = ", ".join(shift.asked_was) or "nobody", ", ".join(shift.asked_now) or "nobody"
        out().print(
            line((f"    asks {shift.required_now} of {now}; did {shift.required_was} of {was}", "dim"))
        )
    for sign, nodes in (("+ gate", shift.gates_added), ("- gate", shift.gates_removed)):
        for node in nodes:
            out().print(line((f"    {sign}: {node}", "dim")))
    gone = [rule for rule in shift.rules_was if rule not in shift.rules_now]
    new = [rule for rule in shift.rules_now if rule not in shift.rules_was]
    if gone or new:
        told = [*(f"+{rule}" for rule in new), *(f"-{rule}" for rule in gone)]
        out().print(line((f"    rules: {', '.join(told)}", "dim")))
