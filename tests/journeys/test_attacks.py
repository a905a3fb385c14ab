"""Attacks, each over real sockets: RFC 6819, RFC 9700, RFC 8725, RFC 9101 §10.

docs/conformance.md lists all of them; those that are not here stand beside what they attack.
"""

import hmac
import json
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.fetching.strangers import Authority, stranger
from tests.jose.examples import encoded, public, rsa_key, signed
from tests.journeys.test_client_assertions import asserted, claims_for, post
from tests.wechat.hostile_wechat import Answer, answer, hostile_wechat
from tests.world import (
    CLIENT_SECRET,
    REDIRECT_URI,
    Clock,
    Plan,
    World,
    claims_of,
    header_of,
    parameters_of,
    pkce_pair,
    world,
)

pytestmark = pytest.mark.anyio

CALLBACK = "https://rp.example.org/callback"
OPEN = {"BRIDGE_REGISTRATION_MODE": "open"}


# Redirection


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://rp.example.org@evil.example/callback",
        "https://evil.example\\@rp.example.org/callback",
        "https://evil.example#@rp.example.org/callback",
        "https://rp.example.org.evil.example/callback",
        "https://evilrp.example.org/callback",
        "https://rp.example.org:443/callback",
        "https://RP.example.org/callback",
        "https://rp.example.org./callback",
        "https://rp.example.org/callback#",
        "https://rp.example.org/callback#code",
        "https://rp.example.org/callback?",
        "https://rp.example.org/callback/",
        "https://rp.example.org%2Fcallback",
        "https://rp.example.org/%2e%2e/callback",
        "https://rp.example.org/callback/../open?to=https://evil.example",
        "https://rp.example.org/callback%0d%0aSet-Cookie:%20a=b",
        "https://rp.example.org/callback\r\nSet-Cookie: a=b",
        " https://rp.example.org/callback",
        "http://rp.example.org/callback",
        "//rp.example.org/callback",
        "javascript:alert(1)//https://rp.example.org/callback",
        "data:text/html,<script>alert(1)</script>",
    ],
)
async def test_an_address_that_only_looks_registered_is_not_answered_at(
    a_world: World, redirect_uri: str
) -> None:
    """RFC 9700 §4.1.3: exact matching, before anything is told to anybody."""
    await a_world.register(redirect_uris=(CALLBACK,))
    for changed in ({}, {"prompt": "none"}, {"response_type": "nonsense"}):
        url = a_world.authorization_url(redirect_uri=redirect_uri, **changed)
        response = await a_world.browser.http.get(url)
        assert response.status_code == 400
        assert 'id="error">invalid_request<' in response.text
        assert "location" not in response.headers
        assert "evil.example" not in response.text


@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "https://rp.example.org@evil.example/",
        "http://rp.example.org/",
        "https://rp.example.org/\r\nSet-Cookie: a=b",
    ],
)
async def test_nobody_registers_an_address_that_runs_or_misleads(
    open_world: World, member: str, uri: str
) -> None:
    """RFC 7591 §5: a stranger chooses these, and browsers are sent there."""
    sent = {"redirect_uris": [CALLBACK]} | {member: [uri]}
    response = await open_world.browser.http.post(f"{open_world.bridge_url}/register", json=sent)
    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_redirect_uri", "invalid_client_metadata"}


@pytest.mark.parametrize(
    "uri",
    [
        "https://rp.example.org@evil.example/bye",
        "https://rp.example.org.evil.example/bye",
        "https://rp.example.org/bye#fragment",
        "https://rp.example.org%2Fbye",
        "//evil.example/bye",
        "javascript:alert(1)",
    ],
)
async def test_signing_out_is_no_open_redirect(a_world: World, uri: str) -> None:
    """RP-Initiated Logout 1.0 §3, with the client's own hint and with its name alone."""
    await a_world.register(post_logout_redirect_uris=("https://rp.example.org/bye",))
    tokens = (await a_world.redeem((await a_world.answer())["code"])).json()
    for proof in ({"id_token_hint": tokens["id_token"]}, {"client_id": "rp"}, {}):
        sent = proof | {"post_logout_redirect_uri": uri, "state": "s"}
        response = await a_world.browser.http.get(f"{a_world.bridge_url}/end_session", params=sent)
        assert "location" not in response.headers
        assert unescape(uri) not in unescape(response.text)


# Codes


