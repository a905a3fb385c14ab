"""Request objects over the wire: RFC 9101, OpenID Connect Core 1.0 §6.1."""

import hmac
import json
import secrets
from typing import Any

import pytest
from joserfc.jwk import Key

from bridge.oidc.client import Client
from tests.jose.examples import (
    ec_key,
    encoded,
    jwk_set,
    okp_key,
    public,
    rsa_key,
    signed,
)
from tests.journeys.pushing import approve, error_on, json_error, push_form, url_of
from tests.world import CLIENT_SECRET, REDIRECT_URI, World, claims_of, parameters_of

pytestmark = pytest.mark.anyio

KEYS: dict[str, Key] = {
    "RS256": rsa_key(),
    "PS256": rsa_key(),
    "ES256": ec_key(),
    "EdDSA": okp_key(),
}
JWKS = jwk_set(public(rsa_key(), kid="r"), public(ec_key(), kid="e"), public(okp_key(), kid="o"))

# What Core §6.1 wants beside the object
OUTSIDE = {"client_id": "rp", "response_type": "code", "scope": "openid"}
REFUSED = (400, "invalid_request_object")


async def with_keys(a_world: World, **members: Any) -> Client:
    return await a_world.register(jwks=JWKS, **members)


def claims(a_world: World, **changed: Any) -> dict[str, Any]:
    """What a careful relying party puts into its request object."""
    known: dict[str, Any] = {
        "iss": "rp",
        "aud": a_world.bridge_url,
        "client_id": "rp",
        "exp": a_world.clock.now + 60,
        "nbf": a_world.clock.now,
        "response_type": "code",
        "scope": "openid profile email",
        "redirect_uri": REDIRECT_URI,
        "state": "the state inside",
        "nonce": "the nonce inside",
    }
    return {name: value for name, value in (known | changed).items() if value is not None}


def unsigned(asked: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(asked)}."


def url(a_world: World, request: str, **outside: str | None) -> str:
    sent: dict[str, str | None] = dict.fromkeys(("redirect_uri", "state", "nonce"))
    return a_world.authorization_url(**sent | OUTSIDE | outside, request=request)


async def answer(a_world: World, address: str) -> dict[str, str]:
    browser = a_world.browser
    page = await browser.open(address)
    return parameters_of(await browser.http.get(await approve(browser, page)))


async def refused(a_world: World, request: str, **outside: str | None) -> None:
    """An error before the redirection is verified is a page."""
    page = await a_world.browser.open(url(a_world, request, **outside))
    assert error_on(page) == REFUSED, page.response.text


# Signed


@pytest.mark.parametrize("alg", KEYS)
async def test_what_the_client_has_signed_is_answered(a_world: World, alg: str) -> None:
    """RFC 9101 §5.1."""
    await with_keys(a_world)
    request = signed(KEYS[alg], alg, claims=claims(a_world))
    told = await answer(a_world, url(a_world, request))
    assert (told["state"], told["iss"]) == ("the state inside", a_world.bridge_url)
    tokens = (await a_world.redeem(told["code"])).json()
    assert claims_of(tokens["id_token"])["nonce"] == "the nonce inside"


async def test_what_is_inside_wins_and_what_is_outside_alone_counts(a_world: World) -> None:
    """Core §6.1."""
    await with_keys(a_world)
    inside = claims(a_world, nonce=None, scope="openid")
    request = signed(ec_key(), "ES256", claims=inside)
    outside = {"state": "outside", "nonce": "outside", "scope": "openid email"}
    told = await answer(a_world, url(a_world, request, **outside))
    assert told["state"] == "the state inside"
    tokens = (await a_world.redeem(told["code"])).json()
    assert tokens["scope"] == "openid"
    assert claims_of(tokens["id_token"])["nonce"] == "outside"


async def test_the_redirect_uri_inside_wins(a_world: World) -> None:
    """The suite's oidcc-ensure-request-object-with-redirect-uri."""
    await with_keys(a_world)
    request = signed(ec_key(), "ES256", claims=claims(a_world))
    address = url(a_world, request, redirect_uri="https://evil.example/")
    assert "code" in await answer(a_world, address)
    evil = signed(ec_key(), "ES256", claims=claims(a_world, redirect_uri="https://evil.example/"))
    page = await a_world.browser.open(url(a_world, evil, redirect_uri=REDIRECT_URI))
    assert error_on(page) == (400, "invalid_request")


