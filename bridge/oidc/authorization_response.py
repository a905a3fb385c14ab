"""The Authorization Response: RFC 6749 §4.1.2 (success) and §4.1.2.1 (error)."""

from urllib.parse import quote, urlencode

from bridge.oidc.authorization_request import RedirectionEndpoint
from bridge.oidc.errors import OAuthError


def success_uri(redirection: RedirectionEndpoint, *, code: str, issuer: str) -> str:
    """Where to send the browser with an authorization code."""
    return _with_query(redirection, code=code, iss=issuer)


def error_uri(redirection: RedirectionEndpoint, error: OAuthError, *, issuer: str) -> str:
    """Where to send the browser with an error."""
    return _with_query(
        redirection, error=error.error, error_description=error.description, iss=issuer
    )


def _with_query(redirection: RedirectionEndpoint, **answer: str) -> str:
    """Append to the text that the client registered, keeping its query (RFC 6749 §3.1.2).

    ``iss`` goes into every answer, success and error alike (RFC 9207 §2). Spaces are ``%20``:
    some consumers do not read ``+``.
    """
    if redirection.state is not None:
        answer["state"] = redirection.state
    registered = redirection.redirect_uri
    _, question_mark, query = registered.partition("?")
    joint = ("&" if query else "") if question_mark else "?"
    return registered + joint + urlencode(answer, quote_via=quote, safe="")
