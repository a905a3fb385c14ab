"""Clients that register themselves: RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2.

Every member is judged. What may be registered is what the provider's metadata list, so neither
promises what the other does not know. A mistake is refused by the name of its member; only grant
types and scope values are narrowed, for some clients ask for all that they have heard of.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.client_addresses import read_addresses, read_logout_addresses
from bridge.oidc.client_consistency import check_client
from bridge.oidc.client_jwks import UnfitJWKSet, read_jwks
from bridge.oidc.client_metadata import ClientMetadata, unfit
from bridge.oidc.encryption import DEFAULT_CONTENT_ENCRYPTION
from bridge.oidc.errors import InvalidClientMetadata
from bridge.oidc.registration_access import RegistrationPolicy
from bridge.oidc.response_type import is_front_channel, ordered
from bridge.oidc.scope import OFFLINE_ACCESS, SCOPES_SUPPORTED

LONGEST_NAME = 200

# OpenID Connect Dynamic Client Registration 1.0 §2
DEFAULT_AUTH_METHOD = "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Registrable:
    """What a client may register for.

    ``metadata`` are the provider's own (RFC 8414 §2); of the scopes there, ``scopes`` are what the
    operator lets such a client have.
    """

    metadata: Mapping[str, object]
    scopes: tuple[str, ...]

    def values(self, member: str) -> tuple[str, ...]:
        return tuple(cast("list[str]", self.metadata.get(member, [])))

    def does(self, member: str) -> bool:
        return bool(self.metadata.get(member))


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
    scope = _read_scope(known, sent, registrable)
    flow = _read_flow(sent, registrable, scope)
    addresses = read_addresses(sent)
    channels = tuple(
        channel
        for channel in ("frontchannel", "backchannel")
        if registrable.does(f"{channel}_logout_supported")
    )
    client = replace(
        known,
        **flow,
        **addresses,
        **read_logout_addresses(sent, addresses["redirect_uris"], channels),
        **_read_authentication(known, sent, registrable),
        **_read_requests(sent, registrable),
        **_read_answers(sent, registrable),
        scope=scope,
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


def _read_flow(
    sent: ClientMetadata, registrable: Registrable, scope: tuple[str, ...]
) -> dict[str, Any]:
    """RFC 7591 §2.1: what is not said of grant types follows from the response types.

    And refresh tokens are had by whoever may ask for offline_access (Core §11).
    """
    supported = registrable.values("response_types_supported")
    response_types = sent.texts("response_types") or ("code",)
    if not {ordered(asked) for asked in response_types} <= set(supported):
        raise unfit("response_types", f"must be among: {', '.join(supported)}")
    needed = {
        "authorization_code": any("code" in asked.split(" ") for asked in response_types),
        "implicit": any(map(is_front_channel, response_types)),
    }
    implied = tuple(name for name, is_so in needed.items() if is_so)
    grant_types = sent.texts("grant_types") or implied
    for name in implied:
        if name not in grant_types:
            raise unfit("grant_types", f"must hold {name} for these response_types")
    known = set(registrable.values("grant_types_supported"))
    if OFFLINE_ACCESS not in scope:
        known.discard("refresh_token")
    return {
        "response_types": response_types,
        "grant_types": tuple(name for name in grant_types if name in known),
    }


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


def _read_scope(known: Client, sent: ClientMetadata, registrable: Registrable) -> tuple[str, ...]:
    """Narrowed as at the authorization endpoint. What the operator has added stays possible."""
    supported = registrable.values("scopes_supported")
    by_default = tuple(value for value in registrable.scopes if value in supported)
    asked = sent.text("scope")
    if asked is None:
        return by_default
    wanted = {*by_default, *known.scope}.intersection(asked.split(" "))
    if not wanted:
        raise unfit("scope", "holds nothing that a client may register for here")
    return tuple(value for value in SCOPES_SUPPORTED if value in wanted)


def _read_requests(sent: ClientMetadata, registrable: Registrable) -> dict[str, Any]:
    # Both change nothing: auth_time is in every ID Token, and there is one acr.
    sent.flag("require_auth_time")
    sent.texts("default_acr_values")
    members: dict[str, Any] = {"default_max_age": sent.seconds("default_max_age")}
    if registrable.does("request_parameter_supported"):
        name = "request_object_signing_alg"
        members[name] = sent.choice(name, registrable.values(f"{name}_values_supported"))
    if registrable.does("request_uri_parameter_supported"):
        members["request_uris"] = sent.https_uris("request_uris")
    if registrable.does("pushed_authorization_request_endpoint"):
        name = "require_pushed_authorization_requests"
        members[name] = sent.flag(name)
    return members


def _read_answers(sent: ClientMetadata, registrable: Registrable) -> dict[str, Any]:
    """The subject, and how what the client is told of it is signed and encrypted."""
    types = registrable.values("subject_types_supported")
    by_id_token = registrable.values("id_token_signing_alg_values_supported")
    by_userinfo = registrable.values("userinfo_signing_alg_values_supported")
    return {
        "subject_type": sent.choice("subject_type", types) or "public",
        "sector_identifier_uri": sent.https_uri("sector_identifier_uri"),
        "id_token_signed_response_alg": (
            sent.choice("id_token_signed_response_alg", by_id_token) or "RS256"
        ),
        "userinfo_signed_response_alg": sent.choice("userinfo_signed_response_alg", by_userinfo),
        **_read_encryption("id_token", sent, registrable),
        **_read_encryption("userinfo", sent, registrable),
    }


def _read_encryption(what: str, sent: ClientMetadata, registrable: Registrable) -> dict[str, Any]:
    """``enc`` has a default once there is an ``alg``, and no meaning before."""
    alg_name, enc_name = f"{what}_encrypted_response_alg", f"{what}_encrypted_response_enc"
    encs = registrable.values(f"{what}_encryption_enc_values_supported")
    alg = sent.choice(alg_name, registrable.values(f"{what}_encryption_alg_values_supported"))
    enc = sent.choice(enc_name, encs)
    if alg is None and enc is not None:
        raise unfit(enc_name, f"needs {alg_name}")
    if alg is not None and enc is None:
        if DEFAULT_CONTENT_ENCRYPTION not in encs:
            raise unfit(enc_name, f"must be one of: {', '.join(encs)}")
        enc = DEFAULT_CONTENT_ENCRYPTION
    return {alg_name: alg, enc_name: enc}


def _read_name(sent: ClientMetadata, redirect_uri: str) -> str:
    """A client that gives no name is called by where answers go."""
    name = (sent.text("client_name", longest=LONGEST_NAME) or "").strip()
    uri = urlsplit(redirect_uri)
    return name or (uri.hostname or uri.scheme)[:LONGEST_NAME]
