"""The page before WeChat: who asks, by which way to go on, and a way back.

The person taps before they are sent on. Inside WeChat that is more than a courtesy: an app that
forces its authorization on whoever opens a page is shown as a preview (快照页, since 2022-07-12).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from markupsafe import escape
from starlette.responses import HTMLResponse

from bridge.oidc.presentation import Presentation
from bridge.oidc.redirect_uri import origins
from bridge.pages.catalogue import keys_under, speaker
from bridge.pages.qr_code import qr_code
from bridge.pages.rendering import render

NOTICES: Final = keys_under("notice")
"""Why the person sees the page again: ``expired``."""

WAYS: Final = keys_under("way")
"""How the person may go on, each with its text."""

# What is one person's own, while the page is put together. NUL stands on no page (HTML §13.1).
_WECHAT_URL, _FRAME_URL = "\0wechat_url\0", "\0frame_url\0"
_RENEWAL, _WECHAT_STATE = "\0renewal\0", "\0wechat_state\0"

# Headers that the answer itself has from its text
_COUNTED: Final = frozenset({"content-length", "content-type"})

# Where one thing is to be done, and is on the page
_SIMPLE: Final = frozenset({"screen", "redirect", "wechat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """By which way the person may go on, and what they need for it."""

    # One of WAYS
    way: str
    # Where ``#wechat-login`` leads; None: there is none
    wechat_url: str | None = None
    # The same page of WeChat's, for a frame of ours
    frame_url: str | None = None
    # What WeChat is asked for: profile, or id alone
    shares: str = "profile"
    # How to begin anew elsewhere, and the relying party's page for it, if we know one
    start: str | None = None
    start_uri: str | None = None
    # Whether a phone is to scan that address from this screen
    draws_start: bool = False
    # What ``#other-way`` sends to ``/sign_in``: the other kind of application
    other: str | None = None
    # The sealed request that ``#refresh`` sends, too, and after how many seconds it is needed
    renewal: str
    good_for: int

    @property
    def is_help(self) -> bool:
        """Whether there is more to say than where to press."""
        return self.way not in _SIMPLE


def sign_in_page(
    *,
    language: str,
    client: Presentation,
    offer: Offer,
    wechat_state: str,
    simulated: bool,
    notice: str | None = None,
) -> HTMLResponse:
    """Return the sign-in page; `ValueError` if `notice` is none of `NOTICES`.

    ``#wechat-login`` leads to WeChat; ``#cancel`` posts `wechat_state` to ``/cancel``; ``#refresh``
    and ``#other-way`` ask ``/sign_in`` for another page like this one. ``#code`` is WeChat's QR
    code, ``#start`` the address to begin anew at, ``#start-code`` a QR code of it. Of the client
    there are ``#logo``, ``#website``, ``#policy`` and ``#terms``, as far as it has them, and
    ``#unverified`` if nobody vouches for it.
    """
    if notice is not None and notice not in NOTICES:
        raise ValueError(f"no such notice: {notice}")
    # 'self': where WeChat leads the frame itself to our callback, a page of ours goes on from there
    framed = origins((offer.frame_url.partition("?")[0],)) if offer.frame_url else ()
    text, headers = _prepared(
        language=language,
        client=client,
        offer=replace(
            offer,
            wechat_url=offer.wechat_url and _WECHAT_URL,
            frame_url=offer.frame_url and _FRAME_URL,
            renewal=_RENEWAL,
        ),
        framed=" ".join((*framed, "'self'")) if framed else None,
        simulated=simulated,
        notice=notice,
    )
    of_this_one = (
        (_WECHAT_URL, offer.wechat_url),
        (_FRAME_URL, offer.frame_url),
        (_RENEWAL, offer.renewal),
        (_WECHAT_STATE, wechat_state),
    )
    for mark, value in of_this_one:
        if value is not None:
            text = text.replace(mark, escape(value))
    return HTMLResponse(text, headers=headers)


@lru_cache(maxsize=128)  # some KB each
def _prepared(
    *,
    language: str,
    client: Presentation,
    offer: Offer,
    framed: str | None,
    simulated: bool,
    notice: str | None,
) -> tuple[str, Mapping[str, str]]:
    """Return the page's text, with a mark for what is one person's own, and its headers.

    To put it together from its templates takes longer than all else that shows the page.
    """
    page = render(
        "sign_in_help.html" if offer.is_help else "sign_in.html",
        language=language,
        heading=speaker(language)("sign_in.heading", client=client.name),
        client=client,
        images=client.logo_origin,
        script="'self'",
        framed=framed,
        offer=offer,
        drawn=qr_code(offer.start_uri) if offer.start_uri and offer.draws_start else None,
        wechat_state=_WECHAT_STATE,
        simulated=simulated,
        notice=notice,
    )
    headers = {name: value for name, value in page.headers.items() if name not in _COUNTED}
    return bytes(page.body).decode(), headers


def to_top_page(*, language: str, onward: str) -> HTMLResponse:
    """Return the page for a frame of ours that takes the whole window to `onward`."""
    return render(
        "to_top.html",
        language=language,
        heading=speaker(language)("to_top.heading"),
        script="'self'",
        framed_by="'self'",
        onward=onward,
        simulated=False,
    )
