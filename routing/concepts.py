"""Words that speak of the same thing, so that a need and an agent meet without sharing a word.

A word may belong to several concepts; it then counts for each in part. This is common knowledge of
the trade and of everyday tools, not of any manifest: what an agent calls its own is learnt from its card.
"""

from functools import cache

from routing.words import stem, words

_LEXICON: dict[str, str] = {
    "ui": "ui ux frontend web page screen component form button modal dialog menu navigation navbar sidebar"
    " tab tooltip layout css style theme dark responsive mobile browser react vue angular svelte html dom"
    " widget icon font colour color contrast accessibility aria spinner table list view panel picker"
    " dropdown drag drop mockup storybook portal client-side localise translation i18n",
    "server": "backend server service api endpoint rest graphql grpc handler controller webhook job worker"
    " queue business logic module class function library client rule validation persist retry idempotent"
    " async exception bug bugfix fix feature pagination rate limit",
    "data": "database db sql postgres postgresql mysql mongo schema table column row index key foreign"
    " constraint migration migrate backfill partition query transaction view replica vacuum archive orm"
    " dump record",
    "testing": "qa test testing regression unit integration e2e end-to-end coverage assertion reproduce"
    " repro smoke load stress traffic benchmark verify verification fixture property-based fuzz flaky"
    " acceptance rps users",
    "reviewing": "review reviewer pr pull request merge diff patch style naming convention maintainability"
    " duplicated feedback comment approve lint readability quality",
    "safety": "security secure vulnerability cve xss csrf injection exploit pentest threat attack auth"
    " authentication authorization authorisation permission role rights administrator admin secret"
    " credential password token key certificate encryption encrypt hash hashed gdpr compliance soc2 soc"
    " audit privacy leak leaked rotate revoke scan mfa sso oauth",
    "platform": "infra infrastructure terraform ansible kubernetes k8s helm docker dockerfile container"
    " containerise image cluster node pod vm cloud aws gcp azure vpc network networking dns subdomain"
    " firewall load balancer disk storage bucket provision autoscaling scaling instance cost bill redis"
    " kafka broker nginx proxy",
    "building": "ci cd cicd pipeline build jenkins gitlab github actions workflow artifact artefact package"
    " registry publish cache shard lint linter nightly push merge tag job runner version bump compile",
    "shipping": "release deploy deployment ship rollout roll-out launch live canary feature flag rollback"
    " roll back hotfix promote version production candidate change window cut announce percent users beta"
    " enable toggle",
    "writing": "docs doc documentation document readme guide manual tutorial runbook changelog reference"
    " wiki article faq handbook postmortem post-mortem onboarding glossary how-to typo help explain"
    " describe notes writing write-up page",
    "watching": "sre monitoring monitor observability alert alerting dashboard grafana prometheus metric slo"
    " sla sli incident outage on-call oncall pager latency error spike tracing trace log logging capacity"
    " performance profile bottleneck slow memory leak diagnose cpu p95 downtime timing",
    "thinking": "architect architecture design evaluate assess compare recommend option trade-off tradeoff"
    " spike research investigate rfc adr proposal propose requirement analyse analysis decide decision"
    " sketch study feasibility prototype clarify choose versus vs",
    "make": "create build generate produce compose construct",
    "change": "edit modify change alter update adjust transform adapt",
    "remove": "delete remove erase drop clear cancel",
    "find": "find search look lookup locate seek discover query",
    "fetch": "get fetch retrieve download obtain read collect",
    "tell": "send notify message mail email sms inform",
    "shorten": "summarize summarise summary summarization shorten condense abstract digest",
    "translate": "translate translation translator language convert german french spanish english chinese",
    "classify": "classify classification categorize categorise category label",
    "detect": "detect detection identify recognise recognize locate spot find",
    "speech": "speech voice spoken audio sound speak transcribe transcription asr recording",
    "picture": "image picture photo photograph jpg jpeg png visual illustration",
    "film": "video clip movie mp4 film footage",
    "text": "text document sentence paragraph passage article txt",
    "join": "combine merge join splice stitch concatenate",
    "question": "question answer ask answering qa query",
    "similar": "similarity similar compare comparison same",
    "buy": "buy purchase order shop shopping pay",
    "book": "book reserve reservation booking ticket hotel flight",
    "money": "money bank banking pay payment transfer account finance stock",
    "travel": "travel trip flight hotel taxi train tour car rental route",
    "talk": "conversation conversational chat dialogue talk respond response reply",
    "time": "schedule calendar agenda appointment meeting reminder alarm remind",
    "health": "doctor health medical symptom patient hospital clinic",
    "learn": "course learn class education university enroll lesson study",
    "simple": "simplify simple rewrite paraphrase plain",
    "noise": "noise clean denoise reduce reduction background",
    "word": "keyword term word entity token tag",
}


@cache
def _by_stem() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for concept, listed in _LEXICON.items():
        for word in dict.fromkeys(map(stem, words(listed))):
            found.setdefault(word, []).append("~" + concept)
    return {word: tuple(concepts) for word, concepts in found.items()}


def concepts_of(stemmed: str) -> tuple[str, ...]:
    """Concepts a stem belongs to; their names begin with `~`, which no word does."""
    return _by_stem().get(stemmed, ())
