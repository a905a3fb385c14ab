"""The page before WeChat: who asks, what WeChat will share, and a way back.

The person taps before they are sent on. Inside WeChat that is more than a courtesy: an app that
forces its authorization on whoever opens a page is shown as a preview (快照页, since 2022-07-12).
"""

from typing import Final

from starlette.responses import HTMLResponse

from bridge.oidc.presentation import Presentation
from bridge.pages.catalogue import keys_under, speaker
from bridge.pages.rendering import render

NOTICES: Final = keys_under("notice")
"""Why the person sees the page again: ``expired``."""


def sign_in_page(
    *,
    language: str,
    client: Presentation,
    wechat_url: str,
    wechat_state: str,
    simulated: bool,
    notice: str | None = None,
) -> HTMLResponse:
    """Return the sign-in page; `ValueError` if `notice` is none of `NOTICES`.

    ``#wechat-login`` leads to `wechat_url`; ``#cancel`` posts `wechat_state` to ``/cancel``. Of the
    client there are ``#logo``, ``#website``, ``#policy`` and ``#terms``, as far as it has them, and
    ``#unverified`` if nobody vouches for it.
    """
    if notice is not None and notice not in NOTICES:
        raise ValueError(f"no such notice: {notice}")
    return render(
        "sign_in.html",
        language=language,
        heading=speaker(language)("sign_in.heading", client=client.name),
        client=client,
        images=client.logo_origin,
        wechat_url=wechat_url,
        wechat_state=wechat_state,
        simulated=simulated,
        notice=notice,
    )
