"""Whether a client may know the person: OpenID Connect Core 1.0 §3.1.2.4, over the wire."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.browsing import Browser, Page
from tests.journeys.pushing import approve, error_on, pushed, url_of
from tests.world import REDIRECT_URI, Clock, Plan, World, claims_of, parameters_of, world

pytestmark = pytest.mark.anyio


async def asked(
    a_world: World,
    person: str = "zhang-wei",
    *,
    browser: Browser | None = None,
    **changed: str | None,
) -> Page:
    """Sign in anew, and return the page that asks."""
    browser = browser or a_world.browser
    page = await browser.open(await a_world.callback_url(person, browser=browser, **changed))
    assert page.has("allow"), page.response.text
    return page


async def decide(a_world: World, page: Page, decision: str = "allow") -> dict[str, str]:
    response = await a_world.browser.send(page, decision, follow_redirects=False)
    return parameters_of(response)


async def silent(a_world: World, **changed: str | None) -> dict[str, str]:
    """What the client is answered without anything being shown."""
    return parameters_of(await a_world.browser.http.get(a_world.authorization_url(**changed)))


async def opened(a_world: World, **changed: str | None) -> Page:
    return await a_world.browser.open(a_world.authorization_url(**changed))


def token_of(page: Page, button: str = "allow") -> str:
    form = page.by_id[button].form
    assert form is not None
    return form.fields["token"]


async def post(
    a_world: World, token: str | None, decision: str | None = "allow"
) -> tuple[int, str | None]:
    """Post the question's form as anybody could; return the status and the page's error."""
    sent = {"token": token, "decision": decision}
    response = await a_world.browser.http.post(
        f"{a_world.bridge_url}/consent", data={k: v for k, v in sent.items() if v is not None}
    )
    _, _, error = response.text.partition('id="error">')
    return response.status_code, error.partition("<")[0] or None


# Who is asked, and how often


async def test_the_person_is_asked_before_the_client_is_answered(a_world: World) -> None:
    """§3.1.2.4: and the answer is that of any other sign-in."""
    await a_world.register(consent="remember")
    page = await asked(a_world)
    assert page.response.status_code == 200
    assert "Relying Party" in page.response.text
    assert "张伟" in page.response.text
    answer = await decide(a_world, page)
    assert answer["state"] == "the state"
    tokens = (await a_world.redeem(answer["code"])).json()
    claims = claims_of(tokens["id_token"])
    assert claims["name"] == "张伟"
    assert claims["auth_time"] == a_world.clock.now
    assert claims["nonce"] == "the nonce"


async def test_the_operators_own_client_asks_nobody(a_world: World) -> None:
    await a_world.register()
    assert "code" in await a_world.answer()
    assert "code" in await silent(a_world, prompt="consent")


async def test_what_is_remembered_is_asked_once(a_world: World) -> None:
    await a_world.register(consent="remember")
    await decide(a_world, await asked(a_world))
    assert "code" in await silent(a_world)
    assert "code" in await silent(a_world, prompt="none")
    assert "code" in await a_world.answer()
    assert "code" in await silent(a_world, scope="openid")


async def test_one_person_does_not_consent_for_another(a_world: World) -> None:
    await a_world.register(consent="remember")
    await decide(a_world, await asked(a_world))
    await asked(a_world, "family")


async def test_what_is_asked_always_is_asked_each_time(a_world: World) -> None:
    """And is not remembered either: the operator may ask once, from some day on."""
    await a_world.register(consent="always")
    for _ in range(2):
        await decide(a_world, await asked(a_world))
    page = await opened(a_world)
    assert page.has("allow")
    assert "code" in await decide(a_world, page)
    store = a_world.provider.store
    await store.change_client("rp", lambda client: replace(client, consent="remember"))
    assert (await opened(a_world)).has("allow")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scope": "openid profile email"}, "e-mail address"),
        ({"claims": '{"userinfo": {"email": null}}'}, "e-mail address"),
        ({"claims": '{"id_token": {"updated_at": {"essential": true}}}'}, "updated_at"),
    ],
)
async def test_who_asks_for_more_asks_again(
    a_world: World, changed: dict[str, str], said: str
) -> None:
    """Scope values, and claims that are asked for one by one (§5.5)."""
    await a_world.register(consent="remember")
    await decide(a_world, await asked(a_world, scope="openid"))
    more = {"scope": "openid"} | changed
    page = await opened(a_world, **more)
    assert said in page.text("gets")
    assert "code" in await decide(a_world, page)
    assert "code" in await silent(a_world, **more)
    assert "code" in await silent(a_world, scope="openid")


async def test_claims_that_the_scope_tells_anyway_ask_for_nothing_more(a_world: World) -> None:
    """Nextcloud sends the same claims with every request, and some that nobody knows."""
    await a_world.register(consent="remember")
    await decide(a_world, await asked(a_world))
    claims = '{"id_token": {"email": null, "quota": null}, "userinfo": {"name": null}}'
    assert "code" in await silent(a_world, claims=claims)


async def test_prompt_consent_asks_again(a_world: World) -> None:
    """§3.1.2.1."""
    await a_world.register(consent="remember")
    await decide(a_world, await asked(a_world))
    page = await opened(a_world, prompt="consent")
    assert "code" in await decide(a_world, page)


@pytest.mark.parametrize("consent", ["remember", "always"])
async def test_with_prompt_none_nobody_can_be_asked(a_world: World, consent: str) -> None:
    """§3.1.2.6."""
    await a_world.register(consent=consent)
    await asked(a_world)
    refused = await silent(a_world, prompt="none")
    assert refused["error"] == "consent_required"
    assert refused["state"] == "the state"


async def test_a_request_that_may_show_nothing_is_refused_even_after_a_sign_in(
    a_world: World,
) -> None:
    """Whoever takes its way to WeChat by hand finds no page there either."""
    await a_world.register(consent="always")
    url, _, query = a_world.authorization_url(prompt="none").partition("?")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = await a_world.browser.http.post(url, content=query, headers=form)
    wechat_state = posted.headers["location"].partition("wechat_state=")[2]
    other = await a_world.callback_url()
    state = other.partition("state=")[2]
    response = await a_world.browser.http.get(other.replace(state, wechat_state))
    assert parameters_of(response)["error"] == "login_required"


@pytest.mark.parametrize("consent", ["never", "remember"])
async def test_a_client_that_registered_itself_is_asked_about(a_world: World, consent: str) -> None:
    """Whatever is stored: nobody has decided for the person. On loopback it is each time."""
    await a_world.register(consent=consent, is_self_registered=True)
    for _ in range(2):
        page = await asked(a_world)
        assert "Unverified" in page.text("unverified")
        assert "127.0.0.1:9" in page.text("unverified")
        assert "code" in await decide(a_world, page)


async def test_a_client_that_registered_itself_is_remembered_by_its_own_address(
    a_world: World,
) -> None:
    """RFC 8252 §8.6: an https address is nobody else's."""
    https = "https://rp.example.org/cb"
    await a_world.register(redirect_uris=(https,), is_self_registered=True)
    page = await asked(a_world, redirect_uri=https)
    assert "rp.example.org" in page.text("unverified")
    await a_world.browser.send(page, "allow", follow_redirects=False)
    url = a_world.authorization_url(redirect_uri=https, prompt="none")
    response = await a_world.browser.http.get(url)
    assert response.headers["location"].startswith(f"{https}?code=")


