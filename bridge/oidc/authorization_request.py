"""The Authorization Request: RFC 6749 §4.1.1 and OpenID Connect Core 1.0 §3.1.2.1, §3.2.2.1.

It is read in two steps because its errors are told in two ways (RFC 6749 §4.1.2.1). Until
the redirection endpoint is verified, an error may only be shown to the person; afterwards it
is sent to the client. Holding a ``RedirectionEndpoint`` is what permits the second.
"""

import re
from dataclasses import dataclass

from bridge.oidc.claims_request import ClaimsRequest, read_acr_values, read_claims_request
from bridge.oidc.client import Client
from bridge.oidc.errors import (
    InvalidRequest,
    OAuthError,
    RegistrationNotSupported,
)
from bridge.oidc.parameters import Parameters
from bridge.oidc.pkce import read_code_challenge
from bridge.oidc.redirect_uri import is_registered
from bridge.oidc.resource import requested_resources
from bridge.oidc.response_type import (
    ResponseMode,
    check_response_mode,
    read_response_type,
    response_mode,
)
from bridge.oidc.scope import OFFLINE_ACCESS, narrow_scope

# What a pending request has to remember; everything else is ignored (RFC 6749 §3.1).
REMEMBERED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "id_token_hint",
    "acr_values",
    "claims",
    "ui_locales",
    "resource",
)

# The values of ``prompt`` that change what is shown; others are ignored (Core §3.1.2.1).
PROMPTS = frozenset({"none", "login", "consent", "select_account"})

# OpenID Connect Core 1.0 §7.2.1: an OP that does not do this says so by name
NOT_SUPPORTED: dict[str, type[OAuthError]] = {
    "registration": RegistrationNotSupported,
}

SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class RedirectionEndpoint:
    """Where this client has registered to be answered (RFC 6749 §3.1.2), how, and its ``state``."""

    client_id: str
    redirect_uri: str
    state: str | None
    response_mode: ResponseMode = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What is asked, narrowed to what the client may ask. ``max_age`` is in seconds.

    ``acr_values`` are wishes; what is essential stands in ``claims``.
    """

    redirection: RedirectionEndpoint
    response_type: frozenset[str]
    scope: tuple[str, ...]
    claims: ClaimsRequest
    code_challenge: str | None
    nonce: str | None
    prompt: frozenset[str]
    max_age: int | None
    id_token_hint: str | None
    resources: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()


def verify_client(client: Client | None) -> Client:
    """Before all: who asks?"""
    if client is None:
        raise InvalidRequest("client_id is unknown")
    return client


def verify_redirection(parameters: Parameters, client: Client) -> RedirectionEndpoint:
    """First step: where may the answer go?"""
    redirect_uri = parameters.required("redirect_uri")
    if not is_registered(redirect_uri, client.redirect_uris, client.application_type):
        raise InvalidRequest("redirect_uri is not registered for this client")
    doubtful = parameters.repeated | parameters.unreadable
    state = None if "state" in doubtful else parameters.get("state")
    return RedirectionEndpoint(client.client_id, redirect_uri, state, response_mode(parameters))


def read_authorization_request(
    parameters: Parameters, client: Client, redirection: RedirectionEndpoint
) -> AuthorizationRequest:
    """Second step: what is asked?"""
    parameters.check_none_repeated()
    for name in sorted(parameters.unreadable.intersection(REMEMBERED)):
        parameters.get(name)  # raises
    for name, error in NOT_SUPPORTED.items():
        if parameters.get(name) is not None:
            raise error(f"{name} is not supported")
    response_type = read_response_type(parameters, client)
    check_response_mode(parameters)
    nonce = parameters.get("nonce")
    if "id_token" in response_type and nonce is None:
        raise InvalidRequest("nonce is missing: this response_type demands it")  # §3.2.2.1
    code_challenge = None
    if "code" in response_type:
        code_challenge = read_code_challenge(parameters, required=client.is_public)
    claims = read_claims_request(parameters.get("claims"))
    return AuthorizationRequest(
        redirection=redirection,
        response_type=response_type,
        scope=_scope(parameters, client, response_type),
        claims=claims,
        resources=requested_resources(parameters.every("resource"), client),
        code_challenge=code_challenge,
        nonce=nonce,
        prompt=_prompt(parameters.get("prompt")),
        max_age=_max_age(parameters.get("max_age"), client),
        id_token_hint=parameters.get("id_token_hint"),
        acr_values=read_acr_values(parameters.get("acr_values"), claims),
    )


def _scope(
    parameters: Parameters, client: Client, response_type: frozenset[str]
) -> tuple[str, ...]:
    scope = narrow_scope(parameters.get("scope"), client.scope)
    if "id_token" in response_type and "openid" not in scope:
        raise InvalidRequest("an ID Token needs the scope openid")
    if "code" not in response_type:  # Core §11: ignored, since the token endpoint is not asked
        return tuple(value for value in scope if value != OFFLINE_ACCESS)
    return scope


def _prompt(prompt: str | None) -> frozenset[str]:
    """Core §3.1.2.1: ``none`` shows nothing, and stands alone."""
    values = PROMPTS.intersection(prompt.split(" ") if prompt else ())
    if "none" in values and prompt != "none":
        raise InvalidRequest("prompt none cannot be combined")
    return values


def _max_age(max_age: str | None, client: Client) -> int | None:
    if max_age is None:
        return client.default_max_age
    if not SECONDS.fullmatch(max_age):
        raise InvalidRequest("max_age must be a number of seconds")
    return int(max_age)
