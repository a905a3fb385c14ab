"""The Token Request: RFC 6749 §4.1.3 and OpenID Connect Core 1.0 §3.1.3.1."""

from dataclasses import dataclass

from bridge.oidc.errors import UnsupportedGrantType
from bridge.oidc.parameters import Parameters

# What this endpoint takes; ``implicit`` is a grant type, too, and never comes here.
TOKEN_GRANT_TYPES = ("authorization_code",)
GRANT_TYPES_SUPPORTED = ("authorization_code", "implicit")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    code: str
    redirect_uri: str
    code_verifier: str | None


def read_token_request(parameters: Parameters) -> TokenRequest:
    """Raise InvalidRequest or UnsupportedGrantType unless it can be judged."""
    if parameters.required("grant_type") not in TOKEN_GRANT_TYPES:
        raise UnsupportedGrantType("grant_type must be authorization_code")
    return TokenRequest(
        code=parameters.required("code"),
        redirect_uri=parameters.required("redirect_uri"),
        code_verifier=parameters.get("code_verifier"),
    )
