"""Pairwise subjects over the wire: OpenID Connect Core 1.0 §8.1."""

import re

import httpx
import pytest

from tests.world import CLIENT_SECRET, PERSON, World, claims_of, parameters_of

pytestmark = pytest.mark.anyio

BACK = "https://127.0.0.1:9/signed-out"


async def test_every_answer_to_a_client_names_the_person_the_same(a_world: World) -> None:
    """§5.3.2, §8.1: ID Token, UserInfo and introspection, at every sign-in."""
    public = (await a_world.sign_in())["sub"]
    await a_world.register(subject_type="pairwise")
    told: list[str] = []
    for _ in range(2):
        given = (await a_world.redeem((await a_world.answer())["code"])).json()
        told.append(claims_of(given["id_token"])["sub"])
        told.append((await a_world.userinfo(given["access_token"])).json()["sub"])
        introspected = await a_world.browser.http.post(
            f"{a_world.bridge_url}/introspect",
            data={"token": given["access_token"]},
            auth=("rp", CLIENT_SECRET),
        )
        told.append(introspected.json()["sub"])
    assert len(set(told)) == 1
    assert re.fullmatch("[a-z2-7]{26}", told[0])
    assert told[0] != public


async def test_two_clients_of_one_sector_are_told_the_same_and_of_two_another(
    a_world: World,
) -> None:
    """§8.1."""
    sectors = {"one": "https://a.example/1", "two": "https://a.example/2", "x": "https://b.example"}
    told: dict[str, str] = {}
    for client_id, uri in sectors.items():
        await a_world.register(
            client_id=client_id,
            response_types=("id_token",),
            subject_type="pairwise",
            sector_identifier_uri=uri,
        )
        answer = await a_world.answer(client_id=client_id, response_type="id_token")
        told[client_id] = claims_of(answer["id_token"])["sub"]
    assert told["one"] == told["two"] != told["x"]


async def test_what_a_client_was_told_finds_the_person_again(a_world: World) -> None:
    """§3.1.2.1, §5.5.1: by id_token_hint, and by the sub that claims asks for."""
    await a_world.register(subject_type="pairwise")
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    subject = claims_of(given["id_token"])["sub"]
    wishes: list[dict[str, str | None]] = [
        {"id_token_hint": given["id_token"]},
        {"claims": wanting(subject)},
    ]
    for asked in wishes:
        url = a_world.authorization_url(prompt="none", **asked)
        assert "code" in parameters_of(await a_world.browser.http.get(url))
        assert "code" in parameters_of(await a_world.callback(PERSON, browser=None, **asked))


async def test_the_subject_of_another_sector_finds_nobody(a_world: World) -> None:
    """§8.1: what one app was told means nothing at another, nor does the public subject."""
    public = (await a_world.sign_in())["sub"]
    await a_world.register(subject_type="pairwise")
    url = a_world.authorization_url(prompt="none", claims=wanting(public))
    answer = parameters_of(await a_world.browser.http.get(url))
    assert answer["error"] == "login_required"


async def test_the_hint_of_a_pairwise_client_spares_the_question(a_world: World) -> None:
    """RP-Initiated Logout 1.0 §2."""
    await a_world.register(subject_type="pairwise", post_logout_redirect_uris=(BACK,))
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    response = await end_session(a_world, given["id_token"])
    assert response.headers["location"] == BACK


async def test_the_hint_of_a_client_that_is_gone_spares_nobody_the_question(
    a_world: World,
) -> None:
    """RP-Initiated Logout 1.0 §2: who is meant by it can no longer be told."""
    await a_world.register(subject_type="pairwise")
    given = (await a_world.redeem((await a_world.answer())["code"])).json()
    assert await a_world.provider.store.remove_client("rp")
    url = f"{a_world.bridge_url}/end_session?id_token_hint={given['id_token']}"
    assert (await a_world.browser.open(url)).has("confirm-logout")


async def test_who_is_refused_is_shown_the_subject_that_an_access_list_holds(
    a_world: World,
) -> None:
    """The page is for the operator, whose list names people once for all apps."""
    public = (await a_world.sign_in())["sub"]
    await a_world.register(subject_type="pairwise", access=())
    page = await a_world.browser.open(await a_world.callback_url())
    assert public in page.response.text


async def end_session(a_world: World, hint: str) -> httpx.Response:
    return await a_world.browser.http.get(
        f"{a_world.bridge_url}/end_session",
        params={"id_token_hint": hint, "post_logout_redirect_uri": BACK},
    )


def wanting(subject: str) -> str:
    return f'{{"id_token": {{"sub": {{"value": "{subject}"}}}}}}'