# What the person sees


async def test_the_page_is_guarded_and_in_the_persons_language(a_world: World) -> None:
    site = "https://rp.example.org"
    await a_world.register(
        consent="always",
        scope=("openid", "profile", "wechat"),
        logo_uri=f"{site}/logo.png",
        policy_uri=f"{site}/policy",
        tos_uri="javascript:alert(1)",
    )
    page = await asked(a_world, ui_locales="zh-CN", scope="openid profile wechat")
    assert page.response.headers["content-language"] == "zh-CN"
    policy = page.response.headers["content-security-policy"]
    assert f"img-src 'self' {site};" in policy
    assert "form-action" not in policy
    assert page.response.headers["cache-control"] == "no-store"
    assert page.link("policy") == f"{site}/policy"
    assert not page.has("terms")
    assert "昵称" in page.text("gets")
    assert "微信标识" in page.text("gets")
    assert "邮箱" not in page.text("gets")


# What the person decides


async def test_who_does_not_allow_it_sends_the_client_away(a_world: World) -> None:
    """RFC 6749 §4.1.2.1; the person stays signed in, and is asked the next time."""
    await a_world.register(consent="remember")
    page = await asked(a_world)
    answer = await decide(a_world, page, "deny")
    assert answer.pop("error_description")
    assert answer == {
        "kept": "1",
        "error": "access_denied",
        "iss": a_world.bridge_url,
        "state": "the state",
    }
    assert (await opened(a_world)).has("allow")


