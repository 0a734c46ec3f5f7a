"""Who lives, and whether the database's clock was set, as one worker sees it by its own steady clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

WENT_BACK_S: Final = 2.0
"""By more than this no clock is put right without a step."""


class Look(NamedTuple):
    """The last beat of each worker, the database's time, and when it was asked for them by the clock here."""

    beats: Mapping[int, datetime]
    at: datetime
    asked: float


class Watch:
    """Compares beats with beats, never with a time of day: a clock that is set tells nothing of anybody's life."""

    def __init__(self, frozen_after_s: float) -> None:
        self._frozen_after_s = frozen_after_s
        self._beats: dict[int, tuple[datetime, float]] = {}
        self._last: Look | None = None

    def silent(self, look: Look) -> dict[int, datetime]:
        """Workers whose beat is still the one that was seen so long ago, with that beat."""
        known = self._beats
        self._beats = {
            worker: known[worker] if worker in known and known[worker][0] == beat else (beat, look.asked)
            for worker, beat in look.beats.items()
        }
        return {
            worker: beat
            for worker, (beat, since) in self._beats.items()
            if look.asked - since > self._frozen_after_s
        }

    def went_back(self, look: Look) -> bool:
        """Whether the database's clock may have been put back since the last look; before the first nobody knows."""
        last, self._last = self._last, look
        if last is None:
            return True
        return (look.at - last.at).total_seconds() < look.asked - last.asked - WENT_BACK_S
