"""The words rules are made of: verbs, their forms, and the small words that hold sentences together."""

from planner.rules.wordlist import wordlist

VERBS: frozenset[str] = wordlist(
    """
    abort accelerate accept access acknowledge activate adapt add adjust administer adopt advertise advise
    aggregate agree alert align allocate allow alter amend analyse analyze animate announce annotate
    anonymise anonymize answer append apply appoint approve archive arrange ask assemble assess assign
    attach attend audit authenticate authorise authorize automate back backfill ban benchmark bind blend
    block book boost borrow bring broadcast browse buffer build bump buy cache calculate calibrate call
    cancel capture catalogue categorise categorize change charge chart check choose clarify classify clean
    clear clone close collate collect colorize colourise combine commission commit communicate compare
    compile complete compose compress compute conduct configure confirm connect consider consolidate
    construct consult contact containerise containerize contribute convert cook copy correct count cover
    create credit crop customise customize cut cycle deactivate debug decide decline decommission
    decompose decouple decrease decrypt dedupe deduplicate defer define delegate delete deliver demote
    deny depict deploy deposit deprecate deprovision derive describe design destroy detect determine develop
    diagnose diff disable discard disconnect discover discuss dismiss dispatch display disseminate
    distribute divide dockerise dockerize document donate double download draft draw drive drop dry dump
    duplicate earn edit elaborate elect eliminate email embed emit employ empty enable encode encrypt
    enforce enhance enlarge enqueue enrich enroll enrol ensure enter enumerate erase escalate establish
    estimate evaluate evict examine exchange exclude execute expand explain explore export expose extend
    extract factor failover fetch figure file fill filter finalise finalize find finish fix flag flash
    flip flush focus follow force forecast fork format formulate forward freeze gather gate generate get
    give go grant graph group guarantee guide halt handle harden help hide highlight hire hook host
    hotfix identify illustrate implement import improve include incorporate increase index inform ingest
    initialise initialize initiate inject inline inquire insert inspect install instrument integrate
    interview introduce inventory invest investigate invite invoice isolate issue join keep kill label
    launch lay lead learn let leverage lift limit link lint list listen load localise localize locate
    lock log look lower mail maintain make manage map mark market match measure mention merge message
    migrate minify minimise minimize mirror mitigate mix mock model modernise modernize modify monitor
    mount move mute name navigate negotiate normalise normalize note notify observe obtain offer onboard
    open operate optimise optimize orchestrate order organise organize outline overhaul overlay override
    overwrite package paginate paint parallelise parallelize parametrise parameterize paraphrase parse
    partition pass patch pause pay perform permit persist phase pick pin ping pinpoint place plan plot
    poll populate port post postpone predict prepare present preserve prevent print prioritise
    prioritize process procure produce profile programme program prohibit promote proofread propagate
    propose protect prototype prove provide provision prune publish pull purchase purge push put
    quantify query queue raise rank rate reach read rearrange reassign rebalance reboot rebuild receive recharge
    recognise recognize recommend recompute reconcile record recover recreate redact redeem redeploy
    redesign redirect reduce refactor refine reformat refresh refund register regenerate reindex reject relax
    release relink relocate remediate remind remove rename render renew rent reopen reorder reorganise
    reorganize repair replace replay replicate reply report repoint reproduce request reschedule
    research reserve reset resize resolve restart restore restrict restructure resume retain retire retrain retrieve
    retry return reuse revamp reverse revert review revise revoke rewrite rework ride rip roll rotate
    round route run sanitise sanitize save scaffold scale scan schedule scope score scrape screen script
    scrub seal search secure see seed segment select sell send separate sequence serve set settle shard
    share ship shorten show shrink shuffle shut sign simplify simulate size sketch skip slice smooth
    snapshot solve sort specify speed spike spin splice split spot squash stabilise stabilize stack
    stage standardise standardize start stash state stitch stop store stream streamline strengthen
    stress strip structure study style submit subscribe substitute suggest summarise summarize supply
    support suspend swap switch synchronise synchronize sync synthesise synthesize tag tailor take talk
    tap target teach tear tell terminate test throttle tidy tighten time top total trace track train transcode
    transcribe transfer transform translate transmit transpose trial triage trigger trim truncate try tune turn type
    undo unblock undeploy unify uninstall unlock unpublish unsubscribe untangle unzip update upgrade upload use
    utilise utilize vacuum validate value vendor verify version vet view visit visualise visualize
    vote wait walk warn wash watch whitelist widen winterise wipe wire withdraw work wrap write zip zero
    drain void ramp peel cherry-pick re-send resend reconcile tabletop enquire reissue recall restock reconfigure recalculate reload rehearse sunset triple version warm
    bootstrap benchmark fan chain compare deescalate downgrade downscale upscale quarantine embed
    reprocess requeue resubmit reauthorise reauthorize recompile reconvert recredit redeliver redistribute reencode reenable
    reencrypt reevaluate regrant rehydrate reimport reingest reinitialise reinitialize relabel remeasure renotify repackage
    repartition repopulate repost reprice reprint reprovision republish resell reseed reshard resync retag retrigger reupload
    reroute rescan revalidate reverify rewire pseudonymise pseudonymize allowlist denylist disburse
    lift lookup crawl scrape ingest tokenise tokenize train retrain evaluate fine-tune re-run rerun
    double-check cross-check smoke-test load-test dark-launch sanity-check pen-test pentest hand nuke
    tolerate happen exist do expire free honour honor hook plug bridge fail require rehearse say inform redo undo rescue amend batch brief
    bundle bypass chase chunk circulate coordinate curate dedicate demonstrate detach disclose downsample
    drill elevate equip exempt flatten gauge glue groom hash hide impersonate impose intercept invalidate
    justify kick lengthen lighten memoise memoize modularise modularize mask negotiate nudge obfuscate
    offboard offload pilot polish pool precompute preload prefill probe readjust rebrand recap recheck
    reclaim reconnect recycle reformulate rehost reimburse reinstall reinstate remap rephrase replatform
    repurpose respect respond retarget retest rethink rig scrap scrutinise scrutinize sharpen shelve
    showcase signal slim snooze soften spell sponsor stagger steer stub subtract supervise supplement
    tabulate temper thread toggle tweak unarchive uncover unfreeze unmount unpack unpin unset untag upsert
    waive yank suppress silence self-host refuse expire end blank dry-run decommission point dismantle reissue zoom rent fly dine drink eat sing dance bet repay refuel withdraw lend complain appeal
    play dial greet decorate declare decode decompress stylize login logout memo jot graduate unfollow dislike bookmark breathe
    brighten celebrate cite claim commute congratulate heal harvest iron lease meet owe photocopy photograph refill reword rewind
    rsvp spend sweep swim thank throw tip treat tweet weigh insure fax carry catch grab
    award deduct prorate accrue bill prefetch precompile timestamp watermark sandbox geocode surface internationalise internationalize transpile
    polyfill assert refetch debounce spawn salt collapse autofill autocomplete fade scroll harmonise harmonize retrofit backport rebase bisect
    preheat prime decompile prettify debit balance certify attest notarise notarize cap meter recalculate reorganise redistribute loosen
    apologise apologize reinstate uncordon cordon reactivate retune recalibrate redraw discontinue readmit delist
    exercise meditate wake trade sue vaccinate prescribe apply study tutor hibernate provision escape think
    """
)
"""Verbs in their base form. A word outside this list is still a verb where only one can stand ("to …")."""

