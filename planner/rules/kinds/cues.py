"""Phrases that say what kind of work it is: wherever they stand, or behind certain verbs."""

import re
from collections.abc import Iterator
from functools import lru_cache

from planner.rules.concepts import Concept
from planner.rules.wordlist import wordlist


def cued(verb: str | None, target: str) -> Iterator[tuple[Concept, float]]:
    """The kinds that such phrases speak for, and how strongly."""
    for concept, weight, pattern in _of_verb(verb):
        if pattern.search(target):
            yield concept, weight
    yield from _anywhere(target)


@lru_cache(maxsize=2_048)
def _of_verb(verb: str | None) -> tuple[tuple[Concept, float, re.Pattern[str]], ...]:
    return tuple((concept, weight, pattern) for verbs, concept, weight, pattern in _BEHIND if verb in verbs)


@lru_cache(maxsize=2_048)
def _anywhere(target: str) -> tuple[tuple[Concept, float], ...]:
    # Most phrases are not there, and to see that none of their words is takes a tenth of a search.
    low, found = target.lower(), []
    for concept, weight, hints, pattern in _CUES:
        for hint in hints:
            if hint in low:
                if pattern.search(target):
                    found.append((concept, weight))
                break
    return tuple(found)


_TOLD: tuple[tuple[Concept, float, str, re.Pattern[str]], ...] = (
    ("cicd", 6.0, "ci pipeline build", re.compile(r"\b(?:in|to|into|on|via) (?:the |our )?(?:ci|ci/cd|pipelines?|build(?: pipeline)?)\s*(?:$|[,.;]|for\b|so\b|that\b|and\b)", re.IGNORECASE)),
    ("cicd", 3.5, "merg push commit pull pr tag build", re.compile(r"\b(?:on|for|after) (?:every|each|any) (?:merge|push|commit|pull request|pr|tag|build)\b|\b(?:on|after) (?:merge|push|commit|tag)(?:ing)?\b", re.IGNORECASE)),
    ("cicd", 3.0, "workflow", re.compile(r"\b(?:to|in|into) the (?:\w+ )?workflows?\b", re.IGNORECASE)),
    ("docs", 2.5, "the", re.compile(r"\bin the (?:docs?|documentation|wiki|handbook|readme|runbook|manual|user guide|help cent(?:er|re)|faq|knowledge base|admin guide)\b", re.IGNORECASE)),
    ("docs", 2.0, "stakeholders support sales management auditors", re.compile(r"\bto (?:the |our |all )?(?:stakeholders|support(?: team)?|sales(?: team)?|management|auditors)\b", re.IGNORECASE)),
    ("release", 3.0, "% percent", re.compile(r"\d+ ?(?:%|percent) of (?:the |our |all )?(?:live |production )?(?:users|customers|visitors|traffic|tenants|requests|mails|messages|orders|calls|payments|sessions|queries|reads|writes|accounts|shops|stores)\b", re.IGNORECASE)),
    ("release", 2.5, "users customers testers tenants adopters", re.compile(r"\b(?:for|to) (?:beta|internal|pilot|selected|a few|all|early)[ -](?:users|customers|testers|tenants|adopters)\b", re.IGNORECASE)),
    ("backend", 3.0, "when if once soon", re.compile(r"^(?:the |our |all )?(?:users?|customers?|admins?|managers?|owners?|members?|partners?|drivers?) (?:when|whenever|if|once|as soon as)\b", re.IGNORECASE)),
    ("diagnosis", 4.0, "blame fault responsible the culprit", re.compile(r"\b(?:is|are|was|were) (?:to blame|at fault|responsible|the cause|the culprit)\b", re.IGNORECASE)),
    ("frontend", 3.0, "the", re.compile(r"\bon the (?:phone|device|handset|tablet|watch)\s*(?:$|[,.;])", re.IGNORECASE)),
    ("research", 3.5, "which whether if", re.compile(r"^(?:which|whether|if)\b.*\b(?:best|fits?|better|suits?|should|could|makes sense|pays?|worth)\b", re.IGNORECASE)),
    ("diagnosis", 3.0, "that", re.compile(r"\bthat (?:blocks?|causes?|caused|slows?|breaks?|broke|leaks?|fails?)\b", re.IGNORECASE)),
    ("release", 3.0, "% percent", re.compile(r"^(?:it )?to \d+ ?(?:%|percent)\b|\b(?:exposure|share|rollout|canary|ramp|wave)\b.* to \d+ ?(?:%|percent)", re.IGNORECASE)),
    ("cicd", 4.0, "registry", re.compile(r"\bto (?:the |our |a )?(?:container |docker |package |image |artifact )*registry\b", re.IGNORECASE)),
    ("backend", 2.5, "by", re.compile(r"\b(?<!all )(?:customers?|users?|managers?|owners?|admins?|them|patients?|members?|team|parents|teachers|tenants|drivers|guests|passengers|residents|students|employees|applicants|shoppers|readers|clerks|staff)\b.* by (?:(?:e-?)?mail|sms|push|text message)\b|\bby (?:sms|push|text message)\b", re.IGNORECASE)),
    ("backend", 2.5, "server backend service api", re.compile(r"\bon the server(?: side)?\b|\b(?:in|from|by) the (?:backend|[\w-]+ service|api)\b(?! docs| reference)", re.IGNORECASE)),
    ("frontend", 3.0, "ui browser front client web", re.compile(r"\bin the (?:ui|browser|front-?end|web client|web app|client)\b|\bof the (?:ui|web app|website|web shop|front-?end)\b", re.IGNORECASE)),
    ("frontend", 1.6, "page screen form dialog header footer menu sidebar navbar toolbar panel checkout cart component widget modal wizard popup banner drawer tab portal app", re.compile(r"\b(?:in|on|to|into|below|above|next to) (?:the |our |each |every )?(?:[\w-]+ ){0,2}(?:page|screen|form|dialog|header|footer|menu|sidebar|navbar|toolbar|panel|checkout|cart|component|widget|modal|wizard|popup|banner|drawer|tab|portal|app)\s*(?:$|[,.;])", re.IGNORECASE)),
    ("database", 2.0, "database db table", re.compile(r"\b(?:in|from|into|to|on) (?:the |our |a )?(?:[\w-]+ )?(?:database|db|tables?)\b", re.IGNORECASE)),
    ("security", 4.0, "who", re.compile(r"^who (?:has|have|can|may|could|had)\b.*\b(?:access|reach|log|read|write|admin)", re.IGNORECASE)),
    ("database", 3.0, "_ .", re.compile(r"\b[a-z]+_(?:id|at|by|key|count|type|date|status|on|name|code)\b|(?<![.\w])(?!www\b)[a-z]{3,}\.[a-z]{2,}_?[a-z]*\b(?!\.)(?<!\.com)(?<!\.org)(?<!\.io)(?<!\.js)(?<!\.net)(?<!\.py)(?<!\.md)(?<!\.dev)(?<!\.ts)(?<!\.css)")),
    ("qa", 2.0, "after match ios android macos mobile phone tablet windows firefox safari chrome edge browsers", re.compile(r"\b(?:before and after(?:wards)?|match(?:es)?|on (?:ios|android|macos|mobile|a phone|tablets?|windows)|in (?:firefox|safari|chrome|edge|all browsers))\b", re.IGNORECASE)),
    ("infra", 3.0, "region", re.compile(r"\b(?:in|to|into) (?:a|an|the|another) (?:second|other|different|third|separate|new)? ?region\b", re.IGNORECASE)),
    ("qa", 3.0, "under", re.compile(r"\bunder (?:heavy |full |peak |real )?load\b", re.IGNORECASE)),
)  # fmt: skip
"""Phrases that say what kind of work it is, wherever they stand; each with what must be in a text for it to be worth a look."""

