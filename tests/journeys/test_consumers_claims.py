"""What consumers in the field want to be told. The names are of those where it was seen."""

import pytest

from bridge.oidc.extra_claims import read_extra_claim
from tests.journeys.test_consumers_tokens import FORM, post, redeemed
from tests.world import World, claims_of

pytestmark = pytest.mark.anyio

# They lack something, or have what breaks software.
PEOPLE = ("zhang-wei", "null", "spaces", "no-picture", "http-picture", "no-unionid")
TEXTS = ("name", "given_name", "family_name", "preferred_username", "nickname", "email", "picture")


@pytest.mark.parametrize("subject_type", ["public", "pairwise"])
async def test_id_token_and_userinfo_tell_the_same_of_everybody(
    over_https: World, subject_type: str
) -> None:
    """OpenID Connect Core 1.0 §5.3.2: some read only the one, some only the other.

    Casdoor and Zitadel end a sign-in for one claim that is missing; of ``null`` Keycloak makes a
    person without a name. No scope value asks for ``groups``, so nobody is told of any.
    """
    await over_https.register(subject_type=subject_type)
    for person in PEOPLE:
        tokens = await redeemed(over_https, person=person)
        userinfo = (await over_https.userinfo(tokens["access_token"])).json()
        assert userinfo.items() <= claims_of(tokens["id_token"]).items()
        assert userinfo.keys() == {"sub", *TEXTS, "updated_at", "email_verified"}
        assert all(userinfo[name].strip() not in ("", "null") for name in TEXTS)
        assert userinfo["nickname"] == userinfo["preferred_username"]
        assert userinfo["picture"].startswith("https://")
        assert type(userinfo["updated_at"]) is int
        assert userinfo["email_verified"] is False
        assert userinfo["sub"].isascii()
        assert len(userinfo["sub"]) <= 36


async def test_claims_that_are_asked_for_each_time_are_told_where_they_were_asked_for(
    a_world: World,
) -> None:
    """Nextcloud asks so at every sign-in, also for what nobody here knows: Core §5.5."""
    await a_world.register(claims_in_id_token="none")
    wanted = '{"email": null, "name": {"essential": true}, "quota": null, "groups": null}'
    claims = f'{{"id_token": {wanted}, "userinfo": {wanted}}}'
    tokens = await redeemed(a_world, scope="openid", claims=claims)
    id_token = claims_of(tokens["id_token"])
    userinfo = (await a_world.userinfo(tokens["access_token"])).json()
    assert userinfo.keys() == {"sub", "email", "name"}
    assert userinfo.items() <= id_token.items()
    assert not {"quota", "groups", "preferred_username"} & id_token.keys()


async def test_an_app_that_knows_gitlab_alone_is_told_its_whole_number(a_world: World) -> None:
    """Mattermost asks for no scope, and reads UserInfo alone: by a GET that says it is a form."""
    asked = {"id": "{number}", "username": "{preferred_username}"}
    await a_world.register(
        extra_claims={name: read_extra_claim(name, text) for name, text in asked.items()}
    )
    code = (await a_world.answer(scope=None, nonce=None))["code"]
    _, tokens = await post(a_world, code, FORM)
    told = await a_world.browser.http.request(
        "GET",
        f"{a_world.bridge_url}/userinfo",
        headers={
            "Authorization": f"Bearer {tokens['access_token']}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
    )
    person = told.json()
    assert type(person["id"]) is int
    assert person["id"] > 0
    assert person["username"] == person["preferred_username"]
    assert person["email"]
    assert person["name"]
