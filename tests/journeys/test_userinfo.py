"""UserInfo, discovery and what stands around them, over the wire."""

import httpx
import pytest

from tests.world import CLIENT_SECRET, REDIRECT_URI, World, claims_of

pytestmark = pytest.mark.anyio


async def _token(a_world: World, **members: object) -> tuple[str, str]:
    await a_world.register(**members)
    scope = "openid profile email wechat"
    answer = (await a_world.redeem((await a_world.answer(scope=scope))["code"])).json()
    return answer["access_token"], f"{a_world.bridge_url}/userinfo"


async def test_the_token_is_taken_from_header_or_form_by_get_and_post(a_world: World) -> None:
    """OpenID Connect Core 1.0 §5.3.1, RFC 6750 §2."""
    token, url = await _token(a_world)
    header = {"Authorization": f"Bearer {token}"}
    http = a_world.browser.http
    answers = [
        await http.get(url, headers=header),
        await http.get(url, headers={"Authorization": f"bearer {token}"}),
        await http.post(url, headers=header),
        await http.post(url, data={"access_token": token}),
        await http.post(
            url,
            content=f"access_token={token}",
            headers={"Content-Type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8"},
        ),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert answers[0].headers["content-type"] == "application/json"
    assert answers[0].headers["cache-control"] == "no-store"


async def test_the_scope_wechat_gives_wechats_ids(a_world: World) -> None:
    token, url = await _token(a_world, scope=("openid", "wechat"))
    response = await a_world.browser.http.get(url, headers={"Authorization": f"Bearer {token}"})
    claims = response.json()
    assert claims.keys() == {"sub", "wechat_openid", "wechat_unionid", "wechat_appid"}
    assert claims["sub"] == claims["wechat_unionid"]


@pytest.mark.parametrize(
    ("authorization", "status", "challenge"),
    [
        (None, 401, 'Bearer realm="userinfo"'),
        ("Basic cnA6c2VjcmV0", 401, 'Bearer realm="userinfo"'),
        ("Bearer", 401, 'Bearer realm="userinfo"'),
        ("Bearer unknown", 401, 'error="invalid_token"'),
        ("Bearer not a token", 401, 'error="invalid_token"'),
    ],
)
async def test_a_bad_token_is_answered_with_a_challenge(
    a_world: World, authorization: str | None, status: int, challenge: str
) -> None:
    """RFC 6750 §3."""
    headers = {"Authorization": authorization} if authorization else {}
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/userinfo", headers=headers)
    assert response.status_code == status
    assert challenge in response.headers["www-authenticate"]
    if "error" not in challenge:
        assert "error" not in response.headers["www-authenticate"]


async def test_a_token_sent_twice_or_in_the_query_is_refused(a_world: World) -> None:
    token, url = await _token(a_world)
    twice = await a_world.browser.http.post(
        url, data={"access_token": token}, headers={"Authorization": f"Bearer {token}"}
    )
    assert twice.status_code == 400
    query = await a_world.browser.http.get(url, params={"access_token": token})
    assert query.status_code == 401


async def test_a_removed_client_takes_its_tokens_with_it(a_world: World) -> None:
    token, _ = await _token(a_world)
    await a_world.provider.store.remove_client("rp")
    assert (await a_world.userinfo(token)).status_code == 401


async def test_claims_may_be_kept_out_of_the_id_token(a_world: World) -> None:
    await a_world.register(claims_in_id_token="none")
    answer = (await a_world.redeem((await a_world.answer())["code"])).json()
    assert "name" not in claims_of(answer["id_token"])
    assert (await a_world.userinfo(answer["access_token"])).json()["name"]


async def test_discovery_is_the_same_in_both_places_and_open_to_scripts(a_world: World) -> None:
    """OpenID Connect Discovery 1.0 §4, RFC 8414 §3."""
    http = a_world.browser.http
    one = await http.get(f"{a_world.bridge_url}/.well-known/openid-configuration")
    other = await http.get(f"{a_world.bridge_url}/.well-known/oauth-authorization-server")
    assert one.json() == other.json()
    assert one.json()["issuer"] == a_world.bridge_url
    for response in (one, other, await http.get(one.json()["jwks_uri"])):
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cache-control"] == "public, max-age=3600"
        assert response.headers["content-type"] == "application/json"
    unknown = await http.get(f"{a_world.bridge_url}/.well-known/openid-federation")
    assert unknown.status_code == 404
    head = await http.head(one.request.url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == one.headers["content-length"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/token", {"POST"}),
        ("PUT", "/userinfo", {"GET", "POST"}),
        ("DELETE", "/authorize", {"GET", "POST"}),
        ("POST", "/callback/wechat", {"GET"}),
        ("HEAD", "/callback/wechat", {"GET"}),
        ("POST", "/jwks", {"GET", "HEAD"}),
    ],
)
async def test_another_method_is_told_which_are_allowed(
    a_world: World, method: str, path: str, allowed: set[str]
) -> None:
    """RFC 9110 §15.5.6. HEAD would spend WeChat's code at the callback."""
    response = await a_world.browser.http.request(method, f"{a_world.bridge_url}{path}")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed
    assert response.headers["cache-control"] == "no-store"


async def test_every_published_key_says_what_it_is_for(a_world: World) -> None:
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")
    keys = response.json()["keys"]
    assert [key["alg"] for key in keys] == ["RS256", "ES256"]
    assert all(key["kid"] and key["use"] == "sig" for key in keys)
    assert not any({"d", "p", "q", "dp", "dq", "qi"} & key.keys() for key in keys)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "authorization_code"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": "x"}, 401, "invalid_client"),
        ({"client_id": "rp"}, 401, "invalid_client"),
        ({"client_id": "rp", "client_secret": CLIENT_SECRET}, 400, "invalid_request"),
        (
            {"client_id": "rp", "client_secret": CLIENT_SECRET, "grant_type": "password"},
            400,
            "unsupported_grant_type",
        ),
    ],
)
async def test_the_token_endpoint_tells_its_errors_as_json(
    a_world: World, form: dict[str, str], status: int, error: str
) -> None:
    """RFC 6749 §5.2."""
    await a_world.register()
    response = await a_world.browser.http.post(f"{a_world.bridge_url}/token", data=form)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in response.headers


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=authorization_code&grant_type=authorization_code",
        b"client_id=%ff",
        b"client_id=%00",
        b"&".join(b"p%d=1" % number for number in range(200)),
    ],
)
async def test_what_is_no_token_request_is_invalid_request(a_world: World, body: bytes) -> None:
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_a_body_that_is_too_large_is_told_apart(a_world: World) -> None:
    """RFC 9110 §15.5.14."""
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        content=b"x=" + b"y" * 70_000,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (response.status_code, response.json()["error"]) == (413, "invalid_request")


