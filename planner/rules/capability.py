"""Which kind of work words ask for, and which agents of a manifest do that kind."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from domain.agent import Agent, Manifest
from domain.clause import Clause
from domain.ids import AgentId
from planner.rules.concepts import CONCEPTS, Concept, vocabulary
from planner.rules.lexicon import DETERMINERS, NOUN_TOO, PREPOSITIONS, VERBS
from planner.rules.words import Word, words

SURE = 3.0
"""From this score on, and `CLEAR` ahead of the next, a kind of work is taken as asked for."""
CLEAR = 0.8

LEAST_CLAIM = 0.3
"""One tag that other trades use as well is no claim to a kind of work."""

SPOKEN = 1.5
APART = 0.4

_HEAD_SHARE = 1.0
_MODIFIER_SHARE = 0.55
_TAIL_SHARE = 0.45
_ASIDE_SHARE = 0.25
_CONTENT_BREAKS = PREPOSITIONS | {
    "that",
    "which",
    "who",
    "so",
    "because",
    "if",
    "when",
    "where",
    "to",
    "whether",
    ",",
    "(",
    ":",
    "and",
    "or",
}

TELLING = 4.5
"""A verb of this weight says what is done, whatever it is done to: "test the table" is testing."""
_MUFFLED = 0.7

Leanings = Mapping[Concept, float]
"""How strongly words speak for each kind of work."""


class Kind(NamedTuple):
    """The kind of work, how strongly the words speak for it, and how far ahead of the next kind it is."""

    concept: Concept
    score: float
    lead: float

    @property
    def sure(self) -> bool:
        """Its own words settle it, whatever is said around them."""
        return self.score >= SURE and self.lead >= CLEAR

    @property
    def spoken(self) -> bool:
        """With all that is said around it, it is this kind rather than another."""
        return self.score >= SPOKEN and self.lead >= APART


@lru_cache(maxsize=2_048)
def leanings(verb: str | None, target: str) -> Leanings:
    """How strongly a verb and its object speak for each kind of work."""
    if verb in _PARTED and (ends := _OFF.search(target)):
        return leanings(f"{verb} {ends[1].lower()}", target[: ends.start()])
    scores: dict[Concept, float] = dict(vocabulary().verbs.get(verb or "", {}))
    if verb in _HANDS_OUT and _PACKED.search(target):
        scores["cicd"] = scores.get("cicd", 0.0) + 3.0
    if verb in _INTRODUCES and "feature flag" in target.lower():
        scores["backend"] = scores.get("backend", 0.0) + 2.5
    if verb in _SWITCHES_ON and _FOR_PEOPLE.search(target):
        scores["release"] = scores.get("release", 0.0) + 4.0
    if verb in _MENDS_ROWS and _POPULATION.search(target):
        scores["database"] = scores.get("database", 0.0) + 3.0
    if verb in _CLEARS and _STORED.search(target):
        scores["database"] = scores.get("database", 0.0) + 2.5
    if verb in _HOLDS_AGAINST and _FIGURES.search(target):
        scores["qa"] = scores.get("qa", 0.0) + 2.5
    cued(scores, target)
    telling = [concept for concept, weight in scores.items() if weight >= TELLING]
    for term, share in _terms(target, seeks=verb in _SEEKS):
        for concept, weight in vocabulary().nouns.get(term, {}).items():
            heard = share if not telling or concept in telling else share * _MUFFLED
            scores[concept] = scores.get(concept, 0.0) + weight * heard
    return scores


_CUES: tuple[tuple[Concept, float, re.Pattern[str]], ...] = (
    ("cicd", 6.0, re.compile(r"\b(?:in|to|into|on|via) (?:the |our )?(?:ci|ci/cd|pipelines?|build(?: pipeline)?)\s*(?:$|[,.;]|for\b|so\b|that\b|and\b)", re.IGNORECASE)),
    ("cicd", 3.5, re.compile(r"\b(?:on|for|after) (?:every|each|any) (?:merge|push|commit|pull request|pr|tag|build)\b|\b(?:on|after) (?:merge|push|commit|tag)(?:ing)?\b", re.IGNORECASE)),
    ("cicd", 3.0, re.compile(r"\b(?:to|in|into) the (?:\w+ )?workflows?\b", re.IGNORECASE)),
    ("docs", 2.5, re.compile(r"\bin the (?:docs?|documentation|wiki|handbook|readme|runbook|manual|user guide|help cent(?:er|re)|faq|knowledge base|admin guide)\b", re.IGNORECASE)),
    ("docs", 2.0, re.compile(r"\bto (?:the |our |all )?(?:stakeholders|support(?: team)?|sales(?: team)?|management|auditors)\b", re.IGNORECASE)),
    ("release", 3.0, re.compile(r"\d+ ?(?:%|percent) of (?:the |our |all )?(?:users|customers|visitors|traffic|tenants|requests)\b", re.IGNORECASE)),
    ("release", 2.5, re.compile(r"\b(?:for|to) (?:beta|internal|pilot|selected|a few|all|early)[ -](?:users|customers|testers|tenants|adopters)\b", re.IGNORECASE)),
    ("backend", 3.0, re.compile(r"^(?:the |our |all )?(?:users?|customers?|admins?|managers?|owners?|members?|partners?|drivers?) (?:when|whenever|if|once|as soon as)\b", re.IGNORECASE)),
    ("diagnosis", 4.0, re.compile(r"\b(?:is|are|was|were) (?:to blame|at fault|responsible|the cause|the culprit)\b", re.IGNORECASE)),
    ("frontend", 3.0, re.compile(r"\bon the (?:phone|device|handset|tablet|watch)\s*(?:$|[,.;])", re.IGNORECASE)),
    ("research", 3.5, re.compile(r"^(?:which|whether|if)\b.*\b(?:best|fits?|better|suits?|should|could|makes sense|pays?|worth)\b", re.IGNORECASE)),
    ("diagnosis", 3.0, re.compile(r"\bthat (?:blocks?|causes?|caused|slows?|breaks?|broke|leaks?|fails?)\b", re.IGNORECASE)),
    ("release", 3.0, re.compile(r"^(?:it )?to \d+ ?(?:%|percent)\b", re.IGNORECASE)),
    ("cicd", 4.0, re.compile(r"\bto (?:the |our |a )?(?:container |docker |package |image |artifact )*registry\b", re.IGNORECASE)),
    ("backend", 2.5, re.compile(r"\b(?<!all )(?:customers?|users?|managers?|owners?|admins?|them|patients?|members?|team)\b.* by (?:e-?mail|sms|push|text message)\b|\bby (?:sms|push|text message)\b", re.IGNORECASE)),
    ("backend", 2.5, re.compile(r"\bon the server(?: side)?\b|\b(?:in|from|by) the (?:backend|[\w-]+ service|api)\b(?! docs| reference)", re.IGNORECASE)),
    ("frontend", 3.0, re.compile(r"\bin the (?:ui|browser|front-?end|web client|web app|client)\b", re.IGNORECASE)),
    ("frontend", 1.6, re.compile(r"\b(?:in|on|to|into|below|above|next to) (?:the |our |each |every )?(?:[\w-]+ ){0,2}(?:page|screen|form|dialog|header|footer|menu|sidebar|navbar|toolbar|panel|checkout|cart)\s*(?:$|[,.;])", re.IGNORECASE)),
    ("database", 2.0, re.compile(r"\b(?:in|from|into) (?:the |our |a )?(?:[\w-]+ )?(?:database|db|tables?)\b", re.IGNORECASE)),
    ("security", 4.0, re.compile(r"^who (?:has|have|can|may|could|had)\b.*\b(?:access|reach|log|read|write|admin)", re.IGNORECASE)),
    ("database", 3.0, re.compile(r"\b[a-z]+_(?:id|at|by|key|count|type|date|status|on|name|code)\b|\b(?!www\b)[a-z]{3,}\.[a-z]{2,}_?[a-z]*\b(?<!\.com)(?<!\.org)(?<!\.io)(?<!\.js)(?<!\.net)(?<!\.py)(?<!\.md)(?<!\.dev)(?<!\.ts)(?<!\.css)")),
    ("qa", 2.0, re.compile(r"\b(?:before and after(?:wards)?|match(?:es)?|on (?:ios|android|macos|mobile|a phone|tablets?|windows)|in (?:firefox|safari|chrome|edge|all browsers))\b", re.IGNORECASE)),
    ("qa", 3.0, re.compile(r"\bunder (?:heavy |full |peak |real )?load\b", re.IGNORECASE)),
)  # fmt: skip
"""Phrases that say what kind of work it is, wherever they stand."""


_HANDS_OUT: frozenset[str] = frozenset({"publish", "push", "upload", "sign"})
_PACKED = re.compile(
    r"^(?:the |our |a |all )?(?:[\w-]+ )?(?:images?|packages?|artifacts?|artefacts?|wheels?|binaries)\b",
    re.IGNORECASE,
)
_INTRODUCES: frozenset[str] = frozenset({"add", "introduce", "implement", "create", "wrap"})
_SWITCHES_ON: frozenset[str] = frozenset({"enable", "activate", "turn on", "switch on", "open", "unlock"})
_FOR_PEOPLE = re.compile(
    r"\bfor (?:[\w-]+ ){0,3}?(?:users|customers|visitors|tenants?|accounts|clients|shops|sellers|members|merchants|partners|drivers|employees|staff|everyone|everybody|all|countries|markets|regions)\b",
    re.IGNORECASE,
)
"""What is there is switched on for those who use it: "enable it for German customers"."""
_PARTED: frozenset[str] = frozenset({"switch", "turn", "shut", "power", "take", "tear"})
_OFF = re.compile(r"\s+(off|down)\s*$", re.IGNORECASE)
"""“Switch Jenkins off”: the verb's second part stands behind its object."""
_MENDS_ROWS: frozenset[str] = frozenset(
    {"correct", "void", "cancel", "merge", "remove", "reset", "update", "change", "repair", "delete", "find"}
)
_POPULATION = re.compile(
    r"^(?:the |all |all the |our |any |every |those |these )?(?:\d[\d,. ]* )?(?:affected|duplicated?|double|wrong|stale|incorrect|orphaned|mispriced|corrupt(?:ed)?)\s+"
    r"(?:[\w-]+ ){0,2}(?!tests?\b|code\b|files?\b|links?\b|pages?\b|functions?\b)[\w-]+s\b",
    re.IGNORECASE,
)
"""Records that are there and are not as they should be: "the 40 affected credit notes"."""
_CLEARS: frozenset[str] = frozenset(
    {"delete", "purge", "archive", "anonymise", "anonymize", "erase", "migrate", "deduplicate"}
)
_STORED = re.compile(
    r"^(?:the |our |all |any |every )?(?:[\w-]+ ){0,3}?(?:data|records|rows|entries|accounts|customers|orders|prices|transactions)\b(?! (?:page|service|endpoint|model|layer|export))",
    re.IGNORECASE,
)
"""What lies in tables, whatever it is called."""
_HOLDS_AGAINST: frozenset[str] = frozenset({"compare", "reconcile", "match", "check", "validate"})
_FIGURES = re.compile(
    r"\b(?:results?|totals?|counts?|numbers|sizes?|outputs?|sums|balances|figures|samples?|before and after|other pages)\b",
    re.IGNORECASE,
)
"""What is held against something else to see whether it is right."""


