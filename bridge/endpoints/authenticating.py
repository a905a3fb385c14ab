"""Which client asks, where a client asks for itself."""

from fastapi import Request

from bridge.endpoints.cross_origin import readable_by
from bridge.oidc.client import Client
from bridge.oidc.client_authentication import authenticate_client, read_client_credentials
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider


async def authenticated_client(
    request: Request, provider: Provider, parameters: Parameters
) -> Client:
    """Return the client that proves who it is; raise InvalidClient or InvalidRequest."""
    parameters.check_none_repeated()
    credentials = read_client_credentials(parameters, request.headers.get("authorization"))
    client = authenticate_client(await provider.store.client(credentials.client_id), credentials)
    readable_by(request, client)
    return client
