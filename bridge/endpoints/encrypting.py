"""What only the client may read is encrypted with a key of the client's.

It is in its registration, or at its ``jwks_uri`` and fetched. Where none can be had the client is
told so, in the protocol's words.
"""

from bridge.jose import PublicKey, UnfitKey, encrypt
from bridge.oidc.client import Client
from bridge.oidc.encryption import Encryption
from bridge.oidc.errors import UnauthorizedClient
from bridge.provider import Provider


async def check_can_encrypt(provider: Provider, client: Client, wanted: Encryption | None) -> None:
    """Raise UnauthorizedClient where no key can be had, before anything is spent."""
    if wanted is not None:
        await _key(provider, client, wanted)


async def encrypted(
    provider: Provider, client: Client, wanted: Encryption | None, jwt: str, *, nested: bool = True
) -> str:
    """Return the text as it is sent; raise UnauthorizedClient."""
    if wanted is None:
        return jwt
    key = await _key(provider, client, wanted)
    try:
        return encrypt(jwt, key, alg=wanted.alg, enc=wanted.enc, nested=nested)
    except UnfitKey:
        raise _has_no_key(wanted) from None


async def _key(provider: Provider, client: Client, wanted: Encryption) -> PublicKey:
    try:
        return await provider.client_keys.encryption_key(client, alg=wanted.alg)
    except LookupError:
        raise _has_no_key(wanted) from None


def _has_no_key(wanted: Encryption) -> UnauthorizedClient:
    return UnauthorizedClient(
        f"the client has no key that fits {wanted.alg} in jwks, nor can one be had from jwks_uri"
    )
