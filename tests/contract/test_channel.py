"""Every channel keeps the port's promises towards the other side as it really is: over sockets, and misbehaving."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from notifiers.ports import OUTCOME, Dead, Later, Sent, Unsure
from tests.kit.channels import PLACES, Place
from tests.kit.house import SOON
from tests.kit.notices import asked, changed, ended, everything, told
from tests.kit.strangers import HOSTILE, UNSEEN

KINDS = [f"{m.kind}-{place}" for place, m in enumerate(everything())]


@pytest.fixture(params=PLACES)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with asyncio.timeout(SOON), PLACES[request.param]() as made:
        yield made


async def test_a_notice_arrives_once(place: Place) -> None:
    assert isinstance(await place.channel.send(place.notice()), Sent)
    assert len(place.arrived()) == 1
    assert "Publish notes" in place.read()[0]


async def test_the_same_notice_again_is_recognised(place: Place) -> None:
    sent = [await place.channel.send(place.notice()) for _ in range(2)]
    assert all(isinstance(outcome, Sent) for outcome in sent)
    assert len(set(place.arrived())) == (1 if place.recognises else 2)


async def test_notices_of_different_things_are_told_apart(place: Place) -> None:
    for message in (asked(), ended(), told(), changed(seq=1), changed(seq=2)):
        assert isinstance(await place.channel.send(place.notice(message)), Sent)
    assert len(set(place.arrived())) == 5


async def test_who_is_busy_is_asked_again_later(place: Place) -> None:
    place.be("busy")
    assert isinstance(await place.channel.send(place.notice()), Later)
    assert place.arrived() == []


async def test_who_refuses_for_good_is_not_asked_again(place: Place) -> None:
    place.be("refuses")
    outcome = await place.channel.send(place.notice())
    assert isinstance(outcome, Dead)
    assert outcome.why
    assert place.arrived() == []


async def test_what_may_have_arrived_is_sent_again_under_the_same_id(place: Place) -> None:
    place.be("takes it and fails")
    assert isinstance(await place.channel.send(place.notice()), Unsure)
    assert isinstance(await place.channel.send(place.notice()), Sent)
    assert len(set(place.arrived())) == (1 if place.recognises else 2)


async def test_who_never_answers_is_given_up_in_time(place: Place) -> None:
    place.be("never answers")
    assert isinstance(await place.hasty.send(place.notice()), Later | Unsure)


async def test_nonsense_is_no_confirmation(place: Place) -> None:
    place.be("answers nonsense")
    assert isinstance(await place.channel.send(place.notice()), Later | Unsure)


async def test_nobody_there_is_a_reason_to_try_later(place: Place) -> None:
    outcome = await place.gone.send(place.notice())
    assert isinstance(outcome, Later)
    assert outcome.why


async def test_an_outcome_can_be_kept_and_read_again(place: Place) -> None:
    place.be("busy")
    outcome = await place.channel.send(place.notice())
    assert OUTCOME.validate_json(OUTCOME.dump_json(outcome)) == outcome


@pytest.mark.parametrize("which", range(len(KINDS)), ids=KINDS)
async def test_a_strangers_words_change_nothing_but_words(place: Place, which: int) -> None:
    # Told to two places, so that the second is not recognised as the first.
    for word, to in (("notes", place.to), (HOSTILE, place.to or "elsewhere")):
        outcome = await place.channel.send(place.notice(everything(word)[which], to=to))
        assert isinstance(outcome, Sent)
    calm, hostile = place.read()
    assert place.skeleton(hostile) == place.skeleton(calm)
    assert re.findall(UNSEEN, hostile) == []
