"""Where a page ended, as callers carry it: an instant and an id, opaque to them."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from domain.errors import FieldIssue, InvalidInputError


def cursor_of(at: datetime, thing: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{thing}".encode()).decode()


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """Raises InvalidInputError for a cursor that is not ours."""
    try:
        at, thing = base64.urlsafe_b64decode(cursor.encode()).decode().split("|", 1)
        return datetime.fromisoformat(at), UUID(thing)
    except (ValueError, binascii.Error) as error:
        raise InvalidInputError(
            "the cursor is not one of ours; take `next` from the page before",
            fields=[FieldIssue("cursor", "unreadable")],
        ) from error
