"""Request objects by reference, over the wire: OpenID Connect Core 1.0 §6.2, RFC 9101 §5.2."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.fetching.strangers import Authority, stranger
from tests.jose.examples import ec_key, encoded, jwk_set, public, rsa_key, signed
from tests.journeys.pushing import approve, error_on, pushed
from tests.wechat.hostile_wechat import HostileWeChat, answer
from tests.world import REDIRECT_URI, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio

PATH = "/request.jwt"
REFUSED = (400, "invalid_request_uri")
OUTSIDE: dict[str, str | None] = {"redirect_uri": None, "state": None, "nonce": None}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder, ca = tmp_path_factory.mktemp("authority"), trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    certified = ca.issue_cert("127.0.0.1")
    certified.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return Authority(Path(folder))


@pytest.fixture
async def a_world(tmp_path: Path, clock: Clock, authority: Authority) -> AsyncIterator[World]:
    """A world whose operator lets clients be fetched from on loopback."""
    plan = Plan({"BRIDGE_FETCH_ALLOWED": "127.0.0.1", "BRIDGE_CA_FILE": str(authority.ca_file)})
    async with world(tmp_path, clock, plan) as opened:
        yield opened


@pytest.fixture
async def there(authority: Authority) -> AsyncIterator[HostileWeChat]:
    """The relying party's server; it answers what a test gives it."""
    async with stranger(authority) as server:
        yield server


def claims(a_world: World, **changed: Any) -> dict[str, Any]:
    return {
        "iss": "rp",
        "aud": a_world.bridge_url,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "state": "the state inside",
        "nonce": "the nonce inside",
        **changed,
    }


def unsigned(asked: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(asked)}."


def put(there: HostileWeChat, content: str, **more: Any) -> None:
    there.answers.append(answer(content.encode(), then="close", **more))


async def register(a_world: World, there: HostileWeChat, fragment: str = "", **more: Any) -> str:
    """Register the client with one request_uri, and return that."""
    request_uri = f"{there.origin}{PATH}{fragment}"
    jwks = jwk_set(public(rsa_key(), kid="r"))
    await a_world.register(jwks=jwks, request_uris=(request_uri,), **more)
    return request_uri


def url(a_world: World, request_uri: str, **outside: str | None) -> str:
    return a_world.authorization_url(**OUTSIDE | outside, request_uri=request_uri)


async def told(a_world: World, address: str) -> dict[str, str]:
    browser = a_world.browser
    page = await browser.open(address)
    return parameters_of(await browser.http.get(await approve(browser, page)))


async def test_what_is_at_a_registered_address_is_answered(
    a_world: World, there: HostileWeChat
) -> None:
    """The suite's oidcc-request-uri-signed-rs256: registered with a fragment."""
    request_uri = await register(a_world, there, "#a-fragment")
    put(there, signed(rsa_key(), "RS256", {"kid": "r"}, claims(a_world)) + "\n")
    answered = await told(a_world, url(a_world, request_uri))
    assert answered["state"] == "the state inside"
    tokens = (await a_world.redeem(answered["code"])).json()
    assert claims_of(tokens["id_token"])["nonce"] == "the nonce inside"
    assert there.paths == [PATH]


async def test_an_unsigned_one_is_answered_too(a_world: World, there: HostileWeChat) -> None:
    """The suite's oidcc-request-uri-unsigned and -unsigned-supported-correctly-or-rejected."""
    request_uri = await register(a_world, there, request_object_signing_alg="none")
    put(there, unsigned(claims(a_world)))
    answered = await told(a_world, url(a_world, f"{request_uri}#unheard"))
    assert answered["state"] == "the state inside"


async def test_it_is_fetched_once_for_the_whole_sign_in(
    a_world: World, there: HostileWeChat
) -> None:
    """What is kept in the browser is what was asked."""
    request_uri = await register(a_world, there)
    put(there, unsigned(claims(a_world)))
    browser = a_world.browser
    page = await browser.open(url(a_world, request_uri))
    a_world.clock.wind(500)
    callback = await approve(browser, page)
    for _ in range(2):
        assert "code" in parameters_of(await browser.http.get(callback))
    assert len(there.requests) == 1


async def test_what_has_changed_there_is_seen(a_world: World, there: HostileWeChat) -> None:
    request_uri = await register(a_world, there)
    for state in ("one", "two"):
        put(there, unsigned(claims(a_world, state=state)), status="200 OK")
        answered = await told(a_world, url(a_world, request_uri, prompt="login"))
        assert answered["state"] == state
        a_world.clock.wind(60)


