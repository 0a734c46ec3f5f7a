"""The digest of a request: what was asked, not under which key."""

import pytest

from domain.errors import InvalidInputError
from domain.request import Metadata, Request
from planner.digest import digest_of
from tests.kit.planning import request


def test_the_key_does_not_matter_and_every_word_does() -> None:
    one = request("Write a guide", task_id="t-1")

    assert digest_of(one) == digest_of(request("Write a guide", task_id="t-2"))
    assert digest_of(one) != digest_of(request("Write a Guide", task_id="t-1"))


def test_the_order_of_metadata_does_not_matter() -> None:
    metadata = [
        Metadata.model_validate({"a": 1, "b": [2, {"c": 3, "d": 4}]}),
        Metadata.model_validate({"b": [2, {"d": 4, "c": 3}], "a": 1}),
    ]
    digests = {digest_of(Request(task_id="t", title="x", metadata=each)) for each in metadata}

    assert len(digests) == 1


def test_a_number_that_json_cannot_carry_is_refused_with_a_way_out() -> None:
    huge = Request(task_id="t", title="x", metadata=Metadata.model_validate({"n": 2**70}))

    with pytest.raises(InvalidInputError, match="send it as a string"):
        digest_of(huge)
