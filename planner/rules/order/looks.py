"""Work that only looks at how something is."""

from planner.rules.order.piece import Piece
from planner.rules.wordlist import wordlist


def looks(piece: Piece) -> bool:
    """Whether a piece only looks at how something is: it checks, compares, watches."""
    return (
        piece.verb in _LOOKS
        or piece.stage in {"proof", "watching"}
        or (piece.verb == "keep" and piece.target.startswith("an eye"))
    )


_LOOKS: frozenset[str] = wordlist(
    "check verify confirm compare watch monitor observe measure validate smoke-test retest remeasure recheck sign prove"
) | {"sign off", "make sure"}
