"""What a client asks to be able to do, and what it wants to be told and how.

RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2. The measure is what the provider's
metadata list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bridge.oidc.client import Client
from bridge.oidc.client_metadata import ClientMetadata, unfit
from bridge.oidc.encryption import DEFAULT_CONTENT_ENCRYPTION
from bridge.oidc.response_type import is_front_channel, ordered
from bridge.oidc.scope import OFFLINE_ACCESS, SCOPES_SUPPORTED
from bridge.oidc.token_request import TOKEN_EXCHANGE


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


def read_capabilities(
    known: Client, sent: ClientMetadata, registrable: Registrable
) -> dict[str, Any]:
    """Return the members of a client that say it; raise InvalidClientMetadata."""
    scope = _read_scope(known, sent, registrable)
    return {
        "scope": scope,
        **_read_flow(sent, registrable, scope),
        **_read_requests(sent, registrable),
        **_read_answers(sent, registrable),
    }


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
    # Whose codes a client may hand in for tokens is the operator's to say.
    known = {*registrable.values("grant_types_supported")} - {TOKEN_EXCHANGE}
    if OFFLINE_ACCESS not in scope:
        known.discard("refresh_token")
    return {
        "response_types": response_types,
        "grant_types": tuple(name for name in grant_types if name in known),
    }


def _read_requests(sent: ClientMetadata, registrable: Registrable) -> dict[str, Any]:
    # Both change nothing: auth_time is in every ID Token, and a wish for an acr is a request's.
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
