"""The short way to a canonical text leads where the long one does."""

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.store.digest import canonical, outputs_digest

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
@example({"b": 1, "a": [True, None, {"y": '\x1f\x7f"\\/\n', "x": -0.0}]})
@example({"\ue000": 1, "\U0001f600": 2})
@example({"n": [2**53 - 1, -(2**53) + 1, 10**15, 1e15, 1e21, 5e-324]})
def test_outputs_have_the_canonical_text_whichever_way_it_is_written(outputs: dict[str, Any]) -> None:
    assert canonical(outputs) == rfc8785.dumps(outputs)
    assert outputs_digest(outputs) == hashlib.sha256(rfc8785.dumps(outputs)).hexdigest()


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30, float("nan"), float("inf")])
def test_numbers_without_a_canonical_text_are_refused_as_ever(number: float) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        canonical({"number": [number]})
