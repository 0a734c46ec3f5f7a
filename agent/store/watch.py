"""Who lives, as one worker sees it by its own steady clock."""

from collections.abc import Mapping
from datetime import datetime


class Watch:
    """Compares beats with beats, never with a time of day: a clock that is set tells nothing of anybody's life."""

    def __init__(self, frozen_after_s: float) -> None:
        self._frozen_after_s = frozen_after_s
        self._beats: dict[int, tuple[datetime, float]] = {}

    def silent(self, beats: Mapping[int, datetime], asked: float) -> dict[int, datetime]:
        """Workers whose last beat is still the one that was seen so long ago, with that beat; asked for at `asked`
        seconds of the steady clock.
        """
        known = self._beats
        self._beats = {
            worker: known[worker] if worker in known and known[worker][0] == beat else (beat, asked)
            for worker, beat in beats.items()
        }
        return {
            worker: beat
            for worker, (beat, since) in self._beats.items()
            if asked - since > self._frozen_after_s
        }
