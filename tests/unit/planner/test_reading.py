"""What is asked in other forms than a command, and what is only told."""

import pytest

from planner.rules.clauses import parse, read_all


def asked(text: str) -> list[tuple[str | None, str]]:
    return [(clause.verb, clause.object) for clause in parse(text) if clause.kind == "action"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Friday take the old worker down", [("take down", "the old worker")]),
        ("Tomorrow at 07:30 restart the scheduler", [("restart", "the scheduler")]),
        ("In week 14 migrate the remaining tenants", [("migrate", "the remaining tenants")]),
        ("At the end of the quarter archive the invoices", [("archive", "the invoices")]),
        (
            "On Monday pause the importer, on the Tuesday after resume it",
            [("pause", "the importer"), ("resume", "it")],
        ),
        ("Between Monday and Wednesday keep an eye on the queue", [("watch", "the queue")]),
    ],
)
def test_a_time_at_the_head_does_not_hide_the_command(text: str, expected: list[tuple[str, str]]) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Two weeks of work are left",
        "On Tuesday the export failed",
        "A month later is too late",
        "On Mondays customers complain about the numbers",
    ],
)
def test_a_time_at_the_head_of_a_report_orders_nothing(text: str) -> None:
    assert asked(text) == []


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Three days earlier warn the tenants", "earlier"),
        ("Until then mirror the traffic", "earlier"),
        ("By then write a guide", "earlier"),
        ("The day after remove the flag", "then"),
        ("Remove the flag two weeks later", "then"),
        ("Run the smoke tests straight afterwards", "then"),
        ("Warn the tenants three days before", "earlier"),
    ],
)
def test_words_of_time_say_what_comes_before_what(text: str, cue: str) -> None:
    assert [read.phrase.cue for read in read_all(text)] == [cue]


@pytest.mark.parametrize(
    ("text", "verb", "target"),
    [
        ("The legacy header has to come out of the gateway", "remove", "The legacy header from the gateway"),
        ("The timeouts of the checkout have to go up", "raise", "The timeouts of the checkout"),
        ("Anything unused must go", "remove", "Anything unused"),
        ("Next week the new tariffs go live", "release", "the new tariffs"),
        ("On 3 May the login by code becomes mandatory for staff", "enforce", "the login by code for staff"),
        ("On Monday we open the beta to everyone", "open", "the beta to everyone"),
        ("Three failed runs in a row should page on-call", "page", "on-call for Three failed runs in a row"),
        ("The figures belong on the team dashboard", "add", "The figures to the team dashboard"),
        ("Whatever confused people gets reworded", "reword", "Whatever confused people"),
        ("The old bucket may be deleted a month later", "delete", "The old bucket a month later"),
        ("By then there must be a user guide", "need", "a user guide"),
        ("The checkout page gets a button for vouchers", "add", "a button for vouchers to The checkout page"),
        ("Everybody who booked gets a mail", "send", "a mail to Everybody who booked"),
        ("The runbook should say whom to call", "document", "whom to call in The runbook"),
        ("Let the affected tenants know by mail", "inform", "the affected tenants by mail"),
        ("Leave a note in the ticket", "write", "a note in the ticket"),
        ("That letter needs a how-to", "need", "a how-to for That letter"),
        ("Bring the network plan up to date", "update", "the network plan"),
    ],
)
def test_a_duty_told_of_a_thing_is_an_order(text: str, verb: str, target: str) -> None:
    assert asked(text) == [(verb, target)]


@pytest.mark.parametrize(
    "text",
    [
        "The page gets an error",
        "The API must not lose orders",
        "The list should always stay sorted",
        "It must support dark mode",
        "The page needs a better layout",
        "Users get a mail when somebody follows them",
        "The old domain may be deleted by admins",
        "The backend returns the wrong total",
        "Security wants a better process",
        "Leave the rows as they are",
    ],
)
def test_faults_limits_and_habits_stay_what_they_are(text: str) -> None:
    assert asked(text) == []


@pytest.mark.parametrize(
    ("text", "verb", "team"),
    [
        ("QA walks through the flow on two phones", "walk", "qa"),
        ("The platform team moves the volumes", "move", "infra"),
        ("Security rotates the keys of the partner", "rotate", "security"),
    ],
)
def test_people_who_do_something_are_asked_to_do_it(text: str, verb: str, team: str) -> None:
    read = read_all(text)[0]
    assert (read.clause.kind, read.clause.verb, read.phrase.team) == ("action", verb, team)


@pytest.mark.parametrize(
    "text",
    [
        "Summary only: finance decides what happens to the rows",
        "Just asking before the freeze",
        "Out of curiosity",
        "No further action",
    ],
)
def test_words_that_wave_work_away_ask_for_none(text: str) -> None:
    assert asked(text) == []


def test_a_bound_before_a_command_does_not_swallow_it() -> None:
    assert asked("Production only: drop the sessions table") == [("drop", "the sessions table")]


