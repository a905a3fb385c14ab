"""By which way a person is offered to sign in, and the page that offers it."""

from fastapi import Request, Response

from bridge.endpoints.fitting import fitting_applications
from bridge.endpoints.pending import LIFETIME, Pending, keep_pending, sent_by
from bridge.endpoints.reading import language_of
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.presentation import Presentation, start_uri
from bridge.pages import Offer, sign_in_page
from bridge.provider import Provider
from bridge.sealing import BrokenSeal, ExpiredSeal
from bridge.wechat import WeChatClient
from bridge.wechat.browser import read_user_agent
from bridge.wechat.qr_page import framed, in_language
from bridge.wechat.ways import Place, Start, Way, choose_way

# More than the 20 hours from which on a time limit hinders nobody (WCAG 2.2, success criterion
# 2.2.1): so long a page that was left open can be renewed, although what it offers has expired.
RENEWABLE = 21 * 3_600

# How long before the end the page says so: to scan and to confirm takes a while.
IN_TIME = 30


def show_sign_in(
    request: Request,
    provider: Provider,
    client: Client,
    presented: Presentation,
    pending: Pending,
    notice: str | None = None,
) -> Response:
    """Show the way to WeChat that fits the browser, keeping the request sealed in it.

    Raises ServerError where no application serves this client in a browser.
    """
    language = language_of(request, pending.parameters.get("ui_locales"))
    applications = fitting_applications(provider, client, pending)
    browser = read_user_agent(request.headers.get("user-agent"))
    way = choose_way(browser, applications, pending.chosen)
    wechat = applications[way.kind] if way.kind else None
    if wechat is not None:
        pending = sent_by(pending, wechat.application)
    page = sign_in_page(
        language=language,
        client=presented,
        offer=_offer(provider, client, way, wechat, pending, language),
        wechat_state=pending.wechat_state,
        simulated=provider.is_simulated,
        notice=notice,
    )
    keep_pending(provider, request, page, pending)
    return page


def renewed(provider: Provider, sealed: str) -> Pending:
    """Return the request that a page of ours was about; raise InvalidRequest."""
    try:
        return Pending(**provider.renewal.open(sealed, now=provider.now()))
    except (BrokenSeal, ExpiredSeal, TypeError):  # TypeError: sealed by another version of ours
        raise InvalidRequest("the page is too old, or not ours") from None


def _offer(
    provider: Provider,
    client: Client,
    way: Way,
    wechat: WeChatClient | None,
    pending: Pending,
    language: str,
) -> Offer:
    place, wechat_url, frame_url, shares = str(way.place), None, None, "profile"
    if wechat is not None:
        shares = "profile" if wechat.application.wants_profile else "id"
        wechat_url = wechat.authorization_url(
            callback_uri=provider.callback_uri, wechat_state=pending.wechat_state
        )
    # Within WeChat the order of the parameters is matched as a whole: nothing is added.
    if wechat_url is not None and way.kind == "website":
        wechat_url = in_language(wechat_url, language)
        if provider.embeds_code:
            frame_url = framed(wechat_url)
        elif way.place is Place.SCREEN:
            place = "redirect"
    return Offer(
        way=place,
        wechat_url=wechat_url,
        frame_url=frame_url,
        shares=shares,
        start=way.start,
        start_uri=start_uri(client, provider.issuer) if way.start else None,
        draws_start=way.start is Start.WITH_PHONE,
        other=way.other,
        renewal=provider.renewal.seal(pending.members(), expires_at=provider.now() + RENEWABLE),
        good_for=LIFETIME - IN_TIME,
    )
