"""Whether a word that is as often a noun is a verb where it stands."""

from collections.abc import Sequence

from planner.rules.lexicon import DETERMINERS, FINITE, NOUN_TOO, PARTICLES, PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of

_GOES_WITH: dict[str, frozenset[str]] = {
    word: frozenset(verbs.split())
    for word, verbs in {
        "for": "launch release open enable search check scan test look wait apply ask pay watch listen account poll query shop sign vote prepare plan hunt probe",
        "to": "launch sell submit open scale copy stream return rise drop cut go switch upgrade move link sync push deploy release publish ship export post mail email load copy map talk respond reply report return merge connect route promote transfer write roll forward bind convert change turn",
        "into": "load import merge look copy turn map split transform",
        "across": "test run search",
        "through": "look run read walk go click",
        "with": "show measure document prove check sync merge start test share deal work integrate connect consult talk",
        "on": "canary alert build back report work focus deploy run check post test build",
        "against": "test run check match",
        "from": "replay backfill restore migrate import pull copy read export load recover switch fetch download extract",
        "up": "back set clean sign wrap scale look speed top turn",
        "back": "report switch call roll put",
        "out": "roll test check figure phase cut print",
        "over": "switch cut fail hand",
        "at": "look alert start stop cap limit load",
        "in": "document note record store list publish show log check switch test run search work sign",
        "behind": "deploy release ship launch roll put",
        "about": "report ask talk notify",
    }.items()
}
_NOUN_HEADS: frozenset[str] = wordlist(
    "note notes doc docs document documents plan plans suite suites case cases data result results page pages screen "
    "screens form forms box bar engine file files level levels time times trail log logs control controls rate rates p95 "
    "p99 p50 latency pipeline pipelines performance speed coverage environment environments env script scripts report "
    "reports run runs job jobs list lists key keys id ids name names window windows request requests count counts "
    "number numbers date dates event events error errors message messages history policy policies candidate branch "
    "branches tag version versions strategy process button buttons field fields cluster layer hit hits miss misses "
    "queue queues table tables token tokens endpoint endpoints service services api apis team system tool tools "
    "function feature features option menu view views matrix step steps stage stages type types size sizes status"
)
_ASKS: frozenset[str] = wordlist("if whether that how why who what where which when")
_FINDS_OUT: frozenset[str] = wordlist(
    "design plan define model sketch outline estimate study specify decide check see verify test track review report show explain document log measure monitor record find note audit watch alert warn page look "
    "notify fail stop pause"
)
"""Verbs of finding out and telling, which a question may follow."""
_STRONG: frozenset[str] = wordlist(
    "fix deploy build refactor patch debug upgrade update rebuild export import archive rollback review release "
    "play practice text film dub water feed stamp park pack caption chat comment quote "
    "set queue sync count time show retry alert return track scan fail log limit monitor audit profile benchmark measure warn watch restrict prune pin tag "
    "enable sign trace scale switch lock drop drain pause stop reload list link free hook shard mirror mark group seed "
    "award bill timestamp watermark scroll cap make display backfill redeploy hotfix instrument quarantine sample sync filter paginate share ship mute reserve rent print play exchange request report "
    "document restart reset backfill publish rename call email message book order buy purchase draft merge split "
    "cache move run open close cancel schedule record register rework cut copy check search send read write"
)
"""Of those, the ones that before a plain noun are nearly always verbs."""


def noun_too(word: str) -> bool:
    """Whether a verb is as often a noun; a hyphenated one is what its last part is: "e-mail"."""
    return word in NOUN_TOO or ("-" in word and word.rsplit("-", 1)[1] in NOUN_TOO)


