"""What a browser brings to the authorization endpoint: a request, or the reference to one."""

from dataclasses import dataclass

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.parameters import Parameters
from bridge.oidc.pushed_request import pushed_reference, unknown_reference
from bridge.provider import Provider


@dataclass(frozen=True, slots=True)
class Requested:
    """The parameters to be judged; ``reference_hash`` where they were pushed (RFC 9126)."""

    parameters: Parameters
    reference_hash: str | None = None


async def requested(provider: Provider, client: Client, sent: Parameters) -> Requested:
    """Return what is asked; raise InvalidRequestUri where the reference leads nowhere.

    Beside the reference of a pushed request everything else is ignored (RFC 9126 §4).
    """
    request_uri = sent.get("request_uri")
    reference = None if request_uri is None else pushed_reference(request_uri)
    if reference is None:
        return Requested(sent)
    reference_hash = token_hash(reference)
    pushed = await provider.store.find_pushed_request(
        reference_hash, client_id=client.client_id, now=provider.now()
    )
    if pushed is None:
        raise unknown_reference()
    return Requested(Parameters(pushed.parameters), reference_hash)