async def test_a_stolen_code_is_worth_nothing_in_the_thiefs_own_sign_in(a_world: World) -> None:
    """RFC 9700 §4.5: code injection. The client is the right one, its sign-in is another."""
    await a_world.register()
    verifiers: list[str] = []
    codes: list[str] = []
    for person in ("family", "zhang-wei"):
        code_verifier, code_challenge = pkce_pair()
        told = await a_world.answer(
            person, code_challenge=code_challenge, code_challenge_method="S256"
        )
        verifiers.append(code_verifier)
        codes.append(told["code"])
    injected = await a_world.redeem(codes[1], code_verifier=verifiers[0])
    assert injected.json()["error"] == "invalid_grant"
    assert (await a_world.redeem(codes[1], code_verifier=verifiers[1])).status_code == 200


async def test_a_challenge_that_was_taken_away_is_noticed(a_world: World) -> None:
    """RFC 9700 §4.8.2: PKCE downgrade. The client sends its verifier, and that betrays it."""
    await a_world.register()
    code = (await a_world.answer())["code"]
    refused = await a_world.redeem(code, code_verifier=pkce_pair()[0])
    assert refused.json()["error"] == "invalid_grant"


async def test_a_verifier_that_was_taken_away_is_noticed(a_world: World) -> None:
    """RFC 7636 §4.6, though the client has a secret as well."""
    await a_world.register()
    _, code_challenge = pkce_pair()
    told = await a_world.answer(code_challenge=code_challenge, code_challenge_method="S256")
    assert (await a_world.redeem(told["code"])).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("method", ["plain", None, "s256", "S512"])
async def test_a_challenge_cannot_be_weakened(a_world: World, method: str | None) -> None:
    """RFC 9700 §2.1.1; RFC 7636 §4.3: no method would mean plain."""
    await a_world.register()
    url = a_world.authorization_url(code_challenge="x" * 43, code_challenge_method=method)
    response = await a_world.browser.http.get(url)
    assert parameters_of(response)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"response_type": "code id_token"},
        {"response_type": "nonsense"},
        {"prompt": "none", "max_age": "0"},
        {"code_challenge": "short", "code_challenge_method": "S256"},
    ],
)
async def test_every_answer_says_who_gives_it(a_world: World, changed: dict[str, str]) -> None:
    """RFC 9207 §2: mix-up, where a client has asked another provider."""
    await a_world.register(response_types=("code", "code id_token"))
    await a_world.answer()
    a_world.clock.wind(1)
    response = await a_world.browser.http.get(a_world.authorization_url(**changed))
    assert parameters_of(response)["iss"] == a_world.bridge_url


async def test_who_said_yes_to_one_host_is_not_sent_to_another_unasked(a_world: World) -> None:
    """A stranger registers a good name's address beside its own, and shows people the good one."""
    shown, hidden = "https://good.example/cb", "https://evil.example/cb"
    await a_world.register(redirect_uris=(shown, hidden), is_self_registered=True)
    browser = a_world.browser
    url = await a_world.callback_url(redirect_uri=shown)
    page = await browser.open(url)
    assert "good.example" in page.text("unverified")
    await browser.send(page, "allow", follow_redirects=False)
    silent = a_world.authorization_url(redirect_uri=hidden, prompt="none")
    location = (await browser.http.get(silent)).headers["location"]
    assert "error=consent_required" in location
    assert "code=" not in location


# Tokens


async def test_a_forged_hint_signs_nobody_out_and_names_nobody(a_world: World) -> None:
    """RFC 8725 §2.1, §3.8: alg confusion with our public keys, a key that is sent along, kids."""
    await a_world.register()
    real = (await a_world.redeem((await a_world.answer())["code"])).json()["id_token"]
    claims = claims_of(real)
    jwks = (await a_world.browser.http.get(f"{a_world.bridge_url}/jwks")).json()["keys"]
    mine = rsa_key(1)
    forged = [f"{encoded({'alg': alg})}.{encoded(claims)}." for alg in ("none", "None", "nOnE")]
    for kid in (header_of(real)["kid"], "../../dev/null", "' OR 1=1 --", "https://evil.example/"):
        forged.append(signed(mine, "RS256", {"kid": kid}, claims))
        forged.append(signed(mine, "RS256", {"kid": kid, "jwk": public(mine)}, claims))
        for jwk in jwks:
            signing_input = f"{encoded({'alg': 'HS256', 'kid': kid})}.{encoded(claims)}"
            mac = hmac.digest(json.dumps(jwk).encode(), signing_input.encode(), "sha256")
            forged.append(f"{signing_input}.{encoded(mac)}")
    for hint in forged:
        sent = {"id_token_hint": hint}
        out = await a_world.browser.http.get(f"{a_world.bridge_url}/end_session", params=sent)
        assert out.status_code == 400, hint
        url = a_world.authorization_url(prompt="none", id_token_hint=hint)
        assert parameters_of(await a_world.browser.http.get(url))["error"] == "invalid_request"
    url = a_world.authorization_url(prompt="none", id_token_hint=real)
    assert "code" in parameters_of(await a_world.browser.http.get(url))


