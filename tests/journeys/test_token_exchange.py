"""A native app hands in WeChat's code and is given tokens: RFC 8693 over the wire."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from authlib.oidc.core import IDToken

from bridge.oidc.access_token import token_hash
from tests.journeys.exchanging import (
    ACCESS_TOKEN,
    APP,
    GAME,
    ID_TOKEN,
    MINI_PROGRAM_CODE,
    PROGRAM,
    REFRESH_TOKEN,
    SCOPE,
    TOKEN_EXCHANGE,
    NativeApp,
    native_app,
    native_world,
    refused,
)
from tests.journeys.relying_parties import relying_party
from tests.world import APPID, CLIENT_SECRET, PERSON, Clock, World, claims_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def native(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with native_world(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
async def app(native: World) -> NativeApp:
    return await native_app(native)


# §2.2.1, the answer


async def test_a_code_is_exchanged_for_the_tokens_of_a_sign_in(app: NativeApp) -> None:
    """§2.2.1, and Core §3.1.3.3 where openid was granted."""
    response = await app.hand_in(app.code())
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    answer = response.json()
    assert answer.keys() == {
        *("access_token", "issued_token_type", "token_type", "expires_in", "scope"),
        *("id_token", "refresh_token"),
    }
    assert answer["issued_token_type"] == ACCESS_TOKEN
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert answer["scope"] == " ".join(SCOPE)
    claims = claims_of(answer["id_token"])
    IDToken(claims, {}).validate(now=app.world.clock.now)
    assert (claims["iss"], claims["aud"]) == (app.world.bridge_url, "app")
    assert (claims["wechat_appid"], claims["name"]) == (APP, "张伟")
    assert (claims["amr"], claims["acr"]) == (["wechat", "app"], "urn:wechat-oidc:acr:wechat")
    assert claims["auth_time"] == app.world.clock.now
    assert "nonce" not in claims
    told = (await app.world.userinfo(answer["access_token"])).json()
    assert told["sub"] == claims["sub"]


async def test_a_nonce_comes_back_in_the_id_token(app: NativeApp) -> None:
    """For an app's server that takes the ID Token from its app."""
    assert claims_of((await app.sign_in(nonce="n-0S6"))["id_token"])["nonce"] == "n-0S6"


async def test_a_code_of_a_mini_program_is_exchanged_by_its_own_call(native: World) -> None:
    """WeChat tells it no name and no picture: people have the stand-ins."""
    program = await native_app(native, wechat_applications=(PROGRAM,))
    code = program.code(appid=PROGRAM)
    answer = (await program.hand_in(code, subject_token_type=MINI_PROGRAM_CODE)).json()
    claims = claims_of(answer["id_token"])
    assert claims["amr"] == ["wechat", "mini_program"]
    assert claims["acr"] == "urn:wechat-oidc:acr:wechat-silent"
    assert claims["wechat_appid"] == PROGRAM
    assert claims["name"].startswith("WeChat user ")
    assert claims["picture"].endswith("/avatar/default.png")


async def test_a_code_of_the_simulated_wechat_is_had_without_a_browser(app: NativeApp) -> None:
    """As wx.login() and the SDK's sendReq give one; docs/simulator.md."""
    given = await app.world.browser.http.post(
        f"{app.world.wechat_url}/control/login_codes", json={"appid": APP, "person": PERSON}
    )
    assert (await app.hand_in(given.json()["code"])).status_code == 200


async def test_an_id_token_may_be_all_that_is_asked_for(app: NativeApp) -> None:
    """§2.2.1: it stands in ``access_token``, and is no access token."""
    answer = await app.sign_in(requested_token_type=ID_TOKEN, scope="openid profile")
    assert answer.keys() == {
        *("access_token", "issued_token_type", "token_type", "expires_in", "scope")
    }
    assert (answer["issued_token_type"], answer["token_type"]) == (ID_TOKEN, "N_A")
    claims = claims_of(answer["access_token"])
    assert claims["name"] == "张伟"
    assert "at_hash" not in claims
    assert (await app.world.userinfo(answer["access_token"])).status_code == 401