def cued(scores: dict[Concept, float], target: str) -> None:
    for concept, weight, pattern in _CUES:
        if pattern.search(target):
            scores[concept] = scores.get(concept, 0.0) + weight


def mixed(*weighted: tuple[Leanings, float]) -> dict[Concept, float]:
    """Leanings of several texts, each by its share."""
    scores: dict[Concept, float] = {}
    for leaning, share in weighted:
        for concept, weight in leaning.items():
            scores[concept] = scores.get(concept, 0.0) + weight * share
    return scores


def strongest(leaning: Leanings) -> Kind | None:
    """The kind of work most spoken for; nothing where no word speaks for any."""
    if not leaning:
        return None
    best = max(leaning, key=leaning.__getitem__)
    second = max((weight for concept, weight in leaning.items() if concept is not best), default=0.0)
    return Kind(best, leaning[best], leaning[best] - second)


@lru_cache(maxsize=2_048)
def kind_of(verb: str | None, target: str) -> Kind | None:
    """The kind of work that a verb and its object ask for by themselves."""
    return strongest(leanings(verb, target))


def _terms(target: str, *, seeks: bool = False) -> list[tuple[str, float]]:
    """The terms of an object, the head of its first noun phrase counting most.

    `seeks`: of "check the endpoint for injection flaws" what is sought counts as much.
    """
    row = [
        word
        for word in words(target)
        if (word.is_word and not _NUMBER.fullmatch(word.lower) and not _manner(word)) or word.text in ",(:"
    ]
    while (
        len(row) > 2
        and row[0].lower in _ARTICLES | _AMOUNTS
        and (row[0].lower in _AMOUNTS or row[1].lower in _AMOUNTS)
    ):
        row = row[2 if row[0].lower in _AMOUNTS and row[1].lower == "of" else 1 :]
    taken: list[tuple[str, float]] = []
    index = 0
    for stop in [*(i for i, word in enumerate(row) if i and _breaks(word, row[i + 1 : i + 2])), len(row)]:
        sought = seeks and index < len(row) and row[index].lower in {"for", "that", "whether"}
        shares = (_HEAD_SHARE, _MODIFIER_SHARE) if not taken or sought else (_TAIL_SHARE, _ASIDE_SHARE)
        while index < stop:
            length = next((n for n in (3, 2) if index + n <= stop and _known(row[index : index + n], n)), 1)
            share = shares[0] if index + length >= stop else shares[1]
            taken.append((_term(row[index : index + length]), share * (1.0 if length == 1 else 1.1)))
            index += length
    return taken