@pytest.mark.parametrize(
    "changed",
    [
        "?a=1",
        "/",
        "%2F",
        "/../other",
        "@evil.example/",
    ],
)
async def test_no_other_address_of_the_client_is_fetched(
    a_world: World, there: HostileWeChat, changed: str
) -> None:
    """Core §6.2; Dynamic Client Registration 1.0 §2: only what is registered."""
    request_uri = await register(a_world, there)
    page = await a_world.browser.open(url(a_world, request_uri + changed))
    assert error_on(page) == REFUSED
    assert there.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "https://100.100.100.200/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://0x7f.1/",
        "https://localhost/",
        "file:///etc/passwd",
        "gopher://localhost/",
        "data:,a.b.c",
        "urn:ietf:params:oauth:request_uri:",
        "urn:example:request",
        "a.b.c",
    ],
)
async def test_nobody_makes_us_fetch_what_is_not_registered(a_world: World, address: str) -> None:
    """RFC 9101 §10.4: server-side request forgery."""
    await a_world.register()
    page = await a_world.browser.open(url(a_world, address, redirect_uri=REDIRECT_URI))
    assert error_on(page) == REFUSED


async def test_our_own_network_is_not_fetched_from_though_a_client_registered_it(
    tmp_path: Path, clock: Clock, authority: Authority
) -> None:
    """RFC 9101 §10.4: a client that registers itself registers anything."""
    async with stranger(authority) as there, world(tmp_path, clock) as opened:
        request_uri = await register(opened, there)
        page = await opened.browser.open(url(opened, request_uri))
        assert error_on(page) == REFUSED
        assert there.connections == 0


async def test_what_another_client_registered_is_not_fetched(
    a_world: World, there: HostileWeChat
) -> None:
    request_uri = await register(a_world, there)
    await a_world.register(client_id="other")
    page = await a_world.browser.open(url(a_world, request_uri, client_id="other"))
    assert error_on(page) == REFUSED
    assert there.connections == 0


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("Not Found", "404 Not Found"),
        ("a.b.c", "500 Internal Server Error"),
        ("a" * 70_000, "200 OK"),
        ("é", "200 OK"),
    ],
)
async def test_what_cannot_be_had_is_an_invalid_request_uri(
    a_world: World, there: HostileWeChat, content: str, status: str
) -> None:
    """RFC 9101 §7."""
    request_uri = await register(a_world, there)
    put(there, content, status=status)
    assert error_on(await a_world.browser.open(url(a_world, request_uri))) == REFUSED
    assert there.paths == [PATH]


async def test_what_is_redirected_to_is_not_fetched(a_world: World, there: HostileWeChat) -> None:
    request_uri = await register(a_world, there)
    elsewhere = f"Location: {there.origin}/elsewhere"
    there.answers.append(answer(b"", elsewhere, status="302 Found", then="close"))
    assert error_on(await a_world.browser.open(url(a_world, request_uri))) == REFUSED
    assert there.paths == [PATH]


async def test_what_is_found_there_is_judged_like_one_that_was_sent(
    a_world: World, there: HostileWeChat
) -> None:
    """RFC 9101 §6.2: signed by another's key, of another client, no JWT at all."""
    request_uri = await register(a_world, there, request_object_signing_alg="RS256")
    for content in (
        "<html>",
        "",
        unsigned(claims(a_world)),
        signed(ec_key(), "ES256", claims=claims(a_world)),
        signed(rsa_key(5), "RS256", claims=claims(a_world)),
        signed(rsa_key(), "RS256", claims=claims(a_world, iss="other")),
        signed(rsa_key(), "RS256", claims=claims(a_world, request_uri=request_uri)),
    ):
        put(there, content)
        page = await a_world.browser.open(url(a_world, request_uri))
        assert error_on(page) == (400, "invalid_request_object"), content
        a_world.clock.wind(60)


async def test_request_and_request_uri_are_not_combined(
    a_world: World, there: HostileWeChat
) -> None:
    """RFC 9101 §5."""
    request_uri = await register(a_world, there)
    asked = unsigned(claims(a_world))
    page = await a_world.browser.open(url(a_world, request_uri, request=asked))
    assert error_on(page) == (400, "invalid_request")
    assert there.connections == 0


async def test_a_client_that_has_to_push_is_not_fetched_from(
    a_world: World, there: HostileWeChat
) -> None:
    """RFC 9126 §6."""
    request_uri = await register(a_world, there, require_pushed_authorization_requests=True)
    page = await a_world.browser.open(url(a_world, request_uri))
    assert error_on(page) == (400, "invalid_request")
    assert there.connections == 0
    reference = await pushed(a_world)
    assert "code" in await told(a_world, url(a_world, reference))
