"""How people open a sentence before they say what they want: greetings, order, politeness, wishes."""

import re
from typing import Literal, NamedTuple

from planner.rules.moments import moment_at

Cue = Literal["none", "then", "first", "earlier", "finally", "parallel"]
Mood = Literal["order", "wish", "story", "statement", "question", "inquiry", "plan", "none"]

_CUES: tuple[tuple[Cue, str], ...] = (
    (
        "finally",
        (
            r"finally|lastly|last but not least|last of all|last|in the end|at the end|at last|to finish(?: (?:up|off))?"
            r"|to wrap (?:it |things )?up|as a (?:last|final) step|when (?:all (?:of )?(?:that|this)|everything) (?:is|has been|'s) (?:done|finished|complete[d]?|in place)"
            r"|once (?:all (?:of )?(?:that|this)|everything)(?:'s| is| has been| looks| works)? ?(?:done|finished|completed?|in place|good|fine|ok|ready|green)"
        ),
    ),
    (
        "then",
        (
            r"(?:and |,)?then|next|(?:after|in) (?:an?|one|two|three|four|five|six|ten|\d+|a few|some|a couple of) (?:more )?(?:minutes?|hours?|days?|weeks?|months?|sprints?)|after (?:that|this|which|it|these|those)(?: is done)?|after(?:wards?)|subsequently|thereafter|thereupon|from there|with that(?: done| in place)?"
            r"|once (?:that|this|it|that's|this is|that is|it is|it's|you have (?:that|it|them)|you're)(?:'s| is| has been| are)? ?(?:all )?(?:done|finished|ready|complete[d]?|in place|up|ready|available|over|through|there|deployed|merged|live|fixed|resolved|stable|green)"
            r"|when (?:that|this|it|that's|you have (?:that|it|them)|you're|it's)(?:'s| is| has been)? ?(?:all )?(?:done|finished|ready|complete[d]?|in place|over|fixed|resolved|stable|live|merged|deployed|green|through|up)"
            r"|as a (?:next|second|third|follow-?up) step|following (?:that|this)|later(?: on)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|based on (?:that|this|it|the (?:result|outcome|findings?)s?)"
            r"|using (?:that|this|it|them)|with (?:it|them|that|those|the (?:result|output)s?)|from (?:it|them|that|those)"
        ),
    ),
    (
        "earlier",
        r"before (?:that|this|then|doing (?:so|that))|beforehand|prior to (?:that|this)|but first|first,? though",
    ),
    (
        "first",
        r"first(?: of all| off|ly)?|to (?:start|begin)(?: with| off)?|start by|begin by|before anything else|initially|as a first step",
    ),
    (
        "parallel",
        (
            r"(?:and )?(?:independently(?: of (?:that|this|it))?|regardless of (?:that|this)|also|additionally|meanwhile|separately|besides|furthermore|moreover|plus|likewise|simultaneously|concurrently)|in addition(?: to (?:that|this))?"
            r"|at the same time|in parallel|on top of that|in the meantime|as well as that|apart from that|other than that|by the way|btw"
        ),
    ),
)
_CUE = tuple(
    (cue, re.compile(rf"(?:{pattern})\b(?!['’]?\w)\s*[,:–-]?\s*", re.IGNORECASE)) for cue, pattern in _CUES
)
_FILLER = re.compile(
    r"(?:(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening))(?: (?:there|team|all|everyone|folks|guys))?[,!.]?|please|pls|plz|kindly|just|simply|ok(?:ay)?|well|so|now|and|but|or"
    r"|yes|right|thanks|thank you|ideally|basically|actually|really|truly|again|perhaps|maybe|if (?:possible|you can|you could|needed|necessary|required)|as (?:always|usual|discussed|agreed|well)|too"
    r"|carefully|quickly|immediately|asap|urgent(?:ly)?|today|tomorrow|this (?:week|sprint|month)|for (?:now|this)|in (?:this|that) (?:case|ticket|task|issue)|todo|task|goal|request(?! (?:an?|the|some|new|\d)\b)|feature request|bug|note that"
    r"|temporarily|permanently|manually|automatically|safely|properly|fully|completely|thoroughly|briefly)\b(?!-\w)\s*[,:!–-]*\s*",
    re.IGNORECASE,
)
_I = r"(?:i|we|you|one of (?:you|us)|someone|somebody|everybody|(?:the|our|my|your) (?:team|squad|group|agents?|assistant)|let us|us|agents?)"
_NEED = r"(?:needs?|has|want|wish|would like|'d like|’d like|would love|'d love|’d love|would prefer|'d prefer|have|got|plan|intend|hope|aim|are going|am going|'re going|'m going|are looking|am looking|'m looking|'re looking|are trying|am trying|'m trying|are planning|am planning|'m planning|would appreciate|require|am interested in|'m interested in|am thinking (?:of|about)|are thinking (?:of|about)|am considering|decided|am about|wanted|should be able|am hoping|'m hoping)"
_ADVERB = r"(?:(?:also|really|just|still|now|then|next|first|all|currently|therefore|thus|urgently|definitely|eventually|probably|only|please|desperately|finally|later|further|additionally|do|once)\s+)*"
_SOMEONE = (
    r"(?:(?:you|someone|somebody|the team|an agent|us|help|your help|your assistance|assistance|support)\s+)?"
)
_ORDERS = tuple(
    re.compile(pattern + r"\s*", re.IGNORECASE)
    for pattern in (
        rf"{_I}\s*{_ADVERB}{_NEED}\s+{_ADVERB}{_SOMEONE}(?:in\s+|with\s+)?to\s+(?!be\b){_ADVERB}",
        rf"{_I}(?:\s+{_ADVERB}(?:must|should|shall|will|ought to|had better)|['’](?:ll|d better))\s+(?!be\b|not\b){_ADVERB}",
        r"let(?:'s|’s| us)\s+(?!not\b)" + _ADVERB,
        r"(?:can|could|would|will|may|might)\s+(?:you|we|i|someone|somebody|the team|one of you|anybody|anyone)\s+(?:please\s+|kindly\s+|also\s+|possibly\s+|then\s+|first\s+|maybe\s+|perhaps\s+|help\s+(?:me|us)\s+(?:to\s+|by\s+|out\s+by\s+|out\s+and\s+)?|be so kind (?:as )?to\s+|go ahead and\s+)*",
        r"(?:(?:it )?would be (?:great|nice|good|helpful|lovely|wonderful|appreciated)|i(?:'d| would) be (?:grateful|glad|happy)|it'd be (?:great|nice|good)|i(?:'d| would) appreciate it)\s+(?:if|when)\s+(?:you|we|someone|the team)\s+(?:could|can|would|will)?\s*(?:please\s+|also\s+)?",
        r"(?:would|do) you mind\s+",
        r"(?:make sure|be sure|remember|don'?t forget|do not forget|try|feel free|be careful|take care|go ahead|aim|strive|proceed)\s+(?:to|and)\s+(?!be\b)"
        + _ADVERB,
        r"(?:then\s+)?(?:continue|go on|carry on|start|begin|end|finish|proceed|follow up|finish up|move on)\s+(?:by|with|to)\s+(?=\w+ing\b)",
        r"(?:help|assist)\s+(?:me|us|them)\s+(?:to\s+|with\s+|in\s+|by\s+|out\s+(?:by|with)\s+)?",
        rf"{_I}(?:\s+(?:need|want|would like|could use|'d like|require)|'d like|’d like)\s+(?:(?:some|your|a bit of|any)\s+)?(?:help|assistance|support|someone|somebody)\s+(?:with\s+|in\s+|to\s+|for\s+|who (?:can|could) ){{0,2}}",
        r"(?:the|our|my|your) (?:goal|aim|task|objective|idea|plan|job|next step|first step|final step|request|ask|intention|purpose)(?: here| now)? (?:is|was|would be|will be)\s+(?:for you\s+)?to\s+(?!be\b)",
        r"(?:it is|it's|it’s) (?:necessary|important|essential|required|needed|(?:high |about |now )?time|possible|also necessary|(?:up to|on|for) (?:you|us|me)|(?:your|our|my) (?:job|task|turn)) to\s+",
        rf"(?:high )?time to\s+(?!be\b){_ADVERB}",
        rf"{_I}\s+(?:(?:have|'ve|’ve|has|had|were|was)\s+)?(?:also\s+|all\s+|now\s+)?(?:been\s+)?(?:decided|agreed|promised|resolved|asked|told|instructed|requested|planned|committed)\s+to\s+(?!be\b|not\b){_ADVERB}",
        rf"{_I}(?:\s+(?:are|am|is)|['’](?:re|m))\s+(?:{_ADVERB}(?:ready|free|clear|cleared|set|supposed|meant|due|obliged|required|allowed|asked|expected|to)\s+)(?:(?<=to )|to\s+)(?!be\b|not\b){_ADVERB}",
        rf"(?:[\w-]+ ){{1,3}}(?:wants?|asks?|expects?|needs?|would like|has asked|have asked|asked|told) (?:us|you|me|the team) to\s+(?!be\b|not\b){_ADVERB}",
        rf"(?:it|what|all(?: that)?|that)(?: still| only)? (?:remains|is left|left)(?: to do is(?: to)?|(?: is)? to)\s+(?!be\b){_ADVERB}",
        r"(?:i am|i'm|i’m|we are|we're|we’re)\s+(?:also\s+)?(?:going|looking|trying|planning|about|hoping|aiming|interested|wanting|wishing|preparing)\s+(?:to|in|on|forward to)\s+(?!be\b)",
        r"(?:i|we)\s+(?:also\s+)?(?:ask|request|urge|beg|expect|want|need|like)\s+(?:that\s+)?(?:you|the team)\s+(?:to\s+)?",
        r"(?:i wonder|i was wondering|wondering|i wanted to (?:know|ask)|let me know|tell me)\s+(?:if|whether)\s+(?:you|we)\s+(?:can|could|would)\s+",
        r"there(?:'s| is| are)? (?:a )?needs? to\s+",
    )
)
_ELLIPTIC = re.compile(
    r"(?:(?:also|then|finally|next) )?(?:need|want|would like|'d like|wish|hope|plan|intend)\s+(?:you\s+)?to\s+(?!be\b)",
    re.IGNORECASE,
)
"""“I have a fever and need to see a doctor”: who needs it was said before."""

