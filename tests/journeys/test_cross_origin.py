"""Scripts of other origins: the CORS protocol of the Fetch standard, over the wire."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.world import REDIRECT_URI, World, pkce_pair

pytestmark = pytest.mark.anyio

# Where the client of the tests lives
OWN = "http://127.0.0.1:9"
FOREIGN = "https://evil.example"
ALLOWED = "access-control-allow-origin"


@pytest.mark.parametrize("path", ["token", "userinfo", "revoke", "par"])
async def test_a_preflight_is_answered(a_world: World, path: str) -> None:
    asked = {
        "Origin": OWN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = await a_world.browser.http.options(f"{a_world.bridge_url}/{path}", headers=asked)
    assert answer.status_code == 204
    assert answer.headers[ALLOWED] == OWN
    assert answer.headers["access-control-allow-headers"] == "Authorization, Content-Type"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_only_scripts_of_the_client_read_its_tokens_and_claims(a_world: World) -> None:
    await a_world.register(client_secret_hash=None, scope=("openid",))
    http, url = a_world.browser.http, a_world.bridge_url
    for origin, readable in ((OWN, True), (FOREIGN, False), ("null", False)):
        code_verifier, code_challenge = pkce_pair()
        answer = await a_world.answer(code_challenge=code_challenge, code_challenge_method="S256")
        sent = {
            "grant_type": "authorization_code",
            "client_id": "rp",
            "code": answer["code"],
            "redirect_uri": REDIRECT_URI,
            "code_verifier": code_verifier,
        }
        tokens = await http.post(f"{url}/token", data=sent, headers={"Origin": origin})
        assert tokens.status_code == 200
        assert (tokens.headers.get(ALLOWED) == origin) is readable
        bearer = f"Bearer {tokens.json()['access_token']}"
        told = await http.get(
            f"{url}/userinfo", headers={"Origin": origin, "Authorization": bearer}
        )
        assert told.status_code == 200
        assert (told.headers.get(ALLOWED) == origin) is readable
        assert "access-control-allow-credentials" not in told.headers
        ended = {"client_id": "rp", "token": tokens.json()["access_token"]}
        revoked = await http.post(f"{url}/revoke", data=ended, headers={"Origin": origin})
        assert (revoked.headers.get(ALLOWED) == origin) is readable
        asked = dict(parse_qsl(urlsplit(a_world.authorization_url()).query))
        asked |= {"code_challenge": code_challenge, "code_challenge_method": "S256"}
        pushed = await http.post(f"{url}/par", data=asked, headers={"Origin": origin})
        assert pushed.status_code == 201
        assert (pushed.headers.get(ALLOWED) == origin) is readable


@pytest.mark.parametrize("path", ["token", "userinfo", "revoke", "par"])
async def test_an_error_may_be_read_by_any_script(a_world: World, path: str) -> None:
    """It holds nothing, and without it a developer would see a network failure."""
    http, url = a_world.browser.http, a_world.bridge_url
    failed = await http.post(f"{url}/{path}", data={"client_id": "no"}, headers={"Origin": FOREIGN})
    assert failed.status_code == 401
    assert failed.headers[ALLOWED] == FOREIGN
    exposed = failed.headers["access-control-expose-headers"]
    assert exposed == "Retry-After, WWW-Authenticate, X-Request-ID"


async def test_who_says_no_origin_is_told_none(a_world: World) -> None:
    answer = await a_world.browser.http.post(f"{a_world.bridge_url}/token")
    assert ALLOWED not in answer.headers


@pytest.mark.parametrize("path", ["authorize", "introspect", "end_session", "continue"])
async def test_nothing_else_is_for_scripts(a_world: World, path: str) -> None:
    asked = {"Origin": OWN, "Access-Control-Request-Method": "POST"}
    answer = await a_world.browser.http.options(f"{a_world.bridge_url}/{path}", headers=asked)
    assert answer.status_code == 405
    assert ALLOWED not in answer.headers


async def test_any_script_may_ask_whose_provider_somebody_has(a_world: World) -> None:
    """RFC 7033 §4.2, §5."""
    http, url = a_world.browser.http, f"{a_world.bridge_url}/.well-known/webfinger"
    answer = await http.get(url, params={"resource": "acct:somebody@localhost"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/jrd+json"
    assert answer.headers[ALLOWED] == "*"
    assert answer.json()["links"][0]["href"] == a_world.bridge_url
    assert (await http.get(url)).status_code == 400
    assert (await http.get(url, params={"resource": "acct:a@evil.example"})).status_code == 404
