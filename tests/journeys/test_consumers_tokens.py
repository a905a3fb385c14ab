"""What consumers in the field do with a code. The names are of those where it was seen."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from bridge.oidc.access_token import token_hash
from bridge.oidc.client_assertion import ASSERTION_TYPE
from bridge.oidc.signing import left_half_hash
from tests.jose.examples import ec_key, jwk_set, public, signed
from tests.world import CLIENT_SECRET, HOUR, REDIRECT_URI, World, claims_of, header_of, pkce_pair

pytestmark = pytest.mark.anyio

FORM = {"client_id": "rp", "client_secret": CLIENT_SECRET}
OFFLINE = ("openid", "profile", "email", "offline_access")


async def redeemed(a_world: World, **changed: Any) -> dict[str, Any]:
    answer = await a_world.answer(**changed)
    tokens: dict[str, Any] = (await a_world.redeem(answer["code"])).json()
    return tokens


async def post(a_world: World, code: str, form: dict[str, str], **sent: Any) -> tuple[int, Any]:
    """Redeem a code; return the status and the answer."""
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "code": code} | form
    response = await a_world.browser.http.post(f"{a_world.bridge_url}/token", data=form, **sent)
    return response.status_code, response.json()


# Who they are


async def test_a_host_without_its_port_and_what_nobody_asked_for_are_taken(
    over_https: World,
) -> None:
    """WordPress at /token, and again at /userinfo by POST; GitLab sends ``scope`` along.

    The PHP library in Nextcloud and BookStack names a schema of OpenID 2.
    """
    await over_https.register()
    code = (await over_https.answer())["code"]
    host = {"Host": "localhost"}
    along = {"scope": "openid email", "acr_values": "1", "resource": "https://api.example"}
    status, tokens = await post(over_https, code, FORM | along, headers=host)
    assert status == 200
    assert tokens["scope"] == "openid profile email"
    told = await over_https.browser.http.post(
        f"{over_https.bridge_url}/userinfo?schema=openid",
        data={},
        headers={**host, "Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert told.json()["preferred_username"]


async def test_a_probe_with_one_method_leaves_the_code_for_the_other(a_world: World) -> None:
    """golang.org/x/oauth2 tries Basic first, also where the client is registered for the form."""
    await a_world.register(token_endpoint_auth_method="client_secret_post")
    code = (await a_world.answer())["code"]
    status, told = await post(a_world, code, {"client_id": "rp"}, auth=("rp", CLIENT_SECRET))
    assert (status, told["error"]) == (401, "invalid_client")
    assert (await post(a_world, code, FORM))[0] == 200


async def test_a_public_client_may_send_an_empty_secret(a_world: World) -> None:
    """By golang.org/x/oauth2 kubelogin and Argo CD's command line try Basic without a secret."""
    await a_world.register(client_secret_hash=None)
    code_verifier, code_challenge = pkce_pair()
    answer = await a_world.answer(code_challenge=code_challenge, code_challenge_method="S256")
    form = {"code_verifier": code_verifier}
    assert (await post(a_world, answer["code"], form, auth=("rp", "")))[0] == 200


@pytest.mark.parametrize("encode", [quote_plus, str])
async def test_a_secret_is_read_encoded_and_as_it_is(a_world: World, encode: Any) -> None:
    """Keycloak and x/oauth2 encode it before Basic does, Nextcloud and authentik do not."""
    secret = "50%2B+a:b/c=?"
    await a_world.register(client_secret_hash=token_hash(secret))
    code = (await a_world.answer())["code"]
    credentials = b64encode(f"rp:{encode(secret)}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    assert (await post(a_world, code, {}, headers=headers))[0] == 200


async def test_an_assertion_may_name_issuer_and_token_endpoint_together(a_world: World) -> None:
    """Auth.js and Synapse's library differ in what they take for the audience: RFC 7523 §3."""
    await a_world.register(
        client_secret_hash=None,
        token_endpoint_auth_method="private_key_jwt",
        jwks=jwk_set(public(ec_key())),
    )
    issuer, now = a_world.bridge_url, a_world.clock.now
    for audience in ([issuer, f"{issuer}/token"], issuer, f"{issuer}/token"):
        claims = {"iss": "rp", "sub": "rp", "aud": audience, "exp": now + 60, "jti": str(audience)}
        form = {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signed(ec_key(), "ES256", claims=claims),
        }
        code = (await a_world.answer())["code"]
        assert (await post(a_world, code, form))[0] == 200


# What they are given


@pytest.mark.parametrize("nonce", ["n-0S6_WzA2Mj", None])
async def test_a_token_response_has_the_types_that_libraries_check(
    over_https: World, nonce: str | None
) -> None:
    """RFC 6749 §5.1, OpenID Connect Core 1.0 §2: for Logto, goth, openid-client, MinIO, Spring.

    A nonce that was not asked for is as bad as one that is missing.
    """
    await over_https.register()
    tokens = await redeemed(over_https, nonce=nonce)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", HOUR)
    assert tokens["scope"] == "openid profile email"
    now, id_token = over_https.clock.now, tokens["id_token"]
    http = over_https.browser.http
    keys = KeySet.import_key_set((await http.get(f"{over_https.bridge_url}/jwks")).json())
    claims = jwt.decode(id_token, keys, algorithms=["RS256"]).claims
    header = header_of(id_token)
    assert header == {"alg": "RS256", "typ": "JWT", "kid": header["kid"]}
    assert claims["iss"] == over_https.bridge_url
    assert claims["aud"] == "rp"
    assert claims.get("nonce") == nonce
    assert not {"azp", "nbf"} & claims.keys()
    assert (claims["iat"], claims["auth_time"], claims["exp"]) == (now, now, now + HOUR)
    assert all(type(claims[name]) is int for name in ("iat", "auth_time", "exp", "updated_at"))
    assert claims["at_hash"] == left_half_hash(tokens["access_token"], "RS256")
    assert claims["sid"]
    assert None not in claims.values()


async def test_a_refresh_tells_of_the_same_sign_in(a_world: World) -> None:
    """oidc-client-ts compares; Harbor panics where the answer lacks an ID Token. Core §12.2."""
    await a_world.register(scope=OFFLINE)
    first = await redeemed(a_world, scope=" ".join(OFFLINE))
    a_world.clock.wind(HOUR)
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    status, second = await post(a_world, "", FORM | form)
    assert status == 200
    assert {*first} == {*second}
    before, after = claims_of(first["id_token"]), claims_of(second["id_token"])
    assert {*before} - {*after} == {"nonce"}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"iat", "exp", "at_hash"}


async def test_tokens_and_claims_cost_no_request_to_wechat(a_world: World) -> None:
    """Cognito gives up in under a second, and WeChat may be slow or away."""
    asked: list[str] = []

    async def note() -> None:
        asked.append("asked")

    for path in ("/sns/oauth2/access_token", "/sns/oauth2/refresh_token", "/sns/userinfo"):
        a_world.while_at_wechat[path] = note
    await a_world.register(scope=OFFLINE)
    code = (await a_world.answer(scope=" ".join(OFFLINE)))["code"]
    assert asked
    asked.clear()
    tokens = (await a_world.redeem(code)).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await post(a_world, "", FORM | form))[0] == 200
    took = [await _userinfo_takes(a_world, tokens["access_token"]) for _ in range(20)]
    assert sorted(took)[len(took) // 2] < 0.3
    assert not asked


async def _userinfo_takes(a_world: World, access_token: str) -> float:
    response = await a_world.userinfo(access_token)
    assert response.status_code == 200
    return response.elapsed.total_seconds()
