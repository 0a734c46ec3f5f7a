"""A step that a request only speaks of because something else comes before it: “… before it ships to prod on Thursday”."""

import re
from typing import NamedTuple

from planner.rules.environment import environment_of
from planner.rules.reading.dated import BROUGHT


class GoingOut(NamedTuple):
    """The order in such words; `named`: they name the step ("the rollout") rather than tell it."""

    order: str
    named: bool = False


def going_out(text: str) -> GoingOut | None:
    """The order in “the rollout to production", "it ships to prod on Thursday", "all schools get it", if it is one."""
    if _ships(text):
        return GoingOut(f"perform {text}", named=True)
    reached = _REACHES.match(text)
    if reached is not None:
        return GoingOut(f"release it to {reached['whom']}")
    found = _GOES_OUT.match(text)
    if found is None or not (
        environment_of(found["rest"]) == "production" or _WHOM_OR_WHEN.search(found["rest"])
    ):
        return None
    return GoingOut(f"release it{found['rest']}")


_REACHES = re.compile(
    r"(?P<whom>(?:all|every|everyone|everybody|the (?:rest|others|other|remaining))(?: [\w-]+){0,3}?) (?:gets?|receives?|sees?) (?:it|this|them)$",
    re.IGNORECASE,
)
"""“Pilot it at two schools before all schools get it”."""

_GOES_OUT = re.compile(
    r"(?:(?:it|this|that|they|everything|(?:the|this) \w+) (?:ships?|goes? (?:live|out)|launch(?:es)?"
    rf"|(?:is|are|gets?) {BROUGHT})"
    r"|we (?:(?:ship|release|launch|deploy|roll out|enable) (?:it|this|that|them)|(?:switch|turn|roll) (?:it|this|that|them) (?:on|out)))\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_WHOM_OR_WHEN = re.compile(
    r"\b(?:for|to) (?:the |all |our |every )|\bon (?:the|mon|tues|wednes|thurs|fri|satur|sun)|\b(?:tonight|tomorrow|next week)\b",
    re.IGNORECASE,
)


def _ships(text: str) -> bool:
    """“… before the rollout to production” speaks of a step that is to come."""
    named = _SHIPMENT.match(text) is not None and _JUST_A_DATE.fullmatch(text.strip()) is None
    return named and environment_of(text) == "production"


_JUST_A_DATE = re.compile(r"(?:(?:the|its|our|we) )?go-live", re.IGNORECASE)
"""“The DPO approves before go-live” orders no going live."""

_SHIPMENT = re.compile(
    r"(?:(?:the|its|our|we) )?(?:rollout|release|deployment|deploy|roll-out|go-live)\b", re.IGNORECASE
)
