"""One number for one request: what was asked, whoever asked it under whatever key."""

import hashlib
import json

import rfc8785

from domain.errors import InvalidInputError
from domain.ids import Digest
from domain.request import Request


def digest_of(request: Request) -> Digest:
    """SHA-256 of the RFC 8785 canonical JSON of the request without its `task_id`."""
    body = json.loads(request.model_dump_json(exclude={"task_id"}))
    try:
        canonical = rfc8785.dumps(body)
    except rfc8785.CanonicalizationError as unsayable:
        raise InvalidInputError(
            f"the request holds a number that JSON cannot carry exactly ({unsayable}); send it as a string"
        ) from unsayable
    return hashlib.sha256(canonical).hexdigest()
