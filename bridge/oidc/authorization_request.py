"""The Authorization Request: RFC 6749 §4.1.1 and OpenID Connect Core 1.0 §3.1.2.1.

It is read in two steps because its errors are told in two ways (RFC 6749 §4.1.2.1). Until
the redirection endpoint is verified, an error may only be shown to the person; afterwards it
is sent to the client. Holding a ``RedirectionEndpoint`` is what permits the second.
"""

from dataclasses import dataclass

from bridge.oidc.client import Client
from bridge.oidc.errors import (
    InvalidRequest,
    LoginRequired,
    OAuthError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnsupportedResponseType,
)
from bridge.oidc.parameters import Parameters
from bridge.oidc.pkce import read_code_challenge
from bridge.oidc.redirect_uri import is_registered
from bridge.oidc.scope import narrow_scope

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
    "ui_locales",
)

# OpenID Connect Core 1.0 §6 and §7.2.1: an OP that does not do these says so by name
NOT_SUPPORTED: dict[str, type[OAuthError]] = {
    "request": RequestNotSupported,
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}


@dataclass(frozen=True, slots=True)
class RedirectionEndpoint:
    """Where this client has registered to be answered (RFC 6749 §3.1.2), and its ``state``."""

    client_id: str
    redirect_uri: str
    state: str | None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    redirection: RedirectionEndpoint
    scope: tuple[str, ...]
    code_challenge: str | None
    nonce: str | None


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
    return RedirectionEndpoint(client.client_id, redirect_uri, state)


def read_authorization_request(
    parameters: Parameters, client: Client, redirection: RedirectionEndpoint
) -> AuthorizationRequest:
    """Second step: what is asked?"""
    parameters.check_none_repeated()
    for name in REMEMBERED:
        parameters.get(name)  # raises where it cannot be read
    for name, error in NOT_SUPPORTED.items():
        if parameters.get(name) is not None:
            raise error(f"{name} is not supported")
    if parameters.required("response_type") != "code":
        raise UnsupportedResponseType("response_type must be code")
    if parameters.get("response_mode") not in (None, "query"):
        raise InvalidRequest("response_mode must be query")
    _check_prompt(parameters.get("prompt"))
    return AuthorizationRequest(
        redirection=redirection,
        scope=narrow_scope(parameters.get("scope"), client.scope),
        code_challenge=read_code_challenge(parameters, required=client.is_public),
        nonce=parameters.get("nonce"),
    )


def _check_prompt(prompt: str | None) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: ``none`` shows nothing, and stands alone.

    Nobody is signed in before they have been at WeChat, so nothing can be answered silently.
    """
    values = prompt.split(" ") if prompt else []
    if "none" not in values:
        return
    if values != ["none"]:
        raise InvalidRequest("prompt none cannot be combined")
    raise LoginRequired("the person has to sign in at WeChat")
