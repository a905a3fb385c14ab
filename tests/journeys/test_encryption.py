"""What only the client may read, over the wire: OpenID Connect Core 1.0 §10.2, §16.14."""

import json
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, Key, KeySet

from tests.jose.examples import ec_key, jwk_set, public, rsa_key
from tests.journeys.withdrawing import withdraw_address
from tests.world import World, header_of, parameters_of

pytestmark = pytest.mark.anyio

RSA, EC = rsa_key(), ec_key()
KEYS = jwk_set(public(RSA, kid="rsa", use="enc"), public(EC, kid="ec", use="enc"))
BACK = "http://127.0.0.1:9/signed-out"


async def tokens(a_world: World) -> dict[str, Any]:
    given: dict[str, Any] = (await a_world.redeem((await a_world.answer())["code"])).json()
    return given


def decrypted(token: str, key: Key, alg: str, enc: str) -> str:
    """The JWT that is in it, and the header that says so."""
    read = jwe.decrypt_compact(token, key, algorithms=[alg, enc])
    assert read.headers()["cty"] == "JWT"
    assert read.plaintext is not None
    return read.plaintext.decode()


async def verified(a_world: World, token: str) -> dict[str, Any]:
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")
    keys = KeySet.import_key_set(response.json())
    return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


@pytest.mark.parametrize(
    ("alg", "key", "registered_enc", "enc"),
    [
        ("RSA-OAEP-256", RSA, "A256GCM", "A256GCM"),
        ("ECDH-ES", EC, "A256GCM", "A256GCM"),
        ("ECDH-ES", EC, None, "A128CBC-HS256"),
    ],
)
async def test_id_token_and_userinfo_are_signed_and_then_encrypted(
    a_world: World, alg: str, key: Key, registered_enc: str | None, enc: str
) -> None:
    """§16.14, §5.3.2."""
    await a_world.register(
        jwks=KEYS,
        id_token_encrypted_response_alg=alg,
        id_token_encrypted_response_enc=registered_enc,
        userinfo_signed_response_alg="RS256",
        userinfo_encrypted_response_alg=alg,
        userinfo_encrypted_response_enc=registered_enc,
    )
    given = await tokens(a_world)
    assert header_of(given["id_token"])["kid"] == ("rsa" if key is RSA else "ec")
    claims = await verified(a_world, decrypted(given["id_token"], key, alg, enc))
    assert (claims["aud"], claims["nonce"]) == ("rp", "the nonce")
    response = await a_world.userinfo(given["access_token"])
    assert response.headers["content-type"] == "application/jwt"
    told = await verified(a_world, decrypted(response.text, key, alg, enc))
    assert (told["sub"], told["aud"]) == (claims["sub"], "rp")


async def test_userinfo_may_be_encrypted_and_not_signed(a_world: World) -> None:
    """§5.3.2: the claims themselves are in it, so it is no nested JWT."""
    await a_world.register(jwks=KEYS, userinfo_encrypted_response_alg="ECDH-ES")
    given = await tokens(a_world)
    response = await a_world.userinfo(given["access_token"])
    read = jwe.decrypt_compact(response.text, EC, algorithms=["ECDH-ES", "A128CBC-HS256"])
    assert "cty" not in read.headers()
    told = json.loads(read.plaintext or b"")
    assert (told["iss"], told["aud"]) == (a_world.bridge_url, "rp")
    assert told["sub"] == (await verified(a_world, given["id_token"]))["sub"]


async def test_an_id_token_of_the_front_channel_is_encrypted_too(a_world: World) -> None:
    """§3.3.2.5, §10.2."""
    await a_world.register(
        jwks=KEYS,
        response_types=("code id_token",),
        id_token_encrypted_response_alg="ECDH-ES",
    )
    answer = await a_world.answer(response_type="code id_token")
    for token in (answer["id_token"], (await a_world.redeem(answer["code"])).json()["id_token"]):
        signed = decrypted(token, EC, "ECDH-ES", "A128CBC-HS256")
        assert (await verified(a_world, signed))["aud"] == "rp"


SMALL_ORDER = {"kty": "OKP", "crv": "X25519", "x": "A" * 43}


