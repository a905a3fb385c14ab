"""Pushed Authorization Requests over the wire: RFC 9126."""

import json
import re
import secrets
from dataclasses import replace

import httpx
import pytest

from bridge.oidc.access_token import token_hash
from tests.journeys.pushing import (
    URN,
    answered,
    approve,
    asked,
    error_on,
    json_error,
    push,
    push_form,
    pushed,
    url_of,
)
from tests.world import (
    CLIENT_SECRET,
    REDIRECT_URI,
    World,
    claims_of,
    parameters_of,
    pkce_pair,
)

pytestmark = pytest.mark.anyio

REFUSED = (400, "invalid_request_uri")


async def test_a_request_is_pushed_and_answered(a_world: World) -> None:
    """§2.2, §4; the suite's par-without-duplicate-parameters."""
    await a_world.register()
    response = await push(a_world)
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-type"] == "application/json"
    told = response.json()
    assert told.keys() == {"request_uri", "expires_in"}
    assert told["expires_in"] == 90
    assert re.fullmatch(re.escape(URN) + "[A-Za-z0-9_-]{43}", told["request_uri"])

    answer = parameters_of(await answered(a_world, url_of(a_world, told["request_uri"])))
    assert (answer["state"], answer["iss"]) == ("the state", a_world.bridge_url)
    tokens = (await a_world.redeem(answer["code"])).json()
    assert claims_of(tokens["id_token"])["nonce"] == "the nonce"


async def test_who_is_known_by_the_header_need_not_repeat_it_in_the_form(a_world: World) -> None:
    """§2.1: the client that pushed is the one that proved who it is."""
    await a_world.register()
    form = asked(a_world, client_id=None)
    told = (await push_form(a_world, form, ("rp", CLIENT_SECRET))).json()
    assert "code" in parameters_of(await answered(a_world, url_of(a_world, told["request_uri"])))


async def test_the_reference_may_be_posted_to_the_authorization_endpoint(a_world: World) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: GET and POST are one."""
    await a_world.register()
    form = {"client_id": "rp", "request_uri": await pushed(a_world)}
    http = a_world.browser.http
    page = await http.post(f"{a_world.bridge_url}/authorize", data=form, follow_redirects=True)
    shown = await a_world.browser.open(str(page.url))
    answer = parameters_of(await http.get(await approve(a_world.browser, shown)))
    assert "code" in answer
    assert error_on(await a_world.browser.open(url_of(a_world, form["request_uri"]))) == REFUSED


async def test_what_stands_beside_the_reference_is_ignored(a_world: World) -> None:
    """§4; the suite's ensure-different-nonce/state-inside-and-outside-request-object."""
    await a_world.register()
    beside = {
        "state": "another",
        "nonce": "another",
        "redirect_uri": "https://evil.example/",
        "response_type": "token",
        "scope": "wechat",
        "prompt": "none",
        "request": "a.b.c",
    }
    url = url_of(a_world, await pushed(a_world), **beside) + "&state=twice"
    answer = parameters_of(await answered(a_world, url))
    assert answer["state"] == "the state"
    tokens = (await a_world.redeem(answer["code"])).json()
    assert claims_of(tokens["id_token"])["nonce"] == "the nonce"


async def test_state_outside_alone_is_not_used(a_world: World) -> None:
    """The suite's state-only-outside-request-object-not-used."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world, state=None), state="outside")
    assert "state" not in parameters_of(await answered(a_world, url))


async def test_a_long_state_claims_and_a_long_nonce_travel_whole(a_world: World) -> None:
    """The suite's ensure-authorization-request-with-long-nonce and -long-state."""
    await a_world.register(claims_in_id_token="none")
    state, nonce = secrets.token_urlsafe(3_072), secrets.token_hex(192)
    claims = json.dumps({"id_token": {"email": None}, "userinfo": {"name": {"essential": True}}})
    request_uri = await pushed(a_world, state=state, nonce=nonce, claims=claims)
    answer = parameters_of(await answered(a_world, url_of(a_world, request_uri)))
    assert len(state) == 4_096
    assert answer["state"] == state
    tokens = (await a_world.redeem(answer["code"])).json()
    told = claims_of(tokens["id_token"])
    assert told["nonce"] == nonce
    assert "email" in told


# Used once, and when


async def test_it_may_be_opened_again_until_it_is_answered(a_world: World) -> None:
    """The suite's par-ensure-reused-request-uri-prior-to-auth-completion-succeeds."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    await a_world.browser.open(url)
    async with a_world.another_browser() as other:
        await other.open(url)
    assert "code" in parameters_of(await answered(a_world, url))


async def test_it_is_not_opened_again_once_it_is_answered(a_world: World) -> None:
    """The suite's par-attempt-reuse-request_uri."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    assert "code" in parameters_of(await answered(a_world, url))
    async with a_world.another_browser() as other:
        for browser in (a_world.browser, other):
            assert error_on(await browser.open(url)) == REFUSED


