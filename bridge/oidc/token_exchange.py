"""Token Exchange: RFC 8693, of WeChat's one-time codes for tokens of ours.

An app or a mini program is given WeChat's code by WeChat itself, without a browser and without a
redirection endpoint. What binds the code is WeChat's doing: it is for one application, good once,
and for minutes. Which application that is, and that it is one of the client's, is judged here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.errors import (
    AccessDenied,
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    UnauthorizedClient,
)
from bridge.oidc.parameters import Parameters
from bridge.oidc.resource import requested_resources
from bridge.oidc.scope import OFFLINE_ACCESS, narrow_scope
from bridge.oidc.token_request import TOKEN_EXCHANGE

NativeKind = Literal["mobile", "mini_program"]

# §2.1: what kind of code it is, by the kind of application that WeChat gave it to
SUBJECT_TOKEN_TYPES: Mapping[str, NativeKind] = {
    "urn:wechat-oidc:token-type:mobile-code": "mobile",
    "urn:wechat-oidc:token-type:mini-program-code": "mini_program",
}

# §3
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ISSUED_TOKEN_TYPES = (ACCESS_TOKEN, REFRESH_TOKEN, ID_TOKEN)

# Seconds in which the same client may hand in the same code again: an answer may be lost on its
# way to a phone, and for the next code a person may have to tap.
REPEATABLE_FOR = 60

# Seen: 32 letters and digits. Nothing else is worth a call.
WECHAT_CODE = re.compile(r"[A-Za-z0-9_-]{1,128}")


class ExchangeDenied(AccessDenied):
    """RFC 8628 §7.3 registers ``access_denied`` here, too; RFC 6749 §5.2 gives the status."""

    status = 400


class RejectedCode(InvalidRequest):
    """§2.2.2: a subject token that is "invalid for any reason" is an ``invalid_request``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchange:
    """What is handed in, and what for. ``appid`` is None where the client leaves it to us."""

    wechat_code: str
    kind: NativeKind
    appid: str | None
    requested_token_type: str
    scope: tuple[str, ...]
    resources: tuple[str, ...]
    nonce: str | None


def check_may_exchange(client: Client) -> None:
    """RFC 6749 §5.2: the client may use this grant type; raise UnauthorizedClient."""
    if TOKEN_EXCHANGE not in client.grant_types:
        raise UnauthorizedClient("the client is not registered for token exchange")
    try:
        check_exchanging(client)
    except UnfitClient as error:
        raise UnauthorizedClient(str(error)) from None


def check_exchanging(client: Client) -> None:
    """Raise UnfitClient unless a client that is registered for token exchange fits it."""
    if TOKEN_EXCHANGE not in client.grant_types:
        return
    if client.is_self_registered:
        raise UnfitClient("a client that registered itself has no token exchange")
    if not client.wechat_applications:
        raise UnfitClient("token exchange needs the applications whose codes are handed in")
    if client.consent != "never":
        raise UnfitClient("token exchange needs consent never: there is no page to ask on")


def read_token_exchange(parameters: Parameters, client: Client) -> TokenExchange:
    """§2.1: read the request; raise InvalidRequest, InvalidScope, InvalidTarget."""
    subject_token_type = parameters.required("subject_token_type")
    if subject_token_type not in SUBJECT_TOKEN_TYPES:
        raise InvalidRequest(f"subject_token_type must be {' or '.join(SUBJECT_TOKEN_TYPES)}")
    for name in ("actor_token", "actor_token_type"):
        if parameters.get(name) is not None:
            raise InvalidRequest(f"{name} is not supported: nobody acts for another here")
    requested_token_type = parameters.get("requested_token_type") or ACCESS_TOKEN
    if requested_token_type not in ISSUED_TOKEN_TYPES:
        raise InvalidRequest(
            f"requested_token_type must be one of: {', '.join(ISSUED_TOKEN_TYPES)}"
        )
    if not set(parameters.every("audience")) <= {client.client_id}:
        raise InvalidTarget("audience is not known: an API is named by resource")
    return TokenExchange(
        wechat_code=_wechat_code(parameters.required("subject_token")),
        kind=SUBJECT_TOKEN_TYPES[subject_token_type],
        appid=parameters.get("wechat_appid"),
        requested_token_type=requested_token_type,
        scope=_scope(parameters.get("scope"), client, requested_token_type),
        resources=requested_resources(parameters.every("resource"), client),
        nonce=parameters.get("nonce"),
    )


def _wechat_code(subject_token: str) -> str:
    if not WECHAT_CODE.fullmatch(subject_token):
        raise rejected()
    return subject_token


def _scope(scope: str | None, client: Client, requested_token_type: str) -> tuple[str, ...]:
    granted = narrow_scope(scope, client.scope)
    if requested_token_type == ID_TOKEN:
        if "openid" not in granted:
            raise InvalidScope("an ID Token needs the scope openid")
        return tuple(value for value in granted if value != OFFLINE_ACCESS)
    if requested_token_type == REFRESH_TOKEN and OFFLINE_ACCESS not in granted:
        raise InvalidScope(f"a refresh token needs the scope {OFFLINE_ACCESS}")
    return granted


def rejected() -> RejectedCode:
    return RejectedCode("subject_token is invalid, used or expired: get another code from WeChat")


def application_of(exchange: TokenExchange, applications: Mapping[str, str]) -> str:
    """Return the appid whose code it is.

    ``applications`` are those of the client, with the kind of each. Raises InvalidRequest.
    """
    fitting = [appid for appid, kind in applications.items() if kind == exchange.kind]
    if exchange.appid is None:
        if len(fitting) > 1:
            raise InvalidRequest("wechat_appid is missing: the client has several applications")
        if not fitting:
            raise InvalidRequest("the client has no application for this subject_token_type")
        return fitting[0]
    if exchange.appid not in applications:
        raise InvalidRequest("wechat_appid is no application of this client")
    if exchange.appid not in fitting:
        raise InvalidRequest("subject_token_type does not fit the application in wechat_appid")
    return exchange.appid


def id_token_response(
    id_token: str, *, lifetime: int, scope: tuple[str, ...]
) -> dict[str, str | int]:
    """§2.2.1: an ID Token alone; ``access_token`` is "for historical reasons" what it stands in."""
    return {
        "access_token": id_token,
        "token_type": "N_A",
        "expires_in": lifetime,
        "scope": " ".join(scope),
    }