async def test_no_token_passes_for_another_kind(a_world: World) -> None:
    """RFC 8725 §2.8, §3.11: cross-JWT confusion; RFC 6749 §1.5."""
    scope = "openid offline_access"
    await a_world.register(scope=tuple(scope.split()), userinfo_signed_response_alg="RS256")
    code = (await a_world.answer(scope=scope, prompt="login consent"))["code"]
    tokens = (await a_world.redeem(code)).json()
    signed_userinfo = (await a_world.userinfo(tokens["access_token"])).text
    for bearer in (tokens["id_token"], tokens["refresh_token"], code, signed_userinfo):
        assert (await a_world.userinfo(bearer)).status_code == 401
    for handed_in in (tokens["access_token"], tokens["refresh_token"], tokens["id_token"]):
        assert (await a_world.redeem(handed_in)).json()["error"] == "invalid_grant"
    for handed_in in (tokens["access_token"], tokens["id_token"]):
        sent = {"grant_type": "refresh_token", "refresh_token": handed_in}
        refused = await a_world.browser.http.post(
            f"{a_world.bridge_url}/token", data=sent, auth=("rp", CLIENT_SECRET)
        )
        assert refused.json()["error"] == "invalid_grant"
    for assertion in (tokens["id_token"], signed_userinfo):
        sent = {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT_URI}
        refused = await post(a_world, "token", sent | asserted(assertion))
        assert refused.json()["error"] == "invalid_client"
        page = await a_world.browser.open(a_world.authorization_url(request=assertion))
        assert page.text("error") == "invalid_request_object"


# Server-side request forgery. Whatever is registered, it is through the endpoint that fetches it.


async def by_jwks_uri(opened: World, urls: Sequence[str]) -> None:
    for number, url in enumerate(urls):
        client_id = f"rp-{number}"
        await opened.register(
            client_id=client_id,
            client_secret_hash=None,
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=url,
        )
        assertion = signed(
            rsa_key(), "RS256", {"kid": "k"}, claims_for(opened, iss=client_id, sub=client_id)
        )
        sent = {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT_URI}
        refused = await post(opened, "token", sent | asserted(assertion))
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def by_request_uri(opened: World, urls: Sequence[str]) -> None:
    for number, url in enumerate(urls):
        client_id = f"rp-{number}"
        await opened.register(client_id=client_id, request_uris=(url,))
        asked = opened.authorization_url(client_id=client_id, request_uri=url)
        response = await opened.browser.http.get(asked)
        assert 'id="error">invalid_request_' in response.text


async def by_sector_identifier_uri(opened: World, urls: Sequence[str]) -> None:
    for url in urls:
        sent = {
            "redirect_uris": [CALLBACK],
            "subject_type": "pairwise",
            "sector_identifier_uri": url,
        }
        refused = await opened.browser.http.post(f"{opened.bridge_url}/register", json=sent)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")


async def by_backchannel_logout_uri(opened: World, urls: Sequence[str]) -> None:
    hint = ""
    for number, url in enumerate(urls):
        client_id = f"rp-{number}"
        await opened.register(
            client_id=client_id, backchannel_logout_uri=url, response_types=("id_token",)
        )
        asked: dict[str, Any] = {"client_id": client_id, "response_type": "id_token"}
        if hint:
            url_of_request = opened.authorization_url(**asked)
            told = parameters_of(await opened.browser.http.get(url_of_request))
        else:
            told = await opened.answer(**asked)
        hint = told["id_token"]
    sent = {"id_token_hint": hint}
    response = await opened.browser.http.get(f"{opened.bridge_url}/end_session", params=sent)
    assert response.status_code == 200
    await opened.provider.background.finish()


Forgery = Callable[[World, Sequence[str]], Awaitable[None]]
FORGERIES: list[Forgery] = [
    by_jwks_uri,
    by_request_uri,
    by_sector_identifier_uri,
    by_backchannel_logout_uri,
]

# Loopback in all its spellings, private and link-local networks, clouds' metadata, and IPv4 within
# IPv6: mapped, compatible, translated (well-known and local), 6to4, Teredo.
INSIDE = [
    *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0.0.0.0"),  # noqa: S104
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200", "100.64.0.1"),
    *("[::1]", "[::]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:100.64.0.1]", "[::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]"),
    *("[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::]"),
    *("localhost", "LOCALHOST"),
]

