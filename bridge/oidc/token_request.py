"""The Token Request: RFC 6749 §4.1.3 and OpenID Connect Core 1.0 §3.1.3.1."""

from dataclasses import dataclass

from bridge.oidc.errors import UnsupportedGrantType
from bridge.oidc.parameters import Parameters

GRANT_TYPES_SUPPORTED = ("authorization_code",)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    code: str
    redirect_uri: str
    code_verifier: str | None


def read_token_request(parameters: Parameters) -> TokenRequest:
    """Raise InvalidRequest or UnsupportedGrantType unless it can be judged."""
    if parameters.required("grant_type") not in GRANT_TYPES_SUPPORTED:
        raise UnsupportedGrantType("grant_type must be authorization_code")
    return TokenRequest(
        code=parameters.required("code"),
        redirect_uri=parameters.required("redirect_uri"),
        code_verifier=parameters.get("code_verifier"),
    )