async def test_a_refusal_goes_the_way_that_the_client_asked_for(a_world: World) -> None:
    """Form Post Response Mode §2."""
    await a_world.register(consent="always")
    page = await asked(a_world, response_mode="form_post")
    posting = await a_world.browser.send(page, "deny", follow_redirects=False)
    assert posting.status_code == 200
    assert f'action="{REDIRECT_URI}"' in posting.text
    assert 'value="access_denied"' in posting.text


async def test_an_answer_goes_the_way_that_the_client_asked_for(a_world: World) -> None:
    await a_world.register(consent="always", response_types=("code id_token",))
    page = await asked(a_world, response_type="code id_token")
    answer = await decide(a_world, page)
    assert claims_of(answer["id_token"])["c_hash"]
    assert answer["code"]


async def test_no_is_not_turned_into_yes_by_the_back_button(a_world: World) -> None:
    """The client has been told; a new request begins at the app."""
    await a_world.register(consent="remember")
    url = await a_world.callback_url()
    page = await a_world.browser.open(url)
    await decide(a_world, page, "deny")
    assert await post(a_world, token_of(page)) == (400, "invalid_request")
    assert (await a_world.browser.open(url)).text("error") == "invalid_request"


async def test_yes_twice_is_two_answers_that_are_both_good(a_world: World) -> None:
    """A double click, the back button, a reload: the first code may be spent already."""
    await a_world.register(consent="always")
    page = await asked(a_world)
    first, second = await asyncio.gather(decide(a_world, page), decide(a_world, page))
    assert first["code"] != second["code"]
    assert (await a_world.redeem(first["code"])).status_code == 200
    assert (await a_world.redeem(second["code"])).status_code == 200
    third = await decide(a_world, page)
    assert (await a_world.redeem(third["code"])).status_code == 200


async def test_the_callback_delivered_twice_asks_twice(a_world: World) -> None:
    await a_world.register(consent="remember")
    url = await a_world.callback_url()
    first, second = await a_world.browser.open(url), await a_world.browser.open(url)
    assert "code" in await decide(a_world, second)
    assert "code" in await decide(a_world, first)
    assert "code" in parameters_of(await a_world.browser.http.get(url))


async def test_two_tabs_ask_each_for_themselves(a_world: World) -> None:
    await a_world.register(consent="remember")
    one = await asked(a_world, state="one")
    other = await opened(a_world, state="other")
    assert (await decide(a_world, other))["state"] == "other"
    assert (await decide(a_world, one))["state"] == "one"


@pytest.mark.parametrize(("prompt", "max_age"), [("login", None), (None, "1")])
async def test_a_sign_in_that_was_asked_for_is_not_asked_for_again(
    a_world: World, prompt: str | None, max_age: str | None
) -> None:
    """§3.1.2.1: however long the person looks at the page."""
    await a_world.register(consent="remember")
    page = await asked(a_world, prompt=prompt, max_age=max_age)
    a_world.clock.wind(60)
    assert "code" in await decide(a_world, page)


