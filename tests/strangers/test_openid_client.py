"""The journeys with openid-client 6, a relying party on Node that nobody here wrote.

It checks by itself ``iss``, ``state``, ``nonce``, ID Tokens with their signatures and ``c_hash``,
``sub`` of UserInfo, and the form of every answer; and it speaks https only.
"""

from typing import Any

import pytest

from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from tests.strangers.by_line import Program, Refused
from tests.world import CLIENT_SECRET, HOUR, World

pytestmark = pytest.mark.anyio

# Nobody listens there. It takes the address for one without a query unless it is told otherwise.
REDIRECT_URI = "http://127.0.0.1:9/callback"
BACK = "http://127.0.0.1:9/signed-out"

GRANT_TYPES = ("authorization_code", "refresh_token")


async def register(a_world: World, **members: Any) -> None:
    await a_world.register(redirect_uris=(REDIRECT_URI,), **members)


async def discover(node: Program, a_world: World, **changed: Any) -> dict[str, Any]:
    asked = {
        "issuer": a_world.bridge_url,
        "client_id": "rp",
        "method": "client_secret_post",
        "secret": CLIENT_SECRET,
        "response_type": "code",
    }
    metadata: dict[str, Any] = await node("discover", **(asked | changed))
    return metadata


async def ask(node: Program, **parameters: str) -> dict[str, Any]:
    """Its request: the URL, and what the answer is checked against."""
    parameters = {"redirect_uri": REDIRECT_URI, "scope": "openid profile email"} | parameters
    asked: dict[str, Any] = await node("authorization_url", parameters=parameters)
    return asked


async def silently(node: Program, a_world: World, **parameters: str) -> dict[str, Any]:
    """The answer that no person has any part in: its URL, and what it is checked against."""
    asked = await ask(node, prompt="none", **parameters)
    response = await a_world.browser.http.get(asked["url"])
    return asked | {"url": response.headers["location"]}


async def approved(node: Program, a_world: World, **parameters: str) -> dict[str, Any]:
    """The same, once the person has approved at WeChat."""
    asked = await ask(node, **parameters)
    sign_in = await a_world.browser.open(asked["url"])
    wechat = await a_world.browser.click(sign_in, "wechat-login")
    callback = await a_world.browser.send(wechat, "approve", follow_redirects=False)
    response = await a_world.browser.http.get(callback.headers["location"])
    return asked | {"url": response.headers["location"]}


async def sign_in(node: Program, a_world: World, **parameters: str) -> dict[str, Any]:
    tokens: dict[str, Any] = await node("redeem", **await approved(node, a_world, **parameters))
    return tokens


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
async def test_a_person_signs_in(node: Program, https_world: World, method: str) -> None:
    """OpenID Connect Core 1.0 §3.1, with PKCE, ``state``, ``nonce`` and ``iss``."""
    public = {"client_secret_hash": None} if method == "none" else {}
    await register(https_world, **public)
    await discover(node, https_world, method=method)
    tokens = await sign_in(node, https_world)
    claims = tokens["claims"]
    assert claims["name"] == "张伟"
    told = await node("userinfo", access_token=tokens["access_token"], subject=claims["sub"])
    assert told["name"] == "张伟"
    with pytest.raises(Refused, match=r"unexpected .*sub"):
        await node("userinfo", access_token=tokens["access_token"], subject="another")


async def test_the_metadata_is_what_it_expects(node: Program, https_world: World) -> None:
    metadata = await discover(node, https_world)
    assert metadata["issuer"] == https_world.bridge_url
    assert metadata["authorization_response_iss_parameter_supported"] is True


async def test_a_wrong_secret_is_refused(node: Program, https_world: World) -> None:
    """RFC 6749 §5.2: it understands the error, and the challenge where it used the header."""
    await register(https_world)
    await discover(node, https_world)
    answer = await approved(node, https_world)
    for method, told in (
        ("client_secret_post", "invalid_client"),
        ("client_secret_basic", "OAUTH_WWW_AUTHENTICATE_CHALLENGE"),
    ):
        await discover(node, https_world, method=method, secret="wrong")
        with pytest.raises(Refused, match=told):
            await node("redeem", **answer)


async def test_it_finds_what_it_did_not_ask_for(node: Program, https_world: World) -> None:
    """Its checks are on: each of them refuses what belongs to another request."""
    await register(https_world)
    await discover(node, https_world)
    answer = await approved(node, https_world)
    with pytest.raises(Refused, match="state"):
        await node("redeem", **_expecting(answer, state="another"))
    with pytest.raises(Refused, match="iss"):
        await node("redeem", url=answer["url"].partition("&iss=")[0], checks=answer["checks"])
    with pytest.raises(Refused, match="nonce"):
        await node("redeem", **_expecting(answer, nonce="another"))


