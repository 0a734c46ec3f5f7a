"""What a database could not hold is replaced, everything else is left alone."""

from agent.specialists.storable import storable


def test_nul_characters_and_halves_of_characters_are_replaced_everywhere() -> None:
    assert storable({"a\x00": ["b\x00", {"c": "d\ud800"}], "n": 1}) == {
        "a\ufffd": ["b\ufffd", {"c": "d\ufffd"}],
        "n": 1,
    }


def test_whole_characters_stay() -> None:
    assert storable("é 😀 \n\t") == "é 😀 \n\t"
