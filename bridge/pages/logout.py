"""The pages about signing out: the question, and what was done."""

from starlette.responses import HTMLResponse

from bridge.pages.catalogue import speaker
from bridge.pages.rendering import render


def logout_page(*, language: str, token: str, simulated: bool) -> HTMLResponse:
    """Ask: ``#confirm-logout`` and ``#stay`` post `token` to ``/end_session/confirm``."""
    return render(
        "logout.html",
        language=language,
        heading=speaker(language)("logout.heading"),
        token=token,
        simulated=simulated,
    )


def signed_out_page(*, language: str, return_url: str | None, simulated: bool) -> HTMLResponse:
    """Say that the person is signed out; ``#return`` leads to `return_url`."""
    return render(
        "signed_out.html",
        language=language,
        heading=speaker(language)("logout.done.heading"),
        text=speaker(language)("logout.done.text"),
        return_url=return_url,
        simulated=simulated,
    )


def stayed_page(*, language: str, simulated: bool) -> HTMLResponse:
    """Say that the person is still signed in."""
    return render(
        "signed_out.html",
        language=language,
        heading=speaker(language)("logout.stayed.heading"),
        text=speaker(language)("logout.stayed.text"),
        return_url=None,
        simulated=simulated,
    )
