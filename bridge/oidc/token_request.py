"""The Token Request: RFC 6749 §4.1.3 and §6, OpenID Connect Core 1.0 §3.1.3.1 and §12.1."""

from dataclasses import dataclass
from typing import Literal

from bridge.oidc.errors import UnsupportedGrantType
from bridge.oidc.parameters import Parameters

GrantType = Literal[
    "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"
]

# RFC 8693 §2.1
TOKEN_EXCHANGE: GrantType = "urn:ietf:params:oauth:grant-type:token-exchange"

# What this endpoint takes everywhere; ``implicit`` is a grant type, too, and never comes here.
TOKEN_GRANT_TYPES: tuple[GrantType, ...] = ("authorization_code", "refresh_token")
WITH_EXCHANGE: tuple[GrantType, ...] = (*TOKEN_GRANT_TYPES, TOKEN_EXCHANGE)
GRANT_TYPES_SUPPORTED = (*TOKEN_GRANT_TYPES, "implicit")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    code: str
    redirect_uri: str
    code_verifier: str | None
    resources: tuple[str, ...] = ()


def read_grant_type(parameters: Parameters, *, exchanges: bool = False) -> GrantType:
    """What is handed in for tokens; raises InvalidRequest or UnsupportedGrantType.

    ``exchanges``: whether there are applications whose codes may be exchanged.
    """
    grant_type = parameters.required("grant_type")
    taken = WITH_EXCHANGE if exchanges else TOKEN_GRANT_TYPES
    if grant_type not in taken:
        raise UnsupportedGrantType(f"grant_type must be {' or '.join(taken)}")
    return grant_type


def read_token_request(parameters: Parameters) -> TokenRequest:
    """What comes with a code; raises InvalidRequest."""
    return TokenRequest(
        code=parameters.required("code"),
        redirect_uri=parameters.required("redirect_uri"),
        code_verifier=parameters.get("code_verifier"),
        resources=parameters.every("resource"),
    )


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    refresh_token: str
    # What the new access token is to be good for; None: everything that was granted
    scope: str | None
    resources: tuple[str, ...] = ()


def read_refresh_request(parameters: Parameters) -> RefreshRequest:
    """What comes with a refresh token; raises InvalidRequest."""
    return RefreshRequest(
        refresh_token=parameters.required("refresh_token"),
        scope=parameters.get("scope"),
        resources=parameters.every("resource"),
    )