async def test_of_two_tabs_the_first_is_answered(a_world: World) -> None:
    """§4: one use; nobody is signed in by the second, and the client hears of it."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    browser = a_world.browser
    tabs = [await approve(browser, await browser.open(url)) for _ in range(2)]
    first, second = [parameters_of(await browser.http.get(tab)) for tab in tabs]
    assert "code" in first
    assert (second["error"], second["state"]) == ("invalid_request_uri", "the state")
    assert (await a_world.redeem(first["code"])).status_code == 200


async def test_of_two_browsers_the_first_is_answered(a_world: World) -> None:
    """Whoever learns of a request cannot have it answered after its owner."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    async with a_world.another_browser() as thief:
        late = await approve(thief, await thief.open(url), "family")
        assert "code" in parameters_of(await answered(a_world, url))
        refused = await thief.http.get(late)
        assert parameters_of(refused)["error"] == "invalid_request_uri"
        assert "set-cookie" not in refused.headers


async def test_a_second_delivery_of_the_callback_is_answered_like_the_first(
    a_world: World,
) -> None:
    """Browsers and WeChat deliver twice; that is no second use."""
    await a_world.register()
    browser = a_world.browser
    page = await browser.open(url_of(a_world, await pushed(a_world)))
    callback = await approve(browser, page)
    codes = {parameters_of(await browser.http.get(callback))["code"] for _ in range(2)}
    assert len(codes) == 2
    assert [(await a_world.redeem(code)).status_code for code in codes] == [200, 200]


async def test_going_back_to_approve_as_somebody_else_stays_the_same_visit(
    a_world: World,
) -> None:
    await a_world.register()
    browser = a_world.browser
    page = await browser.open(url_of(a_world, await pushed(a_world)))
    wechat = await browser.click(page, "wechat-login")
    came_back: list[str] = []
    for person in ("zhang-wei", "family"):
        approved = await browser.send(wechat, "approve", follow_redirects=False, person=person)
        came_back.append(approved.headers["location"])
    assert "code" in parameters_of(await browser.http.get(came_back[0]))
    begun_again = await browser.open(came_back[1])
    answer = parameters_of(await browser.http.get(await approve(browser, begun_again, "family")))
    assert "code" in answer


async def test_a_session_answers_it_once(a_world: World) -> None:
    await a_world.register()
    await a_world.answer()
    url = url_of(a_world, await pushed(a_world, prompt="none"))
    http = a_world.browser.http
    assert "code" in parameters_of(await http.get(url))
    assert error_on(await a_world.browser.open(url)) == REFUSED


async def test_an_error_is_an_answer(a_world: World) -> None:
    await a_world.register()
    silent = url_of(a_world, await pushed(a_world, prompt="none"))
    assert parameters_of(await a_world.browser.http.get(silent))["error"] == "login_required"
    cancelled = url_of(a_world, await pushed(a_world))
    page = await a_world.browser.open(cancelled)
    response = await a_world.browser.send(page, "cancel", follow_redirects=False)
    assert parameters_of(response)["error"] == "access_denied"
    for url in (silent, cancelled):
        assert error_on(await a_world.browser.open(url)) == REFUSED


async def test_a_sign_in_that_began_in_time_may_end_later(a_world: World) -> None:
    """§4: it is the reference that expires; a person needs longer than 90 seconds."""
    await a_world.register()
    browser = a_world.browser
    page = await browser.open(url_of(a_world, await pushed(a_world)))
    a_world.clock.wind(500)
    await a_world.provider.store.forget_expired(now=a_world.clock.now)
    assert "code" in parameters_of(await browser.http.get(await approve(browser, page)))


# What is refused


async def test_an_expired_reference_is_refused(a_world: World) -> None:
    """The suite's par-attempt-to-use-expired-request_uri."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    a_world.clock.wind(89)
    assert (await a_world.browser.open(url)).has("wechat-login")
    a_world.clock.wind(1)
    assert error_on(await a_world.browser.open(url)) == REFUSED


async def test_another_clients_reference_is_refused(a_world: World) -> None:
    """§2.2, §4; the suite's par-attempt-to-use-request_uri-for-different-client."""
    await a_world.register()
    await a_world.register(client_id="other")
    request_uri = await pushed(a_world)
    assert error_on(await a_world.browser.open(url_of(a_world, request_uri, "other"))) == REFUSED
    assert "code" in parameters_of(await answered(a_world, url_of(a_world, request_uri)))


@pytest.mark.parametrize("reference", ["", "a", "A" * 43, "%", "A" * 42 + "é", "A" * 5_000])
async def test_a_guess_is_refused(a_world: World, reference: str) -> None:
    """§7.1."""
    await a_world.register()
    await pushed(a_world)
    page = await a_world.browser.open(url_of(a_world, URN + reference))
    assert error_on(page) == REFUSED