@pytest.mark.parametrize(
    "jwks",
    [
        jwk_set(),
        jwk_set(public(RSA)),
        jwk_set(public(EC, use="sig")),
        jwk_set(public(ECKey.generate_key("secp256k1"))),
        jwk_set({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
        jwk_set({"kty": "oct", "k": "c2VjcmV0"}),
    ],
)
async def test_a_client_without_a_fit_key_is_told_so_and_its_code_is_not_spent(
    a_world: World, jwks: dict[str, Any]
) -> None:
    """None at all, another type, another use, another curve, no point of the curve, a secret."""
    await a_world.register(jwks=jwks, id_token_encrypted_response_alg="ECDH-ES")
    code = (await a_world.answer())["code"]
    refused = await a_world.redeem(code)
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    assert "no key that fits ECDH-ES" in refused.json()["error_description"]
    await mended(a_world)
    assert "id_token" in (await a_world.redeem(code)).json()


async def test_a_refresh_without_a_fit_key_spends_nothing_either(a_world: World) -> None:
    """RFC 6749 §6; Core §12.2: the ID Token of a refresh is encrypted, too."""
    await a_world.register(
        jwks=KEYS,
        scope=("openid", "offline_access"),
        grant_types=("authorization_code", "refresh_token"),
        id_token_encrypted_response_alg="ECDH-ES",
    )
    code = (await a_world.answer(scope="openid offline_access"))["code"]
    refresh_token = (await a_world.redeem(code)).json()["refresh_token"]
    sent = {"grant_type": "refresh_token", "refresh_token": refresh_token, "redirect_uri": None}
    await a_world.provider.store.change_client("rp", lambda known: replace(known, jwks=jwk_set()))
    refused = await a_world.redeem("", **sent)
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    await mended(a_world)
    id_token = (await a_world.redeem("", **sent)).json()["id_token"]
    signed = decrypted(id_token, EC, "ECDH-ES", "A128CBC-HS256")
    assert (await verified(a_world, signed))["aud"] == "rp"


async def mended(a_world: World) -> None:
    await a_world.provider.store.change_client("rp", lambda client: replace(client, jwks=KEYS))


async def test_an_rsa_key_that_is_too_short_is_refused(a_world: World) -> None:
    """RFC 7518 §4.3: 2048 bits or larger."""
    await a_world.register(
        jwks=jwk_set(public(rsa_key(0, 1_024))), id_token_encrypted_response_alg="RSA-OAEP-256"
    )
    refused = await a_world.redeem((await a_world.answer())["code"])
    assert "no key that fits RSA-OAEP-256" in refused.json()["error_description"]


async def test_a_jwks_uri_that_does_not_answer_is_told_and_nothing_hangs(a_world: World) -> None:
    """It is fetched with care: this address is not public, so nobody even goes there."""
    await a_world.register(
        jwks_uri="https://127.0.0.1:9/jwks",
        id_token_encrypted_response_alg="ECDH-ES",
        userinfo_encrypted_response_alg="ECDH-ES",
    )
    refused = await a_world.redeem((await a_world.answer())["code"])
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


async def test_userinfo_for_which_there_is_no_key_is_an_error(a_world: World) -> None:
    await a_world.register(jwks=jwk_set(), userinfo_encrypted_response_alg="ECDH-ES")
    refused = await a_world.userinfo((await tokens(a_world))["access_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    assert "unauthorized_client" in refused.headers["www-authenticate"]


@pytest.mark.parametrize("jwks", [jwk_set(), jwk_set(SMALL_ORDER)])
async def test_the_front_channel_tells_that_there_is_no_key(
    a_world: World, jwks: dict[str, Any]
) -> None:
    """RFC 6749 §4.1.2.1: at the redirect URI, after a sign-in and from a session alike."""
    await a_world.register(
        jwks=jwks, response_types=("code", "id_token"), id_token_encrypted_response_alg="ECDH-ES"
    )
    assert (await a_world.answer(response_type="id_token"))["error"] == "unauthorized_client"
    assert "code" in await a_world.answer()
    url = a_world.authorization_url(response_type="id_token")
    silent = parameters_of(await a_world.browser.http.get(url))
    assert silent["error"] == "unauthorized_client"


async def test_nobody_is_signed_in_where_there_is_no_key(a_world: World) -> None:
    """It is judged before anything is written down."""
    await a_world.register(
        jwks=jwk_set(), response_types=("id_token",), id_token_encrypted_response_alg="ECDH-ES"
    )
    url = await a_world.callback_url(response_type="id_token")
    refused = parameters_of(await a_world.browser.http.get(url))
    assert refused["error"] == "unauthorized_client"
    (wechat_state,) = parse_qs(urlsplit(url).query)["state"]
    assert not (await a_world.provider.store.delivered(wechat_state, "no delivery")).is_answered


async def test_that_there_is_no_key_is_not_told_at_an_address_withdrawn_meanwhile(
    a_world: World,
) -> None:
    """RFC 6749 §4.1.2.1: the client has changed while WeChat took its time."""
    await a_world.register(
        jwks=jwk_set(), response_types=("id_token",), id_token_encrypted_response_alg="ECDH-ES"
    )
    url = await a_world.callback_url(response_type="id_token")
    a_world.while_at_wechat["/sns/userinfo"] = partial(withdraw_address, a_world)
    response = await a_world.browser.http.get(url)
    assert response.status_code == 400
    assert "location" not in response.headers


async def test_an_encrypted_id_token_is_no_hint_and_the_one_in_it_is(a_world: World) -> None:
    """§3.1.2.1: the client decrypts it before it sends it back."""
    await a_world.register(
        jwks=KEYS,
        post_logout_redirect_uris=(BACK,),
        id_token_encrypted_response_alg="ECDH-ES",
    )
    token = (await tokens(a_world))["id_token"]
    url = a_world.authorization_url(prompt="none", id_token_hint=token)
    refused = parameters_of(await a_world.browser.http.get(url))
    assert refused["error"] == "invalid_request"
    assert "send the signed ID Token" in refused["error_description"]
    end_session = f"{a_world.bridge_url}/end_session"
    ended = await a_world.browser.http.get(end_session, params={"id_token_hint": token})
    assert ended.status_code == 400
    signed = decrypted(token, EC, "ECDH-ES", "A128CBC-HS256")
    url = a_world.authorization_url(prompt="none", id_token_hint=signed)
    assert "code" in parameters_of(await a_world.browser.http.get(url))
    sent = {"id_token_hint": signed, "post_logout_redirect_uri": BACK}
    ended = await a_world.browser.http.get(end_session, params=sent)
    assert ended.headers["location"] == BACK
