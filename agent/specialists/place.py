"""Which environment a text says that something is brought to, for tools that have to be told."""

import re
from typing import Final

_STAGING: Final = (
    "staging|stage|stg|integration (?:environment|cluster|system)|pre[- ]?prod(?:uction)?|uat|qa|canary environment"
    r"|non[- ]?prod(?:uction)?|vorproduktion\w*|preproduccion|预发\w*|测试环境\w*"
)
_DEVELOPMENT: Final = (
    "development|develop|dev|localhost|local|sandbox|testing|test lab|test|scratch|playground|minikube|ephemeral|ci|preview"
    r"|(?:copy|clone) of the (?:database|data|table|db)|throwaway (?:copy|database|cluster)"
    r"|feature environment|laptop|(?:the|our) lab|entwicklung\w*|lokal\w*|desarrollo|developpement|sviluppo"
    r"|desenvolvimento|ontwikkel\w*|开发\w*|開発\w*"
)
_LOWER: Final = rf"(?:(?P<staging>{_STAGING})|(?P<development>{_DEVELOPMENT}))(?!\w)"
_WHOSE: Final = (
    r"(?:(?:the|a|an|this|that|these|those|my|our|your|his|her|its|their|all|every|each|any|new)\s+)*"
)
_LEADS: Final = r"(?<!\w)(?:to|in|on|into|onto|against|at|over|from|across|within|inside|as|for)\s+"

BROUGHT_LOWER: Final = re.compile(_LEADS + _WHOSE + _LOWER, re.IGNORECASE)
BROUGHT_LIVE: Final = re.compile(rf"(?<!\w)to\s+{_WHOSE}(?:production|prods?|prd|live)(?!\w)", re.IGNORECASE)
NAMED_LOWER: Final = re.compile(r"(?<!\w)" + _LOWER, re.IGNORECASE)
_PLAIN: Final = re.compile(r"[a-z][a-z0-9-]*")


def place(text: str, otherwise: str = "production") -> str:
    """`staging`, `qa`, `production`: as it is called where it is brought to. Whatever only sounds like another place
    than production is believed to be one, because a plan that says so waits for nobody.
    """
    if (brought := BROUGHT_LOWER.search(text)) is not None:
        return _called(brought)
    if BROUGHT_LIVE.search(text):
        return "production"
    named = NAMED_LOWER.search(text)
    return _called(named) if named is not None else otherwise


def _called(match: re.Match[str]) -> str:
    kind = "staging" if match["staging"] else "development"
    word = re.sub(r"\s+", "-", match[kind].lower())
    return word if _PLAIN.fullmatch(word) else kind
