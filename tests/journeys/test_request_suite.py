"""What the conformance suite demands of request objects, over https, with its own client.

oidcc-request-uri-unsigned, oidcc-request-uri-signed-rs256, and
oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.fetching.strangers import Authority, stranger
from tests.jose.examples import encoded, signed
from tests.journeys.pushing import approve
from tests.journeys.test_registration_suite import (
    CALLBACK,
    KEY,
    OPEN,
    register,
    registered,
)
from tests.wechat.hostile_wechat import HostileWeChat, answer
from tests.world import Clock, Plan, World, claims_of, world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def secure_world(
    tmp_path: Path, clock: Clock, tls: Path, authority: Authority
) -> AsyncIterator[World]:
    """Open to whoever registers, and to every person; what is fetched may be on loopback."""
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes((tls / "ca.pem").read_bytes() + authority.ca_file.read_bytes())
    settings = OPEN | {"BRIDGE_REGISTRATION_ACCESS": "anyone", "BRIDGE_CA_FILE": str(trusted)}
    async with world(tmp_path, clock, Plan(settings=settings, tls=tls)) as opened:
        yield opened


@pytest.fixture
async def suite(authority: Authority) -> AsyncIterator[HostileWeChat]:
    """The suite's own server, at which its request objects are."""
    async with stranger(authority) as server:
        yield server


def asked(a_world: World, client_id: str) -> dict[str, Any]:
    """openid/client/ConvertAuthorizationEndpointRequestToRequestObject and what it adds."""
    return {
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "state": "of the suite",
        "nonce": "of the suite, too",
        "response_type": "code",
        "iss": client_id,
        "aud": a_world.bridge_url,
        "exp": a_world.clock.now + 300,
    }


def request_object(inside: dict[str, Any], alg: str) -> str:
    if alg == "none":
        return f"{encoded({'alg': 'none'})}.{encoded(inside)}."
    return signed(KEY, alg, {"kid": "suite"}, inside)


async def signed_in(a_world: World, client: dict[str, Any], **outside: str) -> dict[str, Any]:
    """Sign in with what Core §6.1 wants outside, and consent; return the ID Token's claims."""
    query = {"client_id": client["client_id"], "response_type": "code", "scope": "openid"}
    browser, url = a_world.browser, f"{a_world.bridge_url}/authorize"
    page = await browser.open(f"{url}?{urlencode(query | outside)}")
    question = await browser.open(await approve(browser, page))
    response = await browser.send(question, "allow", follow_redirects=False)
    location = response.headers["location"]
    assert location.startswith(f"{CALLBACK}?")
    told = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    assert (told["state"], told["iss"]) == ("of the suite", a_world.bridge_url)
    form = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": CALLBACK}
    auth = (client["client_id"], client["client_secret"])
    tokens = await browser.http.post(f"{a_world.bridge_url}/token", data=form, auth=auth)
    return claims_of(tokens.json()["id_token"])


@pytest.mark.parametrize("alg", ["none", "RS256"])
async def test_a_request_uri_of_the_suite_is_answered(
    secure_world: World, suite: HostileWeChat, alg: str
) -> None:
    """It is registered with a fragment, and with the algorithm."""
    request_uri = f"{suite.origin}/requestobject.jwt#a-fragment"
    members = {"request_uris": [request_uri], "request_object_signing_alg": alg}
    client = registered(await register(secure_world, **members))
    assert {name: client[name] for name in members} == members
    inside = asked(secure_world, client["client_id"])
    suite.answers.append(answer(request_object(inside, alg).encode(), then="close"))
    claims = await signed_in(secure_world, client, request_uri=request_uri)
    assert claims["nonce"] == "of the suite, too"


@pytest.mark.parametrize("members", [{}, {"request_object_signing_alg": "none"}])
async def test_an_unsigned_request_object_of_the_suite_is_answered(
    secure_world: World, members: dict[str, str]
) -> None:
    """The static client is registered for no algorithm, the other for none."""
    client = registered(await register(secure_world, **members))
    inside = asked(secure_world, client["client_id"])
    claims = await signed_in(secure_world, client, request=request_object(inside, "none"))
    assert claims["nonce"] == "of the suite, too"


async def test_the_algorithms_are_listed_by_which_the_suite_decides_what_it_runs(
    secure_world: World,
) -> None:
    url = f"{secure_world.bridge_url}/.well-known/openid-configuration"
    metadata = (await secure_world.browser.http.get(url)).json()
    assert metadata["request_object_signing_alg_values_supported"][0] == "RS256"
    assert "none" in metadata["request_object_signing_alg_values_supported"]
    assert metadata["request_parameter_supported"] is True
    assert metadata["request_uri_parameter_supported"] is True
