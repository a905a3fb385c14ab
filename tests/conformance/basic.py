"""Modules of the Basic, Implicit and Hybrid plans about requests, prompts and codes."""

from urllib.parse import urlencode

from tests.conformance.checks import check_is_hard_to_guess, check_not_requested, unsigned
from tests.conformance.suite import Suite, client_key
from tests.world import header_of, pkce_pair

NOBODY_SIGNED_IN = {
    *("login_required", "interaction_required", "account_selection_required", "consent_required"),
}


async def server(suite: Suite) -> None:
    """The happy flow: what is sent is bound, hard to guess, and no more than was asked for."""
    tokens = await suite.authenticate()
    assert "name" not in tokens.claims
    check_not_requested(tokens.claims, "openid")
    if suite.variant.has_access_token:
        await suite.userinfo(tokens.access_token)


async def response_type_missing(suite: Suite) -> None:
    """Without response_type: an error, at the client or on a page."""
    landing = await suite.visit(suite.request(response_type=None))
    if landing.is_at_relying_party:
        told = dict(landing.query or landing.fragment or landing.form)
        assert told["error"] in {"invalid_request", "unsupported_response_type"}
    else:
        assert landing.error in {"invalid_request", "unsupported_response_type"}


async def idtoken_signature(suite: Suite) -> None:
    """RS256 unless something else was registered, and the header names the key."""
    tokens = await suite.authenticate()
    assert tokens.id_token is not None
    header = header_of(tokens.id_token)
    assert header["alg"] == "RS256"
    assert header["kid"]


async def idtoken_unsigned(suite: Suite) -> None:
    """A client of the code flow may register ``none``, where discovery lists it."""
    assert "none" in suite.metadata["id_token_signing_alg_values_supported"]
    client = await suite.new_client(id_token_signed_response_alg="none")
    asked = suite.request(client)
    answer, _ = await suite.authorize(asked)
    told = (await suite.redeem(client, answer["code"], client.redirect_uri)).json()
    claims = unsigned(told["id_token"])
    assert claims["nonce"] == asked["nonce"]
    assert claims["aud"] == client.client_id
    await suite.end(client)


async def ensure_request_without_nonce_succeeds_for_code_flow(suite: Suite) -> None:
    """``nonce`` is optional where no ID Token comes from the authorization endpoint."""
    tokens = await suite.authenticate(nonce=None)
    assert "nonce" not in tokens.claims


async def ensure_request_without_nonce_fails(suite: Suite) -> None:
    """``nonce`` is demanded where an ID Token comes from the authorization endpoint."""
    landing = await suite.visit(suite.request(nonce=None))
    if landing.is_at_relying_party:
        assert dict(landing.fragment or landing.form)["error"] == "invalid_request"
    else:
        assert landing.error == "invalid_request"


async def alternate_happy_flow(suite: Suite) -> None:
    """Neither the order of scope values nor that of parameters matters."""
    asked = suite.request(scope="email openid")
    asked = dict(reversed(asked.items()))
    answer, landing = await suite.authorize(asked)
    await suite.tokens(suite.client, asked, answer, landing)


async def display_page(suite: Suite) -> None:
    """``display=page`` must not be an error."""
    await suite.authenticate(display="page")


async def display_popup(suite: Suite) -> None:
    """``display=popup`` must not be an error."""
    await suite.authenticate(display="popup")


async def ui_locales(suite: Suite) -> None:
    """``ui_locales`` must not be an error."""
    await suite.authenticate(ui_locales="se zh-CN")


async def claims_locales(suite: Suite) -> None:
    """``claims_locales`` must not be an error."""
    await suite.authenticate(claims_locales="se")


async def login_hint(suite: Suite) -> None:
    """``login_hint`` must not be an error."""
    await suite.authenticate(login_hint="buffy@example.com")


async def ensure_request_with_unknown_parameter_succeeds(suite: Suite) -> None:
    """An unknown parameter is ignored."""
    await suite.authenticate(extra="foobar")


async def prompt_login(suite: Suite) -> None:
    """A second request with prompt=login shows a sign-in again, and auth_time is later."""
    first = await suite.authenticate()
    suite.world.clock.wind(2)
    second = await suite.authenticate(prompt="login")
    assert second.landing is not None
    assert second.landing.was_asked_to_sign_in
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert second.claims["sub"] == first.claims["sub"]


async def prompt_none_not_logged_in(suite: Suite) -> None:
    """prompt=none without a session: an error of the specification, with state."""
    asked = suite.request(prompt="none")
    answer, landing = await suite.authorize(asked)
    assert answer["error"] in NOBODY_SIGNED_IN
    assert not landing.pressed


async def prompt_none_logged_in(suite: Suite) -> None:
    """prompt=none with a session: the same person, the same auth_time, and no page."""
    first = await suite.authenticate()
    suite.world.clock.wind(1)
    second = await suite.authenticate(prompt="none")
    assert second.landing is not None
    assert not second.landing.pressed
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["auth_time"] == first.claims["auth_time"]


async def max_age_1(suite: Suite) -> None:
    """Two seconds later max_age=1 asks for a sign-in, and auth_time says so."""
    first = await suite.authenticate()
    suite.world.clock.wind(2)
    second = await suite.authenticate(max_age="1")
    assert second.landing is not None
    assert second.landing.was_asked_to_sign_in
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert suite.world.clock.now - second.claims["auth_time"] <= 1