async def test_a_sign_in_that_has_grown_too_old_meanwhile_is_done_again(a_world: World) -> None:
    """§3.1.2.1: max_age, where the session was before the request."""
    await a_world.register(consent="always")
    await asked(a_world)
    page = await opened(a_world, max_age="60")
    assert page.has("allow")
    a_world.clock.wind(61)
    again = await a_world.browser.click(page, "allow")
    assert again.has("wechat-login")


async def test_without_single_sign_on_the_question_carries_the_sign_in(
    tmp_path: Path, clock: Clock
) -> None:
    plan = Plan(settings={"BRIDGE_SESSION_LIFETIME": "0"})
    async with world(tmp_path, clock, plan) as a_world:
        await a_world.register(consent="remember")
        page = await asked(a_world)
        assert all("session" not in cookie.name for cookie in a_world.browser.http.cookies.jar)
        assert "code" in await decide(a_world, page)
        assert "code" in await decide(a_world, page)
        assert (await silent(a_world, prompt="none"))["error"] == "login_required"


async def test_another_account_can_be_used_instead(a_world: World) -> None:
    """With the same request, and a sign-in of its own."""
    await a_world.register(consent="remember")
    page = await asked(a_world)
    sign_in = await a_world.browser.click(page, "other-account")
    assert not sign_in.has("notice")
    wechat = await a_world.browser.click(sign_in, "wechat-login")
    again = await a_world.browser.click(wechat, "approve", person="family")
    assert "张伟" not in again.response.text
    answer = await decide(a_world, again)
    assert answer["state"] == "the state"
    assert (await a_world.redeem(answer["code"])).status_code == 200


async def test_what_was_not_on_the_page_is_asked_first(a_world: World) -> None:
    """The operator widens what the client may ask for while the person reads."""
    await a_world.register(consent="always", scope=("openid",))
    page = await asked(a_world)
    await a_world.provider.store.remove_client("rp")
    await a_world.register(consent="always")
    again = await a_world.browser.click(page, "allow")
    assert "e-mail address" in again.text("gets")
    answer = await decide(a_world, again)
    assert (await a_world.redeem(answer["code"])).json()["scope"] == "openid profile email"


