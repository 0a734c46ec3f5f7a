"""Who uses what is built, and how a request says what they are to be able to do."""

import re

PEOPLE = (
    r"(?:(?:the|our|all|any|each|every|new|logged-in|registered|enterprise|support|shop|store) )*(?:end )?(?:users?|customers?|admins?|administrators?|merchants?|readers?"
    r"|members?|visitors?|guests?|editors?|partners?|clients?|operators?|people|managers?|sellers?|buyers?|students?|teachers?|patients?"
    r"|subscribers?|employees?|staff|agents?|authors?|organi[sz]ers?|owners?|tenants?|shoppers?)"
)
ENABLED = re.compile(
    rf"(?:let {PEOPLE} (?!know\b)|(?:allow|enable|permit) {PEOPLE} to |make it possible (?:for {PEOPLE} )?to "
    rf"|give {PEOPLE} (?:the (?:ability|option|possibility)|a way) to |{PEOPLE} (?:should|must|shall|need to|want to|would like to|can) "
    r"(?:also |then |only )?(?:be able to |be allowed to |have the (?:option|ability) to ))(?=\w)",
    re.IGNORECASE,
)
"""What users are to be able to do: a feature, with a side they see and a side they do not."""