def test_a_spike_is_work_though_it_is_worded_as_a_question() -> None:
    read = read_all("Spike, one day: could the ledger run on SQLite?")[0]
    assert (read.clause.kind, read.clause.verb, read.phrase.team) == ("action", "investigate", "research")


def test_a_spike_that_tells_its_steps_is_only_their_heading() -> None:
    text = (
        "Spike, one day: could the ledger run on SQLite? Load a month of entries and write down what breaks."
    )
    assert [verb for verb, _ in asked(text)] == ["load", "write down"]


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("Compare the totals, and if the two differ roll it back", ["compare", "roll back"]),
        ("Once QA has gone through the forms we ship it to 1 %", ["ship"]),
        ("Watch the errors; provided they stay low, enable it for all", ["watch", "enable"]),
        ("Run it in dev and qa, and write the guide", ["run", "write"]),
        ("Rewrite names and contact addresses of old tenants", ["rewrite"]),
    ],
)
def test_clauses_are_cut_where_a_command_begins_and_only_there(text: str, verbs: list[str]) -> None:
    assert [verb for verb, _ in asked(text)] == verbs


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (
            "Short README so that they find their way around.",
            "Short README so that they find their way around",
        ),
        ("Tests for the 14 allergens", "Tests for the 14 allergens"),
        ("Migration guide and a changelog entry.", "Migration guide and a changelog entry"),
        ("A dashboard with the pass rate would be great.", "A dashboard with the pass rate"),
        ("Ratings go into a new table", "a new table"),
        ("Clinics want a screen to preview it", "a screen to preview it"),
        ("There's an endpoint missing for that", "an endpoint"),
        ("What's missing is a dead man's switch alert", "a dead man's switch alert"),
        ("need a failing test", "a failing test"),
        ("A nightly job looks for pets that are due", "A nightly job that looks for pets that are due"),
    ],
)
def test_a_thing_that_is_named_and_not_there_yet_is_asked_for(text: str, target: str) -> None:
    assert asked(text) == [("need", target)]


@pytest.mark.parametrize(
    "text",
    [
        "Webhooks with umlauts in the payload have an invalid signature",
        "Data comes from a new endpoint, which the other team will provide",
        "The scanner reports 14 vulnerabilities in our dependencies",
        "The README still mentions the old version",
        "Production replica, 4% disk left",
        "Payroll changes the provider in July",
    ],
)
def test_a_thing_that_is_there_or_only_told_of_is_not_asked_for(text: str) -> None:
    assert asked(text) == []


def test_who_writes_without_capitals_ends_sentences_all_the_same() -> None:
    assert asked("find the duplicates. let sales confirm the list. merge them in live, incl. tests")[0] == (
        "find",
        "the duplicates",
    )
    assert len(parse("fix the import. add tests for it. reindex the table")) == 3


def test_what_people_want_to_do_is_a_feature() -> None:
    assert [read.phrase.mood for read in read_all("Passengers want to tip after the ride")] == ["story"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("QA retests it before it ships to prod on Thursday", "it to prod on Thursday"),
        ("The security team reviews it before we switch it on for the clinics", "it for the clinics"),
    ],
)
def test_what_is_looked_at_before_it_goes_out_goes_out(text: str, wanted: str) -> None:
    assert [clause.text for clause in parse(text) if clause.verb == "release"] == [f"release {wanted}"]


@pytest.mark.parametrize(
    "text", ["The DPO approves it before it goes live", "Ask legal before we release it"]
)
def test_a_mere_before_it_goes_live_orders_no_going_live(text: str) -> None:
    assert not [clause for clause in parse(text) if clause.kind == "action" and clause.verb == "release"]


def test_the_names_of_parts_are_no_verbs() -> None:
    assert asked("Upgrade tariff-service and billing-bridge") == [
        ("upgrade", "tariff-service and billing-bridge")
    ]


def test_a_fix_is_asked_for_behind_the_steps_that_show_the_fault() -> None:
    text = "Repro: open the page, let go over the backdrop. Safari and Chrome. Fix plus a Playwright test."

    assert asked(text) == [("fix", ""), ("need", "a Playwright test")]


@pytest.mark.parametrize(
    "text",
    [
        "Live table, 120M rows",
        "A nightmare for support",
        "Consumer lag on the orders topic keeps growing",
        "Three backend engineers start on Monday",
        "The same form as before",
    ],
)
def test_a_sentence_without_an_order_that_only_describes_asks_for_nothing(text: str) -> None:
    assert asked(text) == []


def test_what_is_compared_is_one_thing() -> None:
    assert asked("Write a note comparing in-place and shadow tables") == [
        ("write", "a note comparing in-place and shadow tables")
    ]
    assert asked("Decide whether we should buy or build the scheduler")[0][0] == "decide"
    assert len(asked("Decide whether we should buy or build the scheduler")) == 1
