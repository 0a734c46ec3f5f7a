"""The service itself as callers see it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from domain.base import Value


class Live(Value):
    status: Literal["healthy"] = "healthy"
    timestamp: datetime


class Readiness(Value):
    """`ready` needs the database only: what Redis holds may be forgotten, and servers may come and go."""

    status: Literal["ready", "not_ready"]
    timestamp: datetime
    database: str
    redis: str
    gateway: str
    servers: dict[str, str] = Field(default_factory=dict)
