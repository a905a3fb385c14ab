"""The Authorization Endpoint over the wire: who is told of an error, and how."""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.world import REDIRECT_URI, World, claims_of, parameters_of, pkce_pair

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"redirect_uri": None},
        {"redirect_uri": "https://attacker.example/"},
        {"redirect_uri": REDIRECT_URI + "&more=1"},
        {"redirect_uri": REDIRECT_URI + "#fragment"},
        {"redirect_uri": "http://127.0.0.1:10/callback?kept=1"},
    ],
)
async def test_before_the_redirection_is_verified_an_error_is_a_page(
    a_world: World, changed: dict[str, str | None]
) -> None:
    """RFC 6749 §4.1.2.1: and never a redirection."""
    await a_world.register()
    response = await a_world.browser.http.get(a_world.authorization_url(**changed))
    assert response.status_code == 400
    assert 'id="error">invalid_request<' in response.text
    assert "location" not in response.headers
    assert "attacker" not in response.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"id_token_hint": "e30.e30.e30"}, "invalid_request"),
        (
            {"claims": '{"id_token": {"acr": {"essential": true, "value": "gold"}}}'},
            "unmet_authentication_requirements",
        ),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"code_challenge": "x" * 43}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"nonce": "".join(map(str, range(5000)))}, "invalid_request"),
    ],
)
async def test_after_the_redirection_is_verified_an_error_is_told_to_the_client(
    a_world: World, changed: dict[str, str | None], error: str
) -> None:
    """RFC 6749 §4.1.2.1, RFC 9207 §2."""
    await a_world.register()
    response = await a_world.browser.http.get(a_world.authorization_url(**changed))
    assert response.status_code == 302
    answer = parameters_of(response)
    assert answer["error"] == error
    assert answer["state"] == "the state"
    assert answer["iss"] == a_world.bridge_url
    assert answer["kept"] == "1"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_a_repeated_parameter_that_names_the_client_is_a_page(
    a_world: World, name: str
) -> None:
    await a_world.register()
    url = a_world.authorization_url() + "&" + urlencode({name: REDIRECT_URI})
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize("name", ["scope", "nonce", "response_type", "unknown"])
async def test_any_other_repeated_parameter_is_told_to_the_client(
    a_world: World, name: str
) -> None:
    """RFC 6749 §3.1."""
    await a_world.register()
    url = a_world.authorization_url() + f"&{name}=a&{name}=b"
    answer = parameters_of(await a_world.browser.http.get(url))
    assert answer["error"] == "invalid_request"
    assert answer["error_description"] == f"{name} is repeated"


@pytest.mark.parametrize("name", ["state", "nonce"])
async def test_a_parameter_that_cannot_be_read_is_told_to_the_client(
    a_world: World, name: str
) -> None:
    """RFC 6749 §4.1.2.1: only a bad redirect URI or client_id is told to the person."""
    await a_world.register()
    response = await a_world.browser.http.get(
        a_world.authorization_url(**{name: None}) + f"&{name}=%ff"
    )
    assert parameters_of(response)["error"] == "invalid_request"


async def test_a_repeated_state_is_not_sent_back(a_world: World) -> None:
    await a_world.register()
    url = a_world.authorization_url() + "&state=another"
    assert "state" not in parameters_of(await a_world.browser.http.get(url))