_ARTICLES: frozenset[str] = frozenset({"the", "a", "an"})
_AMOUNTS: frozenset[str] = frozenset({"number", "amount", "majority", "rest", "size", "share"})
"""“The number of API calls” is about calls."""


def _manner(word: Word) -> bool:
    """“Load the avatars lazily”: how it is done is no thing."""
    return len(word.lower) > 4 and word.lower.endswith("ly") and word.lower not in vocabulary().nouns


def _breaks(word: Word, following: Sequence[Word]) -> bool:
    """Whether a noun phrase ends here: at small words, and at a verb inside ("make the importer tolerate gaps")."""
    if word.lower in _CONTENT_BREAKS:
        return True
    known = vocabulary().nouns
    if (
        word.lower.endswith("ing")
        and following
        and following[0].lower in DETERMINERS
        and word.lower not in known
    ):
        return True  # "a banner announcing the downtime"
    inside = word.lower in VERBS and word.lower not in NOUN_TOO and word.lower not in known
    return inside and not (following and _term([following[0]]) in known)


_NUMBER = re.compile(r"v?\d[\d.,:/-]*%?")
_SEEKS: frozenset[str] = frozenset(
    {
        "audit",
        "review",
        "assess",
        "check",
        "scan",
        "search",
        "inspect",
        "analyze",
        "analyse",
        "look",
        "examine",
        "test",
        "monitor",
    }
)


