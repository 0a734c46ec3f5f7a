"""Words of a text with their places, and the dictionary form of a verb."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from planner.rules.lexicon import ALL_VERBS, IRREGULAR, NEVER_VERBS, PARTICLES
from planner.rules.wordlist import wordlist

_MASKED = re.compile(
    r"```.*?(?:```|\Z)"
    r"|`[^`\n]+`"
    r'|"[^"]{1,2000}"'
    r"|“[^”]{1,2000}”"
    r"|«[^»]{1,2000}»"
    r"|(?<![\w’'])'(?:[^'\n]|(?<=\w)'(?=\w)){1,2000}'(?!\w)"
    r"|https?://[^\s,;)]+",
    re.DOTALL,
)
"""What is quoted is somebody else's words: it is never cut and never read for verbs."""

_QUOTES: frozenset[str] = frozenset("`\"“«'")
"""A text without any of these quotes nothing, but for addresses: most clauses, which then need no search."""

_TOKEN = re.compile(r"\uE000+|[^\W_](?:[\w'’+#%@&=*]|[-./:](?=\w))*|\n|[^\w\s]|_\w*")


class Word(NamedTuple):
    """One token: as written, in lower case, and where."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_quote(self) -> bool:
        return self.text[0] in "`\"“«'" or self.lower == "\ue000"


def masked(text: str) -> str:
    """The same text, same length, with everything quoted turned into one run of a private character."""
    if _QUOTES.isdisjoint(text) and "://" not in text:
        return text
    return _MASKED.sub(lambda found: "\ue000" * len(found[0]), text)


def masked_for_sentences(text: str) -> str:
    """The same, but where a quotation ends with a sentence the end of that sentence stays to be seen."""
    return _MASKED.sub(lambda found: "\ue000" * (len(found[0]) - 2) + _end(found[0]), text)


def _end(quoted: str) -> str:
    return quoted[-2] + "\ue000" if quoted[-2] in ".!?" and quoted[0] != "`" else "\ue000\ue000"


def words(text: str) -> tuple[Word, ...]:
    """The tokens of a text; a quotation is one token."""
    # Clauses are looked at again and again; whole requests are looked at once and may be long.
    return _words_kept(text) if len(text) <= _SHORT else _words(text)


def _words(text: str) -> tuple[Word, ...]:
    found = []
    for match in _TOKEN.finditer(masked(text)):
        said, (start, end) = match[0], match.span()
        if said[0] == "\ue000":
            found.append(Word(text[start:end], "\ue000", start, end))
        else:
            found.append(Word(said, said.lower().replace("’", "'"), start, end))
    return tuple(found)


_SHORT = 300
_words_kept = lru_cache(maxsize=4_096)(_words)


@cache
def verb_forms() -> dict[str, tuple[str, str]]:
    """Every inflected form of every known verb → (its lemma, base · ing · ed · s)."""
    forms: dict[str, tuple[str, str]] = {}
    for lemma in ALL_VERBS:
        for form, tense in _inflected(lemma):
            forms.setdefault(form, (lemma, tense))
    forms |= IRREGULAR
    for form in NEVER_VERBS:
        forms.pop(form, None)
    for lemma in ALL_VERBS:
        forms[lemma] = (lemma, "base")
    return forms


def form_of(word: str) -> tuple[str, str] | None:
    """The lemma and form of a verb; of a hyphenated one that of its last part: "lazy-load"."""
    forms = verb_forms()
    if word in forms or "-" not in word:
        return forms.get(word)
    first, last = word.rsplit("-", 1)
    known = forms.get(last) if first in _MANNERS else None
    return (f"{first}-{known[0]}", known[1]) if known and len(first) > 1 and first.isalpha() else None


_MANNERS: frozenset[str] = wordlist(
    "ab auto back batch blue-green bulk canary co cold cross cut de deep double dry dual end-to-end fast feature fine force full hand hard "
    "hot lazy live load mass mis multi out over peer performance pre quick rate re regression rolling rubber self shadow short sign "
    "smoke soft spell spot stress sub third-party time un under unit user zero"
)
"""How something is done: "dry-run it", but not the "billing-bridge"."""


def _inflected(lemma: str) -> list[tuple[str, str]]:
    doubled = lemma + lemma[-1] if _doubles(lemma) else lemma
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")):
        stem = lemma[:-1]
        return [(stem + "ing", "ing"), (lemma + "d", "ed"), (lemma + "s", "s")]
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return [(lemma + "ing", "ing"), (lemma[:-1] + "ied", "ed"), (lemma[:-1] + "ies", "s")]
    plural = "es" if lemma.endswith(("s", "x", "z", "ch", "sh", "o")) else "s"
    return [
        (doubled + "ing", "ing"),
        (doubled + "ed", "ed"),
        (lemma + plural, "s"),
        (lemma + "ing", "ing"),
        (lemma + "ed", "ed"),
    ]


def _doubles(lemma: str) -> bool:
    """Short verbs that end consonant-vowel-consonant double their last letter."""
    if len(lemma) < 3 or lemma[-1] in "aeiouwxyh":
        return False
    vowels = sum(letter in "aeiou" for letter in lemma)
    short = vowels == 1 or lemma in {"commit", "submit", "permit", "refer", "transfer", "format", "reset"}
    return short and lemma[-2] in "aeiou" and lemma[-3] not in "aeiou"


def lemma_of(word: str) -> str:
    """The dictionary form of a verb; a word that is no known verb stays as it is."""
    known = form_of(word)
    lemma = known[0] if known else word
    joined = lemma.replace("-", "")
    return joined if joined != lemma and joined in ALL_VERBS else lemma


def with_particle(lemma: str, following: str) -> str | None:
    """`roll` + `back` → `roll back`, where that is a verb of its own."""
    return f"{lemma} {following}" if following in PARTICLES.get(lemma, ()) else None
