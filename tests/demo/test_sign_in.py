"""A person signs in to the demo through a provider that keeps to the specification."""

import json
import socket
from pathlib import Path

import httpx
import pytest
import trustme
from joserfc.jwk import RSAKey
from starlette.applications import Starlette

from bridge.demo import create_relying_party
from bridge.demo.pages import MESSAGES
from tests.demo.conftest import STYLESHEET_URL, new_browser, origin_of
from tests.demo.small_provider import CLIENT_ID, CLIENT_SECRET, IN_2100, LONG_AGO, SmallProvider
from tests.pages.elements import Page, read_page
from tests.serving import served

pytestmark = pytest.mark.anyio

HOSTILE = "</pre><img src=x onerror=alert(1)> {name} \"&'"


async def open_page(browser: httpx.AsyncClient, path: str, status: int = 200) -> Page:
    response = await browser.get(path)
    assert response.status_code == status
    return read_page(response.text)


async def test_it_asks_with_state_nonce_and_pkce(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3."""
    await browser.get("/sign-in")
    await browser.get("/sign-in")
    first, second = provider.asked
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 20
        assert first[name] != second[name]
    assert first | {"state": "", "nonce": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": str(browser.base_url.join("/callback")),
        "scope": "openid profile email",
        "code_challenge_method": "S256",
        "state": "",
        "nonce": "",
        "code_challenge": "",
    }


async def test_a_person_signs_in_sees_the_verified_claims_and_signs_out(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    page = await open_page(browser, "/")
    assert "claims" not in page
    page = await open_page(browser, str(page["sign-in"].attributes["href"]))
    claims = json.loads(page["claims"].text)
    assert claims == {
        "iss": provider.issuer,
        "sub": "o-1",
        "aud": CLIENT_ID,
        "iat": LONG_AGO,
        "exp": IN_2100,
        "nonce": provider.asked[0]["nonce"],
        "at_hash": claims["at_hash"],
        "name": "韩梅梅",
    }
    assert "韩梅梅" in page["claims"].text
    assert page.tagged("h1")[0].text == "Hello, 韩梅梅"
    assert page["checked"].text.split() == ["iss", "aud", "exp", "iat", "nonce", "at_hash"]

    (form,) = page.tagged("form")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/sign-out")
    ended = await browser.post("/sign-out")
    assert (ended.status_code, str(ended.url)) == (200, str(browser.base_url.join("/")))
    assert "sign-in" in read_page(ended.text)
    assert "claims" not in await open_page(browser, "/")


async def test_only_a_form_ends_the_session(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    await browser.get("/sign-in")
    assert (await browser.get("/sign-out")).status_code == 405
    assert "claims" in await open_page(browser, "/")
    assert provider.asked


async def test_the_session_cookie_is_the_demos_own_and_out_of_reach_of_scripts(
    browser: httpx.AsyncClient,
) -> None:
    response = await browser.get("/sign-in", follow_redirects=False)
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("demo-session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


async def test_who_they_are_is_asked_again_only_on_request(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    page = await open_page(browser, "/sign-in?prompt=none")
    await browser.get(str(page["sign-in-again"].attributes["href"]))
    assert [asked.get("prompt") for asked in provider.asked] == [None, "login"]


async def test_name_and_picture_come_from_userinfo_if_the_id_token_has_none(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.claim_lies = {"name": None}
    provider.userinfo_lies = {"picture": "https://img.example/a.png?s=1"}
    response = await browser.get("/sign-in")
    page = read_page(response.text)
    assert page.tagged("h1")[0].text == "Hello, 韩梅梅"
    assert page["picture"].attributes["src"] == "https://img.example/a.png?s=1"
    policy = response.headers["content-security-policy"]
    assert "img-src https://img.example;" in policy
    assert "style-src http://style.example:8000;" in policy


async def test_a_person_without_name_and_picture_is_greeted_by_subject(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.claim_lies = {"name": None}
    provider.userinfo_lies = {"name": None, "picture": 7}
    page = await open_page(browser, "/sign-in")
    assert page.tagged("h1")[0].text == "Hello, o-1"
    assert "picture" not in page


async def test_what_a_person_is_called_is_data(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.claim_lies = provider.userinfo_lies = {"name": HOSTILE}
    page = await open_page(browser, "/sign-in")
    assert page.tagged("bdi")[0].text == HOSTILE
    assert json.loads(page["claims"].text)["name"] == HOSTILE
    assert not page.tagged("img")


@pytest.mark.parametrize(
    "picture",
    [
        "https://img.example; script-src *",
        "https://img.example 'unsafe-inline'",
        "https://u:p@img.example/",
        "javascript:alert(1)",
        "data:image/png;base64,AA==",
        "//img.example/a.png",
    ],
)
async def test_a_picture_adds_nothing_else_to_the_policy(
    browser: httpx.AsyncClient, provider: SmallProvider, picture: str
) -> None:
    provider.userinfo_lies = {"picture": picture}
    response = await browser.get("/sign-in")
    assert response.headers["content-security-policy"] == (
        "default-src 'none'; style-src http://style.example:8000; img-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert "picture" not in read_page(response.text)


async def test_claims_that_fit_no_cookie_are_refused(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.claim_lies = {"groups": ["g" * 100] * 30}
    page = await open_page(browser, "/sign-in", 400)
    assert page["error"].text == "claims_too_large"
    assert "claims" not in await open_page(browser, "/")


async def test_the_largest_session_fits_a_cookie(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.claim_lies = {"groups": ["g" * 2_450]}
    await open_page(browser, "/sign-in")
    (cookie,) = browser.cookies.jar
    assert 3_500 < len(cookie.name) + len(cookie.value or "") <= 4_096


async def test_a_provider_that_starts_later_is_found(
    provider: SmallProvider,
    provider_listener: socket.socket,
    relying_party: Starlette,
    demo_listener: socket.socket,
) -> None:
    async with (
        served((relying_party, demo_listener)),
        new_browser(base_url=origin_of(demo_listener)) as browser,
    ):
        page = await open_page(browser, "/sign-in", 502)
        assert page["error"].text == "temporarily_unavailable"
        async with served((provider.app(), provider_listener)):
            page = await open_page(browser, str(page["sign-in"].attributes["href"]))
        assert "claims" in page


async def test_a_new_signing_key_is_fetched_when_it_is_met(
    browser: httpx.AsyncClient, provider: SmallProvider, other_key: RSAKey
) -> None:
    """OpenID Connect Core 1.0 §10.1.1."""
    await open_page(browser, "/sign-in")
    provider.published = provider.signs_with = other_key
    assert "claims" in await open_page(browser, "/sign-in")


@pytest.mark.parametrize(
    ("accept_language", "language", "title"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "演示应用"),
        ("fr, zh-Hans-HK;q=0.5", "zh-CN", "演示应用"),
        ("fr, zh-TW;q=0.5", "zh-TW", "示範應用程式"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-TW", "示範應用程式"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja", "デモアプリ"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko", "데모 앱"),
        ("en-GB,zh;q=0.5", "en", "Demo app"),
        ("fr", "en", "Demo app"),
    ],
)
async def test_it_speaks_the_persons_language(
    browser: httpx.AsyncClient, accept_language: str, language: str, title: str
) -> None:
    response = await browser.get("/", headers={"accept-language": accept_language})
    page = read_page(response.text)
    assert (page.language, page.title) == (language, title)
    assert response.headers["content-language"] == language
    assert "Accept-Language" in response.headers["vary"]
    assert page.tagged("link")[0].attributes["href"] == STYLESHEET_URL


async def test_all_languages_say_the_same_things() -> None:
    assert MESSAGES.keys() == {"en", "zh-CN", "zh-TW", "ja", "ko"}
    for messages in MESSAGES.values():
        assert messages.keys() == MESSAGES["en"].keys()


async def test_over_tls_it_trusts_the_certificates_it_is_given_and_keeps_its_cookie_there(
    provider_listener: socket.socket, demo_listener: socket.socket, key: RSAKey, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    certificate = tmp_path / "certificate.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    issuer = origin_of(provider_listener).replace("http:", "https:")
    relying_party = create_relying_party(
        issuer=issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        base_url="https://demo.example",
        session_secret="session secret",
        stylesheet_url=STYLESHEET_URL,
        ca_file=str(tmp_path / "ca.pem"),
    )
    provider = SmallProvider(issuer, published=key, signs_with=key)
    async with (
        served((provider.app(), provider_listener), ssl_certfile=certificate),
        served((relying_party, demo_listener)),
        new_browser(base_url=origin_of(demo_listener), follow_redirects=False) as browser,
    ):
        response = await browser.get("/sign-in")
    assert response.headers["location"].startswith(f"{issuer}/authorize?")
    assert "secure" in response.headers["set-cookie"].lower()
