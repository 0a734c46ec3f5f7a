"""Where a clause takes effect: production, staging, development, in the words of several languages."""

import re
from functools import lru_cache

from domain.clause import Environment

_PRODUCTION = re.compile(
    r"(?<![a-z])(?<!pre-)(?<!pre)(?<!pre )(?<!non-)(?<!non)(?<!non )"
    r"(?:production(?!-like|-grade|-quality|-ready| like| quality| grade| ready|-style| style| code| use)"
    r"|prod(?![a-z])(?!-like| like|-ready| ready)|prd(?![a-z])"
    r"|produktion(?!s?-?ähnlich)\w*|produktiv\w*|producción|produccion|produção|producao|produzione|productie\w*|produkcj\w*|produkcyjn\w*"
    r"|prodüksiyon|üretim ortam\w*)"
    r"|(?<=[a-z0-9])(?<!\bpre)(?<!\bnon)[-_.](?:prod|prd|production)(?![a-z])"
    r"|продакшн\w*|продакшен\w*|прод[\u0430\u0435\u0443]?(?!\w)|боев\w+|生产环境|生产|线上|正式环境|本番|プロダクション|프로덕션|운영 ?(?:환경|서버|db)",
    re.IGNORECASE,
)
_SIGNS = ("prod", "prd", "live")
"""Without one of these no English text names production: asking first saves most of the time."""

_COPY = re.compile(
    r"\b(?:cop(?:y|ies)|clones?|snapshots?|mirrors?|dumps?|subsets?|samples?|replicas?) (?:of|from) (?:the |our |live )*"
    r"(?:production|prod|prd|live)(?: (?:data(?:base)?|db|traffic|cluster))?",
    re.IGNORECASE,
)
"""A copy of production is not production."""

_LIVE = re.compile(
    r"\b(?:on|to|in|into|over|from|against)\s+(?:the\s+)?live\b(?!\s+(?:view|chat|video|stream|demo|update|reload|tree|preview|music))"
    r"|\blive\s+(?:system|site|database|db|data|environment|env|cluster|server|servers|traffic|service|services|customers?|users?|tenants?|instance|account)\b"
    r"|\b(?:go|goes|going)[ -]live\b|\blive\s*$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"\b(?:app ?store|play ?store|google play|testflight|all (?:of )?(?:our )?(?:users|customers|tenants)|(?:to|for) (?:our )?(?:customers|everyone|everybody)"
    r"|100 ?%(?: of)?|general availability)\b",
    re.IGNORECASE,
)
_SHIPS = re.compile(
    r"\b(?:push|ship|release|deploy|publish|roll(?:ing)? ?out|launch|submit|upload)\w*\b", re.IGNORECASE
)
_STAGING = re.compile(
    r"\b(?:staging|stage(?=\s*(?:$|[,.;:]|cluster|env|environment|server|and\b|system))|stg|uat|pre-?prod(?:uction)?|pre prod(?:uction)?|preprod"
    r"|non-?prod(?:uction)?|sandbox|(?:test|qa|integration|acceptance|demo) (?:environment|env|cluster|server|system)|testumgebung|preproducción|recette)\b",
    re.IGNORECASE,
)
_DEVELOPMENT = re.compile(
    r"\b(?:(?:in|on|to|into|the) dev(?!\w)|dev (?:environment|env|cluster|server|database|db|system)|dev$|environment\s*[=:]\s*dev\w*"
    r"|development (?:environment|env|cluster|server|database|db|system)|localhost|(?:my|your) (?:laptop|machine)|locally|entwicklungsumgebung)\b",
    re.IGNORECASE,
)
_NAMES = r"(?:production|prod|prd|live|staging|stage|uat|pre-?prod(?:uction)?|non-?prod(?:uction)?|dev|development)"
_NAMED = re.compile(rf"\b{_NAMES}\b(?![-_./=]\w)\s*(?:environments?\b|env\b)?", re.IGNORECASE)
_WHERE = re.compile(
    rf"\b(?:in|on|to|into|onto|over|at|against|from|for|across|within)\s+(?:the\s+|our\s+|all\s+|both\s+)?(?:live\s+)?{_NAMES}(?:(?:,\s*|,?\s+and\s+)(?:test|qa|{_NAMES})(?![-\w]))*"
    r"(?![-_./=]\w)(?:\s+(?:environments?|env|systems?|clusters?|server))?(?=\s*(?:$|[,.;:!?)]|and\b|with\b|by\b|so\b|if\b|at\b|on\b|during\b|for\b|using\b|only\b))",
    re.IGNORECASE,
)


@lru_cache(maxsize=2_048)
def environment_of(text: str) -> Environment:
    """The riskiest place that the text names; `unknown` where it names none."""
    low = text.lower()
    if not text.isascii() or any(sign in low for sign in _SIGNS):
        text = _COPY.sub(" ", text)
        if _PRODUCTION.search(text) or _LIVE.search(text):
            return "production"
    if _PUBLIC.search(text) and _SHIPS.search(text):
        return "production"
    if _STAGING.search(text):
        return "staging"
    return "development" if _DEVELOPMENT.search(text) else "unknown"


def without_environment(text: str) -> str:
    """The same words without those that only say where."""
    return re.sub(r"\s{2,}", " ", _NAMED.sub(" ", _WHERE.sub(" ", text))).strip(" ,;:.")