# What a stranger's name server may say
NAMED = [
    *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
    *("::1", "fe80::1", "fec0::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
]


@pytest.fixture
async def open_world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, Plan(OPEN)) as opened:
        yield opened


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server of the attacker's: what it says next of each name; the last is repeated."""
    said: dict[str, list[str]] = {}
    ask_system = socket.getaddrinfo

    def ask(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in said:
            return ask_system(host, *args, **kwargs)
        told = said[host].pop(0) if len(said[host]) > 1 else said[host][0]
        family = socket.AF_INET6 if ":" in told else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (told, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    return said


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Why each fetch failed, as the operator reads it."""
    return re.findall(r'fetch\.failed .*cause="([^"]+)"', caplog.text)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_an_address_that_leads_inside_is_not_fetched(
    open_world: World, authority: Authority, forge: Forgery, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 9101 §10.4: and whoever listens there hears nothing."""
    async with stranger(authority) as inside:
        port = inside.origin.rpartition(":")[2]
        await forge(open_world, [f"https://{host}:{port}/" for host in INSIDE])
        assert inside.connections == 0
    causes = failures(caplog)
    assert set(causes) == {"the address is not public", "not a host name"}
    assert len(causes) >= len(INSIDE)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_name_that_leads_inside_is_not_fetched(
    open_world: World,
    authority: Authority,
    names: dict[str, list[str]],
    forge: Forgery,
    caplog: pytest.LogCaptureFixture,
) -> None:
    names |= {f"n{number}.evil.example": [address] for number, address in enumerate(NAMED)}
    async with stranger(authority) as inside:
        port = inside.origin.rpartition(":")[2]
        await forge(open_world, [f"https://{name}:{port}/" for name in names])
        assert inside.connections == 0
    causes = failures(caplog)
    assert set(causes) == {"the address is not public"}
    assert len(causes) >= len(NAMED)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_name_that_moves_inside_is_not_followed(
    tmp_path: Path,
    clock: Clock,
    authority: Authority,
    names: dict[str, list[str]],
    forge: Forgery,
) -> None:
    """DNS rebinding. 127.0.0.1 stands for a public address here, and ::1 for the inside."""
    settings = {"BRIDGE_FETCH_ALLOWED": "127.0.0.1", "BRIDGE_CA_FILE": str(authority.ca_file)}
    async with stranger(authority, answer(b"nothing")) as outside:
        port = int(outside.origin.rpartition(":")[2])
        with socket.create_server(("::1", port), family=socket.AF_INET6) as inside:
            inside.settimeout(0)
            names["rp.example.com"] = ["127.0.0.1", "::1"]
            async with world(tmp_path, clock, Plan(OPEN | settings)) as opened:
                await forge(opened, [f"https://rp.example.com:{port}/"])
            with pytest.raises(BlockingIOError):
                inside.accept()
        assert outside.connections == 1


async def test_who_registers_takes_no_turns_of_a_client_that_is_called_like_a_host(
    tmp_path: Path, clock: Clock, authority: Authority
) -> None:
    """Two fetches at a time are each client's: a stranger may not keep both waiting."""
    settings = {"BRIDGE_FETCH_ALLOWED": "127.0.0.1", "BRIDGE_CA_FILE": str(authority.ca_file)}
    keys = answer({"keys": [public(rsa_key(), kid="k")]})
    async with (
        world(tmp_path, clock, Plan(OPEN | settings)) as opened,
        stranger(authority, keys) as theirs,
        anyio.create_task_group() as registering,
        stranger(authority, *[Answer(b"", "wait")] * 2) as slow,
    ):
        for number in range(2):
            url = f"{slow.origin}/{number}"
            registering.start_soon(by_sector_identifier_uri, opened, [url])
        with anyio.fail_after(5):
            while len(slow.requests) < 2:
                await anyio.lowlevel.checkpoint()
        await opened.register(
            client_id="127.0.0.1",
            client_secret_hash=None,
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=theirs.origin,
        )
        claims = claims_for(opened, iss="127.0.0.1", sub="127.0.0.1")
        assertion = signed(rsa_key(), "RS256", {"kid": "k"}, claims)
        sent = {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT_URI}
        told = await post(opened, "token", sent | asserted(assertion))
        assert told.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_proxy_in_the_environment_opens_no_way_inside(
    tmp_path: Path, clock: Clock, forge: Forgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would look names up by itself, and ask whom it likes."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with hostile_wechat(*[answer(b"")] * 9) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.origin)
        async with world(tmp_path, clock, Plan(OPEN)) as opened:
            await forge(opened, ["https://localhost:9/"])
        assert proxy.connections == 0
