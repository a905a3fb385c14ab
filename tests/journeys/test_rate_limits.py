"""Who asks too often is told to wait; who proves who they are never is: RFC 6585 §4.

The clock stands still unless a test winds it, so all that a test does is done within one second.
"""

import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from joserfc.jwk import ECKey, Key

from bridge.limiting import Limit
from bridge.oidc.access_token import token_hash
from bridge.wechat.events.signature import push_signature
from tests.browsing import Browser, page_of
from tests.jose.examples import ec_key, jwk_set, public, signed
from tests.journeys.exchanging import NATIVE, native_app
from tests.journeys.test_client_assertions import asserted, claims_for
from tests.redis_server import redis_server
from tests.world import (
    APPID,
    CLIENT_SECRET,
    REDIRECT_URI,
    Clock,
    Plan,
    World,
    parameters_of,
    pkce_pair,
    world,
)

pytestmark = pytest.mark.anyio

PAGES = (
    *("/authorize", "/continue", "/sign_in", "/callback/wechat", "/cancel", "/consent"),
    *("/select_account", "/end_session", "/.well-known/webfinger"),
)


def limits(**rates: str) -> dict[str, str]:
    """Settings: what is named by ``Limit``'s member has this rate."""
    return {f"BRIDGE_RATE_LIMITS_{Limit[name].upper()}": rate for name, rate in rates.items()}


@asynccontextmanager
async def limited(
    folder: Path, clock: Clock, more: dict[str, str] | None = None, **rates: str
) -> AsyncGenerator[World]:
    async with world(folder, clock, Plan(settings=limits(**rates) | (more or {}))) as opened:
        yield opened


@asynccontextmanager
async def at(address: str) -> AsyncGenerator[Browser]:
    """A browser of which the machine has another address."""
    transport = httpx.AsyncHTTPTransport(local_address=address)
    async with httpx.AsyncClient(trust_env=False, transport=transport) as http:
        yield Browser(http)


@pytest.fixture
async def elsewhere() -> AsyncIterator[Browser]:
    async with at("127.0.0.2") as browser:
        yield browser


def told_to_wait(response: httpx.Response, seconds: int = 60) -> bool:
    """Whether this is the answer of a machine that is to wait for so long."""
    if response.status_code != 429:
        return False
    assert response.headers["retry-after"] == str(seconds)
    assert response.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in response.headers
    assert response.json() == {
        "error": "temporarily_unavailable",
        "error_description": "too many requests; see Retry-After",
    }
    return True


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    messages = [record.getMessage() for record in caplog.records if record.name == "bridge"]
    return [message for message in messages if message.startswith("rate_limit.")]


# What a person needs


async def a_visit_with_all_questions(a_world: World) -> None:
    """Whatever the bridge can ask of somebody who signs in and out: nobody needs more."""
    browser = a_world.browser
    posted = a_world.authorization_url(prompt="login consent").partition("?")[2]
    response = await browser.http.post(
        f"{a_world.bridge_url}/authorize",
        content=posted,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        follow_redirects=True,
    )
    page = await browser.click(page_of(response), "refresh")
    wechat = await browser.click(page, "wechat-login")
    asked = await browser.click(wechat, "approve")
    answered = await browser.send(asked, "allow", follow_redirects=False)
    code = parameters_of(answered)["code"]
    tokens = (await a_world.redeem(code)).json()
    assert (await a_world.userinfo(tokens["access_token"])).status_code == 200
    chosen = await browser.open(a_world.authorization_url(prompt="select_account consent"))
    asked = await browser.click(chosen, "continue")
    await browser.send(asked, "deny", follow_redirects=False)
    await browser.open(f"{a_world.bridge_url}/.well-known/webfinger?resource=a")
    leaving = await browser.open(f"{a_world.bridge_url}/end_session")
    await browser.click(leaving, "confirm-logout")


async def test_three_hundred_sign_ins_a_minute_fit_into_the_defaults(
    tmp_path: Path, clock: Clock
) -> None:
    """Counted are all requests of browsers on the longest way that there is."""
    async with limited(tmp_path, clock) as a_world:
        await a_world.register(consent="remember")
        asked: list[str] = []

        async def write_down(request: httpx.Request) -> None:
            if str(request.url).startswith(a_world.bridge_url):
                asked.append(request.url.path)

        a_world.browser.http.event_hooks = {"request": [write_down], "response": []}
        await a_visit_with_all_questions(a_world)
        pages = [path for path in asked if path in PAGES or path == "/end_session/confirm"]
        rates = a_world.settings.rate_limits.rates
    assert len(pages) == 11, pages
    assert 300 * len(pages) <= rates[Limit.PAGES].amount
    assert rates[Limit.PAGES].seconds == 60
    # A public client asks for each of its people at /par, /token, again for new ones, and /revoke.
    assert rates[Limit.PUBLIC_REQUESTS].amount >= 300 * 4
    # One in three may have waited too long for WeChat.
    assert rates[Limit.WECHAT_FAILURES].amount >= 300 / 3


