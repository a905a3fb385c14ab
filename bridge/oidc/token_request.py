"""The Token Request: RFC 6749 §4.1.3 and §6, OpenID Connect Core 1.0 §3.1.3.1 and §12.1."""

from dataclasses import dataclass
from typing import Literal

from bridge.oidc.errors import UnsupportedGrantType
from bridge.oidc.parameters import Parameters

GrantType = Literal["authorization_code", "refresh_token"]

# What this endpoint takes; ``implicit`` is a grant type, too, and never comes here.
TOKEN_GRANT_TYPES: tuple[GrantType, ...] = ("authorization_code", "refresh_token")
GRANT_TYPES_SUPPORTED = (*TOKEN_GRANT_TYPES, "implicit")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    code: str
    redirect_uri: str
    code_verifier: str | None
    resources: tuple[str, ...] = ()


def read_grant_type(parameters: Parameters) -> GrantType:
    """What is handed in for tokens; raises InvalidRequest or UnsupportedGrantType."""
    grant_type = parameters.required("grant_type")
    if grant_type not in TOKEN_GRANT_TYPES:
        raise UnsupportedGrantType(f"grant_type must be {' or '.join(TOKEN_GRANT_TYPES)}")
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