async def test_claims_and_max_age_may_be_json(a_world: World) -> None:
    """RFC 9101 §4: numbers are numbers, and claims an object."""
    await with_keys(a_world, claims_in_id_token="none")
    asked = {"id_token": {"email": {"essential": True}}, "userinfo": {"name": None}}
    inside = claims(a_world, scope="openid", claims=asked, max_age=0)
    await a_world.answer()
    a_world.clock.wind(1)
    told = await answer(a_world, url(a_world, signed(okp_key(), "EdDSA", claims=inside)))
    tokens = (await a_world.redeem(told["code"])).json()
    assert {"email", "auth_time"} <= claims_of(tokens["id_token"]).keys()
    userinfo = (await a_world.userinfo(tokens["access_token"])).json()
    assert userinfo.keys() == {"sub", "name"}


async def test_errors_after_the_redirection_is_verified_go_to_the_client(a_world: World) -> None:
    await with_keys(a_world)
    silent = signed(ec_key(), "ES256", claims=claims(a_world, prompt="none"))
    response = await a_world.browser.http.get(url(a_world, silent))
    told = parameters_of(response)
    assert (told["error"], told["state"]) == ("login_required", "the state inside")
    registering = signed(ec_key(), "ES256", claims=claims(a_world, registration={"a": 1}))
    response = await a_world.browser.http.get(url(a_world, registering))
    assert parameters_of(response)["error"] == "registration_not_supported"


async def test_it_may_be_posted(a_world: World) -> None:
    """Core §3.1.2.1; what is kept in the browser is what was asked, and not the token."""
    await with_keys(a_world)
    padding = secrets.token_urlsafe(12_000)
    request = signed(rsa_key(), "RS256", claims=claims(a_world, unheard=padding))
    browser = a_world.browser
    form = OUTSIDE | {"request": request}
    shown = await browser.http.post(
        f"{a_world.bridge_url}/authorize", data=form, follow_redirects=True
    )
    page = await browser.open(str(shown.url))
    told = parameters_of(await browser.http.get(await approve(browser, page)))
    assert told["state"] == "the state inside"


async def test_a_session_answers_it(a_world: World) -> None:
    await with_keys(a_world)
    await a_world.answer()
    request = signed(ec_key(), "ES256", claims=claims(a_world, prompt="none"))
    assert "code" in parameters_of(await a_world.browser.http.get(url(a_world, request)))


# Unsigned


async def test_an_unsigned_one_is_a_query_in_another_coat(a_world: World) -> None:
    """The suite's oidcc-unsigned-request-object-supported-correctly-or-rejected."""
    await a_world.register()
    told = await answer(a_world, url(a_world, unsigned(claims(a_world))))
    assert told["state"] == "the state inside"
    tokens = (await a_world.redeem(told["code"])).json()
    assert claims_of(tokens["id_token"])["nonce"] == "the nonce inside"


async def test_an_unsigned_one_permits_nothing_that_a_query_does_not(a_world: World) -> None:
    await a_world.register(client_secret_hash=None)
    page = await a_world.browser.open(
        url(a_world, unsigned(claims(a_world, redirect_uri="https://evil.example/")))
    )
    assert error_on(page) == (400, "invalid_request")
    response = await a_world.browser.http.get(url(a_world, unsigned(claims(a_world))))
    told = parameters_of(response)
    assert (told["error"], "PKCE" in told["error_description"]) == ("invalid_request", True)
    pushing = {"require_pushed_authorization_requests": True}
    await a_world.register(client_id="pushing", **pushing)
    outside = {"client_id": "pushing"}
    asked = unsigned(claims(a_world, iss="pushing", client_id="pushing"))
    told = parameters_of(await a_world.browser.http.get(url(a_world, asked, **outside)))
    assert told["error"] == "invalid_request"


