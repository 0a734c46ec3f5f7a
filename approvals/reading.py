"""Reads from a text what it asks to be done.

Not a parser of English: it finds the head verb of each segment and the noun it acts on, and where it is
unsure it says `unknown`, which the policy takes for the worst. What a text forbids, asks about or tells
is no act.
"""

from collections.abc import Iterable, Iterator

from approvals import foreign
from approvals.act import UNKNOWN, UNSAID, Act
from approvals.continued import (
    describes,
    goes_on,
    headed,
    meaning,
    spoken_of,
    tells_of_what_is_made,
    tells_or_asks,
)
from approvals.english import ADJECTIVES, ALL, ASKING, BOUNDARIES, DETERMINERS, FINITE, PRONOUNS
from approvals.forgone import for_good, given_up, names_a_look, outright, reaching, to_be_live
from approvals.had_done import Talk, has_it_done, where
from approvals.head import opening, ordered, passive, promised, told, unheard
from approvals.letting import letting
from approvals.line import (
    NOTHING,
    Line,
    about,
    apart,
    everything,
    head,
    head_noun,
    into,
    line_of,
    objects_in,
    phrase_end,
    served,
    touched,
)
from approvals.place import place
from approvals.vocabulary import Verb, Vocabulary
from approvals.wording import Segment

UNNAMED = frozenset({"unnamed"})
HARMLESS = frozenset({"look", "make", "carry"})
LETS_ACT = frozenset({"set_going"})
"""Verbs by which what was written acts: “run the script that deletes …”."""
DEPENDS = frozenset({"depend"})
"""Verbs that do harm only by what they act on do none that is known to what is not known."""
MAX_SEGMENTS = 400
"""A text with more than so many segments is nobody's brief; what is beyond counts as one unknown act."""


def read_acts(text: Iterable[Segment], words: Vocabulary) -> list[Act]:
    """All acts that a text asks for, in order, each once."""
    found: dict[Act, None] = {}
    carried: Verb | None = None
    before: Line | None = None
    spoken: frozenset[str] = NOTHING
    told = live = contents = made = False
    unsaid: Line | None = None
    talk: Talk | None = None
    silent = False
    for number, segment in enumerate(text):
        if number >= MAX_SEGMENTS:
            found[Act(UNKNOWN, "?", UNKNOWN, "the rest of a very long text")] = None
            break
        line = line_of(segment, words)
        told = bool(line.joint) and (told or (line.joint == ":" and _looks(before, carried)))
        before = line
        if describes(line, carried):
            continue
        shared = carried if segment.joint else None
        later = made and bool(line.joint) and goes_on(line)
        acts, carried = _of_line(line, shared)
        if talk is not None and has_it_done(line):
            acts += _deeds(talk, line)
        elif carried is not None and carried is not shared:
            talk = Talk(line, carried) if _about(line, carried) else None
        silent = silent or tells_or_asks(line)
        unsaid = unsaid or (line if not acts and carried is None else None)
        acts = [meaning(act, spoken, found) for act in acts]
        spoken = spoken_of(line) or spoken
        acts = [act._replace(indirect=True) for act in acts] if later else headed(acts, found, line)
        made = later or tells_of_what_is_made(line, carried)
        if shared is not None and carried is shared:
            acts = [
                act._replace(environment="production") if live and act.environment == "unknown" else act
                for act in acts
            ]
            acts = [act._replace(objects=TEXT) if contents else act for act in acts]
        else:
            contents = carried is not None and _holds(line, carried)
        live = any(act.environment == "production" for act in acts)
        found.update((act._replace(indirect=True) if told else act, None) for act in acts)
    if not found and unsaid is not None and not silent:
        return [Act(UNSAID, "", UNKNOWN, " ".join(unsaid.tokens), text=unsaid.text)]
    return list(found)