async def test_each_page_counts_for_one(tmp_path: Path, clock: Clock) -> None:
    """What the visit above needs is enough, and one less is not."""
    for amount, is_enough in ((11, True), (10, False)):
        folder = tmp_path / str(amount)
        folder.mkdir()
        async with limited(folder, clock, PAGES=f"{amount}/minute") as a_world:
            await a_world.register(consent="remember")
            statuses: list[int] = []

            async def write_down(response: httpx.Response, to: list[int] = statuses) -> None:
                to.append(response.status_code)

            a_world.browser.http.event_hooks = {"request": [], "response": [write_down]}
            await a_visit_with_all_questions(a_world)
        assert (429 not in statuses) is is_enough


@pytest.mark.every_variant
async def test_three_hundred_people_sign_in_from_one_office(a_world: World) -> None:
    verifier, challenge = pkce_pair()
    await a_world.register(client_id="app", client_secret_hash=None)
    await a_world.register()
    for number in range(300):
        async with a_world.another_browser() as browser:
            pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
            client_id = "app" if number % 2 else "rp"
            answer = await a_world.answer(browser=browser, client_id=client_id, **pkce)
            form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}
            form |= {"code": answer["code"], "code_verifier": verifier, "client_id": client_id}
            if client_id == "rp":
                form["client_secret"] = CLIENT_SECRET
            tokens = await browser.http.post(f"{a_world.bridge_url}/token", data=form)
            assert tokens.status_code == 200, tokens.text
            userinfo = await a_world.userinfo(tokens.json()["access_token"])
            assert userinfo.status_code == 200


# Pages


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Too many requests"),
        ("zh-CN", "请求过于频繁"),
        ("zh-TW", "要求過於頻繁"),
        ("ja", "リクエストが多すぎます"),
        ("ko", "요청이 너무 많습니다"),
    ],
)
async def test_a_person_sees_a_page_and_is_not_sent_back_to_the_app(
    tmp_path: Path, clock: Clock, elsewhere: Browser, language: str, heading: str
) -> None:
    """Also where it is known where to send them: an app would send them here at once."""
    async with limited(tmp_path, clock, PAGES="2/minute") as a_world:
        await a_world.register()
        headers, url = {"Accept-Language": language}, a_world.authorization_url()
        for _ in range(2):
            assert (await a_world.browser.http.get(url, headers=headers)).status_code == 200
        clock.wind(18)
        refused = await a_world.browser.http.get(
            f"{url}&prompt=none", headers=headers, follow_redirects=False
        )
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "42"
        page = page_of(refused)
        assert heading in refused.text
        assert page.text("error") == "temporarily_unavailable"
        assert page.has("reload")
        assert (await elsewhere.http.get(url)).status_code == 200
        clock.wind(42)
        assert (await a_world.browser.http.get(url, headers=headers)).status_code == 200


async def test_what_was_posted_is_not_offered_again(tmp_path: Path, clock: Clock) -> None:
    async with limited(tmp_path, clock, PAGES="1/minute") as a_world:
        paths = ("/end_session/confirm", "/consent", "/sign_in", "/select_account", "/cancel")
        _, *refused = [
            await a_world.browser.http.post(f"{a_world.bridge_url}{path}", data={})
            for path in paths
        ]
        assert [response.status_code for response in refused] == [429] * 4
        assert not any(page_of(response).has("reload") for response in refused)