async def test_a_client_that_is_registered_to_sign_cannot_be_asked_for_unsigned(
    a_world: World,
) -> None:
    """RFC 9101 §10.5: alg none in the place of a signature; and the other way round."""
    await with_keys(a_world, request_object_signing_alg="RS256")
    good = signed(rsa_key(), "RS256", claims=claims(a_world))
    assert "code" in await answer(a_world, url(a_world, good))
    header, payload, _ = good.split(".")
    await refused(a_world, unsigned(claims(a_world)))
    await refused(a_world, f"{encoded({'alg': 'none'})}.{payload}.")
    await refused(a_world, f"{header}.{payload}.")
    await refused(a_world, signed(rsa_key(), "PS256", claims=claims(a_world)))
    await refused(a_world, signed(ec_key(), "ES256", claims=claims(a_world)))


async def test_a_client_that_is_registered_for_none_signs_nothing(a_world: World) -> None:
    await with_keys(a_world, request_object_signing_alg="none")
    assert "code" in await answer(a_world, url(a_world, unsigned(claims(a_world))))
    await refused(a_world, signed(ec_key(), "ES256", claims=claims(a_world)))


# Attacks


async def test_a_public_key_is_no_secret_to_make_a_mac_with(a_world: World) -> None:
    """RFC 8725 §2.1, §3.1: alg confusion, with the client's public keys and with ours."""
    await with_keys(a_world)
    jwks = (await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")).json()["keys"]
    public_keys = [rsa_key().as_pem(private=False), ec_key().as_pem(private=False)]
    public_keys += [json.dumps(jwk).encode() for jwk in (*JWKS["keys"], *jwks)]
    public_keys.append(CLIENT_SECRET.encode())
    for key in public_keys:
        for alg in ("HS256", "HS512"):
            signing_input = f"{encoded({'alg': alg, 'kid': 'r'})}.{encoded(claims(a_world))}"
            mac = hmac.digest(key, signing_input.encode(), f"sha{alg[2:]}")
            await refused(a_world, f"{signing_input}.{encoded(mac)}")


async def test_the_key_that_counts_is_registered_and_not_sent_along(a_world: World) -> None:
    """RFC 8725 §3.8, §3.10: embedded jwk, jku, x5u, and a kid that is an address or a path."""
    await with_keys(a_world)
    mine = ec_key(666)
    for header in (
        {"jwk": public(mine)},
        {"jwk": public(mine), "kid": "e"},
        {"jku": "https://evil.example/jwks", "kid": "evil"},
        {"x5u": "https://evil.example/x5u", "kid": "evil"},
        {"x5c": ["MIIB"], "kid": "e"},
        {"kid": "../../../../dev/null"},
        {"kid": "https://evil.example/jwks"},
        {"kid": "' OR 1=1 --"},
        {"kid": "e"},
    ):
        await refused(a_world, signed(mine, "ES256", header, claims(a_world)))


async def test_another_clients_request_object_is_refused(a_world: World) -> None:
    """RFC 9101 §4, §10.2: it is signed by another, and names another."""
    await with_keys(a_world)
    theirs = ec_key(7)
    await a_world.register(client_id="other", jwks=jwk_set(public(theirs)))
    for inside in (claims(a_world), claims(a_world, iss="other", client_id="other")):
        await refused(a_world, signed(theirs, "ES256", claims=inside))
        await refused(a_world, signed(ec_key(), "ES256", claims=inside), client_id="other")
    for member in ("iss", "client_id"):
        await refused(a_world, signed(ec_key(), "ES256", claims=claims(a_world, **{member: "o"})))


async def test_one_that_is_meant_for_another_provider_is_refused(a_world: World) -> None:
    """RFC 9101 §4, §10.4: mix-up."""
    await with_keys(a_world)
    inside = claims(a_world, aud="https://other.example")
    await refused(a_world, signed(ec_key(), "ES256", claims=inside))


async def test_one_that_is_too_old_or_too_new_is_refused(a_world: World) -> None:
    """RFC 9101 §10.2 (RFC 7519 §4.1.4, §4.1.5): a replay ends with ``exp``."""
    await with_keys(a_world)
    request = signed(ec_key(), "ES256", claims=claims(a_world))
    new = signed(ec_key(), "ES256", claims=claims(a_world, nbf=a_world.clock.now + 61))
    assert "code" in await answer(a_world, url(a_world, request, prompt="login"))
    await refused(a_world, new)
    a_world.clock.wind(119)
    assert "code" in await answer(a_world, url(a_world, request, prompt="login"))
    a_world.clock.wind(1)
    await refused(a_world, request)


async def test_a_broken_signature_is_refused(a_world: World) -> None:
    await with_keys(a_world)
    header, payload, signature = signed(ec_key(), "ES256", claims=claims(a_world)).split(".")
    other = encoded(claims(a_world, redirect_uri="https://evil.example/"))
    for forged in (
        f"{header}.{other}.{signature}",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature}.{signature}",
    ):
        await refused(a_world, forged)


