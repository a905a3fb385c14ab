"""Sealed artifacts: values that travel through a browser and come back unread and unchanged.

A sealed value is a JWE (RFC 7516, ``dir`` with ``A256GCM``), compressed before it is encrypted.
Each kind of artifact is sealed under its own key, derived from the secret and the kind's name,
so that one kind can never be opened as another. The first secret seals; every secret opens:
that is how secrets rotate.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

HEADER = {"alg": "dir", "enc": "A256GCM", "zip": "DEF"}

# How every sealed text begins (RFC 7516 §7.1). What begins otherwise is not ours, and its header
# is never read: whoever wrote it chose what a JSON parser and a table of algorithms would be given.
_ENCODED = urlsafe_b64encode(json.dumps(HEADER, separators=(",", ":")).encode())
BEGINNING = _ENCODED.rstrip(b"=").decode() + "."


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
        body = {"artifact": artifact, "exp": expires_at}
        plaintext = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        return jwe.encrypt_compact(HEADER, plaintext, self._keys[0])

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
        for key in self._keys:
            try:
                opened = jwe.decrypt_compact(sealed, key, algorithms=list(HEADER.values()))
            except (JoseError, ValueError):
                continue
            # It is None only until it is decrypted.
            return cast("bytes", opened.plaintext)
        raise BrokenSeal


def _derive(secret: bytes, *, purpose: str) -> OctKey:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return OctKey.import_key(hkdf.derive(secret))