_CUES = tuple((concept, weight, tuple(hints.split()), pattern) for concept, weight, hints, pattern in _TOLD)

_HANDS_OUT: frozenset[str] = frozenset({"publish", "push", "upload", "sign"})
_PACKED = re.compile(
    r"^(?:the |our |a |all )?(?:[\w-]+ )?(?:images?|packages?|artifacts?|artefacts?|wheels?|binaries)\b",
    re.IGNORECASE,
)
_INTRODUCES: frozenset[str] = frozenset({"add", "introduce", "implement", "create", "wrap"})
_SWITCHES_ON: frozenset[str] = wordlist("enable activate open unlock start") | {
    "turn on",
    "switch on",
    "make available",
}
_SWITCHES_OFF: frozenset[str] = wordlist("disable deactivate suspend pause") | {"turn off", "switch off"}
_PEOPLE = (
    r"(?:users|customers|visitors|tenants?|accounts|clients|shops|stores|sellers|members|merchants|partners|drivers|employees|staff"
    r"|subscribers|players|guests|teams|everyone|everybody|all|countries|markets|regions|clinics|pharmacies|hospitals|schools|hotels|restaurants"
    r"|patients|passengers|listeners|readers|viewers|students|parents|buyers|shoppers|riders|couriers|residents|farmers|teachers|owners|testers"
    r"|publishers|landlords|franchisees|the public)"
)
_FOR_PEOPLE = re.compile(
    rf"\b(?:for|to|with) (?:(?!be\b)[\w%-]+ ){{0,4}}?{_PEOPLE}\b|^(?:it|them|this)(?: in| on| for)?(?: production| live)?$",
    re.IGNORECASE,
)
"""What is there is switched on for those who use it: "enable it for German customers"."""