def _expecting(answer: dict[str, Any], **changed: str) -> dict[str, Any]:
    return answer | {"checks": answer["checks"] | changed}


async def test_an_error_is_told_to_it(node: Program, https_world: World) -> None:
    """RFC 6749 §4.1.2.1, RFC 9207: ``state`` and ``iss`` come with an error, too."""
    await register(https_world)
    await discover(node, https_world)
    answer = await silently(node, https_world)
    with pytest.raises(Refused, match="login_required"):
        await node("redeem", **answer)


async def test_max_age_is_kept(node: Program, https_world: World) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: a session that is older does not answer."""
    await register(https_world)
    await discover(node, https_world)
    tokens = await node("redeem", max_age=60, **await approved(node, https_world, max_age="60"))
    again = await silently(node, https_world, max_age="60")
    silent = await node("redeem", max_age=60, **again)
    assert silent["claims"]["auth_time"] == tokens["claims"]["auth_time"]
    https_world.clock.wind(61)
    late = await silently(node, https_world, max_age="60")
    with pytest.raises(Refused, match="login_required"):
        await node("redeem", **late)


async def test_the_hybrid_flow(node: Program, https_world: World) -> None:
    """OpenID Connect Core 1.0 §3.3: it compares ``c_hash`` and both ID Tokens."""
    await register(https_world, response_types=RESPONSE_TYPES_SUPPORTED)
    await discover(node, https_world, response_type="code id_token")
    tokens = await sign_in(node, https_world)
    assert tokens["claims"]["name"] == "张伟"


async def test_the_implicit_flow(node: Program, https_world: World) -> None:
    """OpenID Connect Core 1.0 §3.2."""
    await register(https_world, response_types=RESPONSE_TYPES_SUPPORTED, client_secret_hash=None)
    await discover(node, https_world, response_type="id_token", method="none")
    claims = await node("authenticate", **await approved(node, https_world))
    assert claims["name"] == "张伟"


async def test_an_id_token_that_was_asked_for_in_es256(node: Program, https_world: World) -> None:
    """It wants the algorithm that it is registered for, or what the metadata lists."""
    await register(https_world, id_token_signed_response_alg="ES256")
    await discover(node, https_world, members={"id_token_signed_response_alg": "ES256"})
    assert (await sign_in(node, https_world))["claims"]["name"] == "张伟"


async def test_tokens_are_introspected_and_revoked(node: Program, https_world: World) -> None:
    """RFC 7662, RFC 7009."""
    await register(https_world)
    await discover(node, https_world)
    tokens = await sign_in(node, https_world)
    token = tokens["access_token"]
    told = await node("introspect", token=token)
    assert (told["active"], told["sub"]) == (True, tokens["claims"]["sub"])
    await node("revoke", token=token)
    assert await node("introspect", token=token) == {"active": False}
    with pytest.raises(Refused, match="OAUTH_WWW_AUTHENTICATE_CHALLENGE"):
        await node("userinfo", access_token=token, subject=tokens["claims"]["sub"])


@pytest.mark.parametrize("method", ["client_secret_basic", "none"])
async def test_tokens_are_refreshed(node: Program, https_world: World, method: str) -> None:
    """OpenID Connect Core 1.0 §12: the same person, and the scope that was asked for."""
    public = {"client_secret_hash": None} if method == "none" else {}
    scope = ("openid", "profile", "email", "offline_access")
    await register(https_world, scope=scope, grant_types=GRANT_TYPES, **public)
    await discover(node, https_world, method=method)
    tokens = await sign_in(node, https_world, scope=" ".join(scope))
    told = await node(
        "refresh",
        refresh_token=tokens["refresh_token"],
        parameters={"scope": "openid profile"},
    )
    assert told["scope"] == "openid profile"
    for name in ("sub", "auth_time", "aud"):
        assert told["claims"][name] == tokens["claims"][name]
    subject = tokens["claims"]["sub"]
    claims = await node("userinfo", access_token=told["access_token"], subject=subject)
    assert "email" not in claims
    await node("revoke", token=told.get("refresh_token", tokens["refresh_token"]))
    with pytest.raises(Refused, match="invalid_grant"):
        await node("refresh", refresh_token=tokens["refresh_token"], parameters={})


async def test_it_signs_people_out(node: Program, https_world: World) -> None:
    """RP-Initiated Logout 1.0 §2: with the address that it makes by itself."""
    await register(https_world, post_logout_redirect_uris=(BACK,))
    await discover(node, https_world)
    tokens = await sign_in(node, https_world)
    https_world.clock.wind(2 * HOUR)
    parameters = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": BACK,
        "state": "back",
    }
    url = await node("end_session_url", parameters=parameters)
    response = await https_world.browser.http.get(url)
    assert response.headers["location"] == f"{BACK}?state=back"
    answer = await silently(node, https_world)
    with pytest.raises(Refused, match="login_required"):
        await node("redeem", **answer)