async def max_age_10000(suite: Suite) -> None:
    """A long max_age asks nobody, and auth_time is there both times and the same."""
    first = await suite.authenticate(max_age="15000")
    suite.world.clock.wind(1)
    second = await suite.authenticate(max_age="10000")
    assert second.landing is not None
    assert not second.landing.was_asked_to_sign_in
    assert second.claims["auth_time"] == first.claims["auth_time"]


async def id_token_hint(suite: Suite) -> None:
    """prompt=none with id_token_hint: success, for the same person."""
    first = await suite.authenticate()
    second = await suite.authenticate(prompt="none", id_token_hint=first.id_token)
    assert second.claims["sub"] == first.claims["sub"]


async def ensure_request_with_acr_values_succeeds(suite: Suite) -> None:
    """The advertised acr_values are taken, and one of them comes back."""
    listed: list[str] = suite.metadata["acr_values_supported"]
    tokens = await suite.authenticate(acr_values=" ".join(listed))
    assert tokens.claims["acr"] in listed


async def codereuse(suite: Suite) -> None:
    """A code that is used again at once: invalid_grant."""
    await _reused(suite, after=0)


async def codereuse_30seconds(suite: Suite) -> None:
    """A code that is used again later: invalid_grant, and what it gave is dead."""
    access_token = await _reused(suite, after=30)
    assert 400 <= (await suite.userinfo_by("GET", access_token)).status_code < 500


async def _reused(suite: Suite, *, after: int) -> str:
    asked = suite.request()
    answer, _ = await suite.authorize(asked)
    redeemed = await suite.redeem(suite.client, answer["code"], asked["redirect_uri"])
    assert redeemed.status_code == 200
    suite.world.clock.wind(after)
    again = await suite.redeem(suite.client, answer["code"], asked["redirect_uri"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    token: str = redeemed.json()["access_token"]
    return token


async def ensure_registered_redirect_uri(suite: Suite) -> None:
    """An address that is not registered gets a page, never an answer."""
    landing = await suite.visit(suite.request(redirect_uri=f"{suite.redirect_uri}/other"))
    assert landing.error == "invalid_request"


async def ensure_post_request_succeeds(suite: Suite) -> None:
    """The authorization request by POST."""
    asked = suite.request()
    request = suite.browser.http.build_request(
        "POST",
        suite.metadata["authorization_endpoint"],
        content=urlencode(asked),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    landing = await suite.browser.travel(request)
    answer = suite.callback(asked, landing)
    await suite.tokens(suite.client, asked, answer, landing)


async def server_client_secret_post(suite: Suite) -> None:
    """The secret in the form."""
    suite.client.auth_type = "client_secret_post"
    if suite.variant.is_dynamic:
        suite.client = await suite.register(token_endpoint_auth_method="client_secret_post")
    await suite.authenticate()


async def ensure_request_with_valid_pkce_succeeds(suite: Suite) -> None:
    """PKCE with S256."""
    code_verifier, code_challenge = pkce_pair()
    asked = suite.request(code_challenge=code_challenge, code_challenge_method="S256")
    answer, _ = await suite.authorize(asked)
    redeemed = await suite.redeem(
        suite.client, answer["code"], asked["redirect_uri"], code_verifier=code_verifier
    )
    assert redeemed.status_code == 200


async def refresh_token(suite: Suite) -> None:
    """A refresh token is its client's own, hard to guess, and says the same of the person."""
    assert "refresh_token" in suite.metadata["grant_types_supported"]
    client = await suite.new_client(**_with_refresh(suite))
    other = await suite.new_client(**_with_refresh(suite))
    first = await suite.authenticate(client, scope="openid offline_access", prompt="consent")
    assert first.refresh_token is not None
    form = {"grant_type": "refresh_token", "refresh_token": first.refresh_token}
    refused = await suite.token_request(other, form)
    assert refused.json()["error"] == "invalid_grant"
    suite.world.clock.wind(1)  # or no time that is told anew would be seen
    response = await suite.token_request(client, form)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/json")
    assert "no-store" in response.headers["cache-control"]
    told = response.json()
    assert told["token_type"].lower() == "bearer"
    for secret in (told["access_token"], told["refresh_token"]):
        check_is_hard_to_guess(secret)
    claims = await suite.judge(client, told["id_token"], None)
    for name in ("iss", "sub", "aud", "auth_time", "azp"):
        assert claims.get(name) == first.claims.get(name), name
    await suite.userinfo(told["access_token"])
    await suite.end(client)
    await suite.end(other)


def _with_refresh(suite: Suite) -> dict[str, object]:
    if not suite.variant.is_dynamic:
        return {}
    grant_types = ["authorization_code", "refresh_token"]
    if suite.variant.needs_nonce or "token" in suite.variant.values:
        grant_types.append("implicit")
    return {"grant_types": grant_types, "scope": "openid offline_access"}


async def ensure_client_assertion_with_iss_aud_succeeds(suite: Suite) -> None:
    """An assertion whose audience is the issuer is taken."""
    asked = suite.request()
    answer, _ = await suite.authorize(asked)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": asked["redirect_uri"],
        **suite.assertion(suite.client, suite.metadata["issuer"], client_key()),
    }
    redeemed = await suite.http.post(suite.metadata["token_endpoint"], data=form)
    assert redeemed.status_code == 200, redeemed.text
