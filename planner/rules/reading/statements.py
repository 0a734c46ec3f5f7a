"""What states how things should be: "the docs need a page", "security sign-off required"."""

import re

from domain.clause import Clause
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DONE_TO
from planner.rules.reading.coming import coming
from planner.rules.reading.dated import dated
from planner.rules.reading.deliverables import deliverables, things_below
from planner.rules.reading.doors import doors
from planner.rules.reading.duties import duty
from planner.rules.reading.passives import PASSIVE, by_participle, is_work
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.told import told
from planner.rules.reading.wording import finite_in, is_form
from planner.rules.teams import asking_consent
from planner.rules.verbal import made, plain, verbal
from planner.rules.words import lemma_of


def stated(said: Said) -> Phrase:
    consent = asking_consent(said.rest)
    if consent is not None:
        inner = said._replace(mood="order", team=consent)
        return phrased(inner, made(said.text, "review", "it"))._replace(said=said.rest)
    plan = dated(said) or doors(said) or coming(said)
    if plan is not None:
        return plan
    passive = PASSIVE.match(said.rest)
    if passive and is_form(passive["participle"], "ed"):
        wanted = is_work(passive) and " not " not in said.rest.lower().replace(" not null", "")
        clause = by_participle(said, passive, "action" if wanted else "constraint")
        return phrased(said._replace(mood="statement"), clause)
    if said.question:
        return Phrase(plain(said.text, "question"), said.cue)
    due = duty(said)
    if due is not None:
        return due
    needs = _NEEDS.match(said.rest)
    if needs:
        return phrased(said._replace(mood="statement"), _needed(said, needs))
    listing = _WANTED.match(said.rest)
    if listing and deliverables(listing["subject"]):
        return phrased(said, made(said.text, "need", listing["subject"]))
    if (
        said.row
        and is_form(said.row[0].lower, "ed")
        and lemma_of(said.row[0].lower) in DONE_TO
        and len(said.row) < 7
    ):
        clause = made(said.text, lemma_of(said.row[0].lower), "it" + said.rest[said.row[0].end :])
        return phrased(said._replace(mood="statement"), clause)
    if len(said.row) > 1 and is_form(said.row[0].lower, "ing") and not finite_in(said.row[1:10]):
        return phrased(said, verbal(said.text, said.rest, said.row, 0))
    return told(said)


def _needed(said: Said, needs: re.Match[str]) -> Clause:
    """“The endpoint needs rate limiting” limits the endpoint; "it needs a table, an endpoint and tests" asks for each."""
    below = things_below(needs["object"])
    several = bool(below) or len(deliverables(needs["object"])) > 1
    target = below or needs["object"] if several else f"{needs['object']} for {needs['subject']}"
    return made(said.text, "need", target, "action" if several or _goes_with(needs) else "constraint")


def _goes_with(needs: re.Match[str]) -> bool:
    """“That mail needs a how-to it can link to": a text or a gauge of its own beside the thing that needs it."""
    thing = kind_of(None, needs["object"]) if _ONE.match(needs["object"]) else None
    if thing is None or thing.score < 2.5 or thing.concept not in {"docs", "monitoring"}:
        return False
    whose = kind_of(None, needs["subject"])
    return whose is None or whose.concept != thing.concept


_ONE = re.compile(r"(?:an?|its own|new|another)\s", re.IGNORECASE)


_NEEDS = re.compile(
    r"^(?P<subject>[^,;]{2,60}?)\s+(?:also\s+)?(?:needs?|requires?|lacks?|is missing|are missing|must have|should have|has to have|should get|gets|comes with"
    r"|should come with|must come with|must include|should include)\s+(?P<object>(?:(?:an?|some|new|proper|more|better|its own)\s)?.+)$",
    re.IGNORECASE | re.DOTALL,
)
_WANTED = re.compile(
    r"^(?P<subject>.{3,120}?)\s+(?:is|are|would be)\s+(?:also\s+)?(?:required|needed|expected|mandatory|missing|wanted|welcome|necessary|a must|part of (?:it|this))\b",
    re.IGNORECASE | re.DOTALL,
)
