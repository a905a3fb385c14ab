"""Clients that register themselves: RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2.

Every member is judged. What may be registered is what the provider's metadata list, so neither
promises what the other does not know. A mistake is refused by the name of its member; only grant
types and scope values are narrowed, for some clients ask for all that they have heard of.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.client_addresses import read_addresses, read_logout_addresses
from bridge.oidc.client_capabilities import Registrable, read_capabilities
from bridge.oidc.client_consistency import check_client
from bridge.oidc.client_jwks import UnfitJWKSet, read_jwks
from bridge.oidc.client_metadata import ClientMetadata, unfit
from bridge.oidc.errors import InvalidClientMetadata
from bridge.oidc.registration_access import RegistrationPolicy

LONGEST_NAME = 200

# OpenID Connect Dynamic Client Registration 1.0 §2
DEFAULT_AUTH_METHOD = "client_secret_basic"


def unregistered(client_id: str, policy: RegistrationPolicy) -> Client:
    """Return what the provider decides of a client before it has said anything of itself."""
    return Client(
        client_id=client_id,
        client_name="",
        redirect_uris=(),
        scope=policy.scopes,
        consent="remember",
        # Core §5.4: a client that goes by the specifications asks UserInfo.
        claims_in_id_token="none",
        access=policy.access,
        is_self_registered=True,
    )


def registered(known: Client, sent: ClientMetadata, registrable: Registrable) -> Client:
    """Return what becomes of a client that is to be as ``sent`` says.

    ``known`` is what the provider decides of a new one, or what was registered before; a member
    that is not sent has its default (RFC 7592 §2.2). Raises InvalidRedirectUri,
    InvalidClientMetadata.
    """
    addresses = read_addresses(sent)
    channels = tuple(
        channel
        for channel in ("frontchannel", "backchannel")
        if registrable.does(f"{channel}_logout_supported")
    )
    client = replace(
        known,
        **read_capabilities(known, sent, registrable),
        **addresses,
        **read_logout_addresses(sent, addresses["redirect_uris"], channels),
        **_read_authentication(known, sent, registrable),
        client_name=_read_name(sent, addresses["redirect_uris"][0]),
        contacts=sent.texts("contacts", longest=LONGEST_NAME),
    )
    try:
        check_client(client)
    except UnfitClient as error:
        raise InvalidClientMetadata(str(error)) from None
    return client


def check_update(
    known: Client, sent: ClientMetadata, *, is_own_secret: Callable[[str], bool]
) -> None:
    """RFC 7592 §2.2: who it is, it repeats. Raises InvalidClientMetadata."""
    if sent.text("client_id") != known.client_id:
        raise unfit("client_id", "must be that of the client")
    client_secret = sent.text("client_secret")
    if client_secret is not None and not is_own_secret(client_secret):
        raise unfit("client_secret", "is not that of the client")


def needs_secret(client: Client) -> bool:
    return client.token_endpoint_auth_method not in {"none", "private_key_jwt"}


def _read_authentication(
    known: Client, sent: ClientMetadata, registrable: Registrable
) -> dict[str, Any]:
    """Core §9: the method, and the keys."""
    methods = registrable.values("token_endpoint_auth_methods_supported")
    method = sent.choice("token_endpoint_auth_method", methods)
    if method == DEFAULT_AUTH_METHOD and is_told_default(known):
        method = None  # it repeats what it was told
    algorithms = registrable.values("token_endpoint_auth_signing_alg_values_supported")
    return {
        "token_endpoint_auth_method": method,
        "token_endpoint_auth_signing_alg": sent.choice(
            "token_endpoint_auth_signing_alg", algorithms
        ),
        "jwks": _read_jwks(sent),
        "jwks_uri": sent.https_uri("jwks_uri"),
    }


def is_told_default(client: Client) -> bool:
    """Whether it takes every method that its secret permits, and is told the default for them."""
    return client.token_endpoint_auth_method is None and client.client_secret_hash is not None


def _read_jwks(sent: ClientMetadata) -> dict[str, Any] | None:
    document = sent.document("jwks")
    if document is None:
        return None
    try:
        return read_jwks(document)
    except UnfitJWKSet as error:
        raise unfit("jwks", str(error)) from None


def _read_name(sent: ClientMetadata, redirect_uri: str) -> str:
    """A client that gives no name is called by where answers go."""
    name = (sent.text("client_name", longest=LONGEST_NAME) or "").strip()
    uri = urlsplit(redirect_uri)
    return name or (uri.hostname or uri.scheme)[:LONGEST_NAME]
