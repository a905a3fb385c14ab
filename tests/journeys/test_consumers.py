"""What consumers in the field ask. The names are of those where it was seen."""

from urllib.parse import parse_qs

import pytest

from bridge.oidc.redirect_uri import check_redirect_uri
from tests.world import REDIRECT_URI, World, parameters_of

pytestmark = pytest.mark.anyio

DISCOVERY = "/.well-known/openid-configuration"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_other_providers_understand_is_ignored(a_world: World, method: str) -> None:
    """Dex, Discourse, Google's libraries and Auth0's send what their usual provider knows."""
    await a_world.register()
    await a_world.answer()
    url = a_world.authorization_url(
        access_type="offline",
        hd="example.com",
        domain_hint="example.com",
        connector_id="wechat",
        p="B2C_1_wechat",
        audience="https://api.example",
        login_hint="",
        acr_values="1",
        approval_prompt="force",
    )
    address, _, query = url.partition("?")
    http = a_world.browser.http
    if method == "POST":
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        posted = await http.post(address, content=query, headers=form)
        url = posted.headers["location"]
    answer = parameters_of(await http.get(url))
    assert answer.keys() == {"code", "state", "iss", "kept"}


async def test_whoever_asks_for_all_scope_values_is_given_its_own(a_world: World) -> None:
    """MinIO and Jenkins ask for all of scopes_supported, Argo CD for groups, too."""
    await a_world.register()
    url = f"{a_world.bridge_url}{DISCOVERY}"
    listed = (await a_world.browser.http.get(url)).json()["scopes_supported"]
    answer = await a_world.answer(scope=" ".join([*listed, "groups"]))
    told = (await a_world.redeem(answer["code"])).json()
    assert told["scope"] == "openid profile email"
    assert "refresh_token" not in told
    claims = (await a_world.userinfo(told["access_token"])).json()
    assert not claims.keys() & {"groups", "wechat_openid"}


ADDRESSES = (
    "https://auth.example.com?openidconnectcallback=1",  # LemonLDAP::NG
    "https://auth.example.com/?openidconnectcallback=1",
    "https://blog.example/wp-admin/admin-ajax.php?action=openid-connect-authorize",  # WordPress
    "https://portainer.example",  # Portainer, Proxmox: a bare origin
    "https://portainer.example/",
    "https://ak.example/source/oauth/callback/wechat/",  # authentik: a slash at the end
    "https://t.b2clogin.com/t.onmicrosoft.com/oauth2/authresp",  # Azure AD B2C
    "https://grafana.example:8443/login/generic_oauth",
    "http://localhost:8000",  # kubelogin
    "com.example.app:/oauth2redirect",  # AppAuth
    "app.immich:///oauth-callback",
)


async def test_an_answer_reaches_every_kind_of_address_that_consumers_have(
    a_world: World,
) -> None:
    """RFC 6749 §3.1.2: as it was registered, with what it is told after it, and no other."""
    for address in ADDRESSES:
        check_redirect_uri(address)
    await a_world.register(redirect_uris=(REDIRECT_URI, *ADDRESSES))
    await a_world.answer()
    http = a_world.browser.http
    for address in ADDRESSES:
        response = await http.get(a_world.authorization_url(redirect_uri=address))
        joint = "&" if "?" in address else "?"
        start, _, told = response.headers["location"].partition(f"{address}{joint}code=")
        assert (start, bool(told)) == ("", True), address
        assert parse_qs(f"code={told}", strict_parsing=True).keys() == {"code", "state", "iss"}
        refused = await http.get(a_world.authorization_url(redirect_uri=f"{address}x"))
        assert refused.status_code == 400


async def test_a_native_client_is_answered_at_the_port_that_it_got(a_world: World) -> None:
    """RFC 8252 §7.3: command line tools listen where there is room."""
    await a_world.register(
        application_type="native", redirect_uris=(REDIRECT_URI, "http://127.0.0.1/callback")
    )
    await a_world.answer()
    address = "http://127.0.0.1:51004/callback"
    response = await a_world.browser.http.get(a_world.authorization_url(redirect_uri=address))
    assert response.headers["location"].startswith(f"{address}?code=")


async def test_no_page_restricts_where_its_form_may_lead(a_world: World) -> None:
    """Chromium would apply ``form-action`` to every redirection after the POST.

    Auth0 and Azure AD B2C send people on from where they were posted to.
    """
    await a_world.register(consent="always")
    browser = a_world.browser
    sign_in = await browser.open(a_world.authorization_url(response_mode="form_post"))
    wechat = await browser.click(sign_in, "wechat-login")
    consent = await browser.click(wechat, "approve", person="zhang-wei")
    posting = await browser.click(consent, "allow")
    choice = await browser.open(a_world.authorization_url(prompt="select_account"))
    signing_out = await browser.open(f"{a_world.bridge_url}/end_session")
    for button, page in (
        ("cancel", sign_in),
        ("allow", consent),
        ("continue", posting),
        ("continue", choice),
        ("confirm-logout", signing_out),
    ):
        assert page.by_id[button].form is not None, button
        assert "form-action" not in page.response.headers["content-security-policy"], button


async def test_brokers_ask_for_a_choice_or_for_consent_each_time(a_world: World) -> None:
    """Zitadel wants the account chosen; Dex wants consent whenever it is to work offline."""
    await a_world.register()
    await a_world.answer()
    dex = a_world.authorization_url(prompt="consent", access_type="offline", nonce=None)
    assert "code" in parameters_of(await a_world.browser.http.get(dex))
    page = await a_world.browser.open(a_world.authorization_url(prompt="select_account"))
    response = await a_world.browser.send(page, "continue", follow_redirects=False)
    assert "code" in parameters_of(response)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_signing_out_leads_back_to_a_bare_origin(over_https: World, method: str) -> None:
    """Outline sends hint, client_id and its own address; a state may be long (RP-Initiated §2)."""
    back = "https://outline.example"
    await over_https.register(post_logout_redirect_uris=(back,))
    tokens = (await over_https.redeem((await over_https.answer())["code"])).json()
    sent = {
        "id_token_hint": tokens["id_token"],
        "client_id": "rp",
        "post_logout_redirect_uri": back,
        "state": "s" * 4096,
    }
    http, url = over_https.browser.http, f"{over_https.bridge_url}/end_session"
    if method == "GET":
        response = await http.get(url, params=sent)
    else:
        posted = await http.post(url, data=sent)
        response = await http.get(posted.headers["location"])
    assert response.headers["location"] == f"{back}?state={'s' * 4096}"
