"""What a browser keeps of a sign-in that is under way."""

import pytest
from fastapi import Response

from bridge.endpoints.pending import (
    LostPending,
    keep_pending,
    new_pending,
    open_pending,
    sent_by,
)
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider
from bridge.wechat import WeChatApplication
from tests.endpoints.jar import APPID, HTTP, HTTPS, LARGEST, Jar, noise, provider_at
from tests.world import Clock


def test_a_request_is_remembered_as_it_was_asked(provider: Provider, jar: Jar) -> None:
    asked = {"redirect_uri": "https://rp.example/cb", "state": '张 伟;,"\\', "nonce": "n"}
    pending = jar.ask(provider, **asked)
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending
    assert pending.parameters == {"client_id": "rp"} | asked


def test_until_they_are_shown_the_way_a_person_may_go_by_any_application(
    provider: Provider, jar: Jar
) -> None:
    pending = new_pending(provider, Parameters({"client_id": "rp"}))
    assert (pending.channel, pending.appid) == (None, None)
    jar.keep(provider, pending)
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_by_which_application_a_person_was_sent_is_remembered(provider: Provider, jar: Jar) -> None:
    website = WeChatApplication(appid=APPID, secret="0" * 32)
    pending = sent_by(new_pending(provider, Parameters({"client_id": "rp"})), website)
    assert (pending.channel, pending.appid) == ("website", APPID)
    jar.keep(provider, pending)
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_what_is_not_understood_is_not_remembered(provider: Provider) -> None:
    """RFC 6749 §3.1: unrecognized parameters are ignored."""
    pending = new_pending(provider, Parameters({"client_id": "rp", "utm_source": "x" * 9_000}))
    assert pending.parameters == {"client_id": "rp"}


def test_under_https_the_cookie_belongs_to_this_host_alone(provider: Provider, jar: Jar) -> None:
    """RFC 6265bis §4.1.3.2: __Host- demands Secure and Path=/, and allows no Domain."""
    pending = jar.ask(provider)
    ((name, morsel),) = jar.last_set.items()
    assert name == f"__Host-bridge-pending-{pending.wechat_state}"
    assert morsel["secure"] is True
    assert (morsel["path"], morsel["domain"]) == ("/", "")
    assert morsel["httponly"] is True
    assert morsel["samesite"].lower() == "lax"
    assert morsel["max-age"] == "600"


def test_under_http_the_cookie_is_one_that_comes_back(clock: Clock, jar: Jar) -> None:
    provider = provider_at(HTTP, clock)
    pending = jar.ask(provider)
    ((name, morsel),) = jar.last_set.items()
    assert name == f"bridge-pending-{pending.wechat_state}"
    assert morsel["secure"] == ""
    assert morsel["httponly"] is True
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_a_cookie_of_http_is_none_of_https(provider: Provider, clock: Clock, jar: Jar) -> None:
    """Whoever can speak as our host over http must not choose what is answered over https."""
    pending = jar.ask(provider_at(HTTP, clock))
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


@pytest.mark.parametrize("issuer", [HTTPS, HTTP])
def test_a_long_request_takes_two_cookies(issuer: str, clock: Clock, jar: Jar) -> None:
    provider = provider_at(issuer, clock)
    pending = jar.ask(provider, state=noise(4_096))
    assert len(jar.cookies) == 2
    assert all(len(morsel.OutputString()) <= LARGEST for morsel in jar.last_set.values())
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


@pytest.mark.parametrize("lost", [0, 1])
def test_half_of_a_long_request_is_none(provider: Provider, jar: Jar, lost: int) -> None:
    pending = jar.ask(provider, state=noise(4_096))
    del jar.cookies[sorted(jar.cookies)[lost]]
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


def test_the_order_in_which_cookies_come_does_not_matter(provider: Provider, jar: Jar) -> None:
    pending = jar.ask(provider, state=noise(4_096))
    jar.cookies = dict(sorted(jar.cookies.items(), reverse=True))
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_up_to_a_length_every_request_is_remembered_and_beyond_none(
    provider: Provider, jar: Jar
) -> None:
    fits: list[bool] = []
    for length in range(6_900, 7_900, 25):
        jar.cookies.clear()
        try:
            pending = jar.ask(provider, state=noise(length))
        except InvalidRequest:
            fits.append(False)
        else:
            fits.append(True)
            assert open_pending(provider, jar.request(), pending.wechat_state) == pending
            assert all(len(f"{name}={value}") <= 3_800 for name, value in jar.cookies.items())
    assert fits[0]
    assert not fits[-1]


def test_a_request_that_is_too_long_leaves_nothing_behind(provider: Provider, jar: Jar) -> None:
    other = jar.ask(provider)
    pending, response = new_pending(provider, Parameters({"state": noise(9_000)})), Response()
    with pytest.raises(InvalidRequest, match="the request is too long"):
        keep_pending(provider, jar.request(), response, pending)
    assert "set-cookie" not in response.headers
    assert open_pending(provider, jar.request(), other.wechat_state) == other
