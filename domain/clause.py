"""A clause of a request or brief, parsed: who does what to which object, where.

Planning draws subtasks and edges from clauses; the risk policy draws its facts from the same ones.
"""

from typing import Literal

from domain.base import Value

ClauseKind = Literal["action", "constraint", "condition", "context", "question", "note"]
"""`action` asks for work; `constraint` limits it ("do not …", "keep …"); `condition` orders it
("after the tests pass"); `context`, `question` and `note` ask for nothing by themselves."""

Environment = Literal["production", "staging", "development", "unknown"]


class Clause(Value):
    """`verb` is a lemma in lower case; `object` is the text it acts on, without the environment."""

    text: str
    kind: ClauseKind = "action"
    verb: str | None = None
    object: str = ""
    environment: Environment = "unknown"
    negated: bool = False
    language: str = "en"
