"""Request objects, by value and by reference: RFC 9101, OpenID Connect Core 1.0 §6."""

from bridge.fetching import FetchFailed
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequestObject, InvalidRequestUri
from bridge.oidc.request_object import (
    check_request_object,
    read_request_object,
    requested_parameters,
)
from bridge.oidc.request_uri import fetched_request_object, registered_request_uri
from bridge.provider import Provider


async def open_request_object(provider: Provider, client: Client, token: str) -> dict[str, str]:
    """Return the parameters that the client put into this object; raise InvalidRequestObject."""
    unverified = read_request_object(token, client)
    claims = unverified.claims
    if unverified.alg != "none":
        algorithms = (unverified.alg,)
        verified = await provider.client_keys.verify(client, token, algorithms=algorithms)
        if verified is None:
            raise InvalidRequestObject("no key of this client has signed the request object")
        claims = verified.claims
    check_request_object(claims, client, issuer=provider.issuer, now=provider.now())
    return requested_parameters(claims, client)


async def fetch_request_object(provider: Provider, client: Client, request_uri: str) -> str:
    """Return what is at one of the addresses that the client has registered, and at no other."""
    address = registered_request_uri(request_uri, client)
    try:
        body = await provider.fetcher.get(address, client_id=client.client_id, fresh=True)
    except FetchFailed as failure:
        raise InvalidRequestUri("request_uri cannot be fetched", detail=str(failure)) from None
    return fetched_request_object(body)
