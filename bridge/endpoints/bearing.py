"""Access tokens of ours that come back."""

from bridge.oidc.access_token import AccessGrant, token_hash
from bridge.oidc.jwt_access_token import TYP
from bridge.provider import Provider


async def find_access_grant(provider: Provider, access_token: str) -> AccessGrant | None:
    """Return what the bearer of a live access token may know, or None.

    One that is a JWT is good no longer once the key that signed it is revoked, though it is stored
    by its hash like any other: whoever verifies it by the JWK Set refuses it, too.
    """
    now = provider.now()
    found = await provider.store.find_access_grant(token_hash(access_token), now=now)
    if found is None or "." not in access_token:
        return found
    ring = await provider.keys.ring(now)
    return None if ring.read(access_token, typ=TYP) is None else found
