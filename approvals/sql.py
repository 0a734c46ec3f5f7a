"""What is fixed about the languages of databases: how statements begin, and which of their words write."""

import re
from collections.abc import Sequence
from typing import Final

_STATEMENT: Final = re.compile(
    r"""\s*(?:
      select\s.+\sfrom\s | explain\s.*\b(?:select|update|delete|insert)\s | (?-i:SHOW|DESCRIBE|DESC|VACUUM|REINDEX|ANALYZE|KILL|CALL)\s
    | insert\s+into\s | replace\s+into\s | update\s+\S+\s+set\s+\S+\s*= | delete\s+from\s | merge\s+into\s | truncate\s+table\s
    | (?-i:GRANT|REVOKE)\s.+\s(?-i:ON|TO|FROM)\s | copy\s+\S+\s+(?:from|to)\s+['"]
    | (?-i:ALTER)\s+(?-i:TABLE|ROLE|USER|DATABASE|SYSTEM|INDEX|SCHEMA|SEQUENCE)\s | (?-i:SET)\s+(?-i:GLOBAL|PERSIST)\s
    | (?-i:DROP)\s+(?-i:TABLE|ROLE|USER|DATABASE|SCHEMA|INDEX|VIEW|MATERIALIZED|TRIGGER|FUNCTION|COLLECTION)\s
    )""",
    re.IGNORECASE | re.VERBOSE,
)

_ASKING = "select show explain describe desc with values table pragma analyze db l d dt du di df tables schema info ping help version"
_ASKS: Final = frozenset(_ASKING.split())
_WRITING = (
    "insert update delete drop truncate alter grant revoke create into call copy lock unlock merge replace exec execute kill load"
    " outfile dumpfile dblink vacuum reindex cluster refresh remove rename save set setval nextval terminate cancel reload sleep"
    " promote rotate switch shutdown fsync command import restore flush do perform notify security"
)
_WRITES: Final = frozenset(_WRITING.split())


def is_statement(text: str) -> bool:
    return _STATEMENT.match(text) is not None


def only_asks(tokens: Sequence[str]) -> bool:
    """Whether a statement reads and writes nothing."""
    return bool(tokens) and tokens[0] in _ASKS and _WRITES.isdisjoint(tokens)