NOUN_TOO: frozenset[str] = wordlist(
    """
    access alert animate answer archive audit back ban benchmark block book boost buffer bump cache call cancel
    capture catalogue change charge chart check clean clone close commit compress contact contract copy count
    cover credit crop cut cycle debug decrease deposit design diff display document double download draft
    draw drive drop dump duplicate email empty exchange export extract factor failover file fill filter
    finish fix flag flash flip focus force forecast fork format freeze gate graph group guarantee guide
    halt handle help hire hook host hotfix import increase index input inventory invoice issue join keep label
    launch lead lift limit link list load lock log look mail make map mark market match measure merge message
    mirror mix mock model monitor mount move name note offer open order package paint patch pause
    pay pick pin ping place plan plot poll port post present print process produce profile
    program programme prototype pull purchase purge push query queue rank rate reach read rebuild record refactor
    refresh refund register release repair replay reply report request research reserve reset retry return
    review rework ride rip rollback round route run sample save scale scan schedule scope score screen script
    seal search seed segment sequence set shard share ship show sign size sketch skip slice snapshot sort
    spike split spot squash stack stage start stash state stop store stream stress strip structure study style
    supply support swap switch sync tag talk tap target tear test throttle time top total trace track
    train transfer transform trial trigger trim try tune turn type undo update upgrade upload use vacuum value vendor
    version view visit vote wait walk wash watch wire work wrap zip zero experiment build deploy trim fan chain
    hand lookup downgrade recall warm sunset embed triple free brief drill hash hook kick mask pool preview backfill
    probe signal spell thread toggle tweak drink dance bet exercise trade study batch bundle chunk pilot polish
    play practice end point blank bake bid blog blur boil budget caption chat comment cool dub dust feed film fry grill hang heat hold like love
    mend mop mow nap pack park paste plant quote ring sleep stamp stay stretch subtitle taste tax text tour travel water claim
    award bill timestamp watermark sandbox surface salt debit balance cap meter collapse scroll fade prime
    catch fax iron lease memo stand canary photograph treat tip tweet heat
    """
)
"""Verbs that are as often nouns: they need a sign (an article, an object) to be taken for verbs."""

ALL_VERBS: frozenset[str] = VERBS | NOUN_TOO

