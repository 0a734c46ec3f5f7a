"""“If a rollback is needed, …” orders one, as the case may be."""

import re

from domain.clause import Clause
from planner.rules.ask import Ask
from planner.rules.environment import environment_of
from planner.rules.words import form_of

DEED = re.compile(
    r"(?:an? |the |another )?(?P<deed>rollback|restart|failover|revert|hotfix|rebuild|redeploy)(?P<of>(?: of| to) .+?)? "
    r"(?:is|is found|seems|becomes|proves|turns out) (?:to be )?(?:needed|necessary|required|unavoidable)\b",
    re.IGNORECASE,
)
"""“If a rollback is needed, …” orders one, as the case may be."""


def as_needed(ask: Ask, deed: str, of: str) -> Ask:
    verb = (form_of(deed) or (deed, ""))[0]
    target = of.strip().removeprefix("of ") or "it"
    text = f"{verb.capitalize()} {target} if needed"
    own = Clause(text=text, verb=verb, object=target, environment=environment_of(of))
    return Ask(text, own, unit=ask.unit, marker=ask.marker, listing=ask.listing, anaphor=not of)
