"""The Authorization Response: RFC 6749 §4.1.2, OpenID Connect Core 1.0 §3.2.2.5, §3.3.2.5."""

from collections.abc import Mapping

from bridge.oidc.authorization_request import RedirectionEndpoint
from bridge.oidc.errors import OAuthError
from bridge.oidc.redirect_uri import encoded, with_query


def success_parameters(
    redirection: RedirectionEndpoint, issued: Mapping[str, str], *, issuer: str
) -> dict[str, str]:
    """Return what to send with what was issued: ``code``, ``id_token``, ``access_token``."""
    return _completed(redirection, issued, issuer)


def error_parameters(
    redirection: RedirectionEndpoint, error: OAuthError, *, issuer: str
) -> dict[str, str]:
    """Return what to send with an error."""
    told = {"error": error.error, "error_description": error.description}
    return _completed(redirection, told, issuer)


def _completed(
    redirection: RedirectionEndpoint, answer: Mapping[str, str], issuer: str
) -> dict[str, str]:
    """``iss`` goes into every answer, success and error alike (RFC 9207 §2)."""
    state = {} if redirection.state is None else {"state": redirection.state}
    return {**answer, "iss": issuer, **state}


def redirection_uri(redirection: RedirectionEndpoint, parameters: Mapping[str, str]) -> str:
    """Where to send the browser, in the response modes query and fragment."""
    if redirection.response_mode == "fragment":
        return f"{redirection.redirect_uri}#{encoded(parameters)}"
    return with_query(redirection.redirect_uri, parameters)
