"""Signing out: OpenID Connect RP-Initiated Logout 1.0, over the wire."""

import pytest

from tests.world import CLIENT_SECRET, HOUR, World, claims_of, parameters_of

pytestmark = pytest.mark.anyio

BACK = "http://127.0.0.1:9/signed-out?from=bridge"


async def signed_in(a_world: World) -> dict[str, str]:
    """Register a client, sign in, and return the token response."""
    await a_world.register(post_logout_redirect_uris=(BACK,))
    tokens: dict[str, str] = (await a_world.redeem((await a_world.answer())["code"])).json()
    return tokens


async def is_signed_in(a_world: World) -> bool:
    url = a_world.authorization_url(prompt="none")
    return "code" in parameters_of(await a_world.browser.http.get(url))


def endpoint(a_world: World) -> str:
    return f"{a_world.bridge_url}/end_session"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_with_its_own_hint_the_person_is_signed_out_and_sent_back(
    a_world: World, method: str
) -> None:
    """§2, §3: with exactly the state that was sent, also when the hint has expired."""
    tokens = await signed_in(a_world)
    a_world.clock.wind(2 * HOUR)
    sent = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": BACK,
        "state": "s" * 128,
    }
    http = a_world.browser.http
    if method == "GET":
        response = await http.get(endpoint(a_world), params=sent)
    else:
        posted = await http.post(endpoint(a_world), data=sent)
        assert posted.status_code == 303
        response = await http.get(posted.headers["location"])
    assert response.headers["location"] == f"{BACK}&state={'s' * 128}"
    assert not await is_signed_in(a_world)


async def test_all_that_the_session_gave_ends_with_it(a_world: World) -> None:
    tokens = await signed_in(a_world)
    assert (await a_world.userinfo(tokens["access_token"])).status_code == 200
    unspent = parameters_of(await a_world.browser.http.get(a_world.authorization_url()))
    await a_world.browser.http.get(endpoint(a_world), params={"id_token_hint": tokens["id_token"]})
    assert (await a_world.userinfo(tokens["access_token"])).status_code == 401
    assert (await a_world.redeem(unspent["code"])).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("sent", [{}, {"state": "s"}, {"client_id": "rp"}])
async def test_without_a_hint_the_person_is_asked(a_world: World, sent: dict[str, str]) -> None:
    """§2: any site could send them here."""
    await signed_in(a_world)
    response = await a_world.browser.http.get(endpoint(a_world), params=sent)
    assert response.status_code == 200
    assert await is_signed_in(a_world)
    page = await a_world.browser.open(str(response.url))
    done = await a_world.browser.click(page, "confirm-logout")
    assert done.response.status_code == 200
    assert not done.has("return")
    assert not await is_signed_in(a_world)


async def test_who_wants_to_stay_stays(a_world: World) -> None:
    await signed_in(a_world)
    page = await a_world.browser.open(endpoint(a_world))
    stayed = await a_world.browser.click(page, "stay")
    assert stayed.response.status_code == 200
    assert await is_signed_in(a_world)


async def test_a_client_that_names_itself_is_gone_back_to_once_the_person_agrees(
    a_world: World,
) -> None:
    await signed_in(a_world)
    query = f"?client_id=rp&post_logout_redirect_uri={BACK}&state=s"
    page = await a_world.browser.open(endpoint(a_world) + query)
    response = await a_world.browser.send(page, "confirm-logout", follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == f"{BACK}&state=s"


async def test_an_address_without_a_client_is_a_link_and_no_redirection(a_world: World) -> None:
    """§3; the conformance suite forbids the redirection."""
    await signed_in(a_world)
    url = f"{endpoint(a_world)}?post_logout_redirect_uri={BACK}"
    page = await a_world.browser.open(url)
    done = await a_world.browser.click(page, "confirm-logout")
    assert done.link("return") == BACK
    stranger = f"{endpoint(a_world)}?post_logout_redirect_uri=https://evil.example/"
    assert not (await a_world.browser.open(stranger)).has("return")


@pytest.mark.parametrize(
    "changed",
    [
        {"post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": BACK + "&more=1"},
        {"id_token_hint": "e30.e30.e30"},
        {"client_id": "demo"},
        {"id_token_hint": "eyJhbGciOiJub25lIn0.e30."},
    ],
)
async def test_what_does_not_fit_signs_nobody_out_and_leads_nowhere(
    a_world: World, changed: dict[str, str]
) -> None:
    """§2, §3: foreign and unsigned hints, addresses that are not registered."""
    tokens = await signed_in(a_world)
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK} | changed
    response = await a_world.browser.http.get(endpoint(a_world), params=sent)
    assert response.status_code == 400
    assert 'id="error">invalid_request<' in response.text
    assert "location" not in response.headers
    assert await is_signed_in(a_world)


async def test_the_hint_of_another_person_does_not_spare_the_question(a_world: World) -> None:
    tokens = await signed_in(a_world)
    await a_world.answer("family")
    sent = {"id_token_hint": tokens["id_token"]}
    response = await a_world.browser.http.get(endpoint(a_world), params=sent)
    assert 'id="confirm-logout"' in response.text
    assert await is_signed_in(a_world)


