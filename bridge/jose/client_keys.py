"""The keys that a client has registered, ``jwks`` or ``jwks_uri``: OpenID Connect Core 1.0 §10."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bridge.jose.compact import UnverifiedJWT, VerifiedJWT, read_jwt
from bridge.jose.jwk_set import PublicKey, fitting, parse_jwk_set, read_key
from bridge.oidc.client import Client

# Where nothing names the key, so many are tried.
MOST_TRIED = 20


class Fetch(Protocol):
    """GET what a client names; None if that fails. ``fresh``: not from before, if that may be."""

    async def __call__(self, url: str, *, client_id: str, fresh: bool = False) -> bytes | None: ...


class ClientKeys:
    """What clients sign is verified with these keys, and what they alone may read is encrypted."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    async def verify(
        self, client: Client, token: str, *, algorithms: Sequence[str]
    ) -> VerifiedJWT | None:
        """Return header and claims of a JWT that this client has signed; None otherwise.

        What the claims mean is for the caller to judge.
        """
        unverified = read_jwt(token, algorithms)
        if unverified is None:
            return None
        known = await self._known(client)
        verified = _verified(unverified, known)
        # Core §10.1.1: a name that is not known yet may be one of a new key's.
        if verified is None and not _is_named(unverified, known):
            verified = _verified(unverified, await self._latest(client))
        return verified

    async def encryption_key(self, client: Client, *, alg: str) -> PublicKey:
        """Return a key of the client for this JWE ``alg``; raise LookupError if it has none."""
        key = _first(await self._known(client), alg) or _first(await self._latest(client), alg)
        if key is None:
            raise LookupError(f"{client.client_id} has no key for {alg}")
        return key

    async def _known(self, client: Client) -> Mapping[str, Any]:
        """What is registered, or was fetched not long ago."""
        return client.jwks or await self._fetched(client, fresh=False)

    async def _latest(self, client: Client) -> Mapping[str, Any]:
        """What is at ``jwks_uri`` now."""
        return await self._fetched(client, fresh=True)

    async def _fetched(self, client: Client, *, fresh: bool) -> Mapping[str, Any]:
        if client.jwks_uri is None:
            return {}
        text = await self._fetch(client.jwks_uri, client_id=client.client_id, fresh=fresh)
        return parse_jwk_set(text or b"")


def _is_named(unverified: UnverifiedJWT, jwk_set: Mapping[str, Any]) -> bool:
    """Whether the set has the key that the token names, so that a newer set would tell nothing."""
    if unverified.kid is None:
        return False
    named = fitting(jwk_set, alg=unverified.alg, kid=unverified.kid)
    return any(jwk.get("kid") == unverified.kid for jwk in named)


def _first(jwk_set: Mapping[str, Any], alg: str) -> PublicKey | None:
    keys = map(read_key, fitting(jwk_set, alg=alg)[:MOST_TRIED])
    return next((key for key in keys if key is not None), None)


def _verified(unverified: UnverifiedJWT, jwk_set: Mapping[str, Any]) -> VerifiedJWT | None:
    for jwk in fitting(jwk_set, alg=unverified.alg, kid=unverified.kid)[:MOST_TRIED]:
        key = read_key(jwk)
        verified = None if key is None else unverified.verified(key)
        if verified is not None:
            return verified
    return None
