"""The pages about signing out: the question, and what was done."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import HTMLResponse

from bridge.oidc.redirect_uri import origins
from bridge.pages.catalogue import speaker
from bridge.pages.rendering import render

# Seconds after all is loaded (HTML, "shared declarative refresh steps"). HtmlUnit, in which the
# conformance suite browses, follows no refresh that takes longer.
REFRESH_AFTER: Final = 2


def logout_page(*, language: str, token: str, simulated: bool) -> HTMLResponse:
    """Ask: ``#confirm-logout`` and ``#stay`` post `token` to ``/end_session/confirm``."""
    return render(
        "logout.html",
        language=language,
        heading=speaker(language)("logout.heading"),
        token=token,
        simulated=simulated,
    )


def signed_out_page(
    *,
    language: str,
    return_url: str | None,
    simulated: bool,
    onward: str | None = None,
    frames: Sequence[str] = (),
) -> HTMLResponse:
    """Say that the person is signed out; ``#return`` leads to `return_url`.

    With `onward` the page goes on by itself, to what ``#continue`` leads to, once the `frames` are
    loaded: addresses of relying parties, told here by the browser (Front-Channel Logout 1.0 §3).
    """
    say = speaker(language)
    return render(
        "signed_out.html",
        language=language,
        heading=say("logout.done.heading"),
        text=say("logout.done.going_on" if onward else "logout.done.text"),
        script="'self'" if onward else None,
        framed=" ".join(sorted(origins(tuple(frames)))) or None,
        onward=onward,
        refresh_after=REFRESH_AFTER,
        return_url=return_url,
        frames=frames,
        simulated=simulated,
    )


def stayed_page(*, language: str, simulated: bool) -> HTMLResponse:
    """Say that the person is still signed in."""
    return render(
        "signed_out.html",
        language=language,
        heading=speaker(language)("logout.stayed.heading"),
        text=speaker(language)("logout.stayed.text"),
        onward=None,
        return_url=None,
        frames=(),
        simulated=simulated,
    )
