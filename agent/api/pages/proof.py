"""Shows that a form came from a page of ours: its proof is bound to the visitor's cookie, the approval and the plan."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from domain.approval import Approval
from domain.errors import ForbiddenError

_PURPOSE: Final = b"orchestrator form 1\x00"


def proof_of(visitor: str, approval: Approval, key: bytes) -> str:
    told = f"{visitor}\x00{approval.approval_id}\x00{approval.plan_hash}".encode()
    return hmac.new(key, _PURPOSE + told, hashlib.sha256).hexdigest()


def refuse_unless_proven(given: str, visitor: str, approval: Approval, keys: Sequence[bytes]) -> None:
    """Raises ForbiddenError."""
    proofs = [proof_of(visitor, approval, key) for key in keys]
    if not visitor or not any(hmac.compare_digest(each, given) for each in proofs):
        raise ForbiddenError(
            "this form did not come from the page you were shown; look at it again, and answer"
        )


def refuse_foreign(headers: Mapping[str, str]) -> None:
    """Whatever another site's page makes a browser send is refused. Raises ForbiddenError.

    Browsers say where a call comes from. `Origin: null` is what ours send, who shall tell nobody where they were.
    """
    site = headers.get("sec-fetch-site", "none")
    origin = headers.get("origin", "null")
    if site not in {"same-origin", "none"} or (
        origin != "null" and urlsplit(origin).netloc != headers.get("host")
    ):
        raise ForbiddenError("another site's page sent this; open the approval's own page, and answer there")
