"""How a browser is answered: sent on to the relying party."""

from collections.abc import Mapping

from fastapi import Request, Response

from bridge.endpoints.pending import Pending
from bridge.endpoints.reading import language_of
from bridge.oidc.authorization_request import RedirectionEndpoint
from bridge.oidc.authorization_response import error_parameters, redirection_uri
from bridge.oidc.errors import OAuthError
from bridge.pages import form_post_page
from bridge.provider import Provider

# A redirection carries a code: no cache keeps it, no third party sees it as a referrer.
REDIRECTION_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def redirect(request: Request, uri: str) -> Response:
    """Send the browser on. 303 after a POST, so that what was posted is not posted again."""
    status = 303 if request.method == "POST" else 302
    # The text as it is: the framework would quote what the client registered.
    return Response(status_code=status, headers={"Location": uri, **REDIRECTION_HEADERS})


def respond(
    request: Request, redirection: RedirectionEndpoint, parameters: Mapping[str, str]
) -> Response:
    """Send the Authorization Response by the way that the client asked for."""
    if redirection.response_mode == "form_post":
        return form_post_page(
            language=language_of(request),
            redirect_uri=redirection.redirect_uri,
            parameters=parameters,
        )
    return redirect(request, redirection_uri(redirection, parameters))


async def respond_error(
    request: Request,
    provider: Provider,
    redirection: RedirectionEndpoint,
    pending: Pending,
    error: OAuthError,
) -> Response:
    """Send an error to the relying party; a pushed request has then been answered."""
    if pending.visit is not None:
        await provider.store.answer_pushed_request(pending.visit)
    return respond(
        request, redirection, error_parameters(redirection, error, issuer=provider.issuer)
    )