async def test_who_is_taken_off_the_list_meanwhile_does_not_enter(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    await a_world.provider.store.remove_client("rp")
    await a_world.register(consent="always", access=())
    refused = await a_world.browser.click(page, "allow")
    assert refused.text("error") == "access_denied"
    assert refused.response.status_code == 403


async def test_a_client_that_is_removed_meanwhile_is_not_answered(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    await a_world.provider.store.remove_client("rp")
    assert (await a_world.browser.click(page, "allow")).text("error") == "invalid_request"


async def test_who_signs_out_meanwhile_signs_in_first(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    leaving = await a_world.browser.open(f"{a_world.bridge_url}/end_session")
    await a_world.browser.click(leaving, "confirm-logout")
    assert (await a_world.browser.click(page, "allow")).has("wechat-login")


async def test_a_client_that_no_longer_asks_is_answered(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    await a_world.provider.store.remove_client("rp")
    await a_world.register(consent="never")
    assert "code" in await decide(a_world, page)


# Who else might decide


@pytest.mark.parametrize("decision", ["allow", "deny", "other"])
@pytest.mark.parametrize("token", [None, "", "forged", "e30.e30.e30.e30.e30"])
async def test_without_our_own_question_there_is_no_answer(
    a_world: World, token: str | None, decision: str
) -> None:
    await a_world.register(consent="always")
    await asked(a_world)
    assert await post(a_world, token, decision) == (400, "invalid_request")


async def test_another_site_cannot_answer_in_this_browser(a_world: World) -> None:
    """Its POST comes without our cookies (SameSite=Lax), whatever token it brings."""
    await a_world.register(consent="always")
    page = await asked(a_world)
    async with a_world.another_browser() as without_cookies:
        for button in ("allow", "deny", "other-account"):
            lost = await without_cookies.click(page, button)
            assert lost.response.status_code == 400
            assert lost.text("error") == "invalid_request"
    assert "code" in await decide(a_world, page)


async def test_the_token_of_another_browser_is_none_here(a_world: World) -> None:
    """Somebody has the page for themselves, and sends its form to a person who is signed in."""
    await a_world.register(consent="always")
    async with a_world.another_browser() as attacker:
        theirs = await asked(a_world, "family", browser=attacker)
    await asked(a_world)
    assert await post(a_world, token_of(theirs)) == (400, "invalid_request")


async def test_a_question_that_another_session_was_asked_is_asked_anew(a_world: World) -> None:
    """Two tabs: in the one somebody reads the question, in the other somebody else signs in."""
    await a_world.register(consent="remember")
    await asked(a_world)
    page = await opened(a_world, prompt="consent")
    await asked(a_world, "family")
    again = await a_world.browser.click(page, "allow")
    assert again.response.status_code == 200
    assert again.has("allow")
    assert "张伟" not in again.response.text


async def test_a_question_is_good_for_its_own_request_only(a_world: World) -> None:
    """The form names nothing that could be exchanged."""
    await a_world.register(consent="always")
    page = await asked(a_world, state="one")
    await opened(a_world, state="other")
    assert (await decide(a_world, page))["state"] == "one"


async def test_the_token_of_one_question_is_none_of_another(a_world: World) -> None:
    await a_world.register(consent="always")
    await asked(a_world)
    chooser = await opened(a_world, prompt="select_account")
    assert await post(a_world, token_of(chooser, "continue")) == (400, "invalid_request")


async def test_a_question_that_is_too_old_is_not_answered(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    a_world.clock.wind(599)
    assert "code" in await decide(a_world, page)
    a_world.clock.wind(1)
    assert await post(a_world, token_of(page)) == (400, "invalid_request")


@pytest.mark.parametrize("decision", [None, "", "maybe"])
async def test_what_is_no_decision_decides_nothing(a_world: World, decision: str | None) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    assert await post(a_world, token_of(page), decision) == (400, "invalid_request")
    assert "code" in await decide(a_world, page)


async def test_a_decision_is_posted(a_world: World) -> None:
    await a_world.register(consent="always")
    page = await asked(a_world)
    params = {"token": token_of(page), "decision": "allow"}
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/consent", params=params)
    assert response.status_code == 405


async def test_a_pushed_request_waits_for_its_answer(a_world: World) -> None:
    """RFC 9126 §4: one visit is answered, as often as its button is pressed."""
    await a_world.register(consent="always")
    url = url_of(a_world, await pushed(a_world))
    one, other = await a_world.browser.open(url), await a_world.browser.open(url)
    first = await a_world.browser.open(await approve(a_world.browser, one))
    second = await a_world.browser.open(await approve(a_world.browser, other))
    assert "code" in await decide(a_world, second)
    assert "code" in await decide(a_world, second)
    assert (await decide(a_world, first))["error"] == "invalid_request_uri"


async def test_no_answers_a_pushed_request_too(a_world: World) -> None:
    await a_world.register(consent="always")
    url = url_of(a_world, await pushed(a_world))
    page = await a_world.browser.open(
        await approve(a_world.browser, await a_world.browser.open(url))
    )
    assert (await decide(a_world, page, "deny"))["error"] == "access_denied"
    assert error_on(await a_world.browser.open(url)) == (400, "invalid_request_uri")


async def test_another_account_stays_in_the_same_visit(a_world: World) -> None:
    await a_world.register(consent="always")
    url = url_of(a_world, await pushed(a_world))
    page = await a_world.browser.open(
        await approve(a_world.browser, await a_world.browser.open(url))
    )
    sign_in = await a_world.browser.click(page, "other-account")
    again = await a_world.browser.open(await approve(a_world.browser, sign_in, "family"))
    assert "code" in await decide(a_world, again)


async def test_a_long_request_waits_for_its_answer(a_world: World) -> None:
    """The pending request is kept once more, for as long as the question is good."""
    await a_world.register(consent="always")
    state = "".join(chr(33 + number * 7919 % 90) for number in range(4_096))
    page = await asked(a_world, state=state)
    a_world.clock.wind(500)
    page = await opened(a_world, state=state)
    assert (await decide(a_world, page))["state"] == state