async def test_a_removed_clients_reference_leads_nowhere(a_world: World) -> None:
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    await a_world.provider.store.remove_client("rp")
    assert error_on(await a_world.browser.open(url)) == (400, "invalid_request")
    await a_world.register()
    assert error_on(await a_world.browser.open(url)) == REFUSED


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"scope": "groups"}, "invalid_scope"),
        ({"claims": "no JSON"}, "invalid_request"),
        ({"max_age": "long"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"code_challenge": "A" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"state": secrets.token_urlsafe(9_000)}, "invalid_request"),
        ({"state": "s" * 17_000}, "invalid_request"),
        # §2.1; the suite's par-authorization-request-containing-request_uri-form-param
        ({"request_uri": URN + "A" * 43}, "invalid_request"),
        ({"request_uri": "https://rp.example.org/request"}, "invalid_request"),
    ],
)
async def test_what_the_authorization_endpoint_would_refuse_is_refused_at_once(
    a_world: World, changed: dict[str, str | None], error: str
) -> None:
    """§2.1, §2.3."""
    await a_world.register()
    assert json_error(await push(a_world, **changed)) == (400, error)


async def test_who_does_not_prove_who_it_is_pushes_nothing(a_world: World) -> None:
    """§2.1, §2.3."""
    await a_world.register()
    for auth in (("rp", "wrong"), ("other", CLIENT_SECRET), None):
        refused = await push_form(a_world, asked(a_world), auth)
        assert json_error(refused) == (401, "invalid_client")
    another = await push(a_world, client_id="other")
    assert json_error(another) == (401, "invalid_client")


async def test_a_public_client_pushes_with_pkce(a_world: World) -> None:
    """§2.1: by its client_id, as at the token endpoint."""
    await a_world.register(client_secret_hash=None)
    refused = await push_form(a_world, asked(a_world), None)
    assert json_error(refused) == (400, "invalid_request")
    code_verifier, code_challenge = pkce_pair()
    challenge = {"code_challenge": code_challenge, "code_challenge_method": "S256"}
    told = (await push_form(a_world, asked(a_world, **challenge), None)).json()
    answer = parameters_of(await answered(a_world, url_of(a_world, told["request_uri"])))
    redeemed = await a_world.browser.http.post(
        f"{a_world.bridge_url}/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "rp",
            "code": answer["code"],
            "redirect_uri": REDIRECT_URI,
            "code_verifier": code_verifier,
        },
    )
    assert redeemed.status_code == 200


async def test_pkce_is_enforced_for_what_was_pushed(a_world: World) -> None:
    """The suite's par-ensure-pkce-code-verifier-required and -incorrect-pkce-…-rejected."""
    await a_world.register()
    _, code_challenge = pkce_pair()
    challenge = {"code_challenge": code_challenge, "code_challenge_method": "S256"}
    for wrong in (None, "A" * 43):
        url = url_of(a_world, await pushed(a_world, prompt="login", **challenge))
        code = parameters_of(await answered(a_world, url))["code"]
        redeemed = await a_world.redeem(code, code_verifier=wrong)
        assert json_error(redeemed) == (400, "invalid_grant")


async def test_a_client_that_has_to_push_asks_in_no_other_way(a_world: World) -> None:
    """§6; the suite's ensure-unsigned-authorization-request-without-using-par-fails."""
    await a_world.register(require_pushed_authorization_requests=True)
    refused = await a_world.browser.http.get(a_world.authorization_url())
    answer = parameters_of(refused)
    assert (answer["error"], answer["state"]) == ("invalid_request", "the state")
    url = url_of(a_world, await pushed(a_world))
    assert "code" in parameters_of(await answered(a_world, url))


async def test_what_a_client_may_no_longer_ask_is_refused_when_the_browser_comes(
    a_world: World,
) -> None:
    """All is judged again: what was pushed may have been withdrawn meanwhile."""
    await a_world.register()
    url = url_of(a_world, await pushed(a_world))
    elsewhere = ("https://rp.example.org/new",)
    await a_world.provider.store.change_client(
        "rp", lambda known: replace(known, redirect_uris=elsewhere)
    )
    assert error_on(await a_world.browser.open(url)) == (400, "invalid_request")


async def test_only_a_form_is_pushed(a_world: World) -> None:
    """§2.1, §2.3; the suite's par-attempt-invalid-http-method."""
    await a_world.register()
    http, url = a_world.browser.http, f"{a_world.bridge_url}/par"
    got = await http.get(url, params=asked(a_world), auth=("rp", CLIENT_SECRET))
    assert json_error(got) == (405, "invalid_request")
    assert got.headers["allow"] == "POST"
    auth = ("rp", CLIENT_SECRET)
    assert json_error(await http.post(url, json=asked(a_world), auth=auth))[0] == 400
    twice = "response_type=code&response_type=code"
    form = {"content-type": "application/x-www-form-urlencoded"}
    repeated = await http.post(url, content=twice, headers=form, auth=auth)
    assert json_error(repeated) == (400, "invalid_request")
    large: httpx.Response = await http.post(url, data={"state": "a" * 70_000}, auth=auth)
    assert json_error(large) == (413, "invalid_request")


async def test_the_text_of_a_reference_is_stored_nowhere(a_world: World) -> None:
    await a_world.register()
    reference = (await pushed(a_world)).removeprefix(URN)
    files = [file for file in a_world.folder.rglob("*") if file.is_file()]
    assert not any(reference.encode() in file.read_bytes() for file in files)
    assert any(token_hash(reference).encode() in file.read_bytes() for file in files)