async def test_the_request_may_be_posted(a_world: World) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1."""
    await a_world.register()
    url, _, query = a_world.authorization_url().partition("?")
    response = await a_world.browser.http.post(
        url,
        content=query,
        headers={"Content-Type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8"},
    )
    assert response.status_code == 303
    response = await a_world.browser.http.get(response.headers["location"])
    assert 'id="wechat-login"' in response.text
    refused = await a_world.browser.http.post(
        url,
        content=query.replace("response_type=code", "response_type=token"),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert refused.status_code == 303
    assert parameters_of(refused)["error"] == "unsupported_response_type"


async def test_what_is_posted_has_to_be_a_form_of_reasonable_size(a_world: World) -> None:
    url = f"{a_world.bridge_url}/authorize"
    response = await a_world.browser.http.post(url, json={"client_id": "rp"})
    assert response.status_code == 400
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await a_world.browser.http.post(url, content=b"a=" + b"x" * 70_000, headers=form)
    assert response.status_code == 413
    assert 'id="error">invalid_request<' in response.text


@pytest.mark.parametrize(
    "state", ["s" * 4096, "a b+c%20&=\"'<>\u5fae\u4fe1\U0001f600", '{"a": [1]}']
)
async def test_state_comes_back_as_it_was_sent(a_world: World, state: str) -> None:
    """RFC 6749 §4.1.2: the exact value received from the client."""
    await a_world.register()
    assert (await a_world.answer(state=state))["state"] == state


async def test_state_nonce_and_pkce_are_up_to_a_confidential_client(a_world: World) -> None:
    await a_world.register()
    answer = await a_world.answer(state=None, nonce=None)
    assert "state" not in answer
    assert (await a_world.redeem(answer["code"])).status_code == 200

    code_verifier, code_challenge = pkce_pair()
    answer = await a_world.answer(code_challenge=code_challenge, code_challenge_method="S256")
    assert (await a_world.redeem(answer["code"])).status_code == 400
    response = await a_world.redeem(answer["code"], code_verifier=code_verifier)
    assert response.status_code == 200


async def test_pkce_is_required_of_a_public_client(a_world: World) -> None:
    """RFC 9700 §2.1.1."""
    await a_world.register(client_secret_hash=None)
    answer = parameters_of(await a_world.browser.http.get(a_world.authorization_url()))
    assert answer["error"] == "invalid_request"
    assert "PKCE" in answer["error_description"]


async def test_unknown_parameters_and_scopes_are_ignored(a_world: World) -> None:
    await a_world.register()
    answer = await a_world.answer(
        scope="groups wechat profile openid", access_type="offline", resource="https://api.example"
    )
    response = (await a_world.redeem(answer["code"])).json()
    assert response["scope"] == "openid profile"
    url = a_world.authorization_url(prompt="login") + "&from=%D6%D0"
    assert (await a_world.browser.http.get(url)).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"max_age": "1"},
        {"prompt": "login"},
        {"prompt": "login select_account consent"},
        {"display": "popup"},
        {"login_hint": "somebody"},
        {"acr_values": "1 2"},
        {"claims_locales": "se"},
        {"ui_locales": "se"},
        {"claims": '{"userinfo": {"name": {"essential": true}}}'},
    ],
)
async def test_what_asks_for_a_fresh_sign_in_or_a_favour_is_taken(
    a_world: World, asked: dict[str, Any]
) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1, §15.1: nobody is signed in without being at WeChat."""
    await a_world.register()
    await a_world.answer(**asked)
    a_world.clock.wind(2)
    code = (await a_world.answer(**asked))["code"]
    id_token = (await a_world.redeem(code)).json()["id_token"]
    assert claims_of(id_token)["auth_time"] == a_world.clock.now


async def test_the_sign_in_page_is_guarded(a_world: World) -> None:
    await a_world.register()
    response = await a_world.browser.http.get(a_world.authorization_url())
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action" not in policy
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "strict-origin"
    assert 'id="simulated"' in response.text


async def test_the_language_is_the_persons(a_world: World) -> None:
    await a_world.register()
    chinese = await a_world.browser.http.get(
        a_world.authorization_url(), headers={"Accept-Language": "zh-Hans-CN, en;q=0.5"}
    )
    assert chinese.headers["content-language"] == "zh-CN"
    asked = await a_world.browser.http.get(a_world.authorization_url(ui_locales="zh-CN en"))
    assert asked.headers["content-language"] == "zh-CN"


