"""What time it is, as handed in: the database's time in the service, a fixed one in tests."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, with zone."""
        ...
