"""The key that signs the chain: 32 bytes that lie outside the database, and the public half that checks."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.errors import ConfigurationError

SIZE = 32


class SigningKey:
    """Raises ConfigurationError that does not repeat the secret."""

    def __init__(self, secret: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_bytes(secret, "AUDIT_KEY"))
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(raw).decode()

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)


def is_signed(text: bytes, signature: bytes, public: str) -> bool:
    key = Ed25519PublicKey.from_public_bytes(_bytes(public, "a public key"))
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _bytes(told: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(told, validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != SIZE:
        raise ConfigurationError(
            f"{what} is Base64 of {SIZE} bytes, and this is not; `openssl rand -base64 32` makes one"
        )
    return raw