async def test_every_page_counts_and_what_apps_fetch_does_not(tmp_path: Path, clock: Clock) -> None:
    async with limited(tmp_path, clock, PAGES="1/minute") as a_world:
        http, url = a_world.browser.http, a_world.bridge_url
        await http.get(f"{url}/authorize")
        for path in PAGES:
            method = "POST" if path in {"/sign_in", "/consent", "/select_account"} else "GET"
            assert (await http.request(method, f"{url}{path}")).status_code == 429, path
        for path in (
            *("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
            *("/jwks", "/static/style.css", "/avatar/default.png", "/health/live", "/health/ready"),
        ):
            assert (await http.get(f"{url}{path}")).status_code == 200, path


async def test_the_log_has_one_line_and_no_address(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with limited(tmp_path, clock, PAGES="1/minute") as a_world:
        for _ in range(30):
            await a_world.browser.http.get(f"{a_world.bridge_url}/authorize?client_id=x")
        clock.wind(30)
        await a_world.browser.http.get(f"{a_world.bridge_url}/authorize?client_id=x")
    (line,) = told(caplog)
    assert re.fullmatch(
        "rate_limit.exceeded limit=pages_per_address endpoint=/authorize"
        " address=[0-9a-f]{12} refused=1",
        line,
    )


# Clients


async def ask(
    a_world: World, client_secret: str, browser: Browser | None = None, path: str = "/introspect"
) -> httpx.Response:
    http = (browser or a_world.browser).http
    form = {"token": "t", "grant_type": "refresh_token", "refresh_token": "r"}
    return await http.post(f"{a_world.bridge_url}{path}", data=form, auth=("rp", client_secret))


async def test_a_right_secret_passes_from_where_wrong_ones_come_and_wrong_ones_wait(
    tmp_path: Path, clock: Clock, elsewhere: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    async with limited(tmp_path, clock, FAILURES_OF_A_CLIENT="3/minute") as a_world:
        await a_world.register()
        for _ in range(3):
            refused = await ask(a_world, "wrong")
            assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        for path in ("/introspect", "/revoke", "/par", "/token"):
            assert told_to_wait(await ask(a_world, "wrong", path=path))
            assert (await ask(a_world, CLIENT_SECRET, path=path)).status_code != 429
        for _ in range(20):
            assert (await ask(a_world, CLIENT_SECRET)).status_code == 200
        assert (await ask(a_world, CLIENT_SECRET, elsewhere)).status_code == 200
        assert (await ask(a_world, "wrong", elsewhere)).status_code == 401
        clock.wind(60)
        assert (await ask(a_world, "wrong")).status_code == 401
    (line,) = told(caplog)
    assert "limit=client_failures_per_client endpoint=/introspect client_id=rp address=" in line


async def test_an_address_that_tries_one_client_after_another_waits_too(
    tmp_path: Path, clock: Clock
) -> None:
    async with limited(tmp_path, clock, CLIENT_FAILURES="5/minute") as a_world:
        await a_world.register()
        url = f"{a_world.bridge_url}/token"
        tried = [
            await a_world.browser.http.post(
                url, data={"grant_type": "g"}, auth=(f"client {number}", "guess")
            )
            for number in range(6)
        ]
        assert [response.status_code for response in tried[:5]] == [401] * 5
        assert told_to_wait(tried[5])
        assert (await ask(a_world, CLIENT_SECRET)).status_code == 200


async def test_a_right_signature_passes_from_where_wrong_ones_come(
    tmp_path: Path, clock: Clock
) -> None:
    key, other = ec_key(), ECKey.generate_key()
    async with limited(tmp_path, clock, CLIENT_FAILURES="2/minute") as a_world:
        await a_world.register(
            client_secret_hash=None,
            token_endpoint_auth_method="private_key_jwt",
            jwks=jwk_set(public(key)),
        )

        async def tried(by: Key) -> httpx.Response:
            assertion = signed(by, "ES256", claims=claims_for(a_world))
            form = asserted(assertion, token="t")
            return await a_world.browser.http.post(f"{a_world.bridge_url}/introspect", data=form)

        for _ in range(2):
            assert (await tried(other)).status_code == 401
        assert told_to_wait(await tried(other))
        for _ in range(5):
            assert (await tried(key)).status_code == 200


# Tokens and codes


async def test_a_good_access_token_passes_from_where_bad_ones_come(
    tmp_path: Path, clock: Clock
) -> None:
    async with limited(tmp_path, clock, TOKEN_FAILURES="3/minute") as a_world:
        await a_world.register()
        code = (await a_world.answer())["code"]
        good = (await a_world.redeem(code)).json()["access_token"]
        for _ in range(3):
            assert (await a_world.userinfo("bad")).status_code == 401
        assert told_to_wait(await a_world.userinfo("bad"))
        for _ in range(10):
            assert (await a_world.userinfo(good)).status_code == 200
        # Whoever sends none at all is told what is wanted, as before
        empty = await a_world.browser.http.get(f"{a_world.bridge_url}/userinfo")
        assert (empty.status_code, empty.content) == (401, b"")


async def redeemed(a_world: World, client_id: str, code: str, verifier: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "code": code}
    form |= {"client_id": client_id, "code_verifier": verifier}
    return await a_world.browser.http.post(f"{a_world.bridge_url}/token", data=form)


async def test_whoever_guesses_codes_as_a_public_client_waits_and_who_has_one_does_not(
    tmp_path: Path, clock: Clock
) -> None:
    verifier, challenge = pkce_pair()
    async with limited(tmp_path, clock, TOKEN_FAILURES="3/minute") as a_world:
        await a_world.register(client_id="app", client_secret_hash=None)
        await a_world.register()
        answer = await a_world.answer(
            client_id="app", code_challenge=challenge, code_challenge_method="S256"
        )
        for _ in range(3):
            guessed = await redeemed(a_world, "app", "guess", verifier)
            assert (guessed.status_code, guessed.json()["error"]) == (400, "invalid_grant")
        assert told_to_wait(await redeemed(a_world, "app", "guess", verifier))
        assert (await redeemed(a_world, "app", answer["code"], verifier)).status_code == 200
        for _ in range(10):  # it has proved who it is, and is told what is wrong
            assert (await a_world.redeem("guess")).json()["error"] == "invalid_grant"


async def test_a_client_without_a_secret_asks_so_often_and_others_as_often_as_they_like(
    tmp_path: Path, clock: Clock, elsewhere: Browser
) -> None:
    async with limited(tmp_path, clock, PUBLIC_REQUESTS="2/minute") as a_world:
        await a_world.register(client_id="app", client_secret_hash=None)
        await a_world.register()
        for path in ("/par", "/revoke", "/token"):
            url, form = f"{a_world.bridge_url}{path}", {"client_id": "app", "token": "t"}
            form |= {"grant_type": "refresh_token", "refresh_token": "r"}
            answers = [await a_world.browser.http.post(url, data=form) for _ in range(3)]
            assert answers[1].status_code != 429
            assert told_to_wait(answers[2]), path
            assert (await elsewhere.http.post(url, data=form)).status_code != 429
            for _ in range(5):
                assert (await ask(a_world, CLIENT_SECRET, path=path)).status_code != 429
            clock.wind(60)


# WeChat's quota


async def callback(a_world: World, browser: Browser, code: str) -> httpx.Response:
    """Begin a sign-in and come back from WeChat with a code of one's own making."""
    page = await browser.open(a_world.authorization_url())
    wechat = await browser.click(page, "wechat-login")
    state = re.search(r"state=([^&\"#]+)", str(wechat.response.url))
    assert state
    query = urlencode({"code": code, "state": state[1]})
    return await browser.http.get(f"{a_world.bridge_url}/callback/wechat?{query}")


async def test_wechat_is_not_asked_about_the_codes_of_whoever_invents_them(
    tmp_path: Path, clock: Clock, elsewhere: Browser
) -> None:
    async with limited(tmp_path, clock, WECHAT_FAILURES="3/minute") as a_world:
        await a_world.register()
        asked: list[str] = []

        async def write_down() -> None:
            asked.append("WeChat")

        a_world.while_at_wechat["/sns/oauth2/access_token"] = write_down
        for number in range(4):
            tried = await callback(a_world, a_world.browser, f"invented{number}")
            assert tried.status_code == 200, "the sign-in page once more"
        for number in range(4):
            refused = await callback(a_world, a_world.browser, f"more{number}")
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "60"
        assert len(asked) == 4
        assert "code" in parameters_of(await a_world.callback(browser=elsewhere))
        clock.wind(60)
        assert "code" in parameters_of(await a_world.callback())


async def test_nor_about_those_that_strangers_hand_in_for_one_client(
    tmp_path: Path, clock: Clock, elsewhere: Browser
) -> None:
    rates = {"WECHAT_FAILURES": "off", "WECHAT_FAILURES_OF_A_CLIENT": "2/minute"}
    async with limited(tmp_path, clock, NATIVE, **rates) as a_world:
        app = await native_app(a_world)
        another = await native_app(a_world, client_id="another")
        proven = await native_app(
            a_world, client_id="proven", client_secret_hash=token_hash(CLIENT_SECRET)
        )
        for number in range(3):
            assert (await app.hand_in(f"invented{number}")).status_code == 400
        assert told_to_wait(await app.hand_in(app.code()))
        assert told_to_wait(
            await elsewhere.http.post(
                f"{a_world.bridge_url}/token",
                data={
                    "client_id": "app",
                    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                },
            )
        )
        assert (await another.hand_in(another.code())).status_code == 200
        for number in range(5):
            invented = await proven.hand_in(f"its{number}", client_secret=CLIENT_SECRET)
            assert invented.status_code == 400
        good = await proven.hand_in(proven.code(), client_secret=CLIENT_SECRET)
        assert good.status_code == 200


# Registration, and WeChat's pushes


async def test_a_few_register_where_anybody_may(
    tmp_path: Path, clock: Clock, elsewhere: Browser
) -> None:
    more = {"BRIDGE_REGISTRATION_MODE": "open"}
    async with limited(tmp_path, clock, more, REGISTRATIONS="2/hour") as a_world:
        url, metadata = f"{a_world.bridge_url}/register", {"redirect_uris": [REDIRECT_URI]}
        for _ in range(3):
            nonsense = await a_world.browser.http.post(url, json={"redirect_uris": ["no"]})
            assert nonsense.status_code == 400, "what leaves no row is not counted"
        made = [await a_world.browser.http.post(url, json=metadata) for _ in range(2)]
        assert [response.status_code for response in made] == [201, 201]
        assert told_to_wait(await a_world.browser.http.post(url, json=metadata), 3_600)
        registered = made[0].json()
        read = await a_world.browser.http.get(
            registered["registration_client_uri"],
            headers={"Authorization": f"Bearer {registered['registration_access_token']}"},
        )
        assert read.status_code == 200
        assert (await elsewhere.http.post(url, json=metadata)).status_code == 201


async def test_with_a_token_anybody_registers_as_often_as_they_like(
    tmp_path: Path, clock: Clock
) -> None:
    token = "t" * 43
    more = {"BRIDGE_REGISTRATION_MODE": "token", "BRIDGE_REGISTRATION_TOKENS": token}
    rates = {"REGISTRATIONS": "1/hour", "TOKEN_FAILURES": "2/minute"}
    async with limited(tmp_path, clock, more, **rates) as a_world:
        url, metadata = f"{a_world.bridge_url}/register", {"redirect_uris": [REDIRECT_URI]}

        async def register(by: str) -> httpx.Response:
            headers = {"Authorization": f"Bearer {by}"}
            return await a_world.browser.http.post(url, json=metadata, headers=headers)

        assert [(await register("wrong")).status_code for _ in range(2)] == [401, 401]
        assert told_to_wait(await register("wrong"))
        assert [(await register(token)).status_code for _ in range(3)] == [201] * 3


async def test_pushes_that_wechat_has_not_signed_wait_and_those_that_it_has_do_not(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    more = {"BRIDGE_WECHAT_EVENTS_TOKEN": "TOKEN123"}
    async with limited(tmp_path, clock, more, PUSH_FAILURES="3/minute") as a_world:
        url = f"{a_world.bridge_url}/wechat/events/{APPID}"
        now = str(clock.now)
        query = {"timestamp": now, "nonce": "n1", "signature": "0" * 40, "echostr": "e"}
        for number in range(6):
            method = "GET" if number % 2 else "POST"
            response = await a_world.browser.http.request(method, url, params=query)
            assert told_to_wait(response) if number >= 3 else response.status_code == 403
        good = {"timestamp": now, "nonce": "n2", "signature": push_signature("TOKEN123", now, "n2")}
        answered = await a_world.browser.http.get(url, params=good | {"echostr": "e"})
        assert (answered.status_code, answered.text) == (200, "e")
    assert caplog.text.count("push.refused") == 3
    assert len(told(caplog)) == 1


# Redis


async def test_no_sign_in_fails_because_redis_is_gone(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with redis_server() as server:
        more = {"BRIDGE_RATE_LIMITS_STORAGE": server.url}
        async with limited(tmp_path, clock, more, FAILURES_OF_A_CLIENT="1/minute") as a_world:
            await a_world.register()
            await a_world.sign_in()
            server.pause()
            assert "code" in parameters_of(await a_world.callback())
            await server.kill()
            clock.wind(60)
            async with a_world.another_browser() as browser:
                assert (await a_world.sign_in(browser=browser))["sub"]
            assert [(await ask(a_world, "wrong")).status_code for _ in range(3)] == [401, 429, 429]
            assert (await ask(a_world, CLIENT_SECRET)).status_code == 200
    names = [line.split()[0] for line in told(caplog)]
    assert names[-2:] == ["rate_limit.unavailable", "rate_limit.exceeded"]
