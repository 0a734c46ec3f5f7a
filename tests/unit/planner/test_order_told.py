"""The order that the words of a request give to its steps."""

import pytest

from planner.rules.clauses import read_all
from planner.rules.order.links import links
from planner.rules.order.piece import Piece
from planner.rules.stages import stage_by_words


def before(text: str) -> set[tuple[int, int]]:
    """Which step of a text comes before which, each by its place."""
    pieces = [
        Piece(
            text=read.clause.text,
            agent=None,
            verb=read.clause.verb,
            target=read.clause.object,
            stage=stage_by_words(read.clause),
            cue=read.phrase.cue,
            marker=read.marker,
            listing=read.listing,
            unit=read.unit,
            anaphor=read.phrase.anaphor,
            after=(),
            needs=read.needs,
            place=read.clause.environment,
            consumes=(),
            produces=(),
        )
        for read in read_all(text)
        if read.clause.kind == "action"
    ]
    found = {(link.first, link.second) for link in links(pieces)}
    while more := {(a, d) for a, b in found for c, d in found if b == c} - found:
        found |= more
    return found


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Copy all pages, check the links, and archive the old site.", {(0, 2), (1, 2)}),
        (
            "Write the importer, do a trial import on staging, fix what fails, import into production on Sunday.",
            {(0, 1), (1, 2), (2, 3)},
        ),
        ("Add the encrypted column, encrypt the existing rows.", {(0, 1)}),
        ("Cut the bundle size, cache the recommendations, and measure again.", {(0, 2), (1, 2)}),
        (
            "Add the currency, add the tax rules, and enable it for Norwegian customers when all is done.",
            {(0, 2), (1, 2)},
        ),
        ("Find the slowest stages of the pipeline and propose what to do.", {(0, 1)}),
        ("Build the module, have it reviewed, apply.", {(0, 1), (1, 2)}),
        ("Move the workloads, wipe the disks, cancel the contract.", {(0, 1), (0, 2)}),
        ("Collect the queries without clicks and propose changes to the ranking.", {(0, 1)}),
        ("Port the pipelines, run both in parallel for a week.", {(0, 1)}),
        ("Enable the tariff for all. A week earlier mail the tenants.", {(1, 0)}),
        (
            "On Monday we open the beta. Before that the guide must be written and the limits have to go up.",
            {(1, 0), (2, 0)},
        ),
        (
            "Add the filter and test it. After that restart the workers and drop the old index.",
            {(1, 2), (1, 3)},
        ),
        ("Fail over to the standby, run the smoke tests, and switch back if one of them fails.", {(1, 2)}),
        (
            "Block the address, rotate the keys, and save the logs. Restore the bucket as soon as the first two are done.",
            {(0, 3), (1, 3)},
        ),
        (
            "Rotate the key on staging, verify that logins work, and rotate the key in production.",
            {(0, 1), (1, 2)},
        ),
        ("Move the volumes, retire the old disks, and record it in the runbook.", {(0, 2), (1, 2)}),
        ("Add a licence scan to the build and sort the first findings.", {(0, 1)}),
        ("Ship 4.2 to the store and begin the rollout at 5 %.", {(0, 1)}),
        ("Deploy the candidate to staging and rehearse the rollback there.", {(0, 1)}),
        ("Fix the aggregation job, add a test and recompute the revenue table.", {(0, 2)}),
        ("Change the alert routing and put the new rule in the on-call handbook.", {(0, 1)}),
        ("Collect the evidence of the access reviews and write the summary for the auditor.", {(0, 1)}),
        ("Set up a build for the tokens, write a README, and publish the package to npm.", {(0, 2), (1, 2)}),
        ("Warn the customers by mail and turn the interface off on 30 September.", {(0, 1)}),
        ("Trace the page, load the widgets lazily, and measure again.", {(1, 2)}),
    ],
)
def test_words_put_one_step_before_another(text: str, pairs: set[tuple[int, int]]) -> None:
    assert pairs <= before(text)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Restore the bucket as soon as the first two are done.", (0, 0)),
        (
            "Block the address, rotate the keys, and save the logs. Restore the bucket as soon as the first two are done.",
            (2, 3),
        ),
        ("Add a page for vouchers. Translate the terms.", (0, 1)),
        ("Add the import. If not, close the ticket.", (0, 1)),
        ("Write the release notes and update the changelog.", (0, 1)),
        ("Delete the rows now. Independently of that, implement a purge job.", (1, 0)),
    ],
)
def test_steps_stay_side_by_side_where_nothing_speaks_for_an_order(text: str, pair: tuple[int, int]) -> None:
    assert pair not in before(text)