def _deeds(talk: Talk, doing: Line) -> Iterator[Act]:
    """What was spoken of is done, unless it was of a rehearsal."""
    for verb in talk.deeds():
        yield from (where(act, doing) for act in _of_verb(talk.line, verb))


def _holds(line: Line, verb: Verb) -> bool:
    """Whether a text is written whose contents are then listed: "a handbook that covers backups, upgrades"."""
    end = phrase_end(line, verb.end)
    text = "artifact" in (head_noun(line, verb.end, end) or NOTHING)
    return (
        text and "make" in line.words.manners(verb.classes) and bool(_ABOUT & set(line.tokens[end : end + 2]))
    )


_ABOUT = frozenset(
    {"that", "which", "about", "on", "covering", "explaining", "describing", "including", "how"}
)
TEXT = frozenset({"artifact"})


def _looks(line: Line | None, verb: Verb | None) -> bool:
    """What stands behind "review the changes:" is what is looked at; doing it was somebody else's work."""
    if line is None or verb is None:
        return False
    head = head_noun(line, verb.end, phrase_end(line, verb.end)) or NOTHING
    named = line.tokens[verb.end : verb.end + 1] == ("the",) and bool(head & {"artifact", "branch", "build"})
    return named and line.words.manners(verb.classes) == {"look"}


def _of_line(line: Line, carried: Verb | None) -> tuple[list[Act], Verb | None]:
    """The acts of one line, and the verb that a following line without one would share."""
    at, forbidden = opening(line)
    if forbidden and (acts := [*given_up(line, None)]) and outright(line):
        return acts, None
    if forbidden or (at < len(line.tokens) and line.tokens[at] in ASKING):
        return [], None
    verb = (
        letting(line, at)
        or ordered(line, at)
        or names_a_look(line, at)
        or told(line, at)
        or reaching(line)
        or to_be_live(line)
    )
    acts = [*_commands(line, verb), *foreign.acts(line, at), *given_up(line, verb)]
    if verb is not None:
        acts += _of_verb(line, verb)
    if acts or verb is not None:
        return [act._replace(indirect=True) for act in acts] if _wished(line) else acts, verb
    if carried is not None and not FINITE & set(line.tokens):
        return list(_of_verb(line, carried._replace(start=-1, end=at, particle=None))), carried
    return ([] if _wished(line) else list(_unknown(line, at))), None


def _wished(line: Line) -> bool:
    """To say "as an admin I want to delete accounts" is to ask for a feature, not for the deletion."""
    return line.tokens[:1] == ("as",) and {"i", "we"} & set(line.tokens) != set()


def _commands(line: Line, verb: Verb | None) -> Iterator[Act]:
    """Typed commands; one that is only written about is none."""
    for found in line.words.commands(line.tokens):
        about = verb is not None and verb.start < found.start and _about(line, verb)
        if not about:
            where = Verb(found.start, found.start + 1, found.words, frozenset({found.verb}), "base")
            yield Act(
                verbs=where.classes,
                word=found.words,
                objects=frozenset({found.object}),
                thing=" ".join(line.tokens[found.start :]),
                environment=place(line, where, trusting=False),
                everything=everything(line),
                outward=line.outward,
                text=line.text,
            )


