"""The page that posts an answer to the relying party: OAuth 2.0 Form Post Response Mode 1.0."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse

from bridge.pages.catalogue import speaker
from bridge.pages.rendering import render


def form_post_page(
    *, language: str, redirect_uri: str, parameters: Mapping[str, str]
) -> HTMLResponse:
    """Return a page whose form posts `parameters` to `redirect_uri`, by ``#continue``.

    A script, a file of ours, presses it; where there are no scripts the person does.
    """
    return render(
        "form_post.html",
        language=language,
        heading=speaker(language)("form_post.heading"),
        script="'self'",
        redirect_uri=redirect_uri,
        parameters=parameters,
        simulated=False,
    )