_HANDS_OVER: frozenset[str] = wordlist("give show offer bring open expose hand get take unleash")
_IT_TO_PEOPLE = re.compile(
    rf"^(?:it|them|this|(?:the |our )?new (?:[\w-]+ ){{1,3}}?|(?:version |release |build )?v?\d[\w.]*|(?:the |our )(?:fix|update|change)) ?(?:to|on) (?:[\w%-]+ ){{0,4}}?{_PEOPLE}\b",
    re.IGNORECASE,
)
"""“Give it to the drivers in Hamburg first”."""

_MOVES: frozenset[str] = wordlist("move migrate switch shift transfer redirect route send") | {
    "switch over",
    "move over",
}
_PEOPLE_TO = re.compile(
    rf"^(?:(?:all|the|our|existing|remaining|first|of|\d+|%) ?)*(?:{_PEOPLE}|traffic|requests) (?:over )?to\b",
    re.IGNORECASE,
)
"""Those who use it go over to what is new."""

_RESTORES: frozenset[str] = wordlist("restore resume recover")
_SERVICE = re.compile(
    r"^(?:the |normal |full |our )*(?:services?|operations?|availability|operation)\s*(?:$|[,.;])",
    re.IGNORECASE,
)
_GOES_BACK: frozenset[str] = wordlist("go return revert change switch move mitigate") | {
    "go back",
    "switch back",
    "roll back",
}
_EARLIER = re.compile(
    r"^(?:[\w-]+ ){0,3}?(?:back )?to (?:(?:version |release |build )?v?\d+\.\d+|(?:version|release|build) v?\d)|\b(?:back )?to (?:the |our |an? )?(?:previous|last|old|older|earlier|former|known)[\w -]*\b(?:version|release|build|deployment|state)\b",
    re.IGNORECASE,
)
"""What ran before is brought back."""

_MENDS_ROWS: frozenset[str] = wordlist(
    "correct void cancel merge remove reset update change repair delete find fill populate set convert recalculate recompute"
    " reassign normalise normalize replace move archive purge load import mask redact clean credit rewrite overwrite relink link blank"
) | {"fill in", "clean up", "fix up"}
_POPULATION = re.compile(
    r"^(?:the |all |all the |our |any |every |those |these )?(?:\d[\d,. ]* )?(?:affected|duplicated?|double|wrong|missing|stale|incorrect|orphaned"
    r"|mispriced|corrupt(?:ed)?|existing|historical|expired|inactive|closed|stored)\s+"
    r"(?:[\w-]+ ){0,2}(?:(?!tests?\b|code\b|files?\b|links?\b|pages?\b|functions?\b|icons?\b|labels?\b|translations?\b|services?\b|endpoints?\b)[\w-]+s|backlog|data|history)\b",
    re.IGNORECASE,
)
"""Records that are there and are not as they should be: "the 40 affected credit notes"."""