@pytest.mark.parametrize(
    "request_object", ["a", "a.b.c", "..", "a.b.c.d.e", "é.é.é", "{}", "https://rp.example/r"]
)
async def test_what_is_no_request_object_is_refused(a_world: World, request_object: str) -> None:
    """An encrypted one, of five parts, too: we publish no key to encrypt to."""
    await with_keys(a_world)
    await refused(a_world, request_object, redirect_uri=REDIRECT_URI)


async def test_a_request_within_a_request_is_refused(a_world: World) -> None:
    """RFC 9101 §4."""
    await with_keys(a_world)
    for nested in ({"request": "a.b.c"}, {"request_uri": "https://evil.example/r"}):
        await refused(a_world, signed(ec_key(), "ES256", claims=claims(a_world, **nested)))


async def test_another_response_type_inside_is_refused(a_world: World) -> None:
    """Core §6.1."""
    await with_keys(a_world, response_types=("code", "id_token"))
    request = signed(ec_key(), "ES256", claims=claims(a_world))
    await refused(a_world, request, response_type="id_token")


async def test_a_client_assertion_is_no_request_object(a_world: World) -> None:
    """RFC 9101 §10.8: what one kind of token is good for, the other is not."""
    await with_keys(a_world)
    assertion = {
        "iss": "rp",
        "sub": "rp",
        "aud": a_world.bridge_url,
        "exp": a_world.clock.now + 60,
        "jti": "1",
    }
    await refused(a_world, signed(ec_key(), "ES256", claims=assertion), redirect_uri=REDIRECT_URI)
    typed = {"typ": "client-authentication+jwt"}
    await refused(a_world, signed(ec_key(), "ES256", typed, claims(a_world)))


async def test_one_that_comes_twice_is_refused(a_world: World) -> None:
    """RFC 6749 §3.1."""
    await with_keys(a_world)
    request = signed(ec_key(), "ES256", claims=claims(a_world))
    page = await a_world.browser.open(url(a_world, request) + f"&request={request}")
    assert error_on(page) == (400, "invalid_request")


# Pushed


async def test_a_request_object_may_be_pushed(a_world: World) -> None:
    """RFC 9126 §3: what stands beside it, other than the client's authentication, is not asked."""
    await with_keys(a_world)
    form = {
        "request": signed(ec_key(), "ES256", claims=claims(a_world, state=None)),
        "state": "outside",
        "response_type": "code",
    }
    pushed = await push_form(a_world, form, ("rp", CLIENT_SECRET))
    assert pushed.status_code == 201, pushed.text
    told = await answer(a_world, url_of(a_world, pushed.json()["request_uri"]))
    assert "state" not in told
    tokens = (await a_world.redeem(told["code"])).json()
    assert claims_of(tokens["id_token"])["nonce"] == "the nonce inside"


async def test_a_bad_request_object_is_refused_when_it_is_pushed(a_world: World) -> None:
    """RFC 9126 §2.3, §3."""
    await with_keys(a_world, request_object_signing_alg="ES256")
    await a_world.register(client_id="other")
    for request in (
        "a.b.c",
        unsigned(claims(a_world)),
        signed(ec_key(3), "ES256", claims=claims(a_world)),
        signed(ec_key(), "ES256", claims=claims(a_world, client_id="other")),
        signed(ec_key(), "ES256", claims=claims(a_world, request_uri="https://evil.example/")),
    ):
        pushed = await push_form(a_world, {"request": request}, ("rp", CLIENT_SECRET))
        assert json_error(pushed) == REFUSED
    good = {"request": signed(ec_key(), "ES256", claims=claims(a_world))}
    beside = good | {"request_uri": "https://rp.example/"}
    both = await push_form(a_world, beside, ("rp", CLIENT_SECRET))
    assert json_error(both) == (400, "invalid_request")
    theirs = await push_form(a_world, good, ("other", CLIENT_SECRET))
    assert json_error(theirs) == REFUSED
