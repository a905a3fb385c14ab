"""The authorization code: what it grants, to whom, and when it may be redeemed."""

from dataclasses import dataclass

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidGrant
from bridge.oidc.grant import Grant
from bridge.oidc.pkce import verify_code_verifier
from bridge.oidc.token_request import TokenRequest

# RFC 6749 §4.1.2 recommends ten minutes at most; a relying party's back end needs seconds.
LIFETIME = 60

INVALID = "code is invalid or expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """One code, as it is stored; the text itself is known to the client alone."""

    grant: Grant
    redirect_uri: str
    nonce: str | None
    code_challenge: str | None
    expires_at: int


def check_issued_to(code: AuthorizationCode | None, client: Client) -> AuthorizationCode:
    """RFC 6749 §4.1.3: ensure that the code was issued to the authenticated client."""
    if code is None or code.grant.client_id != client.client_id:
        raise InvalidGrant(INVALID)
    return code


def check_redemption(code: AuthorizationCode, request: TokenRequest, *, now: int) -> None:
    """RFC 6749 §4.1.3: the remaining checks on a code before it is spent."""
    if code.expires_at <= now:
        raise InvalidGrant(INVALID)
    if code.redirect_uri != request.redirect_uri:
        raise InvalidGrant("redirect_uri differs from the authorization request")
    verify_code_verifier(request.code_verifier, code.code_challenge)
