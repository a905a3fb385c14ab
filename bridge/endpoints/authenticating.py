"""Which client asks, where a client asks for itself."""

from fastapi import Request

from bridge.endpoints.cross_origin import readable_by
from bridge.jose import VerifiedJWT, verify_with_secret
from bridge.oidc.client import Client
from bridge.oidc.client_assertion import assertion_algorithms, check_assertion
from bridge.oidc.client_authentication import authenticate_client, read_client_credentials
from bridge.oidc.errors import InvalidClient
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider


async def authenticated_client(
    request: Request, provider: Provider, parameters: Parameters
) -> Client:
    """Return the client that proves who it is; raise InvalidClient or InvalidRequest."""
    parameters.check_none_repeated()
    credentials = read_client_credentials(parameters, request.headers.get("authorization"))
    found = await provider.store.client(credentials.client_id)
    if credentials.client_assertion is None:
        client = authenticate_client(found, credentials, now=provider.now())
    else:
        client = await _asserted(request, provider, found, credentials.client_assertion)
    readable_by(request, client)
    return client


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
