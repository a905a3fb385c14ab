"""The secrets of clients: a hash, or, where a MAC under it is verified, the sealed text."""

from collections.abc import Sequence
from dataclasses import replace
from hmac import compare_digest
from typing import Literal

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.sealing import BrokenSeal, Sealer


class ClientSecrets:
    """``secrets`` are the operator's, the first first."""

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
