"""What is valid at the moment: without it a fuzzer would never get past the first check."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from tests.jose.examples import ec_key, signed
from tests.journeys.exchanging import ACCESS_TOKEN, APP, ID_TOKEN, MOBILE_CODE, TOKEN_EXCHANGE
from tests.world import APPID, CLIENT_SECRET, PERSON, REDIRECT_URI, World

BACK = "http://127.0.0.1:9/signed-out"

SCOPE = "openid profile email offline_access"

DOMAIN_PROOF = "AbCdEfGh01234567"

# The key by which the client signs its requests, and what stands in one
KEY = ec_key()
ASKED: Mapping[str, object] = {
    "iss": "rp",
    "client_id": "rp",
    "redirect_uri": REDIRECT_URI,
    "response_type": "code",
    "scope": SCOPE,
    "state": "the state",
    "max_age": 3600,
    "claims": {"userinfo": {"name": None}},
}

METADATA: Mapping[str, object] = {
    "application_type": "web",
    "backchannel_logout_uri": None,
    "client_id": None,
    "client_name": "Relying Party",
    "client_name#zh": "微信",
    "client_secret": None,
    "client_uri": "https://rp.example/",
    "contacts": ["somebody@rp.example"],
    "default_acr_values": ["1"],
    "default_max_age": 3600,
    "frontchannel_logout_uri": None,
    "grant_types": ["authorization_code", "refresh_token"],
    "id_token_encrypted_response_alg": None,
    "id_token_signed_response_alg": "ES256",
    "initiate_login_uri": "https://rp.example/login",
    "jwks": None,
    "jwks_uri": None,
    "logo_uri": "https://rp.example/logo.png",
    "policy_uri": "https://rp.example/policy",
    "post_logout_redirect_uris": ["https://rp.example/signed-out"],
    "redirect_uris": ["https://rp.example/callback", "https://rp.example/another?x=y"],
    "request_object_signing_alg": None,
    "request_uris": [],
    "require_auth_time": True,
    "response_types": ["code"],
    "scope": "openid profile email",
    "sector_identifier_uri": None,
    "subject_type": "public",
    "token_endpoint_auth_method": "client_secret_post",
    "token_endpoint_auth_signing_alg": None,
    "tos_uri": "https://rp.example/tos",
    "userinfo_signed_response_alg": None,
}


@dataclass(frozen=True)
class Known:
    """Good values by the names of parameters, cookies, and where a browser may be sent."""

    parameters: Mapping[str, tuple[str, ...]]
    cookies: Mapping[str, str]
    # Of a client that registers itself, and of one that has
    metadata: Mapping[str, object]
    registration_token: str
    ways: tuple[str, ...]


async def learn(a_world: World) -> Known:
    """Sign in, ask for a second code, and begin to sign in and to sign out."""
    url = a_world.bridge_url
    async with a_world.another_browser() as browser:
        first = await a_world.answer(browser=browser, scope=SCOPE)
        tokens = (await a_world.redeem(first["code"])).json()
        second = await a_world.answer(browser=browser)
        callback = await a_world.callback_url(browser=browser)
        questions = [
            await browser.open(f"{url}/end_session"),
            await browser.open(a_world.authorization_url(client_id="asking")),
            await browser.open(a_world.authorization_url(prompt="select_account")),
        ]
        cookies = {cookie.name: str(cookie.value) for cookie in browser.http.cookies.jar}
        registered = (await browser.http.post(f"{url}/register", json=METADATA)).json()
        assert "client_id" in registered, registered
        page = await browser.open(a_world.authorization_url(prompt="login"))
        renewable = page.by_id["refresh"].form
    assert renewable
    wechat = dict(parse_qsl(urlsplit(callback).query))
    ids = ("confirm-logout", "allow", "continue")
    sealed = [question.by_id[name].form for question, name in zip(questions, ids, strict=True)]
    access_token = tokens["access_token"]
    native = a_world.simulator.grants.issue_code(
        appid=APP, person=PERSON, scope="snsapi_userinfo", now=a_world.clock.now
    )
    parameters = {
        "access_token": (access_token,),
        "acr_values": ("1",),
        "channel": ("website", "official_account"),
        "claims": ('{"userinfo": {"name": {"essential": true}}, "id_token": {"sub": null}}',),
        "client_id": ("rp",),
        "client_secret": (CLIENT_SECRET,),
        "code": (second["code"], wechat["code"]),
        "code_challenge": ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",),
        "code_challenge_method": ("S256",),
        "code_verifier": ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",),
        "decision": ("sign-out", "stay", "allow", "deny", "continue", "other"),
        "grant_type": ("authorization_code", "refresh_token", TOKEN_EXCHANGE),
        "id_token_hint": (tokens["id_token"],),
        "max_age": ("3600",),
        "nonce": ("the nonce",),
        "post_logout_redirect_uri": (BACK,),
        "prompt": ("none", "login"),
        "refresh_token": (tokens["refresh_token"],),
        "redirect_uri": (REDIRECT_URI,),
        "requested_token_type": (ACCESS_TOKEN, ID_TOKEN),
        "resource": ("acct:somebody@localhost",),
        "response_mode": ("query", "fragment", "form_post"),
        "response_type": ("code", "id_token token"),
        "scope": ("openid profile email",),
        "state": (wechat["state"],),
        "subject_token": (native, wechat["code"]),
        "subject_token_type": (MOBILE_CODE,),
        "request": (signed(KEY, "ES256", None, {**ASKED, "aud": url}),),
        "request of a page": (renewable.fields["request"],),
        "token": (access_token, tokens["refresh_token"]),
        "token of a question": tuple(form.fields["token"] for form in sealed if form),
        "token_type_hint": ("access_token",),
        "ui_locales": ("zh-CN en",),
        "wechat_appid": (APP,),
        "wechat_state": (wechat["state"],),
        "client_id of the path": (registered["client_id"], APPID),
        "name of the path": ("sign-in", DOMAIN_PROOF),
        "timestamp": (str(a_world.clock.now),),
    }
    ways = (REDIRECT_URI, BACK, url, a_world.wechat_url)
    registration_token = registered["registration_access_token"]
    return Known(parameters, cookies, METADATA, registration_token, ways)
