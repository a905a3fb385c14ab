"""Which client asks, where a client asks for itself."""

from fastapi import Request

from bridge.endpoints.cross_origin import readable_by
from bridge.endpoints.limiting import failed
from bridge.jose import VerifiedJWT, verify_with_secret
from bridge.limiting import Limit
from bridge.oidc.client import Client
from bridge.oidc.client_assertion import assertion_algorithms, check_assertion
from bridge.oidc.client_authentication import (
    ClientCredentials,
    authenticate_client,
    read_client_credentials,
)
from bridge.oidc.errors import InvalidClient
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider


async def authenticated_client(
    request: Request, provider: Provider, parameters: Parameters, known: Client | None = None
) -> Client:
    """Return the client that proves who it is; raise InvalidClient or InvalidRequest.

    Whoever has just found a client that it most likely is gives it as ``known``.

    Raises TooManyRequests in place of InvalidClient where there were too many of them. Whoever
    proves who it is passes all the same: to compare a hash, or to verify a signature with the few
    keys of one client, costs less than to say no, and a stranger may share a client's address.
    """
    parameters.check_none_repeated()
    found = None
    try:
        credentials = read_client_credentials(parameters, request.headers.get("authorization"))
        if known is not None and known.client_id == credentials.client_id:
            found = known
        else:
            found = await provider.store.client(credentials.client_id)
        client = await _proven(request, provider, found, credentials)
    except InvalidClient as error:
        raise await failed(request, provider, error, Limit.CLIENT_FAILURES, found) from None
    readable_by(request, client)
    return client


async def _proven(
    request: Request, provider: Provider, client: Client | None, credentials: ClientCredentials
) -> Client:
    if credentials.client_assertion is None:
        return authenticate_client(client, credentials, now=provider.now())
    return await _asserted(request, provider, client, credentials.client_assertion)


async def _asserted(
    request: Request, provider: Provider, client: Client | None, assertion: str
) -> Client:
    """Verify what the client has signed, judge it, and use it up."""
    verified = None if client is None else await _verified(provider, client, assertion)
    if client is None or verified is None:
        raise InvalidClient("client authentication failed")
    issuer = provider.issuer
    # RFC 9126 §2: any of these may be meant, wherever the client asks
    audiences = {issuer, f"{issuer}/token", f"{issuer}{request.url.path}"}
    single_use = check_assertion(verified.claims, client, audiences=audiences, now=provider.now())
    if not await provider.store.use_jti(
        client.client_id, single_use.jti_hash, expires_at=single_use.expires_at
    ):
        raise InvalidClient("client_assertion was used before")
    return client


async def _verified(provider: Provider, client: Client, assertion: str) -> VerifiedJWT | None:
    algorithms = assertion_algorithms(client)
    if client.token_endpoint_auth_method == "client_secret_jwt":
        for client_secret in provider.client_secrets.every(client, now=provider.now()):
            if verified := verify_with_secret(assertion, client_secret, algorithms=algorithms):
                return verified
        return None
    return await provider.client_keys.verify(client, assertion, algorithms=algorithms)