async def test_the_page_leads_to_wechat_by_the_exact_address(a_world: World) -> None:
    await a_world.register()
    page = await a_world.browser.open(a_world.authorization_url(ui_locales="zh-CN"))
    head, _, tail = page.link("wechat-login").partition("&state=")
    state, _, fragment = tail.partition("#")
    assert head == (
        f"{a_world.wechat_url}/connect/qrconnect?appid=wx0123456789abcdef"
        f"&redirect_uri=http%3A%2F%2Flocalhost%3A{a_world.bridge_url.rpartition(':')[2]}"
        "%2Fcallback%2Fwechat&response_type=code&scope=snsapi_login"
    )
    assert state.isascii()
    assert state.isalnum()
    assert len(state) == 33
    assert fragment == "wechat_redirect"


@pytest.mark.parametrize(
    "redirect_uri",
    ["https://rp.example", "https://rp.example/cb/?", "com.example.app:/cb", "app.immich:///cb"],
)
async def test_the_answer_goes_to_the_text_that_was_registered(
    a_world: World, redirect_uri: str
) -> None:
    """RFC 6749 §3.1.2: bare origins, empty queries and an app's own scheme among them."""
    await a_world.register(redirect_uris=(redirect_uri,))
    response = await a_world.callback(redirect_uri=redirect_uri)
    start = redirect_uri if redirect_uri.endswith("?") else f"{redirect_uri}?"
    assert response.headers["location"].startswith(f"{start}code=")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"


async def test_a_state_of_four_kilobytes_comes_back_beside_claims(a_world: World) -> None:
    """Cognito's state is long, and Nextcloud sends claims with every request."""
    await a_world.register()
    state = secrets.token_urlsafe(3072)
    assert len(state) == 4096
    wanted = dict.fromkeys(["email", "name", "quota", "groups"])
    claims = json.dumps({"id_token": wanted, "userinfo": wanted})
    assert (await a_world.answer(state=state, claims=claims))["state"] == state


async def test_twenty_abandoned_sign_ins_do_not_stop_the_twenty_first(a_world: World) -> None:
    """Neither by the cookies that they leave, nor by anything on our side."""
    await a_world.register()
    for number in range(20):
        page = await a_world.browser.open(a_world.authorization_url(state="s" * 100 * number))
        assert page.has("wechat-login")
    sent = "; ".join(f"{cookie.name}={cookie.value}" for cookie in a_world.browser.http.cookies.jar)
    assert len(sent) < 8_000
    assert (await a_world.answer(state="the last"))["state"] == "the last"


async def test_the_sign_in_page_shows_who_asks(a_world: World) -> None:
    """Dynamic Client Registration 1.0 §2: logo, policy and terms of service."""
    site = "https://rp.example.org"
    await a_world.register(
        logo_uri=f"{site}/logo.png", policy_uri=f"{site}/policy", tos_uri=f"{site}/tos"
    )
    page = await a_world.browser.open(a_world.authorization_url())
    assert page.by_id["logo"].attributes["src"] == f"{site}/logo.png"
    assert page.link("policy") == f"{site}/policy"
    assert page.link("terms") == f"{site}/tos"
    assert f"img-src 'self' {site};" in page.response.headers["content-security-policy"]


async def test_no_address_but_https_reaches_a_page(a_world: World) -> None:
    """Whatever is stored: a link that runs is an attack on our own pages."""
    attack = "javascript:alert(1)//https://rp.example.org"
    await a_world.register(client_uri=attack, logo_uri=attack, policy_uri=attack, tos_uri=attack)
    page = await a_world.browser.open(a_world.authorization_url())
    assert "javascript:" not in page.response.text
    assert "img-src 'self';" in page.response.headers["content-security-policy"]


async def test_a_client_that_registered_itself_is_shown_as_unverified(a_world: World) -> None:
    """RFC 7591 §5; with the host that the person will be sent to."""
    await a_world.register(is_self_registered=True)
    page = await a_world.browser.open(a_world.authorization_url(ui_locales="zh-CN"))
    assert "未经验证" in page.text("unverified")
    assert "127.0.0.1:9" in page.text("unverified")