_STORY = re.compile(
    r"as (?:an?|the) (?P<who>[^,]{2,60}?),?\s+(?:i|we)\s+(?:also\s+)?(?:want|need|would like|'d like|wish|should be able|can|must be able)\s+(?:to\s+(?:be able to\s+)?)?",
    re.IGNORECASE,
)
_WISH = re.compile(
    rf"{_I}\s*{_ADVERB}(?:need|want|would like|'d like|’d like|would love|'d love|require|could use|would appreciate|wish for|am looking for|are looking for|'m looking for|'re looking for|am in need of|are in need of|looking for|would like to have|want to have|need to have|'d like to have|would like to get|want to get)\s+(?:to have\s+|to get\s+)?(?!to\b)(?=\S)",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"(?:(?:the only thing|what|all|everything)(?:(?:(?:'s|’s| is| that's| that is)? (?:still )?(?:missing|needed|lacking|left|left to do|outstanding))"
    r"|(?: that)? (?:we|i) (?:still |really |now )?(?:need|want|lack|miss|are missing)) (?:is|are)"
    r"|(?:still |also )?(?:need|want|missing|wanted)(?= (?:an?|the|new|one|two)\b)"
    r"|(?:(?:what(?:['’]s| is) )?(?:still |also )?(?:missing|left|outstanding|remaining|open|pending|to do)):)\s+(?=\S)",
    re.IGNORECASE,
)
"""“What's missing is an alert”, “need a failing test”: whose wish it is goes without saying."""

