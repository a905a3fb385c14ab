"""A person signs in: the demo, written with Authlib, judges what the bridge says."""

from pathlib import Path

import pytest
import trustme

from tests.world import APPID, PERSON, Clock, Plan, World, world

pytestmark = pytest.mark.anyio


async def test_a_person_signs_in_and_out_without_javascript(a_world: World) -> None:
    claims = await a_world.sign_in()
    assert claims["iss"] == a_world.bridge_url
    assert claims["aud"] == "demo"
    assert claims["auth_time"] == a_world.clock.now
    assert claims["name"] == a_world.simulator.people[PERSON].nickname
    assert claims["email"].endswith("@localhost")
    assert claims["email_verified"] is False

    home = await a_world.browser.open(f"{a_world.relying_party_url}/")
    signed_out = await a_world.browser.click(home, "sign-out")
    assert signed_out.has("sign-in")
    assert not signed_out.has("claims")


async def test_the_second_sign_in_has_the_same_sub_and_a_session_of_its_own(
    a_world: World,
) -> None:
    first = await a_world.sign_in()
    a_world.clock.wind(60)
    async with a_world.another_browser() as browser:
        second = await a_world.sign_in(browser=browser)
    assert second["sub"] == first["sub"]
    assert second["preferred_username"] == first["preferred_username"]
    assert second["sid"] != first["sid"]
    assert second["auth_time"] == first["auth_time"] + 60


async def test_different_people_have_different_subs_and_user_names(a_world: World) -> None:
    people = [person.key for person in a_world.simulator.people if not person.is_snapshotuser]
    seen: list[tuple[str, str]] = []
    for person in people:
        async with a_world.another_browser() as browser:
            claims = await a_world.sign_in(person, browser)
            seen.append((claims["sub"], claims["preferred_username"]))
    assert len(people) > 10
    assert len({sub for sub, _ in seen}) == len({name for _, name in seen}) == len(people)


async def test_a_unionid_that_comes_late_does_not_change_the_sub(
    tmp_path: Path, clock: Clock
) -> None:
    """The application was bound to a platform account after the first sign-in."""
    async with world(tmp_path, clock, Plan(platform_account=None)) as unbound:
        before = await unbound.sign_in()
        unbound.simulator.applications.bind(APPID, "main")
        after = await unbound.sign_in()
        assert after["sub"] == before["sub"]


async def test_a_unionid_that_changes_does_not_change_the_sub(a_world: World) -> None:
    """The application was moved to another platform account."""
    before = await a_world.sign_in()
    a_world.simulator.applications.bind(APPID, "another")
    after = await a_world.sign_in()
    assert after["sub"] == before["sub"]


async def test_a_new_name_is_told_at_the_next_sign_in(a_world: World) -> None:
    before = await a_world.sign_in()
    a_world.simulator.people.rename(PERSON, "Somebody Else")
    a_world.clock.wind(5)
    after = await a_world.sign_in()
    assert after["name"] == "Somebody Else"
    assert after["preferred_username"] == before["preferred_username"]
    assert after["updated_at"] == before["updated_at"] + 5


async def test_without_a_profile_the_person_has_a_name_all_the_same(
    tmp_path: Path, clock: Clock
) -> None:
    plan = Plan(settings={"BRIDGE_WECHAT_SCOPE": "snsapi_base"})
    async with world(tmp_path, clock, plan) as opened:
        claims = await opened.sign_in()
        assert claims["name"].startswith("WeChat user ")
        assert claims["picture"] == f"{opened.bridge_url}/avatar/default.png"


@pytest.mark.parametrize(
    ("setting", "length"), [("either", 28), ("unionid", 28), ("openid", 28), ("opaque", 26)]
)
async def test_the_setting_subject_decides_about_people_who_are_new(
    tmp_path: Path, clock: Clock, setting: str, length: int
) -> None:
    async with world(tmp_path, clock, Plan(settings={"BRIDGE_SUBJECT": setting})) as opened:
        first = await opened.sign_in()
    assert len(first["sub"]) == length
    async with world(tmp_path, clock, Plan(settings={"BRIDGE_SUBJECT": "opaque"})) as changed:
        assert (await changed.sign_in())["sub"] == first["sub"]
        assert len((await changed.sign_in("family"))["sub"]) == 26


async def test_all_of_it_works_over_https(tmp_path: Path, clock: Clock) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    async with world(tmp_path, clock, Plan(tls=tmp_path)) as opened:
        claims = await opened.sign_in()
        assert claims["iss"].startswith("https://localhost:")
        await opened.register()
        page = await opened.browser.http.get(opened.authorization_url(prompt="login"))
        cookie = page.headers["set-cookie"]
        assert cookie.startswith("__Host-bridge-pending-")
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
