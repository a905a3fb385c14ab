"""Sealed artifacts: values that travel through a browser and come back unread and unchanged.

A sealed value is a JWE (RFC 7516, ``dir`` with ``A256GCM``), compressed before it is encrypted.
Each kind of artifact is sealed under its own key, derived from the secret and the kind's name,
so that one kind can never be opened as another. The first secret seals; every secret opens:
that is how secrets rotate.

With one algorithm and one header there is nothing to choose, so the cipher is called directly: what
a library does to find that out takes five times as long, at three places of every sign-in. The
tests read and write the same text by the library.
"""

import json
import zlib
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from secrets import token_bytes
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_core import PydanticSerializationError, to_json

HEADER = {"alg": "dir", "enc": "A256GCM", "zip": "DEF"}

# How every sealed text begins (RFC 7516 §7.1). What begins otherwise is not ours, and its header
# is never read: whoever wrote it chose what a JSON parser and a table of algorithms would be given.
_AAD = urlsafe_b64encode(json.dumps(HEADER, separators=(",", ":")).encode()).rstrip(b"=")
# RFC 7518 §4.5: of a shared key nothing is told, so the second part is empty.
BEGINNING = f"{_AAD.decode()}.."

# RFC 7518 §5.3: 96 bits that are never used twice with one key, and 128 that prove authenticity
_IV, _TAG = 12, 16

# RFC 7516 §4.1.3 wants DEFLATE without a head. A window as large as what is sealed will do: to make
# room for the usual one takes longer than all else.
_WINDOW, _MEMORY = -12, 5

# No artifact is larger when it is unpacked.
LARGEST = 262_144


class BrokenSeal(Exception):
    """Not sealed by us, or not as this kind of artifact."""


class ExpiredSeal(Exception):
    """Sealed by us, but too long ago."""


class Sealer:
    """Seals and opens one kind of artifact: JSON objects."""

    def __init__(self, kind: str, secrets: Sequence[bytes]) -> None:
        self._keys = [_derive(secret, purpose=kind) for secret in secrets]

    def seal(self, artifact: Mapping[str, Any], *, expires_at: int | None = None) -> str:
        """Return the sealed text: base64url and dots. ``expires_at`` is in seconds."""
        plaintext = _json({"artifact": artifact, "exp": expires_at})
        deflate = zlib.compressobj(wbits=_WINDOW, memLevel=_MEMORY)
        compressed = deflate.compress(plaintext) + deflate.flush()
        iv = token_bytes(_IV)
        encrypted = self._keys[0].encrypt(iv, compressed, _AAD)
        parts = iv, encrypted[:-_TAG], encrypted[-_TAG:]
        return BEGINNING + ".".join(map(_encoded, parts))

    def open(self, sealed: str, *, now: int) -> dict[str, Any]:
        """Return the artifact; raise BrokenSeal or ExpiredSeal."""
        body = json.loads(self._decrypt(sealed))
        if body["exp"] is not None and body["exp"] <= now:
            raise ExpiredSeal
        artifact: dict[str, Any] = body["artifact"]
        return artifact

    def _decrypt(self, sealed: str) -> bytes:
        """Authenticity comes first: nothing is decompressed that we have not sealed."""
        if not sealed.startswith(BEGINNING):
            raise BrokenSeal
        iv, encrypted = _parts(sealed.removeprefix(BEGINNING))
        for key in self._keys:
            try:
                compressed = key.decrypt(iv, encrypted, _AAD)
            except InvalidTag:
                continue
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(compressed, LARGEST)
        raise BrokenSeal


def _derive(secret: bytes, *, purpose: str) -> AESGCM:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return AESGCM(hkdf.derive(secret))


def _json(value: Mapping[str, Any]) -> bytes:
    try:
        return to_json(value)
    except PydanticSerializationError:  # half of a character, which JSON can name and UTF-8 cannot
        return json.dumps(value).encode()


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def _parts(text: str) -> tuple[bytes, bytes]:
    """Return the initialization vector, and ciphertext and tag; raise BrokenSeal."""
    parts = text.split(".")
    try:
        decoded = [b64decode(p + "=" * (-len(p) % 4), b"-_", True) for p in parts]  # noqa: FBT003
        iv, ciphertext, tag = decoded
    except (NotBase64, ValueError):
        raise BrokenSeal from None
    # One text stands for one artifact: the last letter of a part may have bits that nobody reads.
    if len(iv) != _IV or len(tag) != _TAG or list(map(_encoded, decoded)) != parts:
        raise BrokenSeal
    return iv, ciphertext + tag
