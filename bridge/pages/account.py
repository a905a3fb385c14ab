"""The page that asks whether it is to be the account that is signed in."""

from starlette.responses import HTMLResponse

from bridge.oidc.presentation import Presentation
from bridge.pages.catalogue import speaker
from bridge.pages.rendering import render


def account_page(
    *,
    language: str,
    client: Presentation,
    person: str,
    token: str,
    wechat_state: str,
    simulated: bool,
) -> HTMLResponse:
    """Return the page; `person` is what we call who is signed in.

    ``#continue`` and ``#other-account`` post `token` to ``/select_account``; ``#cancel`` posts
    `wechat_state` to ``/cancel``.
    """
    return render(
        "account.html",
        language=language,
        heading=speaker(language)("account.heading", client=client.name),
        images=client.logo_origin,
        client=client,
        person=person,
        token=token,
        wechat_state=wechat_state,
        simulated=simulated,
    )
