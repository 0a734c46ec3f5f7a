"""Ids of notices: the same for the same thing told to the same place, and for nothing else."""

from itertools import product
from uuid import UUID

import pytest
from pydantic import ValidationError

from notifiers.notice import Ended, Links, tell
from tests.kit.notices import (
    NOW,
    PROFILE,
    approval,
    asked,
    changed,
    digest,
    ended,
    everything,
    not_taken,
    notice,
    told,
)


def test_the_same_thing_has_the_same_id_whenever_it_is_told() -> None:
    first = tell(asked(), channel="linear", at=NOW)
    again = tell(asked("other words"), channel="linear", at=NOW.replace(year=2027), mentions=(PROFILE,))
    assert first.notice_id == again.notice_id


def test_different_things_and_places_have_different_ids() -> None:
    messages = (
        *everything()[:5],
        ended("rejected"),
        told(),
        changed(seq=1),
        changed(seq=2),
        digest(),
        not_taken(),
    )
    places = (("linear", ""), ("email", "ada@example.com"), ("email", "bob@example.com"), ("slack", ""))
    ids = {tell(m, channel=c, to=to, at=NOW).notice_id for m, (c, to) in product(messages, places)}  # type: ignore[arg-type]
    assert len(ids) == len(messages) * len(places)


def test_ids_do_not_change_from_release_to_release() -> None:
    assert notice().notice_id == UUID("94dec727-aa45-4683-a51b-f6c80dc671a3")


def test_ids_are_of_the_version_that_linear_takes() -> None:
    assert {notice(each).notice_id.version for each in everything()} == {4}


def test_all_that_follows_a_question_is_in_its_thread() -> None:
    root = notice(asked())
    assert root.opens
    for message in (asked(kind="approval_reminder"), ended("expired"), told(), not_taken()):
        follows = notice(message)
        assert (follows.thread, follows.opens) == (root.notice_id, False)


def test_what_belongs_to_no_question_opens_a_thread_of_its_own() -> None:
    alone = told().model_copy(update={"approval": None})
    assert all(notice(each).opens for each in (alone, digest(), changed()))


def test_what_answers_no_question_is_replied_to_where_it_stands() -> None:
    written = "8c1f0a52-7f44-4f0a-8f3b-1d2f6c7a9e01"
    lost = not_taken().model_copy(update={"approval": None, "answer_id": written})
    assert str(notice(lost).thread) == written
    assert not notice(lost).opens
    assert notice(lost.model_copy(update={"answer_id": "c-1"})).opens


def test_the_next_revision_is_another_thread() -> None:
    next_one = asked().model_copy(update={"approval": approval().model_copy(update={"revision": 3})})
    assert notice(next_one).opens
    assert notice(next_one).thread != notice(asked()).thread


def test_an_approval_that_is_pending_has_no_end_to_tell() -> None:
    with pytest.raises(ValueError, match="still pending"):
        notice(Ended(approval=approval(), title="t"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://x.example/ y", 'https://x.example/"', "https://x.example/\n"]
)
def test_a_link_that_could_leave_its_quotes_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Links(page=address)


@pytest.mark.parametrize(
    "profile", ["https://evil.example/profiles/x", f"{PROFILE}\nhttps://linear.app/acme/profiles/eve", "@ada"]
)
def test_only_profiles_are_mentioned(profile: str) -> None:
    with pytest.raises(ValidationError):
        tell(asked(), channel="linear", at=NOW, mentions=(profile,))