def commands(row: Sequence[Word], index: int, sure: bool) -> bool:
    """Whether a word that may be a noun is a verb here, by what follows it."""
    word = row[index].lower
    if index + 1 >= len(row):
        return sure and index == 0 and word in {"deploy", "test", "release", "build", "rollback"}
    following = row[index + 1]
    if following.lower in DETERMINERS or following.is_quote:
        return following.lower not in {"that", "this"} or _not_stated(row, index)
    if following.lower in PARTICLES.get(word, ()):
        return True
    if following.lower in _ASKS:
        return word in _FINDS_OUT
    if following.lower in PREPOSITIONS:
        return word in _GOES_WITH.get(following.lower, ())
    if following.lower in FINITE or not following.is_word:
        return False
    if following.lower in {"and", "or"}:
        return _coordinated(row, index, sure)
    if following.text[0].isdigit() or (following.text[0].isupper() and not sure):
        return word not in _NUMBERED or sure or (word == "release" and _begins_anew(row, index))
    if following.lower in _NOUN_HEADS:
        return (sure or word in _WATCHES) and _not_stated(row, index) and _object_beyond(row, index)
    if sure:
        return _not_stated(row, index)
    if word in _STRONG:
        return True
    return _names_many(row, index + 1) and word not in {
        "order",
        "user",
        "time",
        "top",
        "total",
        "type",
        "state",
        "contact",
        "access",
        "tax",
        "market",
        "end",
        "contract",
    }


def parted(row: Sequence[Word], index: int) -> bool:
    """“Turn v1 off”: a name of one word, and the verb's second part behind it."""
    particles = PARTICLES.get(row[index].lower, frozenset())
    return index + 2 < len(row) and row[index + 1].is_word and row[index + 2].lower in particles & _FIRM


_FIRM: frozenset[str] = frozenset({"off", "down", "live"})

_VERSIONED: frozenset[str] = wordlist("release deploy ship publish promote tag")


def _numbered(row: Sequence[Word], at: int) -> bool:
    """“Release version 2.0”: a number behind the noun makes the verb one."""
    return at < len(row) and any(sign.isdigit() for sign in row[at].text)


_NUMBERED: frozenset[str] = wordlist("version step phase stage release time type issue page table")


def _begins_anew(row: Sequence[Word], index: int) -> bool:
    """“Fix it, and release 3.9.1”: behind a comma and a joiner."""
    joined = index > 1 and row[index - 1].lower in {"and", "then"}
    return joined and row[index - 2].lower in {",", "it", "them"}


_WATCHES: frozenset[str] = wordlist("monitor watch measure benchmark profile track audit")


def _coordinated(row: Sequence[Word], index: int, sure: bool) -> bool:
    """“Build and push the image”: a verb, if what follows "and" is one with an object."""
    if index + 3 > len(row) - 1:
        return False
    second = form_of(row[index + 2].lower)
    if second is None or second[1] != "base":
        return False
    after = row[index + 3].lower
    return (
        after in DETERMINERS
        or row[index + 3].is_quote
        or (sure and after not in PREPOSITIONS and row[index + 3].is_word)
    )


def _object_beyond(row: Sequence[Word], index: int) -> bool:
    """“Test login page”: with more words behind the compound, the first one commands."""
    if row[index].lower in _VERSIONED and _numbered(row, index + 2):
        return True
    return row[index].lower not in {"release", "design", "report", "test", "search", "order", "access", "index", "build"} or (
        index + 2 < len(row) and row[index + 2].is_word and row[index + 2].lower not in PREPOSITIONS | FINITE | {"and", "or"}
        and row[index].lower not in {"release", "design"}
    )  # fmt: skip


def _not_stated(row: Sequence[Word], index: int) -> bool:
    """No finite verb soon after, that would make the word the subject of a statement."""
    for place, ahead in enumerate(row[index + 1 : index + 6], index + 1):
        if ahead.lower in _NEW_CLAUSE or (ahead.lower == "times" and place + 1 == len(row)):
            return True
        if (ahead.lower in FINITE and not _plural(ahead.lower)) or ahead.lower in _STATES:
            return False
    return True


_NEW_CLAUSE: frozenset[str] = DETERMINERS | wordlist("that which who , so where when if whether because")
_STATES: frozenset[str] = wordlist("is has was does takes fails keeps crashes needs times")


def _names_many(row: Sequence[Word], at: int) -> bool:
    """“…, mask e-mail addresses”: a plural follows, by itself or behind what it is of."""
    behind = row[at + 1].lower if at + 1 < len(row) else ""
    return _plural(row[at].lower) or ("-" in row[at].lower and _plural(behind))


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
