"""The relying party, known here by the name that RFC 6749 §1.1 gives it: the client.

Its members are named as in RFC 7591 §2 and OpenID Connect Dynamic Client Registration 1.0 §2;
what no specification names is described beside it.
"""

from dataclasses import dataclass
from typing import Literal

from bridge.oidc.scope import DEFAULT_SCOPE

ApplicationType = Literal["web", "native"]
ClaimsInIDToken = Literal["scope", "none"]
EmailVerified = Literal["auto", "true", "false", "omit"]
Nickname = Literal["username", "display", "omit"]
SecretMethod = Literal["client_secret_basic", "client_secret_post"]
SigningAlgorithm = Literal["RS256", "ES256"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    client_id: str
    client_name: str
    redirect_uris: tuple[str, ...]
    # SHA-256, in hexadecimal; None for a public client (RFC 6749 §2.1)
    client_secret_hash: str | None = None
    # None: every method that the client's secret permits
    token_endpoint_auth_method: SecretMethod | None = None
    application_type: ApplicationType = "web"
    response_types: tuple[str, ...] = ("code",)
    scope: tuple[str, ...] = DEFAULT_SCOPE
    # Seconds; what a request without max_age asks for
    default_max_age: int | None = None
    id_token_signed_response_alg: SigningAlgorithm = "RS256"
    # Where people may be sent once they are signed out (RP-Initiated Logout 1.0 §3.1)
    post_logout_redirect_uris: tuple[str, ...] = ()
    # Who may enter: subjects and unionids; None: anyone who has WeChat
    access: tuple[str, ...] | None = None
    # Whether the ID Token holds the claims of the scope, or UserInfo alone does
    claims_in_id_token: ClaimsInIDToken = "scope"
    # auto: false, since a synthesized address has no mailbox
    email_verified: EmailVerified = "auto"
    # username: the same as preferred_username; display: the name that WeChat shows
    nickname: Nickname = "username"

    @property
    def is_public(self) -> bool:
        """RFC 6749 §2.1: it has no credentials."""
        return self.client_secret_hash is None

    def admits(self, *ids: str | None) -> bool:
        """Whether a person with one of these ids, subject or unionid, may enter."""
        return self.access is None or any(known in self.access for known in ids if known)
