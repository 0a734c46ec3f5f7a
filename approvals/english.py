"""What is fixed about English: small words, and the forms of its verbs and nouns."""

from collections.abc import Iterator

_DETERMINERS = "the a an this that these those my our your his her its their all every each some any no both"
_POLITE = (
    "please kindly now just also then so ok okay hey hi hello can could would will you we i must should shall need"
    " needs want wants wanted like to let lets us go ahead immediately asap quickly urgent urgently today tonight"
    " tomorrow first second third next finally lastly step task todo again really simply quietly silently temporarily"
    " permanently carefully safely manually automatically remember forget time it is have has had got gonna wanna"
    " dont be able try trying and or either why not s might may if possible soon once more later already still only merely bitte svp porfavor prosze пожалуйста 请"
)
_BOUNDARIES = (
    "to in on at from into onto over with without for of by about via through using after before during when while"
    " if unless so because that which who whose where against as per until till since behind under between within"
    " across instead toward towards upon regarding concerning like than and or once how whether around beside behind despite except inside near"
)
_PLACES = "to in on into onto against at over from across within inside as"
_NEGATIONS = (
    "not never dont don't doesn't won't can't cannot mustn't shouldn't without avoid no nothing neither nor"
)
_ASKING = "wenn wie warum wieso weshalb ob wann pourquoi perche dlaczego как почему what how why which who whose whom where is are was were does did"
_FINITE = "is are was were has had have does did been seems looks takes gets"
_ADJECTIVES = (
    "last latest new newest next previous recent first current old older broken final initial full daily nightly"
    " weekly monthly upcoming existing planned failed successful pending missing stable slow fast flaky unused"
)
_TRAILING = (
    "now immediately asap today tonight tomorrow again please soon later too first only there here yet anyway"
)

_ALL = (
    "all every everyone everybody everything entire whole each any complete completely *"
    " alle allen aller alles tous toutes toute todos todas todo toda tutti tutte wszystkich wszystkie"
    " всем всех все 所有 全部 すべて 모든"
)
_OBLIGED = "should must to shall will needs need"
_PRONOUNS = "it them him her us me everyone everybody everything"
_EMPTY = "forget hesitate only just wait worry mind stop ask bother delay"

DETERMINERS = frozenset(_DETERMINERS.split())
FILLERS = frozenset(_POLITE.split())
BOUNDARIES = frozenset(_BOUNDARIES.split())
PLACES = frozenset(_PLACES.split())
NEGATIONS = frozenset(_NEGATIONS.split())
ASKING = frozenset(_ASKING.split())
FINITE = frozenset(_FINITE.split())
ADJECTIVES = frozenset(_ADJECTIVES.split())
TRAILING = frozenset(_TRAILING.split())
ALL = frozenset(_ALL.split())
OBLIGED = frozenset(_OBLIGED.split())
PRONOUNS = frozenset(_PRONOUNS.split())
EMPTY_NEGATIONS = frozenset(_EMPTY.split())
"""After "do not" these ask for the act all the same: "do not forget to …"."""

_IRREGULAR: dict[str, tuple[str, ...]] = {
    "give": ("gives", "giving", "gave", "given"),
    "send": ("sends", "sending", "sent"),
    "sell": ("sells", "selling", "sold"),
    "pay": ("pays", "paying", "paid"),
    "buy": ("buys", "buying", "bought"),
    "write": ("writes", "writing", "wrote", "written"),
    "overwrite": ("overwrites", "overwriting", "overwrote", "overwritten"),
    "rewrite": ("rewrites", "rewriting", "rewrote", "rewritten"),
    "shut": ("shuts", "shutting"),
    "cut": ("cuts", "cutting"),
    "put": ("puts", "putting"),
    "set": ("sets", "setting"),
    "let": ("lets", "letting"),
    "get": ("gets", "getting", "got", "gotten"),
    "take": ("takes", "taking", "took", "taken"),
    "make": ("makes", "making", "made"),
    "bring": ("brings", "bringing", "brought"),
    "tear": ("tears", "tearing", "tore", "torn"),
    "blow": ("blows", "blowing", "blew", "blown"),
    "throw": ("throws", "throwing", "threw", "thrown"),
    "run": ("runs", "running", "ran"),
    "do": ("does", "doing", "did", "done"),
    "go": ("goes", "going", "went", "gone"),
    "freeze": ("freezes", "freezing", "froze", "frozen"),
    "withdraw": ("withdraws", "withdrawing", "withdrew", "withdrawn"),
    "leak": ("leaks", "leaking", "leaked"),
    "rm": (),
    "begin": ("begins", "beginning", "began", "begun"),
    "build": ("builds", "building", "built"),
    "rebuild": ("rebuilds", "rebuilding", "rebuilt"),
    "hit": ("hits", "hitting"),
    "lend": ("lends", "lending", "lent"),
    "feed": ("feeds", "feeding", "fed"),
    "split": ("splits", "splitting"),
    "reset": ("resets", "resetting"),
}
_DOUBLED = "cut drop flip log pin plan plug put scrap ship stop strip swap tag trim unplug zap"
_DOUBLING = frozenset(_DOUBLED.split())


def forms(base: str) -> Iterator[str]:
    """Every other form of a regular or well-known verb: shuts, shutting, shut; wipes, wiping, wiped."""
    if base in _IRREGULAR:
        yield from _IRREGULAR[base]
        return
    yield (
        base[:-1] + "ies"
        if _consonant_y(base)
        else base + ("es" if base.endswith(("s", "x", "z", "ch", "sh")) else "s")
    )
    for ending in ("ing", "ed"):
        yield _joined(base, ending)


def plurals(noun: str) -> Iterator[str]:
    if noun.endswith("s") and not noun.endswith("ss"):
        return
    yield (
        noun[:-1] + "ies"
        if _consonant_y(noun)
        else noun + ("es" if noun.endswith(("x", "ch", "sh", "ss")) else "s")
    )


def _joined(base: str, ending: str) -> str:
    if base.endswith("e") and not base.endswith("ee"):
        return base[:-1] + ending
    if ending == "ed" and _consonant_y(base):
        return base[:-1] + "ied"
    if base in _DOUBLING:
        return base + base[-1] + ending
    return base + ending


def _consonant_y(word: str) -> bool:
    return len(word) > 1 and word.endswith("y") and word[-2] not in "aeiou"
