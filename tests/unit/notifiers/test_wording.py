"""What is said: the level's sign, the exact commands, and how each end is told."""

import json
import shlex
from datetime import timedelta

import pytest

from domain.agent import RiskLevel
from domain.approval import ApprovalStatus
from domain.ids import SubtaskId
from notifiers.answers import command
from notifiers.letter import POINTS, Commands, Letter, Points, Table
from notifiers.notice import Links, Notice, PendingDigest, Sheet, tell
from notifiers.render import Renderer, line_of, subject
from notifiers.wording import worded
from tests.kit.notices import (
    APPROVAL_ID,
    CODE,
    HASH,
    NOW,
    SERVICE,
    approval,
    asked,
    changed,
    digest,
    ended,
    not_taken,
    notice,
    told,
)


def commands(letter: Letter) -> list[str]:
    return [row for section in letter.sections if isinstance(section, Commands) for row in section.rows]


def table(letter: Letter) -> Table:
    return next(section for section in letter.sections if isinstance(section, Table))


@pytest.mark.parametrize(
    ("level", "sign"), [("low", "🟢"), ("medium", "🟡"), ("high", "🟠"), ("critical", "🔴")]
)
def test_every_level_has_its_sign(level: RiskLevel, sign: str) -> None:
    assert subject(worded(notice(asked(level=level)))).startswith(
        f"{sign} {level} risk: approval needed: Publish"
    )


def test_the_command_line_names_the_code() -> None:
    typed = commands(worded(notice(channel="email", to="ada@example.com")))
    assert typed[0] == f"orchestrator approve {CODE}"
    assert shlex.split(typed[1]) == ["orchestrator", "reject", CODE, "--reason", "your reason"]


def test_curl_sends_the_hash_of_the_plan_that_was_read() -> None:
    words = shlex.split(commands(worded(notice(channel="slack")))[2])
    assert words[:4] == ["curl", "-X", "POST", f"{SERVICE}/approve/{APPROVAL_ID}"]
    assert json.loads(words[-1])["plan_hash"] == HASH
    assert "Authorization: Bearer $ORCHESTRATOR_API_KEY" in words


def test_without_keys_curl_names_who_decides_and_in_which_role() -> None:
    plain = notice(channel="slack")
    open_house = plain.model_copy(update={"links": plain.links.model_copy(update={"keys": False})})
    words = shlex.split(commands(worded(open_house))[2])
    assert json.loads(words[-1]) == {
        "plan_hash": HASH,
        "justification": "your reason",
        "approver_id": "you@example.com",
        "approver_role": "tech_lead",
    }
    assert not any("Authorization" in word for word in words)


def test_where_a_reason_is_due_the_command_has_one() -> None:
    typed = commands(worded(notice(asked(justification=True), channel="slack")))
    assert shlex.split(typed[0]) == ["orchestrator", "approve", CODE, "--reason", "your reason"]


def test_what_linear_tells_people_to_reply_is_understood_when_they_do() -> None:
    for justification in (False, True):
        replies = commands(worded(notice(asked(justification=justification))))[:3]
        orders = [command(reply) for reply in replies]
        assert [order.verb for order in orders if order] == ["approve", "reject", "changes"]
        assert {order.code for order in orders if order} == {CODE}


def test_a_reason_is_asked_for_where_one_is_needed() -> None:
    assert f"approve {CODE} because your reason" in commands(worded(notice(asked(justification=True))))
    assert f"approve {CODE}" in commands(worded(notice(asked())))


def test_a_critical_plan_is_not_decided_in_a_comment() -> None:
    made = worded(notice(asked(level="critical")))
    assert f"approve {CODE}" not in commands(made)
    assert "not decided in a comment" in Renderer().markdown(made)


@pytest.mark.parametrize("channel", ["email", "slack", "webhook"])
def test_only_linear_hears_replies(channel: str) -> None:
    made = worded(notice(channel=channel, to="ada@example.com"))  # type: ignore[arg-type]
    assert f"approve {CODE}" not in commands(made)


def test_a_person_gets_their_own_link_where_there_is_one() -> None:
    links = Links(page="https://o.example/p", answer="https://o.example/a/token")
    assert worded(tell(asked(), channel="email", at=NOW, to="a@b.example", links=links)).link == links.answer