def _of_verb(line: Line, verb: Verb) -> Iterator[Act]:
    if line.tokens[verb.end : verb.end + 1] == ("nothing",):
        return
    manners = line.words.manners(verb.classes)
    trusting = bool(manners & {"make", "look"})
    objects, thing = touched(line, verb, trusting=trusting)
    if verb.form == "noun" or passive(line, verb) or (verb.form == "inflected" and not objects):
        # "the production database | should be dropped", "database | wipe": what is acted on stands before
        carrier = 1 if verb.start and line.words.is_verb(line.tokens[0]) else 0
        objects = objects_in(line, carrier, len(line.tokens))
        thing = " ".join(line.tokens)
    objects = (objects | served(line, verb)) or UNKNOWN
    act = Act(
        verbs=for_good(line, verb),
        word=verb.base,
        objects=objects,
        thing=thing,
        environment=place(line, verb, trusting=trusting),
        head=head(line, verb),
        apart=apart(line, verb),
        into=into(line, verb),
        about=about(line, verb),
        everything=everything(line),
        outward=line.outward,
        harmless=bool(manners & HARMLESS) or (manners == DEPENDS and objects == UNKNOWN),
        text=line.text,
    )
    yield act
    lets, makes = not verb.classes.isdisjoint(LETS_ACT), "make" in manners and "look" not in manners
    later = promised(line, verb) if lets or makes else None
    if later is not None and lets:
        yield from _of_verb(line, later)
    elif later is not None:
        touches, what = touched(line, later, trusting=False)
        yield act._replace(
            verbs=later.classes,
            word=later.base,
            objects=touches or UNKNOWN,
            thing=what,
            indirect=True,
            environment=place(line, later, trusting=False),
        )


def _about(line: Line, verb: Verb) -> bool:
    """Whether what follows the verb is only spoken about."""
    manners = line.words.manners(verb.classes)
    return bool(manners & {"make", "look"}) and "carry" not in manners


def _unknown(line: Line, at: int) -> Iterator[Act]:
    """An order whose verb the policy does not know: "yeet the prod db"."""
    if foreign.seems_foreign(line):
        # What follows a comma in another language goes on with what was said before it.
        yield from () if line.joint else foreign.strange(line, at)
        return
    if (wished := unheard(line)) is not None:
        verb = Verb(wished, wished + 1, line.tokens[wished], UNKNOWN, "inflected")
        objects, thing = objects_in(line, 0, len(line.tokens)), " ".join(line.tokens)
    elif _sounds_like_an_order(line, at):
        verb = Verb(at, at + 1, line.tokens[at], UNKNOWN, "base")
        objects, thing = touched(line, verb, trusting=False)
    else:
        yield from _unnamed(line, at)
        return
    yield Act(
        verbs=UNKNOWN,
        word=verb.base,
        objects=objects or UNKNOWN,
        thing=thing,
        environment=place(line, verb, trusting=False),
        everything=everything(line),
        outward=line.outward,
        text=line.text,
    )


def _unnamed(line: Line, at: int) -> Iterator[Act]:
    """A thing without a verb: "firewall change for the office". What it stands for is not said."""
    if line.tokens[at - 1 : at] == ("let",) and objects_in(line, at, len(line.tokens)) <= _WHO:
        return  # "let admins filter the list": what people are to be able to do is a feature
    start = Verb(at - 1, at, "", UNNAMED, "noun")
    objects = objects_in(line, at, len(line.tokens)) - {"artifact"}
    artifact = "artifact" in (head_noun(line, at, phrase_end(line, at)) or NOTHING)
    if artifact or not objects or FINITE & set(line.tokens):
        return
    yield Act(
        verbs=UNNAMED,
        word="something about",
        objects=objects,
        thing=" ".join(line.tokens[at:]),
        environment=place(line, start, trusting=False),
        everything=everything(line),
        outward=line.outward,
        text=line.text,
    )


_WHO = frozenset({"people", "audience", "permission", "artifact", "content"})


def _sounds_like_an_order(line: Line, at: int) -> bool:
    if at >= len(line.tokens) - 1 or not line.tokens[at].isalpha() or FINITE & set(line.tokens):
        return False
    if line.tokens[at] in DETERMINERS | BOUNDARIES | ADJECTIVES:
        return False
    if line.tokens[at + 1] in DETERMINERS | ALL | PRONOUNS:
        return True
    if any(span.start <= at < span.end for span in line.spans):
        return False
    head = head_noun(line, at, phrase_end(line, at)) or NOTHING
    sensitive = any(span.objects - {"artifact"} or span.environment == "production" for span in line.spans)
    return sensitive and "artifact" not in head
