"""Telling relying parties by the browser: OpenID Connect Front-Channel Logout 1.0."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browsing import Page
from tests.pages.elements import read_page
from tests.world import REDIRECT_URI, World, claims_of

pytestmark = pytest.mark.anyio

BACK = "http://127.0.0.1:9/signed-out?from=bridge"
OUT = "https://rp.example.org/out?kept=1"
OTHER = "https://other.example.org:8443/out"
STATE = "s\"'><script>alert(1)</script> &amp; 张"


async def signed_in(a_world: World, client_id: str = "rp") -> dict[str, str]:
    """Sign in for a client by the front channel, and return its ID Token with its claims."""
    answer = await a_world.answer(client_id=client_id, response_type="id_token")
    return claims_of(answer["id_token"]) | {"id_token": answer["id_token"]}


async def register(a_world: World, uri: str | None, client_id: str = "rp") -> None:
    await a_world.register(
        client_id=client_id,
        frontchannel_logout_uri=uri,
        post_logout_redirect_uris=(BACK,),
        response_types=("code", "id_token"),
    )


async def end_session(a_world: World, **sent: str) -> Page:
    url = f"{a_world.bridge_url}/end_session"
    response = await a_world.browser.http.get(url, params=sent)
    return Page(response, {})


def frames(page: Page) -> list[str | None]:
    return [frame.attributes["src"] for frame in read_page(page.response.text).tagged("iframe")]


def policy(page: Page) -> dict[str, str]:
    directives = page.response.headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (one.partition(" ") for one in directives)}


async def test_the_page_loads_the_relying_partys_address_and_then_goes_on(a_world: World) -> None:
    """§3: with ``iss`` and ``sid`` of the ID Token, and nothing else."""
    await register(a_world, OUT)
    person = await signed_in(a_world)
    page = await end_session(
        a_world,
        id_token_hint=person["id_token"],
        post_logout_redirect_uri=BACK,
        state="s",
    )
    assert page.response.status_code == 200
    (frame,) = frames(page)
    assert frame is not None
    assert frame.startswith(f"{OUT}&")
    told = parse_qsl(urlsplit(frame).query)
    assert told == [("kept", "1"), ("iss", a_world.bridge_url), ("sid", person["sid"])]
    read = read_page(page.response.text)
    onward = f"{BACK}&state=s"
    assert read["continue"].attributes["href"] == onward
    (refresh,) = [one for one in read.tagged("meta") if "http-equiv" in one.attributes]
    assert refresh.attributes["http-equiv"] == "refresh"
    assert refresh.attributes["content"] == f"2;url={onward}"
    again = await end_session(
        a_world, id_token_hint=person["id_token"], post_logout_redirect_uri=BACK
    )
    assert again.response.headers["location"] == BACK


async def test_the_page_permits_frames_of_exactly_those_origins(a_world: World) -> None:
    await register(a_world, OUT)
    await register(a_world, OTHER, "other")
    await register(a_world, "https://rp.example.org/second", "second")
    await register(a_world, "https://elsewhere.example.org/out", "never signed in to")
    persons = [await signed_in(a_world, client_id) for client_id in ("rp", "other", "second")]
    page = await end_session(a_world)
    done = await a_world.browser.click(await a_world.browser.open(page.url), "confirm-logout")
    sids = [dict(parse_qsl(urlsplit(frame or "").query))["sid"] for frame in frames(done)]
    assert sorted(sids) == sorted(person["sid"] for person in persons)
    assert policy(done)["frame-src"] == "https://other.example.org:8443 https://rp.example.org"
    assert "script-src" not in policy(done)
    assert policy(done)["default-src"] == "'none'"
    assert done.response.headers["x-frame-options"] == "DENY"
    assert done.response.headers["cache-control"] == "no-store"
    for frame in read_page(done.response.text).tagged("iframe"):
        # It may neither navigate this page nor open another.
        allowed = frame.attributes["sandbox"]
        assert allowed == "allow-scripts allow-same-origin allow-forms"
    assert not done.has("continue")


async def test_where_nobody_is_to_be_told_the_browser_is_sent_on_at_once(a_world: World) -> None:
    await register(a_world, None)
    hint = (await signed_in(a_world))["id_token"]
    page = await end_session(a_world, id_token_hint=hint, post_logout_redirect_uri=BACK)
    assert page.response.status_code == 302
    assert page.response.headers["location"] == BACK


async def test_what_is_sent_is_data_in_the_page(a_world: World) -> None:
    """``state`` comes from whoever sends the browser."""
    await register(a_world, OUT)
    hint = (await signed_in(a_world))["id_token"]
    page = await end_session(
        a_world, id_token_hint=hint, post_logout_redirect_uri=BACK, state=STATE
    )
    read = read_page(page.response.text)
    (script,) = read.tagged("script")
    assert script.attributes["src"] == "/static/signed-out.js"
    href = read["continue"].attributes["href"]
    assert href is not None
    assert dict(parse_qsl(urlsplit(href).query))["state"] == STATE
    assert "alert(1)" not in page.response.text.replace("alert%281%29", "")


async def test_the_script_that_goes_on_is_a_file_of_ours(a_world: World) -> None:
    response = await a_world.browser.http.get(f"{a_world.bridge_url}/static/signed-out.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert "location.replace" in response.text
    assert REDIRECT_URI not in response.text
