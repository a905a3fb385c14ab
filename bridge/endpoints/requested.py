"""What a browser brings to the authorization endpoint: a request, or the reference to one."""

from dataclasses import dataclass

from bridge.endpoints.request_objects import fetch_request_object, open_request_object
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.oidc.pushed_request import check_pushed, pushed_reference, unknown_reference
from bridge.oidc.request_object import superseded
from bridge.provider import Provider


@dataclass(frozen=True, slots=True)
class Requested:
    """The parameters to be judged; ``reference_hash`` where they were pushed (RFC 9126)."""

    parameters: Parameters
    reference_hash: str | None = None


async def requested(provider: Provider, client: Client, sent: Parameters) -> Requested:
    """Return what is asked, wherever it stands.

    Raises InvalidRequestUri or InvalidRequestObject where it cannot be had or believed.
    """
    request_uri = sent.get("request_uri")
    reference = None if request_uri is None else pushed_reference(request_uri)
    if reference is not None:
        return await _pushed(provider, client, reference)
    request = sent.get("request")
    if request_uri is not None:
        if request is not None:  # RFC 9101 §5
            raise InvalidRequest("request and request_uri cannot be combined")
        check_pushed(client, is_pushed=False)
        request = await fetch_request_object(provider, client, request_uri)
    if request is None:
        return Requested(sent)
    return Requested(superseded(sent, await open_request_object(provider, client, request)))


async def _pushed(provider: Provider, client: Client, reference: str) -> Requested:
    """Beside the reference of a pushed request everything else is ignored (RFC 9126 §4)."""
    reference_hash = token_hash(reference)
    pushed = await provider.store.find_pushed_request(
        reference_hash, client_id=client.client_id, now=provider.now()
    )
    if pushed is None:
        raise unknown_reference()
    return Requested(Parameters(pushed.parameters), reference_hash)
