"""Approval links: what is signed is what is read, and nothing else is taken."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import ApprovalExpiredError, ConfigurationError, ForbiddenError
from domain.ids import ApprovalId
from notifiers.links import ApprovalLink, opened, signed
from tests.kit.notices import APPROVAL_ID, HASH, NOW

KEY, NEXT = b"k" * 32, b"n" * 32
LINK = ApprovalLink(
    approval_id=APPROVAL_ID, plan_hash=HASH, person="ada@example.com", expires_at=NOW + timedelta(hours=4)
)
TOKEN = signed(LINK, KEY)

links = st.builds(
    ApprovalLink,
    approval_id=st.uuids().map(ApprovalId),
    plan_hash=st.binary(min_size=32, max_size=32).map(bytes.hex),
    person=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80),
    expires_at=st.integers(1_900_000_000, 9_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
)


@given(links)
@settings(deadline=None)
def test_what_was_signed_is_read(link: ApprovalLink) -> None:
    assert opened(signed(link, KEY), keys=[KEY], now=NOW) == link


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("AQgw059-_zZ=+/ \n\u00e9"))
@settings(deadline=None)
def test_any_other_spelling_is_refused(place: int, character: str) -> None:
    forged = TOKEN[:place] + character + TOKEN[place + 1 :]
    if forged != TOKEN:
        with pytest.raises(ForbiddenError):
            opened(forged, keys=[KEY], now=NOW)


@given(st.text(max_size=400))
@settings(deadline=None)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ForbiddenError):
        opened(text, keys=[KEY], now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"approval_id": ApprovalId(UUID(int=1))},
        {"plan_hash": "cd" * 32},
        {"person": "eve@example.com"},
        {"expires_at": NOW + timedelta(days=400)},
    ],
)
def test_a_signature_is_good_for_nothing_else(changed: dict[str, object]) -> None:
    other = LINK.model_copy(update=changed)
    theirs = base64.urlsafe_b64decode(signed(other, KEY) + "==")[:-32]
    ours = base64.urlsafe_b64decode(TOKEN + "==")[-32:]
    with pytest.raises(ForbiddenError):
        opened(base64.urlsafe_b64encode(theirs + ours).rstrip(b"=").decode(), keys=[KEY], now=NOW)


def test_a_key_can_be_changed_while_links_are_out() -> None:
    assert opened(TOKEN, keys=[NEXT, KEY], now=NOW) == LINK
    with pytest.raises(ForbiddenError):
        opened(TOKEN, keys=[NEXT], now=NOW)


def test_a_link_ends_when_its_time_does() -> None:
    assert opened(TOKEN, keys=[KEY], now=LINK.expires_at - timedelta(seconds=1)) == LINK
    with pytest.raises(ApprovalExpiredError):
        opened(TOKEN, keys=[KEY], now=LINK.expires_at)


def test_a_forged_link_is_not_told_that_it_expired() -> None:
    with pytest.raises(ForbiddenError):
        opened(TOKEN, keys=[NEXT], now=LINK.expires_at + timedelta(days=1))


def test_every_copy_of_a_link_is_the_same_use_and_another_persons_is_not() -> None:
    assert opened(TOKEN, keys=[KEY], now=NOW).use_id == LINK.use_id
    assert LINK.model_copy(update={"person": "bob@example.com"}).use_id != LINK.use_id


def test_links_that_are_out_stay_good_from_release_to_release() -> None:
    assert TOKEN == (
        "C49afjwdTi-aa3yNng8aK6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urAAAAAGsBnNhhZGFAZXhhbXBsZS"
        "5jb21vySHc49TzTOP2OAT7QcsG3D0jpufls17_UW1nVJh1zQ"
    )


def test_it_fits_into_an_address() -> None:
    assert len(TOKEN) < 200
    assert TOKEN.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("key", [b"", b"short"])
def test_a_short_key_is_refused(key: bytes) -> None:
    with pytest.raises(ConfigurationError, match="at least 32"):
        signed(LINK, key)


def test_a_link_is_for_somebody() -> None:
    with pytest.raises(ValidationError):
        ApprovalLink(approval_id=APPROVAL_ID, plan_hash=HASH, person="", expires_at=NOW)