def _known(row: list[Word], length: int) -> bool:
    return len(row) == length and _term(row) in vocabulary().nouns


def _term(row: list[Word]) -> str:
    term = " ".join(word.lower.removesuffix("'s") for word in row)
    if term in vocabulary().nouns:
        return term
    if term.removesuffix("s") in vocabulary().nouns:
        return term.removesuffix("s")
    known = [part for part in term.split("-")[::-1] if part in vocabulary().nouns] if "-" in term else []
    return known[0] if known else term


class Capabilities:
    """A manifest seen as the kinds of work its agents do."""

    def __init__(self, manifest: Manifest) -> None:
        self._served = {concept: _served(manifest.agents, concept) for concept in CONCEPTS}

    @property
    def known(self) -> bool:
        """Whether any agent does any of these kinds of work."""
        return any(self._served.values())

    def tag(self, concept: Concept) -> str | None:
        """The tag that agents for this kind carry; nothing where the manifest has none."""
        found = self._served[concept]
        return found[0] if found else None

    def serves(self, concept: Concept) -> Mapping[AgentId, float]:
        """Agents for this kind, with how much of it they claim."""
        found = self._served[concept]
        return found[1] if found else {}

    def concept(self, clause: Clause, required_tags: Sequence[str], agent: AgentId | None) -> Concept | None:
        """The kind of work a subtask is: by its own words, else by the tag it requires, else by its agent."""
        kind = kind_of(clause.verb, clause.object)
        if kind is not None and kind.score >= 2 and self.tag(kind.concept) is not None:
            return kind.concept
        tagged = next((c for c in CONCEPTS for tag in required_tags[:1] if self.tag(c) == tag), None)
        return tagged or self.usual(agent)

    def usual(self, agent: AgentId | None) -> Concept | None:
        """The kind of work an agent does most; nothing for one that does none of them."""
        claims = {c: self.serves(c)[agent] for c in CONCEPTS if agent is not None and agent in self.serves(c)}
        return max(claims, key=lambda concept: claims[concept], default=None)


def _served(agents: tuple[Agent, ...], concept: Concept) -> tuple[str, dict[AgentId, float]] | None:
    tags = vocabulary().tags[concept]
    claims: dict[AgentId, float] = {}
    for agent in agents:
        own = {tag.lower() for tag in agent.tags} | {agent.id.lower()}
        claims[agent.id] = sum(1.0 / (1 + rank) for rank, tag in enumerate(tags) if tag in own)
    best = max(claims.values(), default=0.0)
    if best < LEAST_CLAIM:
        return None
    chosen = {agent: claim for agent, claim in claims.items() if claim >= 0.6 * best}
    carried = [{tag.lower() for tag in agent.tags} for agent in agents if agent.id in chosen]
    tag = next((tag for tag in tags if any(tag in own for own in carried)), None)
    return (tag, chosen) if tag else None