def test_what_is_left_out_of_a_long_plan_is_counted() -> None:
    long = asked().model_copy(update={"sheet": asked().sheet.model_copy(update={"total": 10_000})})
    assert table(worded(notice(long))).more == "and 9997 more that are not shown here"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("approved", "✅ approved"),
        ("rejected", "⛔ rejected"),
        ("expired", "⌛ expired"),
        ("cancelled", "🚫 withdrawn"),
        ("superseded", "🔁 replaced"),
    ],
)
def test_every_end_is_told(status: ApprovalStatus, said: str) -> None:
    assert subject(worded(notice(ended(status)))).startswith(said)


def test_an_end_says_who_decided_and_whether_we_know_who_they_are() -> None:
    assert "approve by notes (who they are was not checked) as tech_lead: notes" in Renderer().text(
        worded(notice(ended("approved")))
    )


def test_a_broken_glass_is_told_before_anything_else() -> None:
    made = ended("approved")
    broken = made.approval.votes[0].model_copy(update={"means": "break_glass", "role": "break-glass"})
    loud = made.model_copy(update={"approval": made.approval.model_copy(update={"votes": (broken,)})})
    letter = worded(notice(loud))
    assert line_of(letter.subject).startswith("🚨 let through by breaking the glass: Publish notes")
    assert "BREAKING THE GLASS past everybody" in Renderer().text(letter)


def test_an_escalation_says_who_may_decide_by_now() -> None:
    made = asked(kind="approval_escalated")
    demand = made.approval.demand.model_copy(update={"escalate_to": ("ciso",)})
    above = made.model_copy(update={"approval": made.approval.model_copy(update={"demand": demand})})
    assert "Needs: 1 of tech_lead; by now also ciso (not the requester)" in Renderer().text(
        worded(notice(above))
    )


def test_what_the_checks_found_is_told() -> None:
    found = asked().model_copy(update={"found": ("“it is safe” speaks of risk; say what should be done",)})
    told = Renderer().text(worded(notice(found)))
    assert "To look at" in told
    assert "  - “it is safe” speaks of risk; say what should be done" in told


def test_a_replaced_approval_names_its_successor() -> None:
    made = ended("superseded").model_copy(update={"successor": "KM4QX7PA"})
    assert "Now asked as: KM4QX7PA" in Renderer().text(worded(notice(made)))


def test_many_reasons_are_counted_not_shown() -> None:
    many = asked().model_copy(update={"why": tuple(f"reason {n}" for n in range(POINTS + 5))})
    shown = next(s for s in worded(notice(many)).sections if isinstance(s, Points))
    assert len(shown.rows) == POINTS + 1
    assert line_of(shown.rows[-1]) == "and 5 more"


def test_the_rest_is_told_too() -> None:
    heads = [line_of(worded(notice(each)).headline) for each in (told(), changed(), digest(), not_taken())]
    assert heads == [
        "✋ blocked, waits for a person: Publish notes",
        "running: task release-1087",
        "12 approvals wait",
        "Your answer did not count",
    ]


def test_a_digest_of_one_is_in_the_singular() -> None:
    one = PendingDigest(period="p", total=1, waiting=digest().waiting)
    assert line_of(worded(notice(one)).headline) == "1 approval waits"


def test_an_empty_plan_can_be_told() -> None:
    none = asked().model_copy(update={"sheet": Sheet()})
    assert table(worded(notice(none))).title == "What will run: 0 steps"


def test_time_left_is_told_in_hours_and_minutes() -> None:
    short = approval().model_copy(update={"expires_at": NOW + timedelta(minutes=90)})
    made = asked().model_copy(update={"approval": short})
    assert "2026-11-21 11:00 UTC, 1 h 30 min after it was asked for" in Renderer().text(worded(notice(made)))


def test_a_notice_can_be_stored_and_read_again() -> None:
    for message in (asked(), ended(), told(), changed(), digest(), not_taken()):
        made = notice(message)
        assert Notice.model_validate_json(made.model_dump_json()) == made


def test_steps_are_named_by_their_ids() -> None:
    assert asked().sheet.steps[2].subtask_id == SubtaskId("worker::release-1087::publish")


def test_a_task_may_call_itself_what_it_likes() -> None:
    named = approval().model_copy(update={"task_id": "evil.example"})
    for message in (
        asked().model_copy(update={"approval": named}),
        ended().model_copy(update={"approval": named.model_copy(update={"status": "expired"})}),
        told().model_copy(update={"task_id": "evil.example"}),
        changed().model_copy(update={"task_id": "evil.example"}),
    ):
        made = Renderer().text(worded(notice(message)))
        assert "evil[.]example" in made
        assert "evil.example" not in made
