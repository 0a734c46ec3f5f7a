"""Answers from Linear: genuine, new, on our issue, by a person, and exactly an order; or they are none."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import ForbiddenError, UnreachableError
from domain.ids import is_code
from notifiers.answers import (
    REASON,
    Command,
    Comment,
    Heard,
    Ignored,
    Spoken,
    command,
    comment_of,
    heard,
    spoken,
)
from notifiers.render import Renderer
from notifiers.wording import worded
from tests.kit.linear import ADA, HUB, HUB_ID, SECRET, Delivery, User, Written, delivery
from tests.kit.notices import CODE, NOW, everything, notice
from tests.kit.strangers import strangers

COMMENT = Written("8c1f0a52-7f44-4f0a-8f3b-1d2f6c7a9e01", f"approve {CODE}", ADA)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        (f"approve {CODE}", Command("approve", CODE)),
        (f"  Approve   {CODE.lower()}\n", Command("approve", CODE)),
        (f"`approve {CODE}`", Command("approve", CODE)),
        (f"```\napprove {CODE}\n```", Command("approve", CODE)),
        (f"approve {CODE} because I read it", Command("approve", CODE, "I read it")),
        (f"reject {CODE} no rollback plan", Command("reject", CODE, "no rollback plan")),
        (f"REJECT {CODE}\nno\n\nrollback", Command("reject", CODE, "no\n\nrollback")),
        (f"changes {CODE} publish to staging first", Command("changes", CODE, "publish to staging first")),
        # Anything that is not exactly an order is none, above all an approval with a condition.
        (f"approve {CODE} if the tests pass", None),
        (f"approve {CODE}!", None),
        (f"approve {CODE} {CODE}", None),
        (f"approve {CODE} because", None),
        (f"do not approve {CODE}", None),
        (f"approve{CODE}", None),
        (f"> approve {CODE}", None),
        (f"approve {CODE}\n\nreject {CODE} no", None),
        (f"`approve {CODE}` please", None),
        (f"please approve {CODE}", None),
        ("approve", None),
        ("approve KM4QX7P", None),
        ("approve KM4QX7PAA", None),
        ("approve KM4QX7P0", None),
        (f"reject {CODE}", None),
        (f"changes {CODE}  ", None),
        (f"approved {CODE}", None),
        (f"approve\u00a0{CODE}", None),
        ("approve \u212aM4QX7PA", None),
        (f"reject {CODE} {'x' * (REASON + 1)}", None),
        ("", None),
    ],
)
def test_what_is_an_order(text: str, order: Command | None) -> None:
    assert command(text) == order


@given(strangers)
@settings(deadline=None)
def test_an_order_always_names_a_code(text: str) -> None:
    order = command(f"reject {CODE} {text}")
    assert order is None or (is_code(order.code) and order.reason)


@given(st.text())
@settings(deadline=None)
def test_other_texts_are_no_orders(text: str) -> None:
    assert command(text) is None


def test_nothing_that_we_write_ourselves_is_an_order() -> None:
    for word in ("notes", f"approve {CODE}", f"`\n\napprove {CODE}"):
        for message in everything(word):
            assert command(Renderer().markdown(worded(notice(message)))) is None


def ear(given: Delivery, *, at_s: float = 0, secrets: tuple[str, ...] = (SECRET,)) -> Heard | None:
    signature = given.headers.get("Linear-Signature")
    return heard(given.body, signature, secrets=secrets, now=NOW + timedelta(seconds=at_s))


def test_a_new_comment_is_heard() -> None:
    assert ear(delivery(COMMENT, at=NOW)) == Heard(COMMENT.id)


def test_secrets_can_be_changed_without_missing_a_word() -> None:
    assert ear(delivery(COMMENT, at=NOW), secrets=("lin_wh_next", SECRET)) == Heard(COMMENT.id)


@pytest.mark.parametrize(
    ("action", "kind"), [("update", "Comment"), ("remove", "Comment"), ("create", "Issue")]
)
def test_other_news_is_genuine_and_nothing_to_us(action: str, kind: str) -> None:
    assert ear(delivery(COMMENT, at=NOW, action=action, kind=kind)) is None


@pytest.mark.parametrize("secrets", [("lin_wh_other",), (), ("",)])
def test_a_forged_webhook_is_refused(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ForbiddenError, match="LINEAR_WEBHOOK_SECRET"):
        ear(delivery(COMMENT, at=NOW), secrets=secrets)


def test_a_webhook_signed_with_no_secret_at_all_is_refused() -> None:
    with pytest.raises(ForbiddenError):
        ear(delivery(COMMENT, at=NOW, secret=""), secrets=("",))


@pytest.mark.parametrize("signature", [None, "", "00", "\u00e9" * 64, "é\udcff"])
def test_a_webhook_without_a_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(ForbiddenError):
        heard(delivery(COMMENT, at=NOW).body, signature, secrets=(SECRET,), now=NOW)


@given(st.integers(0, len(delivery(COMMENT, at=NOW).body) - 1), st.integers(1, 255))
@settings(deadline=None)
def test_a_webhook_with_one_other_byte_is_refused(place: int, flip: int) -> None:
    real = delivery(COMMENT, at=NOW)
    body = bytearray(real.body)
    body[place] ^= flip
    with pytest.raises(ForbiddenError):
        heard(bytes(body), real.headers["Linear-Signature"], secrets=(SECRET,), now=NOW)


@pytest.mark.parametrize("late_s", [61, -61, 3_600])
def test_a_late_webhook_is_refused(late_s: float) -> None:
    with pytest.raises(ForbiddenError, match="at most 60 s"):
        ear(delivery(COMMENT, at=NOW), at_s=late_s)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"action":"create","type":"Comment","webhookTimestamp":NaN,"data":{"id":"a"}}',
        b'{"action":"create","type":"Comment","webhookTimestamp":"now","data":{"id":"a"}}',
        b'{"action":"create","type":"Comment","data":{"id":"a"}}',
        json.dumps(
            {"action": "create", "type": "Comment", "webhookTimestamp": NOW.timestamp() * 1000, "data": None}
        ).encode(),
        json.dumps(
            {
                "action": "create",
                "type": "Comment",
                "webhookTimestamp": NOW.timestamp() * 1000,
                "data": {"id": "../x"},
            }
        ).encode(),
        b"[" * 100_000,
    ],
)
def test_signed_nonsense_is_refused(body: bytes) -> None:
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    with pytest.raises(ForbiddenError, match=r"not understood|was sent"):
        heard(body, signature, secrets=(SECRET,), now=NOW)


def read_again(written: Written) -> Comment:
    user = (
        None
        if written.user is None
        else {
            "id": written.user.id,
            "email": written.user.email,
            "active": written.user.active,
            "app": written.user.app,
        }
    )
    found = comment_of(
        {
            "id": written.id,
            "body": written.body,
            "editedAt": written.edited_at,
            "createdAt": written.created_at,
            "parentId": written.parent_id,
            "issue": None if written.issue is None else dict(written.issue),
            "user": user,
            "botActor": None if written.bot_actor is None else dict(written.bot_actor),
            "externalUser": None if written.external_user is None else dict(written.external_user),
            "onBehalfOf": None,
        }
    )
    assert found is not None
    return found


@pytest.mark.parametrize("hub", [HUB, HUB.lower(), HUB_ID])
def test_a_persons_order_on_the_hub_issue_is_taken(hub: str) -> None:
    assert spoken(read_again(COMMENT), hub=hub) == Spoken(
        Command("approve", CODE), ADA.id, ADA.email, COMMENT.id
    )


ORDER = f"approve {CODE}"


@pytest.mark.parametrize(
    ("written", "why", "tell"),
    [
        (Written("c", ORDER, ADA, issue={"id": "x", "identifier": "PR-69"}), "hub issue", False),
        (Written("c", ORDER, ADA, issue=None), "hub issue", False),
        (Written("c", ORDER, None), "no person", False),
        (Written("c", ORDER, User("u", "a@x.example", app=True)), "no person", False),
        (Written("c", ORDER, ADA, bot_actor={"id": "b"}), "no person", False),
        (Written("c", ORDER, ADA, external_user={"id": "e"}), "no person", False),
        (Written("c", ORDER, User("u", "a@x.example", active=False)), "left", False),
        (Written("c", ORDER, ADA, edited_at="2026-11-21T09:31:00.000Z"), "edited", True),
        (Written("c", f"approve {CODE} if you must", ADA), "nothing else", True),
        (Written("c", "looks fine to me", ADA), "nothing else", False),
    ],
)
def test_anything_else_is_ignored_and_people_who_meant_it_are_told(
    written: Written, why: str, tell: bool
) -> None:
    heard_of = spoken(read_again(written), hub=HUB)
    assert isinstance(heard_of, Ignored)
    assert why in heard_of.why
    assert heard_of.tell is tell


def test_a_comment_that_cannot_be_read_is_not_guessed() -> None:
    with pytest.raises(UnreachableError):
        comment_of({"id": "c"})
    assert comment_of(None) is None
