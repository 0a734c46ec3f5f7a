"""What we know of a subtask, and what its caller claims: the facts that the policy judges.

Claims may only raise. Nobody's word makes a plan safer, least of all that of the request itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, assert_never
from urllib.parse import urlsplit

from approvals.act import UNKNOWN, UNSAID, Act
from approvals.line import line_of
from approvals.particular import BLUNT, Tone, tone
from approvals.reading import read_acts
from approvals.typed import TypedLines
from approvals.vocabulary import Vocabulary
from approvals.wording import segments
from domain.agent import (
    RISK_ORDER,
    A2aEndpoint,
    Agent,
    HttpEndpoint,
    LlmEndpoint,
    Manifest,
    McpToolEndpoint,
    ProcessEndpoint,
    RiskLevel,
)
from domain.base import Json
from domain.clause import Clause
from domain.ids import AgentId
from domain.plan import Subtask
from domain.request import Request
from domain.tool import Effect

_PLACE_KEYS = frozenset({"environment", "env", "target", "target_environment", "stage"})
_RISK_KEYS = frozenset({"risk", "risk_level", "level", "criticality"})
_DEPTH = 3


class Claims(NamedTuple):
    """What the caller says of the work. Only what raises is kept."""

    production: bool = False
    risk: RiskLevel = "low"


class Card(NamedTuple):
    """What the operator's manifest says of an agent: the least risk of its work, and the kinds of work that it is for."""

    floor: RiskLevel = "low"
    works: frozenset[str] = frozenset()


NO_CARD: Final = Card()


class Facts(NamedTuple):
    """What is known of one subtask. `writes`: where its tool's effect takes place; `works`: the kinds of work it was planned as."""

    acts: tuple[Act, ...]
    effect: Effect | None
    asks_approval: bool
    agent_floor: RiskLevel = "low"
    writes: str = "unknown"
    works: frozenset[str] = frozenset()
    planned: bool = True
    wordings: tuple[str, ...] = ()
    said: str = ""

    @property
    def tone(self) -> Tone:
        """How it is told, which matters where its agent's card says what it is for; of a typed line, the worst."""
        return tone(self.wordings, self.said) if self.wordings else BLUNT

    @property
    def reversible(self) -> bool:
        """Whether it can be undone; nobody knows of an effect that nobody declared."""
        return self.effect in {"read", "write"}


class PlanFacts(NamedTuple):
    """What is known of a plan as a whole. `cost_p90_usd` is null where nobody estimated it."""

    acting: int = 0
    places: int = 0
    cost_p90_usd: float | None = None


class TextFacts(NamedTuple):
    acts: tuple[Act, ...]
    asks_approval: bool
    typed: bool = False


class FactFinder:
    """Reads facts with the words of one policy; the same text is read once."""

    def __init__(self, words: Vocabulary, typed: TypedLines) -> None:
        self._words = words
        self._typed = typed
        self.of_text = lru_cache(maxsize=2_048)(self._of_text)

    def of(self, subtask: Subtask, claims: Claims, card: Card, said: str = "") -> Facts:
        """`said`: the request that it is a part of."""
        texts = (*_texts(subtask),)
        read = [self.of_text(text) for text in texts]
        # Work that somebody planned was understood by who planned it.
        acts = dict.fromkeys(act for found in read for act in found.acts if act.verbs != UNSAID)
        if any(act.points for act in acts):
            acts = dict.fromkeys(self._meant(act, said) for act in acts)
        return Facts(
            acts=tuple(_when(_raised(act, claims), behaves=subtask.behaves) for act in acts),
            effect=subtask.effect,
            asks_approval=any(found.asks_approval for found in read),
            agent_floor=card.floor,
            writes=written_to(subtask),
            works=self._words.works(subtask.required_tags) | card.works,
            wordings=() if not card.works or any(found.typed for found in read) else texts,
            said=said,
        )

    def _meant(self, act: Act, said: str) -> Act:
        """“Switch it off”: what “it” is stands elsewhere in the request."""
        same = (
            each.objects
            for each in self.of_text(said).acts
            if each.word == act.word and each.objects != UNKNOWN
        )
        objects = UNKNOWN.union(*same) - UNKNOWN if act.points else frozenset()
        return act._replace(objects=objects) if objects else act

    def typed_in(self, said: str) -> list[Act]:
        """What the lines do that are typed in a request."""
        return self._typed.split(said)[1]

    def of_words(self, text: str, claims: Claims) -> Facts:
        """What is known where there is nothing but a text."""
        read = self.of_text(text)
        return Facts(
            tuple(_raised(act, claims) for act in read.acts),
            None,
            read.asks_approval,
            planned=False,
            wordings=() if read.typed else (text,),
        )

    def cards(self, manifest: Manifest) -> Mapping[AgentId, Card]:
        """Cards that say something; whose tools reach outside does more than its kind of work would."""
        told = {
            agent.id: Card(
                agent.approval or "low",
                self._words.works_of_card(agent.tags) if stays_inside(agent, manifest) else frozenset(),
            )
            for agent in manifest.agents
        }
        return {agent: card for agent, card in told.items() if card != NO_CARD}

    def claims(self, request: Request) -> Claims:
        told = [*_told(request.metadata.model_dump(mode="json"), _DEPTH)]
        places = {text for key, text in told if key in _PLACE_KEYS}
        return Claims(
            production=any(self._is_production(place) for place in places),
            risk=_highest(text for key, text in told if key in _RISK_KEYS),
        )

    def _is_production(self, place: str) -> bool:
        return any(
            span.environment == "production"
            for segment in segments(place)
            for span in line_of(segment, self._words).spans
        )

    def _of_text(self, text: str) -> TextFacts:
        said, typed = self._typed.split(text)
        cut = list(segments(said))
        asks = any(self._words.asks_approval(segment.tokens) for segment in cut)
        return TextFacts((*typed, *read_acts(cut, self._words)), asks, bool(typed))


