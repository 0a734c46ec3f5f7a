"""Sentences that do not end: read in line with their length, and as short ones are."""

import time

import pytest

from planner.rules.clauses import parse
from planner.rules.segments.segment import segments

SMALL, TIMES = 500, 4
ROUNDS = 6


def cpu(text: str) -> float:
    began = time.process_time()
    parse(text)
    return time.process_time() - began


@pytest.mark.parametrize("word", ["and", "a,", "then also", "x: y,", "(a) and"])
def test_four_times_the_sentence_cost_about_four_times_the_cpu(word: str) -> None:
    """A square would be sixteen times as much; what is left is for neighbours of the machine."""
    small, large = (" ".join([word] * (SMALL * times)) for times in (1, TIMES))
    parse(small)
    assert any(cpu(large) < cpu(small) * TIMES * 2.5 for _ in range(ROUNDS))


@pytest.mark.parametrize("joined", ["and then", ", and then also", "; then please", ", then finally"])
def test_what_order_words_say_is_heard_through_all_that_joins(joined: str) -> None:
    told = segments(f"Build the image {joined} deploy it")
    assert [part.text for part in told] == ["Build the image", "deploy it"]
    assert told[1].cue == (
        "finally" if "finally" in joined else "none" if joined.endswith(("also", "please")) else "then"
    )