async def test_signing_out_ends_what_was_renewed_in_this_browser(a_world: World) -> None:
    """Every sign-in has a sid of its own; all of this browser end, and no other's."""
    first = await signed_in(a_world)
    second = (await a_world.redeem((await a_world.answer())["code"])).json()
    family = (await a_world.redeem((await a_world.answer("family"))["code"])).json()
    async with a_world.another_browser() as elsewhere:
        answer = await a_world.answer("family", browser=elsewhere)
    other = (await a_world.redeem(answer["code"])).json()
    assert len({claims_of(told["id_token"])["sid"] for told in (first, second, family)}) == 3
    page = await a_world.browser.open(endpoint(a_world))
    await a_world.browser.click(page, "confirm-logout")
    for ended in (first, second, family):
        assert (await a_world.userinfo(ended["access_token"])).status_code == 401
    assert (await a_world.userinfo(other["access_token"])).status_code == 200


async def test_no_callback_of_this_browser_signs_in_again_after_signing_out(
    a_world: World,
) -> None:
    """The back button, also to where a sign-in came back that was renewed since."""
    await signed_in(a_world)
    earlier = await a_world.callback_url()
    await a_world.browser.http.get(earlier)
    tokens = (await a_world.redeem((await a_world.answer())["code"])).json()
    await a_world.browser.http.get(endpoint(a_world), params={"id_token_hint": tokens["id_token"]})
    response = await a_world.browser.http.get(earlier)
    assert 'id="wechat-login"' in response.text
    assert not await is_signed_in(a_world)


async def test_the_hint_of_a_sign_in_that_was_renewed_still_spares_the_question(
    a_world: World,
) -> None:
    tokens = await signed_in(a_world)
    await a_world.answer()
    sent = {"id_token_hint": tokens["id_token"]}
    response = await a_world.browser.http.get(endpoint(a_world), params=sent)
    assert "confirm-logout" not in response.text
    assert not await is_signed_in(a_world)


async def test_the_hint_of_another_browser_does_not_spare_the_question(a_world: World) -> None:
    """§2: a sid that is none of this browser's is suspect, though the person is the same."""
    await signed_in(a_world)
    async with a_world.another_browser() as elsewhere:
        answer = await a_world.answer(browser=elsewhere)
    stolen = (await a_world.redeem(answer["code"])).json()["id_token"]
    response = await a_world.browser.http.get(endpoint(a_world), params={"id_token_hint": stolen})
    assert 'id="confirm-logout"' in response.text
    assert await is_signed_in(a_world)


async def test_a_session_that_was_not_used_for_long_can_still_be_ended(a_world: World) -> None:
    """It answers nobody any more, but what it gave may live, and apps remember the person."""
    tokens = await signed_in(a_world)
    sid = claims_of(tokens["id_token"])["sid"]
    a_world.clock.wind(9 * HOUR)
    assert not await is_signed_in(a_world)
    await a_world.browser.http.get(endpoint(a_world), params={"id_token_hint": tokens["id_token"]})
    assert await a_world.provider.store.end_session(sid, now=a_world.clock.now) is None


async def test_another_site_cannot_make_the_browser_forget_its_session(a_world: World) -> None:
    """A form from elsewhere comes without the cookie; its answer must not delete it."""
    await signed_in(a_world)
    async with a_world.another_browser() as attacker:
        await a_world.answer("family", browser=attacker)
        page = await attacker.open(endpoint(a_world))
        form = page.by_id["confirm-logout"].form
        assert form is not None
        token = form.fields["token"]
    async with a_world.another_browser() as without_cookie:
        sent = {"token": token, "decision": "sign-out"}
        response = await without_cookie.http.post(f"{endpoint(a_world)}/confirm", data=sent)
        assert response.status_code == 200
        assert "set-cookie" not in response.headers
        response = await without_cookie.http.get(endpoint(a_world))
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("token", ["", "forged", "{other}"])
async def test_another_site_cannot_answer_the_question(a_world: World, token: str) -> None:
    """A token that another session was given is as good as none."""
    await signed_in(a_world)
    async with a_world.another_browser() as other:
        await a_world.answer("family", browser=other)
        page = await other.open(endpoint(a_world))
        form = page.by_id["confirm-logout"].form
        assert form is not None
        theirs = form.fields["token"]
    sent = {"token": theirs if token == "{other}" else token, "decision": "sign-out"}
    response = await a_world.browser.http.post(f"{endpoint(a_world)}/confirm", data=sent)
    assert response.status_code == 400
    assert await is_signed_in(a_world)


async def test_who_is_not_signed_in_is_told_that_they_are_signed_out(a_world: World) -> None:
    response = await a_world.browser.http.get(endpoint(a_world))
    assert response.status_code == 200
    assert "confirm-logout" not in response.text
    page = await a_world.browser.open(f"{endpoint(a_world)}?client_id=nobody")
    assert page.text("error") == "invalid_request"


async def test_a_question_that_is_too_old_is_not_answered(a_world: World) -> None:
    await signed_in(a_world)
    page = await a_world.browser.open(endpoint(a_world))
    a_world.clock.wind(601)
    late = await a_world.browser.click(page, "confirm-logout")
    assert late.text("error") == "invalid_request"
    assert await is_signed_in(a_world)
    assert CLIENT_SECRET not in late.response.text
