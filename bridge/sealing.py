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
from dataclasses import replace
from hmac import compare_digest
from secrets import token_bytes
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_core import PydanticSerializationError, to_json

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client

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


class ClientSecrets:
    """The secrets of clients: a hash, or, where a MAC under it is verified, the sealed text."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._every = Sealer("client secret", secrets)
        self._first = Sealer("client secret", secrets[:1])

    def keep(self, client: Client, client_secret: str | None) -> Client:
        """Return the client with this secret alone, kept as its authentication method needs it."""
        hashed = sealed = None
        if client_secret is not None:
            if client.token_endpoint_auth_method == "client_secret_jwt":
                # With its client_id, so that nobody who can write rows gives it to another
                sealed = self._every.seal({client.client_id: client_secret})
            else:
                hashed = token_hash(client_secret)
        return replace(
            client,
            client_secret_hash=hashed,
            client_secret_sealed=sealed,
            former_client_secret_hash=None,
            former_client_secret_sealed=None,
            former_client_secret_expires_at=None,
        )

    def rotate(self, client: Client, new_secret: str, *, now: int, grace: int) -> Client:
        """Return the client with a new secret; the present one is good for ``grace`` seconds more.

        One that was rotated out before is good no longer.
        """
        rotated = self.keep(client, new_secret)
        if grace <= 0:
            return rotated
        return replace(
            rotated,
            former_client_secret_hash=client.client_secret_hash,
            former_client_secret_sealed=client.client_secret_sealed,
            former_client_secret_expires_at=now + grace,
        )

    def give(self, client: Client, new_secret: str | None) -> Client:
        """Return the client with a secret that serves its method: the one that it has, or this.

        None takes away what it has.
        """
        if new_secret is None:
            return self.keep(client, None)
        signs = client.token_endpoint_auth_method == "client_secret_jwt"
        if signs and client.client_secret_sealed is not None:
            return replace(client, client_secret_hash=None)
        if not signs and client.client_secret_hash is not None:
            return replace(client, client_secret_sealed=None)
        return self.keep(client, new_secret)

    def declared(self, known: Client, wanted: Client, *, now: int) -> Client:
        """Return what is wanted, with what is registered wherever that is the same secret, sealed.

        To seal a text twice gives two texts, and nothing would be changed by it.
        """
        if (
            wanted.client_secret_sealed != known.client_secret_sealed
            and self.open(wanted, now=now) == self.open(known, now=now)
            and self.every(wanted, now=now) == self.every(known, now=now)
        ):
            return replace(
                wanted,
                client_secret_sealed=known.client_secret_sealed,
                former_client_secret_sealed=known.former_client_secret_sealed,
            )
        return wanted

    def fits(self, client: Client, client_secret: str, *, now: int) -> bool:
        """Whether this is the client's secret, however it is kept."""
        known = self.open(client, now=now)
        expected = client.client_secret_hash if known is None else token_hash(known)
        return expected is not None and compare_digest(expected, token_hash(client_secret))

    def open(self, client: Client, *, now: int) -> str | None:
        """Return the text; None where there is none, or none of our secrets opens it."""
        return _opened(self._every, client.client_id, client.client_secret_sealed, now)

    def every(self, client: Client, *, now: int) -> tuple[str, ...]:
        """Return the texts that are good: the present one, and the former in its grace time."""
        kept = _good(client, now)
        opened = (_opened(self._every, client.client_id, sealed, now) for sealed in kept)
        return tuple(text for text in opened if text is not None)

    def standing(self, client: Client, *, now: int) -> list[Literal["first", "later", "lost"]]:
        """Say which of our secrets opens each sealed text that the client has and may still use."""
        return [
            "first"
            if _opened(self._first, client.client_id, sealed, now) is not None
            else "later"
            if _opened(self._every, client.client_id, sealed, now) is not None
            else "lost"
            for sealed in _good(client, now)
        ]

    def renew(self, client: Client, *, now: int) -> Client:
        """Return the client with what is sealed sealed by the first of ours: others may go."""
        present = self._renewed(client, client.client_secret_sealed, now)
        former = self._renewed(client, client.former_client_secret_sealed, now)
        if (present, former) == (client.client_secret_sealed, client.former_client_secret_sealed):
            return client
        return replace(client, client_secret_sealed=present, former_client_secret_sealed=former)

    def _renewed(self, client: Client, sealed: str | None, now: int) -> str | None:
        """Return it sealed by the first; as it is where that did so, or where none opens it."""
        text = _opened(self._every, client.client_id, sealed, now)
        if text is None or _opened(self._first, client.client_id, sealed, now) is not None:
            return sealed
        return self._first.seal({client.client_id: text})


def _good(client: Client, now: int) -> list[str]:
    """What is sealed of the client and may still be used: the present secret, and the former."""
    former = client.former_client_secret_sealed if client.has_former_secret(now) else None
    return [sealed for sealed in (client.client_secret_sealed, former) if sealed is not None]


def _opened(sealer: Sealer, client_id: str, sealed: str | None, now: int) -> str | None:
    if sealed is None:
        return None
    try:
        artifact = sealer.open(sealed, now=now)
    except BrokenSeal:
        return None
    client_secret: str | None = artifact.get(client_id)
    return client_secret


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
