"""Who and what there is, and how a request says what it is to be able to do."""

import re

PEOPLE = (
    r"(?:(?:the|our|all|any|each|every|new|logged-in|registered|enterprise|support|shop|store) )*(?:end )?(?:users?|customers?|admins?|administrators?|merchants?|readers?"
    r"|members?|visitors?|guests?|editors?|partners?|clients?|operators?|people|managers?|sellers?|buyers?|students?|teachers?|patients?"
    r"|subscribers?|employees?|staff|agents?|authors?|organi[sz]ers?|owners?|tenants?|shoppers?)"
)
WANT_TO = (
    r"(?:[\w-]+ ){0,2}[\w-]+(?:ers|ors|ists|ants|ians|ees|ents|staff|people|support|clinics|schools|teams) (?:also )?"
    r"(?:want|would like|wish|wanna|love|have asked|keep asking|are asking|asked) to (?:be able to )?"
)
ENABLED = re.compile(
    rf"(?:let (?:{PEOPLE}|them|everyone|everybody|anyone|anybody) (?!know\b|in\b|into\b|out\b|go\b|have\b|through\b)|(?:allow|enable|permit) {PEOPLE} to |make it possible (?:for {PEOPLE} )?to "
    rf"|give {PEOPLE} (?:the (?:ability|option|possibility)|a way) to |{PEOPLE} (?:should|must|shall|need to|want to|would like to|can) "
    rf"(?:also |then |only )?(?:be able to |be allowed to |have the (?:option|ability) to )|{WANT_TO})(?=\w)",
    re.IGNORECASE,
)
"""What users are to be able to do: a feature, with a side they see and a side they do not."""

OBLIGED = re.compile(
    r"(?P<subject>(?:the|our|its|this|a|an|each|every) (?:[\w-]+ ){0,4}?[\w-]+) (?:must|should|shall|has to|have to|needs? to|will have to)"
    r" (?:also |then |now )?(?P<verb>accept|store|return|show|display|send|export|import|log|record|write|support|calculate|compute|convert|format|create|generate"
    r"|validate|reject|cache|publish|consume|retry|sign|encrypt|list|filter|sort|paginate|remember|offer|provide|expose|emit|parse|render|hide) (?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""“The order endpoint must accept an idempotency key”: what a part of the system is to do."""