_REMINDS = re.compile(
    r"(?:(?:don['’]?t|do not) forget|remember|think of|also consider)\s+(?:about\s+)?(?!to\b|that\b)(?=\S)",
    re.IGNORECASE,
)


class Opening(NamedTuple):
    """What stood before the matter: `rest` begins where the matter does."""

    rest: int
    cue: Cue
    mood: Mood
    timed: bool = False
    """Whether words of time were among it: "on Thursday …"."""


def opening_of(text: str) -> Opening:
    """Strip greetings, order words and politeness from the front, and remember what they meant."""
    at = 0
    cue: Cue = "none"
    mood: Mood = "none"
    timed = False
    step: tuple[int, Cue, Mood] | None
    for _ in range(8):
        moment = moment_at(text, at)
        step = (moment.end, moment.turn, "none") if moment is not None else _step(text, at)
        if step is None:
            break
        timed = timed or moment is not None
        at, found, heard = step
        cue = found if found != "none" else cue
        mood = heard if heard != "none" else mood
    return Opening(at, cue, mood, timed)


def _step(text: str, at: int) -> tuple[int, Cue, Mood] | None:
    story = _STORY.match(text, at)
    if story:
        return story.end(), "none", "story"
    cued = cue_at(text, at)
    if cued is not None:
        return *cued, "none"
    filler = _FILLER.match(text, at)
    if filler and filler.end() < len(text):
        return filler.end(), "none", "none"
    for pattern in (*_ORDERS, _ELLIPTIC):
        found = pattern.match(text, at)
        if found and found.end() < len(text):
            return found.end(), "none", "order"
    wish = _WISH.match(text, at) or _REMINDS.match(text, at) or _LEFT.match(text, at)
    if wish:
        return wish.end(), "none", "wish"
    return None


def cue_at(text: str, at: int) -> tuple[int, Cue] | None:
    """An order word or phrase that begins here ("when it is over …"), and where it ends."""
    for cue, pattern in _CUE:
        found = pattern.match(text, at)
        if found and found.end() < len(text):
            return found.end(), cue
    return None


def opens_request(text: str, at: int) -> bool:
    """Whether a new wish or order begins here: "…, and I also need a chart"."""
    return any(pattern.match(text, at) for pattern in (*_ORDERS, _ELLIPTIC)) or bool(
        _WISH.match(text, at) or _STORY.match(text, at)
    )
