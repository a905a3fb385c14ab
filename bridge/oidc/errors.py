"""The errors that the protocol has a name for.

* OAuthError
  - InvalidRequest             RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1
      - BodyTooLarge           … with the status of RFC 9110 §15.5.14
  - InvalidClient              RFC 6749 §5.2
  - InvalidGrant               RFC 6749 §5.2
  - UnsupportedGrantType       RFC 6749 §5.2
  - UnsupportedResponseType    RFC 6749 §4.1.2.1
  - InvalidScope               RFC 6749 §3.3, §4.1.2.1
  - InvalidTarget              RFC 8707 §2
  - AccessDenied               RFC 6749 §4.1.2.1
  - ServerError                RFC 6749 §4.1.2.1
  - TemporarilyUnavailable     RFC 6749 §4.1.2.1
    - TooManyRequests          RFC 6585 §4
  - UnauthorizedClient         RFC 6749 §4.1.2.1
  - LoginRequired              OpenID Connect Core 1.0 §3.1.2.6
  - ConsentRequired            OpenID Connect Core 1.0 §3.1.2.6
  - UnmetAuthenticationRequirements  OpenID Connect Core Unmet Authentication Requirements 1.0
  - InvalidRequestUri          OpenID Connect Core 1.0 §3.1.2.6, RFC 9126 §4
  - InvalidRequestObject       OpenID Connect Core 1.0 §3.1.2.6, RFC 9101 §6
  - RegistrationNotSupported   OpenID Connect Core 1.0 §3.1.2.6
  - InvalidToken               RFC 6750 §3.1
  - InsufficientScope          RFC 6750 §3.1
  - InvalidRedirectUri         RFC 7591 §3.2.2
  - InvalidClientMetadata      RFC 7591 §3.2.2
"""

from typing import ClassVar


class OAuthError(Exception):
    """An error to be told to the relying party in the protocol's own words.

    ``description`` goes out as ``error_description``: ASCII without quotation mark and
    backslash (RFC 6749 §5.2). ``detail`` goes to the log only.
    """

    error: ClassVar[str]
    status: ClassVar[int] = 400

    def __init__(self, description: str, *, detail: str | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.detail = detail


class InvalidRequest(OAuthError):
    error = "invalid_request"


class BodyTooLarge(InvalidRequest):
    status = 413


class InvalidClient(OAuthError):
    error = "invalid_client"
    status = 401


class InvalidGrant(OAuthError):
    error = "invalid_grant"


class UnsupportedGrantType(OAuthError):
    error = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    error = "unsupported_response_type"


class InvalidScope(OAuthError):
    error = "invalid_scope"


class InvalidTarget(OAuthError):
    error = "invalid_target"


class AccessDenied(OAuthError):
    error = "access_denied"
    status = 403


class ServerError(OAuthError):
    error = "server_error"
    status = 500


class TemporarilyUnavailable(OAuthError):
    """``retry_after`` is in seconds (RFC 9110 §10.2.3)."""

    error = "temporarily_unavailable"
    status = 503

    def __init__(
        self, description: str, *, detail: str | None = None, retry_after: int = 5
    ) -> None:
        super().__init__(description, detail=detail)
        self.retry_after = retry_after


class TooManyRequests(TemporarilyUnavailable):
    """RFC 6749 has no name of its own for it; the status says what is meant."""

    status = 429


class LoginRequired(OAuthError):
    error = "login_required"


class ConsentRequired(OAuthError):
    error = "consent_required"


class UnauthorizedClient(OAuthError):
    error = "unauthorized_client"


class UnmetAuthenticationRequirements(OAuthError):
    error = "unmet_authentication_requirements"


class InvalidRequestUri(OAuthError):
    error = "invalid_request_uri"


class InvalidRequestObject(OAuthError):
    error = "invalid_request_object"


class RegistrationNotSupported(OAuthError):
    error = "registration_not_supported"


class InvalidToken(OAuthError):
    error = "invalid_token"
    status = 401


class InsufficientScope(OAuthError):
    error = "insufficient_scope"
    status = 403


class InvalidRedirectUri(OAuthError):
    error = "invalid_redirect_uri"


class InvalidClientMetadata(OAuthError):
    error = "invalid_client_metadata"