async def test_a_refresh_token_that_is_asked_for_comes_with_an_access_token(
    app: NativeApp,
) -> None:
    """As Keycloak and ZITADEL answer it."""
    answer = await app.sign_in(requested_token_type=REFRESH_TOKEN)
    assert answer["issued_token_type"] == REFRESH_TOKEN
    assert (await app.world.userinfo(answer["access_token"])).status_code == 200
    assert (await app.refresh(answer["refresh_token"])).status_code == 200


async def test_without_openid_or_offline_access_there_is_neither_token(app: NativeApp) -> None:
    answer = await app.sign_in(scope="profile")
    assert answer["scope"] == "profile"
    assert "id_token" not in answer
    assert "refresh_token" not in answer


async def test_a_resource_may_have_its_own_token(native: World) -> None:
    """§2.1, RFC 8707, RFC 9068."""
    api = "https://api.example.com/"
    app = await native_app(native, resources=(api,), access_token_format="jwt")
    answer = await app.sign_in(resource=api)
    assert claims_of(answer["access_token"])["aud"] == api
    other = await app.hand_in(app.code(), resource="https://other.example.com/")
    assert refused(other, "invalid_target")


async def test_a_client_with_a_secret_proves_who_it_is(native: World) -> None:
    """The app hands the code to its server, and the server to us."""
    app = await native_app(native, client_secret_hash=token_hash(CLIENT_SECRET))
    code = app.code()
    assert refused(await app.hand_in(code), "invalid_client", 401)
    assert refused(await app.hand_in(code, client_secret="wrong"), "invalid_client", 401)
    assert (await app.hand_in(code, client_secret=CLIENT_SECRET)).status_code == 200


async def test_it_is_listed_where_there_is_an_application_for_it(native: World) -> None:
    """RFC 8414 §2."""
    metadata = f"{native.bridge_url}/.well-known/openid-configuration"
    told = (await native.browser.http.get(metadata)).json()
    assert told["grant_types_supported"][-1] == TOKEN_EXCHANGE


async def test_where_there_is_none_it_is_neither_listed_nor_taken(a_world: World) -> None:
    app = await native_app(a_world, wechat_applications=(APPID,))
    metadata = f"{a_world.bridge_url}/.well-known/openid-configuration"
    told = (await a_world.browser.http.get(metadata)).json()
    assert TOKEN_EXCHANGE not in told["grant_types_supported"]
    assert refused(await app.hand_in("code"), "unsupported_grant_type")


# Who it is: the rules are those of a browser's sign-in


async def test_a_person_is_the_same_in_the_browser_and_in_the_app(native: World) -> None:
    """The ``unionid`` of one platform account is one person's."""
    app = await native_app(native, client_id="rp", client_secret_hash=token_hash(CLIENT_SECRET))
    await native.provider.store.change_client(
        "rp",
        lambda client: replace(
            client,
            redirect_uris=("http://127.0.0.1:9/callback?kept=1",),
            wechat_applications=(APPID, APP),
        ),
    )
    redeemed = await native.redeem((await native.answer())["code"])
    in_browser = claims_of(redeemed.json()["id_token"])
    in_app = claims_of((await app.sign_in(client_secret=CLIENT_SECRET))["id_token"])
    assert in_app["sub"] == in_browser["sub"]
    assert in_app["sid"] != in_browser["sid"]
    assert in_browser["amr"] == ["wechat", "qr"]


async def test_each_code_is_a_sign_in_of_its_own(app: NativeApp) -> None:
    first, second = [claims_of((await app.sign_in())["id_token"]) for _ in range(2)]
    assert first["sub"] == second["sub"]
    assert first["sid"] != second["sid"]