PARTICLES: dict[str, frozenset[str]] = {
    verb: frozenset(particles.split())
    for verb, particles in {
        "back": "up out",
        "break": "down",
        "bring": "up down live back",
        "call": "off up",
        "carry": "out",
        "check": "out",
        "clean": "up out",
        "close": "down",
        "cut": "over off",
        "draw": "up",
        "fail": "over",
        "figure": "out",
        "fill": "in out",
        "find": "out",
        "flag": "on off",
        "follow": "up",
        "hand": "over out back",
        "lay": "out",
        "lock": "down",
        "log": "in out",
        "look": "up into at over",
        "opt": "in out",
        "pay": "out back off",
        "give": "back",
        "open": "up",
        "move": "over",
        "ship": "out",
        "phase": "out in",
        "pick": "up",
        "point": "out",
        "pull": "down",
        "put": "together up live back out",
        "roll": "back out forward",
        "ramp": "up down",
        "run": "through",
        "scale": "up down in out",
        "send": "out",
        "set": "up live",
        "shut": "down off",
        "sign": "up off in",
        "sort": "out",
        "spin": "up down",
        "stand": "up",
        "start": "up",
        "switch": "off on over live back",
        "take": "down over off offline live away back",
        "tear": "down",
        "tidy": "up",
        "track": "down",
        "turn": "off on down up",
        "wind": "down",
        "wipe": "out",
        "wire": "up",
        "work": "out",
        "wrap": "up",
        "write": "up down",
        "speed": "up",
        "top": "up",
        "fan": "out",
        "blow": "away",
        "throw": "away",
        "get": "rid live out",
        "push": "live out",
        "go": "live back",
        "make": "sure live",
    }.items()
}
"""Particles that make another verb of one: `roll back`, `shut down`."""

IRREGULAR: dict[str, tuple[str, str]] = {
    "built": ("build", "ed"),
    "bought": ("buy", "ed"),
    "brought": ("bring", "ed"),
    "broken": ("break", "ed"),
    "chosen": ("choose", "ed"),
    "chose": ("choose", "ed"),
    "done": ("do", "ed"),
    "drawn": ("draw", "ed"),
    "driven": ("drive", "ed"),
    "found": ("find", "ed"),
    "frozen": ("freeze", "ed"),
    "given": ("give", "ed"),
    "gone": ("go", "ed"),
    "got": ("get", "ed"),
    "hidden": ("hide", "ed"),
    "kept": ("keep", "ed"),
    "led": ("lead", "ed"),
    "learnt": ("learn", "ed"),
    "made": ("make", "ed"),
    "making": ("make", "ing"),
    "overridden": ("override", "ed"),
    "overwritten": ("overwrite", "ed"),
    "paid": ("pay", "ed"),
    "proven": ("prove", "ed"),
    "rebuilt": ("rebuild", "ed"),
    "redone": ("do", "ed"),
    "rewritten": ("rewrite", "ed"),
    "running": ("run", "ing"),
    "said": ("say", "ed"),
    "seen": ("see", "ed"),
    "sent": ("send", "ed"),
    "setup": ("set up", "base"),
    "rollback": ("roll back", "base"),
    "rollout": ("roll out", "base"),
    "shutdown": ("shut down", "base"),
    "teardown": ("tear down", "base"),
    "cleanup": ("clean up", "base"),
    "shown": ("show", "ed"),
    "sold": ("sell", "ed"),
    "spun": ("spin", "ed"),
    "taken": ("take", "ed"),
    "taught": ("teach", "ed"),
    "told": ("tell", "ed"),
    "torn": ("tear", "ed"),
    "withdrawn": ("withdraw", "ed"),
    "written": ("write", "ed"),
    "wrote": ("write", "ed"),
    "signed": ("sign", "ed"),
    "dropped": ("drop", "ed"),
    "dropping": ("drop", "ing"),
    "quitting": ("quit", "ing"),
}

NEVER_VERBS: frozenset[str] = wordlist(
    "staging marketing engineering nothing billing building pricing shipping meeting branding lodging"
)
"""Look like forms of verbs, and name things."""

DETERMINERS: frozenset[str] = wordlist(
    """
    the a an all any every each both some no our your my his her its their this that these those another
    other others which what whatever more most many much several few enough new existing missing current latest
    old following whole full entire remaining unused proper better appropriate corresponding relevant
    it them us me him everything anything something someone everyone one ones
    """
)

PREPOSITIONS: frozenset[str] = wordlist(
    """
    of for in on at to from into onto by with without within via through across over under against between
    among about as per during until till towards toward behind beneath beside besides like than upon
    inside outside off near around along using including regarding concerning
    """
)

FINITE: frozenset[str] = wordlist(
    """
    is are was were am be been isn't aren't wasn't weren't has have had hasn't haven't does doesn't did didn't
    can cannot can't could couldn't will won't would wouldn't shall should shouldn't must mustn't may might
    broke breaks asks asked says said thinks thought knows knew describes loads gives goes comes came went sits stands serves
    needs takes fails crashes times keeps gets got goes went seems looks became becomes returns shows throws
    started stopped spiked dropped increased decreased broke fell rose happens happened complain complained
    report reported depends lacks misses causes caused leads means says uses runs contains
    """
)
"""Verbs that make a statement of what stands before them."""

ANAPHORS: frozenset[str] = frozenset(
    {"it", "them", "this", "that", "these", "those", "they", "its", "their", "both"}
)

DONE_TO: frozenset[str] = wordlist(
    "test document review deploy release monitor cover audit benchmark ship publish approve smoke-test load-test translate"
)
"""What is done to a thing when it is there: "must be reviewed, tested and documented"."""