_ROWS_OF_OLD = re.compile(
    r"\b(?:older|newer) than\b|\bin (?:all |the |our )*(?:stored|existing|old) (?:[\w-]+ ){0,2}[\w-]+s\b|\bof (?:all|every|the (?:existing|affected)|existing|affected) (?:[\w-]+ ){0,2}[\w-]+\b"
    r"|\bof (?:last (?:month|week|year|quarter)|january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
"""Records of a time, or of everybody: "the loyalty points of all customers"."""

_CONVERTS: frozenset[str] = wordlist("convert change switch migrate turn store move swap replace")
_TO_A_TYPE = re.compile(
    r"\b(?:from|to|as|into|for) (?:an? )?(?:utc|enum|not null|nullable|cents?|numeric|decimals?|integers?|bigints?|floats?|uuids?|varchar|text|json|jsonb|timestamps?|booleans?|citext|utf-?8\w*)\b",
    re.IGNORECASE,
)
"""What is stored changes its type or its unit."""

_SHUTS_OUT: frozenset[str] = wordlist(
    "lock unlock deactivate disable suspend block reset force create close"
) | {"log out", "sign out"}
_ACCOUNTS = re.compile(
    r"\b(?:accounts|logins?|passwords?|sessions) (?:of|for) (?:[\w-]+ ){0,3}?(?:employees?|contractors?|staff|leavers?|users?|admins?|interns?|colleagues?|attackers?)\b"
    r"|^(?:the |this |that |their |his |her )accounts?\b|\bto (?:log|sign) in again\b|\b(?:reset|change) (?:their|the|its) passwords?\b",
    re.IGNORECASE,
)
"""Who may come in is changed by hand."""

_HANDS_KEYS: frozenset[str] = wordlist("issue replace renew regenerate reissue revoke")
_KEYS = re.compile(
    r"^(?:an? |the |all |our |new |leaked |exposed |old |api |signing )*(?:keys?|tokens?|credentials?|passwords?|secrets?)\b",
    re.IGNORECASE,
)
_INSTALLS: frozenset[str] = wordlist("install run host")
_ON_MACHINES = re.compile(
    r"\b(?:in|on|to|into) (?:the |our |all |every |each |new )*(?:[\w-]+ ){0,2}?(?:clusters?|nodes?|servers?|hosts?|machines?|load balancers?|vms?)\s*(?:$|[,.;])",
    re.IGNORECASE,
)
_ENCRYPTS: frozenset[str] = wordlist("encrypt enable activate") | {"switch on", "turn on"}
_AT_REST = re.compile(
    r"\b(?:backups?|volumes?|disks?|buckets?|snapshots?|storage|drives?)\b(?!.*\bcolumn)", re.IGNORECASE
)
"""What is kept on disks is encrypted by those who run them."""

_CLEARS: frozenset[str] = frozenset(
    {
        "delete",
        "purge",
        "archive",
        "anonymise",
        "anonymize",
        "erase",
        "migrate",
        "deduplicate",
        "merge",
        "consolidate",
        "pseudonymise",
        "mask",
        "load",
        "import",
    }
)
_STORED = re.compile(
    r"^(?:the |our |all |any |every )?(?:[\w-]+ ){0,3}?(?:data|records|rows|entries|accounts|customers|orders|prices|transactions|contacts|profiles|addresses|tables)\b(?! (?:page|service|endpoint|model|layer|export))",
    re.IGNORECASE,
)
"""What lies in tables, whatever it is called."""

_HOLDS_AGAINST: frozenset[str] = frozenset({"compare", "reconcile", "match", "check", "validate"})
_FIGURES = re.compile(
    r"\b(?:results?|totals?|counts?|numbers|sizes?|outputs?|sums|balances|figures|samples?|before and after|other pages)\b",
    re.IGNORECASE,
)
"""What is held against something else to see whether it is right."""

_ASKS_WHY: frozenset[str] = wordlist("check see look determine establish") | {"find out", "work out"}
_WHY = re.compile(
    r"^(?:at |for )?(?:what(?: is|'s| has| was| keeps)|why|where the|since when|how (?:long|often))\b",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"^(?:an? |the |some )*(?:sql |one-off |small )*scripts? (?:that|which|to) (?:corrects?|fix(?:es)?|updates?|deletes?|merges?|cleans?|removes?|moves?|fills?|sets?|backfills?|repairs?) (?:up )?"
    r"(?:them|these|those|(?:the |all |wrong |affected |existing |old )+(?:rows|records|entries|[\w-]+s)\b)",
    re.IGNORECASE,
)
"""What is kept is mended by a script."""

_MAKES_SURE: frozenset[str] = wordlist("check verify confirm prove ensure") | {"make sure"}
_THAT_IT_WENT_WELL = re.compile(
    r"^(?:that|whether|if) (?:the |our |all |every )?(?:[\w-]+ )?(?:migration|backfill|import|conversion|upgrade|restore|export|sync)\b",
    re.IGNORECASE,
)
"""What was moved or converted is held against what it was before."""

_UPDATES: frozenset[str] = wordlist("update upgrade bring take lift move")
_A_PROGRAM_TO = re.compile(
    r"^(?:the |our )(?:[\w-]+ ){1,3}?(?:service|app|application|front-?end|web shop|portal|daemon|site|backend) (?:up )?to (?:version |release |build )?v?\d",
    re.IGNORECASE,
)
"""A program of our own is updated by bringing its new version out."""

_WIDENS: frozenset[str] = wordlist("ramp widen go") | {"ramp up", "ramp down"}
_FROM_A_SHARE = re.compile(
    r"^(?!.*\b(?:coverage|cpu|memory|disk|limits?|thresholds?|quota|alerts?|discount|price|tax|rate)\b).*\bfrom \d+ ?(?:%|percent) to \d",
    re.IGNORECASE,
)
"""“From 10 % to 50 %”: of those who use it."""

_WHAT_CODE_DOES = re.compile(
    r"^(?:logging|storing|printing|returning|retrying|polling|double-\w+ing)\b",
    re.IGNORECASE,
)
"""What code does is stopped in the code."""

_BEHIND: tuple[tuple[frozenset[str], Concept, float, re.Pattern[str]], ...] = (
    (_HANDS_OUT, "cicd", 3.0, _PACKED),
    (_INTRODUCES, "backend", 2.5, re.compile("feature flag", re.IGNORECASE)),
    (_SWITCHES_ON, "release", 4.0, _FOR_PEOPLE),
    (
        _SWITCHES_ON | _SWITCHES_OFF,
        "release",
        4.0,
        re.compile(r" for [A-Z][a-z]+|^(?:it|them|this)\b.{0,30} (?:in [A-Z][a-z]+|everywhere)|^everywhere"),
    ),
    (_HANDS_OVER, "release", 4.0, _IT_TO_PEOPLE),
    (_MOVES, "release", 3.5, _PEOPLE_TO),
    (_RESTORES, "release", 3.5, _SERVICE),
    (_GOES_BACK, "release", 4.0, _EARLIER),
    (_MENDS_ROWS, "database", 3.0, _POPULATION),
    (_MENDS_ROWS, "database", 2.0, _ROWS_OF_OLD),
    (_CONVERTS, "database", 3.0, _TO_A_TYPE),
    (_SHUTS_OUT, "security", 3.0, _ACCOUNTS),
    (_HANDS_KEYS, "security", 3.0, _KEYS),
    (_INSTALLS, "infra", 3.0, _ON_MACHINES),
    (_ENCRYPTS, "infra", 3.0, _AT_REST),
    (_CLEARS, "database", 2.5, _STORED),
    (_ASKS_WHY, "diagnosis", 4.5, _WHY),
    (_MAKES_SURE, "qa", 4.5, _THAT_IT_WENT_WELL),
    (_UPDATES, "release", 4.0, _A_PROGRAM_TO),
    (_WIDENS, "release", 4.0, _FROM_A_SHARE),
    (frozenset({"stop", "prevent"}), "backend", 4.0, _WHAT_CODE_DOES),
    (frozenset({"write", "create", "build", "prepare"}), "database", 4.0, _SCRIPT),
    (_HOLDS_AGAINST, "qa", 2.5, _FIGURES),
)
"""Phrases that say what kind of work it is where one of these verbs has them for its object."""
