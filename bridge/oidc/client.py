"""The relying party, known here by the name that RFC 6749 §1.1 gives it: the client.

Its members are named as in RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2 and the
logout specifications; what no specification names is described beside it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bridge.oidc.access import is_listed
from bridge.oidc.scope import DEFAULT_SCOPE

# Form-encoded or raw, in Basic credentials they read the same (RFC 3986 §2.3, unreserved).
CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")

AccessTokenFormat = Literal["opaque", "jwt"]
ApplicationType = Literal["web", "native"]
AuthMethod = Literal[
    "none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"
]
ClaimsInIDToken = Literal["scope", "none"]
Consent = Literal["never", "remember", "always"]
EmailVerified = Literal["auto", "true", "false", "omit"]
Nickname = Literal["username", "display", "omit"]
SubjectType = Literal["public", "pairwise"]


class UnfitClient(ValueError):
    """Members that do not go together; the message says why, in one line of ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    client_id: str
    client_name: str
    redirect_uris: tuple[str, ...]

    # How it proves who it is.
    # SHA-256, in hexadecimal; None where there is no secret, or where we need its text
    client_secret_hash: str | None = None
    # The secret itself, sealed: client_secret_jwt is a MAC under it
    client_secret_sealed: str | None = None
    # The one before it, kept in the same way, and until when it is good as well, in seconds
    former_client_secret_hash: str | None = None
    former_client_secret_sealed: str | None = None
    former_client_secret_expires_at: int | None = None
    # None: every method that the client's secret permits
    token_endpoint_auth_method: AuthMethod | None = None
    token_endpoint_auth_signing_alg: str | None = None
    # A JWK Set (RFC 7517 §5), or where it is
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None

    # What it may ask for, and how.
    application_type: ApplicationType = "web"
    response_types: tuple[str, ...] = ("code",)
    grant_types: tuple[str, ...] = ("authorization_code",)
    scope: tuple[str, ...] = DEFAULT_SCOPE
    # Seconds; what a request without max_age asks for
    default_max_age: int | None = None
    request_object_signing_alg: str | None = None
    request_uris: tuple[str, ...] = ()
    require_pushed_authorization_requests: bool = False
    # The protected resources that its access tokens may be for (RFC 8707 §2)
    resources: tuple[str, ...] = ()

    # What it is told, and in which form.
    subject_type: SubjectType = "public"
    sector_identifier_uri: str | None = None
    id_token_signed_response_alg: str = "RS256"
    id_token_encrypted_response_alg: str | None = None
    id_token_encrypted_response_enc: str | None = None
    userinfo_signed_response_alg: str | None = None
    userinfo_encrypted_response_alg: str | None = None
    userinfo_encrypted_response_enc: str | None = None
    # jwt: RFC 9068, for whoever wants to read an access token without asking us
    access_token_format: AccessTokenFormat = "opaque"
    # Whether the ID Token holds the claims of the scope, or UserInfo alone does
    claims_in_id_token: ClaimsInIDToken = "scope"
    # auto: false, since a synthesized address has no mailbox
    email_verified: EmailVerified = "auto"
    # username: the same as preferred_username; display: the name that WeChat shows
    nickname: Nickname = "username"
    # Claims under names of its own, as templates: see ``bridge.oidc.extra_claims``
    extra_claims: Mapping[str, Any] | None = None

    # What people are shown of it, and who of them may enter.
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: tuple[str, ...] = ()
    initiate_login_uri: str | None = None
    # Whether people are asked: remember asks once for each person and scope
    consent: Consent = "never"
    # Who may enter: subjects, unionids and groups; None: anyone who has WeChat
    access: tuple[str, ...] | None = None

    # By which of WeChat's applications people may sign in to it, as AppIDs; None: by any
    wechat_applications: tuple[str, ...] | None = None

    # Where people may be sent once they are signed out (RP-Initiated Logout 1.0 §3.1)
    post_logout_redirect_uris: tuple[str, ...] = ()
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False

    # Whether it stands in the settings, where alone it is changed
    is_declared: bool = False
    # Whether nobody has looked at what it says of itself (RFC 7591 §5)
    is_self_registered: bool = False
    # SHA-256 of the registration access token (RFC 7592 §3)
    registration_token_hash: str | None = None

    @property
    def is_public(self) -> bool:
        """RFC 6749 §2.1: it has no credentials."""
        return (
            self.client_secret_hash is None
            and self.client_secret_sealed is None
            and self.token_endpoint_auth_method != "private_key_jwt"
        )

    def has_former_secret(self, now: int) -> bool:
        """Whether the secret before the present one is still good."""
        expires_at = self.former_client_secret_expires_at
        return expires_at is not None and now < expires_at

    def may_use(self, appid: str) -> bool:
        """Whether people may sign in to it by this application of WeChat's."""
        return self.wechat_applications is None or appid in self.wechat_applications

    def admits(self, *ids: str | None, groups: Collection[str]) -> bool:
        """Whether a person with one of these ids, subject or unionid, or groups may enter."""
        return is_listed(self.access, ids, groups)
