"""The page that asks whether a client may know the person: OpenID Connect Core 1.0 §3.1.2.4."""

from typing import Final

from markupsafe import Markup
from starlette.responses import HTMLResponse

from bridge.oidc.presentation import Presentation
from bridge.pages.catalogue import keys_under, speaker
from bridge.pages.rendering import render

_CLAIMS: Final = keys_under("consent.claim")
# It speaks of all that stands before it.
_AT_LAST: Final = "offline_access"


def consent_page(  # noqa: PLR0913 - what stands on the page
    *,
    language: str,
    client: Presentation,
    person: str,
    scope: tuple[str, ...],
    claims: tuple[str, ...],
    token: str,
    simulated: bool,
) -> HTMLResponse:
    """Return the page; `person` is what we call who is asked.

    What the client gets is said line by line in ``#gets``: the values of `scope`, and the claims
    that it asks for one by one. ``#allow``, ``#deny`` and ``#other-account`` post `token` to
    ``/consent``.
    """
    return render(
        "consent.html",
        language=language,
        heading=speaker(language)("consent.heading", client=client.name),
        images=client.logo_origin,
        client=client,
        person=person,
        gets=_gets(language, scope, claims),
        token=token,
        simulated=simulated,
    )


def _gets(language: str, scope: tuple[str, ...], claims: tuple[str, ...]) -> list[Markup]:
    say = speaker(language)
    at_last = [value for value in scope if value == _AT_LAST]
    by_scope = [say(f"consent.scope.{value}") for value in scope if value != _AT_LAST]
    one_by_one = [
        say(f"consent.claim.{name}") if name in _CLAIMS else say("consent.other", claim=name)
        for name in claims
    ]
    return by_scope + one_by_one + [say(f"consent.scope.{value}") for value in at_last]
