"""openid-client 6 signs and pushes its requests: nobody here wrote it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import Key

from tests.jose.examples import ec_key, okp_key, public, rsa_key
from tests.strangers.by_line import Program, Refused
from tests.strangers.test_openid_client import REDIRECT_URI, discover, register
from tests.world import World

pytestmark = pytest.mark.anyio

# How each is called by the Web Crypto API, which signs
KEYS: dict[str, tuple[Key, dict[str, Any]]] = {
    "RS256": (rsa_key(), {"name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256"}),
    "PS256": (rsa_key(), {"name": "RSA-PSS", "hash": "SHA-256"}),
    "ES256": (ec_key(), {"name": "ECDSA", "namedCurve": "P-256"}),
    "EdDSA": (okp_key(), {"name": "Ed25519"}),
}
ASKED = {"redirect_uri": REDIRECT_URI, "scope": "openid profile email", "max_age": "3600"}


def signing(alg: str, key: Key | None = None) -> dict[str, Any]:
    known, by = KEYS[alg]
    return {"jwk": {**(key or known).as_dict(private=True), "kid": "mine"}, "by": by}


async def redeemed(node: Program, a_world: World, **how: Any) -> tuple[str, str]:
    """Sign in with a request of this kind; return its query's names, and the name told."""
    asked = await node("authorization_url", parameters=ASKED, **how)
    browser = a_world.browser
    wechat = await browser.click(await browser.open(asked["url"]), "wechat-login")
    callback = await browser.send(wechat, "approve", follow_redirects=False)
    answer = await browser.http.get(callback.headers["location"])
    url = answer.headers["location"]
    tokens = await node("redeem", url=url, checks=asked["checks"], max_age=3600)
    return " ".join(sorted(parse_qs(urlsplit(str(asked["url"])).query))), tokens["claims"]["name"]


async def test_it_pushes(node: Program, https_world: World) -> None:
    """RFC 9126."""
    await register(https_world, require_pushed_authorization_requests=True)
    await discover(node, https_world)
    sent, name = await redeemed(node, https_world, pushed=True)
    assert (sent, name) == ("client_id request_uri", "张伟")


@pytest.mark.parametrize("pushed", [False, True])
@pytest.mark.parametrize("alg", KEYS)
async def test_it_signs(node: Program, https_world: World, alg: str, *, pushed: bool) -> None:
    """RFC 9101; RFC 9126 §3."""
    jwks = {"keys": [public(KEYS[alg][0], kid="mine")]}
    await register(https_world, jwks=jwks, request_object_signing_alg=alg)
    await discover(node, https_world)
    sent, name = await redeemed(node, https_world, sign=signing(alg), pushed=pushed)
    assert name == "张伟"
    assert sent == ("client_id request_uri" if pushed else "client_id request")


async def test_it_hears_of_a_key_that_is_not_its_own(node: Program, https_world: World) -> None:
    await register(https_world, jwks={"keys": [public(ec_key(), kid="mine")]})
    await discover(node, https_world)
    sign = signing("ES256", ec_key(1))
    with pytest.raises(Refused, match="invalid_request_object"):
        await node("authorization_url", parameters=ASKED, sign=sign, pushed=True)
