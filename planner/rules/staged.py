"""A thing brought out step by step: “release it to 5 %, then to everyone” is one bringing for each of them.

What follows the first step has no verb of its own; it is given that of the first.
"""

import re

from planner.rules.lexicon import FINITE
from planner.rules.stages_told import told_in_stages
from planner.rules.verbs import verb_at
from planner.rules.words import form_of, words


def staged(sentence: str) -> str:
    """The same with a verb in each step: “release it to 5 %, then release it to everyone”."""
    sentence = _and_the_rest(sentence)
    stages = told_in_stages(sentence, _template(sentence.partition(",")[0]))
    if stages is not None:
        return stages
    parts = _JOINT.split(sentence)
    if len(parts) < 2 + 1:
        return sentence
    first, template = parts[0], _template(parts[0])
    elliptic = _FIRST_TO.match(first) if template is None else None
    if template is None and elliptic is None:
        return sentence
    steps = [_step(rest) for rest in parts[2::2]]
    plain = _ordered(first) or all(step is None or step[0] for step in steps)
    if not plain or all(step is None for step in steps):
        return sentence
    said = template or "roll it out"
    head = first if elliptic is None else f"First {said} to{first[elliptic.end() :]}"
    told = zip(parts[1::2], parts[2::2], steps, strict=True)
    return head + "".join(
        f"{joint}{rest}" if step is None else _told(joint, rest, said) for joint, rest, step in told
    )


def _and_the_rest(sentence: str) -> str:
    """“Enable it in Portugal in May and everywhere else in June”: the rest is a step of its own."""
    found = _REST.search(sentence)
    template = _template(sentence[: found.start()].rpartition(",")[2]) if found is not None else None
    if found is None or template is None:
        return sentence
    link = "" if found["whom"].lower().startswith(("everywhere", "to ")) else "for "
    return f"{sentence[: found.start()]}, then {template} {link}{found['whom']}{found['late']}"


_REST = re.compile(
    r"\s+and (?P<whom>everywhere(?: else)?|(?:everyone|everybody) else|the rest(?: of (?:the )?[\w-]+)?|the others|(?:all )?(?:the )?(?:other|remaining) [\w-]+"
    r"|to (?:production|prod|everyone|everybody|the rest|the others|all (?:other )?[\w-]+))(?P<late>(?: (?:on|in|at|by|from|after|an?|one|two|three|a few|the|next|\d+)\b[^,;.]{0,30})?)$",
    re.IGNORECASE,
)
_DAY = r"(?:an?|one|two|three|four|five|six|seven|ten|a few|\d+|the) (?:\w+ )?(?:hours?|days?|weeks?|months?|fortnight) (?:later|after(?:wards)?)"
_JOINT = re.compile(
    rf"((?:\s*,\s*|\s+)(?:and\s+)?(?:then|finally|afterwards|after that|later(?: on)?|{_DAY})\s+|\s*,\s*and\s+(?=(?:if|once|when|provided|as soon as)\b))",
    re.IGNORECASE,
)
_BRINGS = re.compile(
    r"\b(?P<verb>roll|release|ship|launch|deploy|enable|activate|turn|switch|open|push|promote|apply|expose|offer|install|go(?= live\b))\b(?P<behind>[^,;]*)",
    re.IGNORECASE,
)
_PARTICLES: dict[str, str] = {"roll": "out", "turn": "on", "switch": "on", "push": "out", "open": "up"}
_TO = r"(?:to|for|in|on|at)"
_TOWARDS = re.compile(rf"\b{_TO}\b", re.IGNORECASE)
_BEGINS = re.compile(rf"{_TO}\s", re.IGNORECASE)
_FIRST_TO = re.compile(r"\s*(?:only\s+)?(?:first|initially|at first)(?:\s+only)?\s+to\b", re.IGNORECASE)
_ALL = re.compile(
    r"(?:everyone|everybody|all|the rest|the others|the remaining|the whole|half|\d+ ?%|\d+ percent|production|prod|staging)(?!\w)",
    re.IGNORECASE,
)
_LATE_ALL = re.compile(
    r"(?<=\w)\s+to (?P<all>(?:everyone|everybody|all|the rest|the others)(?:\s+\w+){0,3})\s*$", re.IGNORECASE
)
_LONGEST = 9
"""Words of a step; a longer stretch is a sentence of another kind."""


def _template(first: str) -> str | None:
    """“roll it out”: the verb of the first step; nothing where it does not say to whom or where."""
    found = _BRINGS.search(first)
    if found is None or _TOWARDS.search(found["behind"]) is None:
        return None
    before = words(first[: found.start()])
    if before and (before[-1].lower in _NAMES or any(word.lower in FINITE for word in before[-1:])):
        return None
    verb = found["verb"].lower()
    if verb == "go":
        return "go live"
    particle = _PARTICLES.get(verb)
    if particle is None or re.search(rf"\b{particle}\b", found["behind"], re.IGNORECASE) is None:
        return None if verb in {"roll", "turn", "switch"} else f"{verb} it"
    return f"{verb} it {particle}"


_NAMES: frozenset[str] = frozenset({"the", "a", "an", "our", "this", "that", "of", "to"})


def _ordered(first: str) -> bool:
    """“Deploy to Europe first”: the steps that follow are places too, without a word that says so."""
    return re.search(r"\bfirst\s*$", first, re.IGNORECASE) is not None


def _step(rest: str) -> tuple[bool] | None:
    """Whether a stretch is one more step, and whether it says so itself ("to …", "everyone")."""
    if _LATE_ALL.search(rest) and _FOLLOWS.match(rest):
        return (True,)
    row = words(_FOLLOWS.split(rest, maxsplit=1)[0])
    if not 0 < len(row) <= _LONGEST or any(word.lower in FINITE for word in row):
        return None
    towards = _BEGINS.match(rest)
    inner = row[1:] if towards else row
    infinitive = (
        towards and row[0].lower == "to" and inner and (form_of(inner[0].lower) or ("", ""))[1] == "base"
    )
    if not inner or infinitive or verb_at(inner, 0, initial=True) is not None:
        return None
    return (towards is not None or _ALL.match(rest) is not None,)


_FOLLOWS = re.compile(
    r"\b(?:once|when|if|after|provided|unless|as soon as|because|so that)\b|[,;:(]", re.IGNORECASE
)


def _told(joint: str, rest: str, said: str) -> str:
    """“, then release it to everyone”, ", and if nobody complains, release it to everyone"."""
    late = _LATE_ALL.search(rest)
    if late is not None and _FOLLOWS.match(rest):
        return f", and {rest[: late.start()]}, {said} to {late['all']}"
    when = re.sub(r"^[\s,]*(?:and\s+)?", "", joint).strip() or "and"
    return f", {when} {said} {rest if _BEGINS.match(rest) else f'to {rest}'}"
