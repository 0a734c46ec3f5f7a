"""Requests that name nothing to be done: "make it better"."""

from domain.clause import Clause
from planner.rules.wordlist import wordlist
from planner.rules.words import words

_EMPTY: frozenset[str] = wordlist(
    "it this that these those them thing things stuff everything something anything better faster nicer good nice great work "
    "works again all the a an some more so quickly properly please pls now asap our my your app application system product "
    "improvement improvements change changes magic happen best cool right well working issue issues problem problems same "
    "needful mess look usual same right stuff here there something's everything's thanks and or for us me everyone be should just fixed done soon today up bit little somehow somewhat around ahead on planned agreed discussed usual before accordingly old lying lot necessary needed required what is performance quality usability meeting thread yesterday yesterday's below above attached forward further"
)
_EMPTY_VERBS: frozenset[str] = wordlist(
    "see have take clean tidy start begin look check optimize make improve fix do handle change help optimize optimise enhance modernise modernize get need update repair solve resolve go proceed continue"
) | {"sort out", "clean up", "speed up", "look into"}


def _content(target: str) -> list[str]:
    """The words of an object before what is only told about it: "the thing | we talked about"."""
    row = [word.lower for word in words(target)]
    stop = next((n for n, word in enumerate(row) if n and word in _TELLS), len(row))
    return [word for word in row[:stop] if word[0].isalnum()]


_TELLS: frozenset[str] = wordlist(", that which we you i because since")


def is_vague(clause: Clause) -> bool:
    """Whether neither verb nor object says what is to be done to what."""
    content = _content(clause.object)
    if clause.verb in {"do", "need", "add"} and content[:1] in (["something"], ["anything"]):
        return True
    empty = all(word in _EMPTY or word in _EMPTY_VERBS for word in content)
    return empty and (clause.verb is None or clause.verb in _EMPTY_VERBS)