async def test_two_ways_of_client_authentication_at_once_are_refused(a_world: World) -> None:
    """RFC 6749 §2.3."""
    await a_world.register()
    response = await a_world.redeem("x", client_id="rp", client_secret=CLIENT_SECRET)
    assert response.json()["error"] == "invalid_request"
    same = await a_world.redeem("x", client_id="rp")
    assert same.json()["error"] == "invalid_grant"
    other = await a_world.redeem("x", client_id="other")
    assert other.json()["error"] == "invalid_client"


async def test_the_stylesheet_and_the_avatar_are_served(a_world: World) -> None:
    http = a_world.browser.http
    style = await http.get(f"{a_world.bridge_url}/static/style.css")
    assert style.headers["content-type"].startswith("text/css")
    avatar = await http.get(f"{a_world.bridge_url}/avatar/default.png")
    assert avatar.content.startswith(b"\x89PNG")


async def test_a_host_header_without_the_port_is_taken(a_world: World) -> None:
    """WordPress sends it so."""
    url = f"{a_world.bridge_url}/.well-known/openid-configuration"
    response = await a_world.browser.http.get(url, headers={"Host": "localhost"})
    assert response.json()["issuer"] == a_world.bridge_url


async def test_what_nobody_foresaw_is_a_page_or_json_and_tells_nothing(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    await a_world.provider.store.close()
    page = await a_world.browser.http.get(url)
    assert page.status_code == 500
    assert 'id="error">server_error<' in page.text
    answer: httpx.Response = await a_world.redeem("secret-code")
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert "ProgrammingError" in caplog.text
    assert "secret-code" not in caplog.text
    assert "closed database" not in caplog.text
    assert REDIRECT_URI not in page.text
    userinfo = await a_world.userinfo("any")
    assert userinfo.status_code == 500
    assert "www-authenticate" not in userinfo.headers
