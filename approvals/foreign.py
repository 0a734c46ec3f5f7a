"""Acts in other languages: by known words in any order, since their grammars differ."""

from collections.abc import Iterable, Iterator, Mapping

from approvals.act import UNKNOWN, Act
from approvals.line import Line, everything, objects_in
from approvals.place import is_live
from domain.clause import Environment

_SMALL = (
    "der die das den dem des ein eine einen einem und oder nicht bitte mit von vom zum zur auf aus bei sie wir ihr"
    " ist im am la le les un une du et ou dans pour sur sans avec tous toutes au aux ce cette el los las una y para con"
    " por favor del al en todos todas il lo gli uno di della del nel nella per tutti tutte os as um uma da dos das em"
    " com sem het een van voor met alle op te den och att som na nie sie wszystkie w z prosze ve bir bu"
)
_ALSO_ENGLISH = "die an in on me a no do as pour des sur at am per den met te y"
_SHARED = frozenset(_ALSO_ENGLISH.split()) - {"an", "in", "on", "me", "a", "no", "do", "as", "at", "am", "y"}
SMALL = frozenset(_SMALL.split()) - frozenset(_ALSO_ENGLISH.split())
"""Small words that English does not have."""

_SURE = 1.5
"""Signs that make a language: one alone may be a name."""

_HARMLESS = frozenset({"look", "make"})
_PLACES: tuple[Environment, ...] = ("production", "staging", "development")


def acts(line: Line, at: int) -> Iterator[Act]:
    """At most one act, if words of other languages name one."""
    hits = {
        place: found for place, token in enumerate(line.tokens) if (found := line.words.foreign_verbs(token))
    }
    if not hits or not _foreign(line, hits) or _plainly_english(line, hits, at):
        return
    yield _act(line, _meant(line, hits, at), " ".join(line.tokens[place] for place in hits))


def _meant(line: Line, hits: Mapping[int, frozenset[str]], at: int) -> frozenset[str]:
    """Who begins with looking is taken at their word; otherwise what acts outweighs the rest."""
    opening = hits.get(at)
    if opening is not None and line.words.manners(opening) == {"look"}:
        return opening
    verbs = frozenset(name for found in hits.values() for name in found)
    acting = frozenset(name for name in verbs if not line.words.manners([name]) <= _HARMLESS)
    return acting or verbs


def strange(line: Line, at: int) -> Iterator[Act]:
    """An unknown act, if the line is in another language and nothing in it was understood."""
    if at < len(line.tokens) and seems_foreign(line):
        yield _act(line, UNKNOWN, line.tokens[at])


def seems_foreign(line: Line) -> bool:
    """Small words and accents that English lacks, or small words that it has with another meaning."""
    if _other_script(line):
        return True
    signs = sum(1.0 if token in SMALL else 0.5 if token in _SHARED else 0.0 for token in line.tokens)
    return signs + (not line.text.isascii()) >= _SURE


def _foreign(line: Line, verbs: Iterable[int]) -> bool:
    """Another script, small words of another language, or a verb that is no English word where one stands."""
    if _other_script(line) or any(token in SMALL for token in line.tokens):
        return True
    return not {0, len(line.tokens) - 1}.isdisjoint(verbs)


def _plainly_english(line: Line, hits: Iterable[int], at: int) -> bool:
    """“Rewrite the webhook sender”: an English order whose last noun only looks like a verb of another language."""
    if _other_script(line) or any(token in SMALL for token in line.tokens) or at in hits:
        return False
    verb = line.words.verb_at(line.tokens, at) if at < len(line.tokens) else None
    return verb is not None and verb.form == "base" and "the" in line.tokens


def _other_script(line: Line) -> bool:
    return not "".join(line.tokens).isascii()


def _act(line: Line, verbs: frozenset[str], word: str) -> Act:
    objects = line.words.foreign_objects(line.tokens) | objects_in(line, 0, len(line.tokens))
    return Act(
        verbs=verbs,
        word=word,
        objects=objects or UNKNOWN,
        thing=" ".join(line.tokens),
        environment=_environment(line),
        everything=everything(line),
        outward=line.outward,
        harmless=bool(line.words.manners(verbs - UNKNOWN) & _HARMLESS),
        text=line.text,
    )


def _environment(line: Line) -> Environment:
    if is_live(line):
        return "production"
    named = {*line.words.foreign_places(line.tokens), *(span.environment for span in line.spans)}
    return next((place for place in _PLACES if place in named), "unknown")
