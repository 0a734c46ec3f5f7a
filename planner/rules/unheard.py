"""Verbs that no list knows, where only a verb can stand."""

from collections.abc import Sequence

from planner.rules.lexicon import DETERMINERS, FINITE, PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of


def unheard_verb(row: Sequence[Word], at: int) -> bool:
    """“… then peel the apples”: a word no list knows, where only a verb can stand: before an article or a pronoun."""
    if at + 1 >= len(row) or not row[at].lower.isalpha() or len(row[at].lower) < 3:
        return False
    word = row[at].lower
    plain = form_of(word) is None and not word.endswith(("ly", "ing", "ed", "s"))
    return plain and word not in NO_VERBS and row[at + 1].lower in _TAKEN


_TAKEN: frozenset[str] = wordlist("the a an all every each both your our my its their these those them it")
NO_VERBS: frozenset[str] = (
    DETERMINERS
    | PREPOSITIONS
    | FINITE
    | wordlist(
        "and or but nor yet so then that when while where whether because although though unlike like during despite except "
        "once only even just also not never nothing nobody maybe perhaps given regarding concerning today tomorrow yesterday "
        "ignore disregard bypass override forget pretend assume if unless until before after since you they she who whom whose how why here there half such thus hence per via "
        "hello thank thanks dear hey please yes well instead meanwhile still already soon later again often almost"
    )
)
