from dataclasses import replace

import pytest
from starlette.responses import HTMLResponse

from bridge.oidc.presentation import Presentation
from bridge.pages import LANGUAGES, WAYS, Offer
from bridge.pages.qr_code import LONGEST
from bridge.pages.sign_in import to_top_page
from tests.pages.elements import Page, read_page
from tests.pages.offers import FRAME_URL, OFFERS, START, WECHAT_URL, ask

HOSTILE = "<img src=x onerror=alert(1)> {client} \"quoted\" & 'single'"
EVERY_OFFER = pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
IN_EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def read(response: HTMLResponse) -> Page:
    return read_page(bytes(response.body).decode())


def test_every_way_is_among_the_examples() -> None:
    assert {offer.way for offer in OFFERS.values()} == WAYS


@EVERY_OFFER
@IN_EVERY_LANGUAGE
def test_wherever_somebody_is_there_is_a_way_back_and_a_new_page(
    offer: Offer, language: str
) -> None:
    """WeChat reports no refusal, and its code is soon too old: our page has an answer to both."""
    response = ask(offer=offer, language=language)
    page = read(response)
    assert response.status_code == 200
    cancel, again = page.tagged("form")
    assert (cancel.attributes["method"], cancel.attributes["action"]) == ("post", "/cancel")
    assert (again.attributes["method"], again.attributes["action"]) == ("post", "/sign_in")
    handle, sealed = page.tagged("input")
    assert (handle.attributes["name"], handle.attributes["value"]) == ("wechat_state", "handle")
    assert (sealed.attributes["name"], sealed.attributes["value"]) == ("request", "sealed")
    for name in ("cancel", "refresh"):
        assert (page[name].tag, page[name].attributes["type"]) == ("button", "submit")
        assert page[name].text
    assert page["refresh"].attributes["data-after"] == "570"
    assert "Grafana" in page["way"].text
    assert "simulated" not in page
    assert "notice" not in page
    assert "hidden" in page["expired"].attributes


@EVERY_OFFER
def test_the_link_to_wechat_is_there_where_there_is_a_way_by_it(offer: Offer) -> None:
    page = read(ask(offer=offer))
    if offer.wechat_url is None:
        assert "wechat-login" not in page
    else:
        link = page["wechat-login"]
        assert (link.tag, link.attributes["href"]) == ("a", WECHAT_URL)
        assert link.text


@EVERY_OFFER
def test_the_code_is_in_a_frame_that_nobody_elses_script_has_made(offer: Offer) -> None:
    """Without ``sandbox``, which would stop the way back; with leave to ask WeChat for desktops."""
    response = ask(offer=offer)
    page, policy = read(response), response.headers["content-security-policy"]
    if offer.frame_url is None:
        assert not page.tagged("iframe")
        assert "frame-src" not in policy
        return
    frame = page["code"]
    assert (frame.tag, frame.attributes["src"]) == ("iframe", FRAME_URL)
    assert frame.attributes["title"]
    assert frame.attributes["allow"] == "local-network-access; loopback-network"
    assert "sandbox" not in frame.attributes
    assert "frame-src https://open.weixin.qq.com 'self'" in policy
    assert "form-action" not in policy


@EVERY_OFFER
@IN_EVERY_LANGUAGE
def test_another_way_can_be_chosen_where_there_is_one(offer: Offer, language: str) -> None:
    page = read(ask(offer=offer, language=language))
    if offer.other is None:
        assert "other-way" not in page
    else:
        button = page["other-way"]
        assert (button.attributes["name"], button.attributes["value"]) == ("channel", offer.other)
        assert button.text


@EVERY_OFFER
def test_the_address_to_begin_anew_at_is_the_apps_own(offer: Offer) -> None:
    page = read(ask(offer=offer))
    if offer.start_uri is None:
        assert "start" not in page
    else:
        assert page["start"].text == START
        # Copied by a script, where there is one
        assert "hidden" in page["copying"].attributes


@EVERY_OFFER
def test_a_phone_can_scan_the_address_from_a_larger_screen(offer: Offer) -> None:
    page = read(ask(offer=offer))
    is_drawn = offer.draws_start and offer.start_uri is not None
    assert ("start-code" in page) == is_drawn
    if is_drawn:
        assert page["start-code"].attributes["role"] == "img"
        assert page["start-code"].attributes["aria-label"]
        assert page.tagged("svg")


def test_an_address_that_would_make_too_dense_a_code_is_only_written() -> None:
    page = read(ask(offer=replace(OFFERS["elsewhere"], start_uri=f"https://x/{'y' * LONGEST}")))
    assert "start-code" not in page
    assert page["start"].text


@IN_EVERY_LANGUAGE
def test_a_page_says_what_wechat_is_asked_for_before_somebody_goes_there(language: str) -> None:
    told = {
        shares: read(ask(language=language, offer=replace(OFFERS["wechat"], shares=shares)))
        for shares in ("profile", "id")
    }
    assert told["profile"]["shares"].text != told["id"]["shares"].text
    for page in told.values():
        names = [element.attributes.get("id") for element in page.elements]
        assert names.index("shares") < names.index("wechat-login")


@IN_EVERY_LANGUAGE
def test_every_way_is_told_apart(language: str) -> None:
    ways = {read(ask(language=language, offer=offer))["way"].text for offer in OFFERS.values()}
    assert len(ways) == len(WAYS)


def test_only_one_thing_on_a_page_is_to_be_pressed_first() -> None:
    for name, offer in OFFERS.items():
        classes = [element.attributes.get("class") for element in read(ask(offer=offer)).elements]
        is_first = offer.wechat_url and not offer.frame_url and not offer.is_help
        assert sum("primary" in (its or "").split() for its in classes) == bool(is_first), name


@EVERY_OFFER
def test_what_comes_from_outside_is_data(offer: Offer) -> None:
    hostile = replace(
        offer,
        wechat_url=offer.wechat_url and f"https://x/?{HOSTILE}",
        frame_url=offer.frame_url and f"https://x/?{HOSTILE}",
        start_uri=offer.start_uri and HOSTILE,
        renewal=HOSTILE,
    )
    page = read(ask(client=Presentation(name=HOSTILE), offer=hostile, wechat_state=HOSTILE))
    assert not page.tagged("img")
    assert {element.text for element in page.tagged("bdi")} == {HOSTILE}
    assert [field.attributes["value"] for field in page.tagged("input")] == [HOSTILE, HOSTILE]
    if hostile.start_uri:
        assert page["start"].text == HOSTILE
    if hostile.wechat_url:
        assert page["wechat-login"].attributes["href"] == hostile.wechat_url
    assert HOSTILE in page.title


@IN_EVERY_LANGUAGE
def test_a_frame_is_left_by_a_link_or_by_a_script_of_ours(language: str) -> None:
    onward = "https://id.example/callback/wechat?code=c&state=s"
    response = to_top_page(language=language, onward=onward)
    page, headers = read(response), response.headers
    assert page["continue"].attributes["href"] == onward
    assert page["continue"].attributes["target"] == "_top"
    assert [script.attributes["src"] for script in page.tagged("script")] == ["/static/to-top.js"]
    assert "frame-ancestors 'self'; script-src 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cache-control"] == "no-store"