def stays_inside(agent: Agent, manifest: Manifest) -> bool:
    """Whether nothing that is declared of an agent and its tools reaches outside, or cannot be undone."""
    used = (manifest.tool(server, tool).effect for server, tools in agent.tools.items() for tool in tools)
    return _REACHING.isdisjoint({manifest.effect_of(agent)[0], *used})


_REACHING: Final = frozenset({"external", "destructive"})


def written_to(subtask: Subtask) -> str:
    """The place that its tool changes: a server, a host, a command; `nothing` for what only reads."""
    if subtask.effect == "read":
        return "nothing"
    match subtask.endpoint:
        case None:
            return "unknown"
        case McpToolEndpoint(server=server):
            return server
        case HttpEndpoint(url=url) | A2aEndpoint(url=url):
            return urlsplit(url).netloc or url
        case ProcessEndpoint(command=command):
            return command
        case LlmEndpoint():
            return "what a model says"
        case other:
            assert_never(other)


def _texts(subtask: Subtask) -> Iterator[str]:
    """Every wording of what is to be done: no parse is trusted to have kept it all.

    A clause's verb and object are put together again, in case the parse understood what we would not.
    A wording that differs only by its capital letter is read once.
    """
    actions = [*_actions(subtask.clauses)]
    meant = (_meant(clause) for clause in actions if _says_otherwise(clause))
    told = (subtask.objective, *map(_clause_text, actions), *meant, subtask.title)
    read: dict[str, str] = {}
    for text in told:
        read.setdefault(f"{text[:1].lower()}{text[1:]}", text)
    yield from read.values()


def _actions(clauses: Iterable[Clause]) -> Iterator[Clause]:
    return (clause for clause in clauses if clause.kind == "action" and not clause.negated)


def _clause_text(clause: Clause) -> str:
    if clause.verb is None or clause.language == "en":
        return clause.text
    return f"{clause.verb} {clause.object}"


def _says_otherwise(clause: Clause) -> bool:
    """“Get it onto production", "let them know": the parse understood a verb that the words do not say."""
    verb = (clause.verb or "").split(" ")[0]
    unsaid = verb[:_BEGINS] not in clause.text.lower()
    return clause.language == "en" and verb not in _SAYS_NOTHING and unsaid


_SAYS_NOTHING: Final = frozenset({"", "need", "want", "require", "provide", "include"})
_BEGINS: Final = 4
"""Letters that all forms of a verb share."""


def _meant(clause: Clause) -> str:
    place = "" if clause.environment == "unknown" else f" in {clause.environment}"
    return f"{clause.verb} {clause.object}{place}"


def _raised(act: Act, claims: Claims) -> Act:
    if claims.production and act.environment == "unknown" and act.objects != {"artifact"}:
        return act._replace(environment="production")
    return act


_STANDS: Final = frozenset(
    {"guard", "boundary", "certificate", "dns", "infra", "secret", "permission", "vcs", "store", "legal"}
)
"""What software does not do by itself when somebody uses it: these are acted on now, whatever is being made."""


def _when(act: Act, *, behaves: bool) -> Act:
    """What software will do once it is made is looked at before it runs; production is never later."""
    later = behaves and act.environment != "production" and act.objects.isdisjoint(_STANDS)
    return act._replace(indirect=True) if later else act


def _told(value: Json, depth: int, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in what came along, with its key in lower case; nesting is followed a little."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping) and depth:
        for name, inner in value.items():
            yield from _told(inner, depth - 1, name.casefold())
    elif isinstance(value, list) and depth:
        for inner in value:
            yield from _told(inner, depth - 1, key)


def _highest(texts: Iterable[str]) -> RiskLevel:
    named: list[RiskLevel] = [
        level for text in texts for level in RISK_ORDER if text.strip().casefold() == level
    ]
    return max(named, key=RISK_ORDER.__getitem__, default="low")