async def test_several_applications_are_told_apart(native: World) -> None:
    app = await native_app(native, wechat_applications=(APP, GAME))
    code = app.code(appid=GAME)
    assert refused(await app.hand_in(code), "invalid_request")
    answer = await app.hand_in(code, wechat_appid=GAME)
    assert claims_of(answer.json()["id_token"])["wechat_appid"] == GAME


# Afterwards


async def test_a_refresh_token_of_an_app_is_rotated_as_any_other(app: NativeApp) -> None:
    """RFC 6749 §6, RFC 9700 §4.14.2."""
    first = await app.sign_in()
    second = (await app.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    before, after = claims_of(first["id_token"]), claims_of(second["id_token"])
    same = ("sub", "sid", "auth_time", "amr")
    assert [after[name] for name in same] == [before[name] for name in same]
    app.world.clock.wind(61)
    assert refused(await app.refresh(first["refresh_token"]), "invalid_grant")
    assert refused(await app.refresh(second["refresh_token"]), "invalid_grant")


async def test_who_revokes_the_refresh_token_has_signed_out(app: NativeApp) -> None:
    """RFC 7009 §2.1."""
    answer = await app.sign_in()
    assert (await app.post("/revoke", {"token": answer["refresh_token"]})).status_code == 200
    assert (await app.world.userinfo(answer["access_token"])).status_code == 401
    assert refused(await app.refresh(answer["refresh_token"]), "invalid_grant")


async def test_what_was_signed_out_is_not_begun_again_by_the_same_code(app: NativeApp) -> None:
    """Though an answer may be asked for again for a minute; and other sign-ins go on."""
    other, code = await app.sign_in(), app.code()
    first = (await app.hand_in(code)).json()
    again = (await app.hand_in(code)).json()
    assert (await app.post("/revoke", {"token": again["refresh_token"]})).status_code == 200
    assert refused(await app.hand_in(code), "invalid_request")
    assert refused(await app.refresh(first["refresh_token"]), "invalid_grant")
    assert (await app.refresh(other["refresh_token"])).status_code == 200


async def test_of_another_clients_token_nothing_is_signed_out(app: NativeApp) -> None:
    """RFC 7009 §2.1."""
    other = await native_app(app.world, client_id="other")
    answer = await app.sign_in()
    assert (await other.post("/revoke", {"token": answer["refresh_token"]})).status_code == 200
    assert (await app.refresh(answer["refresh_token"])).status_code == 200


async def test_the_end_of_a_sign_in_is_told_by_the_back_channel(
    tmp_path: Path, clock: Clock, tls: Path
) -> None:
    """Back-Channel Logout 1.0 §2.5: whoever ends it, the operator for example."""
    async with (
        relying_party(tls) as told,
        native_world(tmp_path, clock, {"BRIDGE_FETCH_ALLOWED": "localhost"}, tls) as native,
    ):
        app = await native_app(native, backchannel_logout_uri=told.uri)
        answer = await app.sign_in()
        assert (await app.post("/revoke", {"token": answer["refresh_token"]})).status_code == 200
        await native.provider.background.finish()
        (token,) = told.tokens
        before, after = claims_of(answer["id_token"]), claims_of(token)
        assert [after[name] for name in ("sub", "sid")] == [before["sub"], before["sid"]]


async def test_an_api_learns_of_the_tokens(native: World) -> None:
    """RFC 7662."""
    app = await native_app(native, client_secret_hash=token_hash(CLIENT_SECRET))
    answer = await app.sign_in(client_secret=CLIENT_SECRET)
    for token in (answer["access_token"], answer["refresh_token"]):
        form: dict[str, str | None] = {"token": token, "client_secret": CLIENT_SECRET}
        assert (await app.post("/introspect", form)).json()["active"] is True


async def test_no_browser_is_signed_in_by_it(app: NativeApp) -> None:
    response = await app.hand_in(app.code())
    assert "set-cookie" not in response.headers
