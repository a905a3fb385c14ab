"""Every page there is, with values as long and as strange as they come."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from fastapi import FastAPI, Response
from starlette.responses import HTMLResponse

from bridge.endpoints import assets
from bridge.oidc.presentation import Presentation
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.pages import (
    NOTICES,
    SITUATIONS,
    account_page,
    consent_page,
    form_post_page,
    logout_page,
    problem_page,
    sign_in_page,
    signed_out_page,
    stayed_page,
    to_top_page,
)
from tests.pages.offers import OFFERS

LONG_WORD: Final = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
)
PERSON: Final = "張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉張偉"
RETURN: Final = "https://rp.test/"
_CLIENT: Final = Presentation(
    name=LONG_WORD,
    client_uri=RETURN,
    policy_uri=RETURN,
    tos_uri=RETURN,
    unverified_at=f"{'long-' * 11}.example.test",
)

# Of the frame only its place is looked at.
_OFFERS: Final = {
    name.replace(" ", "-"): replace(
        offer,
        frame_url=offer.frame_url and "about:blank",
        start_uri=offer.start_uri and f"{RETURN}{'long' * 30}?iss=https%3A%2F%2Fid.test",
    )
    for name, offer in OFFERS.items()
}
_SIGN_IN: Final = partial(
    sign_in_page,
    client=_CLIENT,
    offer=_OFFERS["wechat"],
    wechat_state="handle",
    simulated=True,
)
PAGES: Final[dict[str, Callable[..., HTMLResponse]]] = {
    **{f"sign_in-{name}": partial(_SIGN_IN, offer=offer) for name, offer in _OFFERS.items()},
    **{f"sign_in-{notice}": partial(_SIGN_IN, notice=notice) for notice in sorted(NOTICES)},
    "account": partial(
        account_page,
        client=_CLIENT,
        person=PERSON,
        token="sealed",
        wechat_state="handle",
        simulated=True,
    ),
    "consent": partial(
        consent_page,
        client=_CLIENT,
        person=PERSON,
        scope=SCOPES_SUPPORTED,
        claims=("birthdate", LONG_WORD.lower()),
        token="sealed",
        simulated=True,
    ),
    "form_post": partial(form_post_page, redirect_uri=RETURN, parameters={"code": "code"}),
    "logout": partial(logout_page, token="sealed", simulated=True),
    "signed_out": partial(signed_out_page, return_url=RETURN, simulated=True),
    "stayed": partial(stayed_page, simulated=True),
    "to_top": partial(to_top_page, onward=RETURN),
    **{
        f"problem-{situation}": partial(
            problem_page,
            situation,
            error="temporarily_unavailable",
            status=500,
            description="redirect_uri: " + "long-" * 20,
            subject="o6_bmasdasdsad6_2sgVt7hMZOPfL",
            retry_url=RETURN,
            wechat_state="handle",
            request_id="long-" * 12,
            simulated=True,
        )
        for situation in sorted(SITUATIONS)
    },
}
"""By name: what makes the page in a ``language``."""


def site() -> FastAPI:
    """Serve each page at ``/LANGUAGE/NAME``, under our own stylesheet."""
    app = FastAPI()
    app.state.provider = None  # no stylesheet needs one
    app.router.routes.extend(assets.router.routes)

    @app.get("/{language}/{name}")
    async def page(language: str, name: str) -> Response:
        return PAGES[name](language=language)

    return app
