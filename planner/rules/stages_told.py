"""Stages of a rollout told without a verb: “Staff first, 10 % on Tuesday, everyone by Friday.”"""

import re


def told_in_stages(sentence: str, template: str | None) -> str | None:
    """The same as orders, “roll it out to staff first, …”; nothing where a stretch is no stage.

    `template`: the verb of the first stretch, where it has one ("deploy it").
    """
    label = _LABEL.match(sentence) or (_IN_STEPS.match(sentence) if template is not None else None)
    body = sentence[label.end() :] if label is not None else sentence
    pieces = [piece.strip() for piece in _BETWEEN.split(body) if piece.strip()]
    led = pieces[:1] if template is not None and label is None else []
    stages = [_STAGE.fullmatch(piece) for piece in pieces[len(led) :]]
    if len(stages) + len(led) < _LEAST or not stages or None in stages:
        return None
    if label is None and not any(stage is not None and _says_so(stage) for stage in stages):
        return None
    said = template or "roll it out"
    known = [stage for stage in stages if stage is not None]
    told = [_order(said, stage) for stage in known]
    if label is not None and label.re is _IN_STEPS:
        told[0] = f"{label['head']} for {known[0]['whom']}"
    text = ", then ".join(led + told)
    return text[:1].upper() + text[1:]


def _order(said: str, stage: re.Match[str]) -> str:
    """“on Tuesday: 10 %" → “roll it out to 10 % on Tuesday”."""
    when = (stage["early"] or "").strip(" :"), stage["late"].strip()
    return " ".join(part for part in (said, "to", stage["whom"], *when) if part)


def _says_so(stage: re.Match[str]) -> bool:
    """Whether the words speak of stages: a share of all, or a group and when its turn is."""
    timed = stage["early"] or stage["late"]
    return _SHARE.search(stage["whom"]) is not None or bool(timed and _GROUPS.search(stage["whom"]))


_LEAST = 2
_LABEL = re.compile(
    r"\s*(?:rollout|roll-out|launch|release|schedule|stages|waves|plan|steps|order)(?: (?:plan|in (?:stages|waves|steps)))?\s*:\s*",
    re.IGNORECASE,
)
_IN_STEPS = re.compile(
    r"(?P<head>[^:,;]{4,60}?) in (?:two|three|four|several|\d) (?:steps|stages|waves|phases|batches)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:[,;]|→|->|>)\s*(?:(?:and|then|finally|lastly)\s+)*|\s+(?:and then|then|and finally)\s+",
    re.IGNORECASE,
)
_DAY = r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
_WHEN = (
    rf"(?:first|next|last|finally|later|afterwards|tomorrow|today|tonight|at once|right away|(?:on|by|from|in|at|the|after|next|this)? ?(?:(?:the|next|a|one|two|three|\d+) )*"
    rf"(?:{_DAY}|{_MONTH}(?: \d+)?|\d{{1,2}}(?:st|nd|rd|th)?(?: (?:of )?{_MONTH})?|week \d+|day \d+|q[1-4]|days?|weeks?|months?|noon|midnight)(?: (?:later|after(?:wards)?|onwards?))?)"
)
_GROUP = (
    r"(?:staff|employees|colleagues|users|customers|testers|teams?|shops?|stores?|tenants?|clinics?|schools?|drivers?|couriers?|accounts?|groups?|rings?"
    r"|regions?|countries|country|cities|city|devices|clients|partners|members|hotels|restaurants|sites|markets?|offices?)"
)
_WHOM = (
    rf"(?:(?i:\d[\d.,]* ?(?:%|percent)(?: of [\w'’ -]{{2,30}}?)?|everyone(?: else)?|everybody(?: else)?|everywhere(?: else)?|all(?: (?:of them|others|the rest|(?:remaining |other )?{_GROUP}))?"
    rf"|the (?:rest|others|remaining [\w-]+|whole [\w-]+)(?: of [\w'’ -]{{2,30}}?)?|half(?: of [\w'’ -]{{2,30}}?)?|production|staging"
    rf"|(?:(?:the|our|our own|one|two|three|five|ten|\d+|internal|pilot|beta|selected|early|free|paying|first) )*{_GROUP})(?: in [A-Z][\w-]+)?"
    r"|[A-Z]{2,5}|[A-Z][\w-]+(?:(?:,| and| &) [A-Z][\w-]+)?)"
)
_STAGE = re.compile(
    rf"(?P<early>(?i:{_WHEN}\s*:?\s+))?(?:(?i:to|for|in|with) )?(?P<whom>{_WHOM})(?P<late>(?:\s+(?i:{_WHEN}))*)"
)
_SHARE = re.compile(
    r"%|percent|^every(?:one|body|where)|^all\b|^the (?:rest|others|remaining)|^half", re.IGNORECASE
)
_GROUPS = re.compile(rf"\b{_GROUP}\b|production|\b[A-Z]", re.ASCII)
