"""By channel, scope, unionid and subject setting: the ``sub`` that an app is told of a person.

It never changes, and it never belongs to two people. For each way of signing in there is an
application, and a client that may use no other, so that every arrival is by the way that is named.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Browser, page_of
from tests.journeys.wechat_says import WITHIN_WECHAT, Applications, applications, browser_of
from tests.variants import all_but_the_first_in_ci_alone
from tests.world import Clock, claims_of

pytestmark = pytest.mark.anyio

# By their channel and scope; all but the last are of one platform account.
WAYS: dict[str, dict[str, str]] = {
    "wx00000000000000aa": {"kind": "website"},
    "wx00000000000000bb": {"kind": "official_account"},
    "wx00000000000000cc": {"kind": "official_account", "scope": "snsapi_base"},
    "wx00000000000000ee": {"kind": "mobile"},
    "wx00000000000000ff": {"kind": "mini_program"},
    "wx00000000000000dd": {"kind": "website", "scope": "snsapi_base", "platform_account": "other"},
}
WEB, WITHIN, SILENT, MOBILE, PROGRAM, ELSEWHERE = WAYS
SETTINGS = ("either", "unionid", "openid", "opaque")
OTHERS = {
    WEB: PROGRAM,
    WITHIN: WEB,
    SILENT: MOBILE,
    MOBILE: WITHIN,
    PROGRAM: SILENT,
    ELSEWHERE: WEB,
}

# Of each application; the same text may be somebody else elsewhere.
ANN, BOB = "oAnnAnn", "oBobBob"

every_way = pytest.mark.parametrize("way", WAYS)


class Arrivals:
    """The bridge, a phone, and what each client was told of each person so far."""

    def __init__(self, world: Applications, phone: Browser, setting: str) -> None:
        self.world, self.phone, self.setting = world, phone, setting
        self.told: dict[tuple[str, str], str] = {}

    async def arrive(
        self, way: str, openid: str, unionid: str | None, **said: Any
    ) -> dict[str, Any] | str:
        """Return the claims that the app is told, or the error of the page, or of the answer."""
        kind = WAYS[way]["kind"]
        said = {"openid": openid, "unionid": unionid, "nickname": openid} | said
        if kind in {"mobile", "mini_program"}:
            told = await self.world.hand_in(way, kind, **said)
            return claims_of(told["id_token"]) if "id_token" in told else str(told["error"])
        browser = self.phone if kind == "official_account" else None
        answer = await self.world.came(way, browser=browser, **said)
        if "location" in answer.headers:
            return await self.world.claims(way, answer)
        return page_of(answer).text("error")

    async def came(self, person: str, way: str, openid: str, unionid: str | None) -> str:
        """Sign somebody in; check that it is who they were to this app, and nobody else is."""
        claims = await self.arrive(way, openid, unionid)
        assert isinstance(claims, dict), claims
        assert claims["wechat_openid"] == openid
        assert claims["wechat_appid"] == way
        assert claims.get("wechat_unionid") == unionid
        subject: str = claims["sub"]
        assert self.told.setdefault((way, person), subject) == subject
        assert {whose for (_, whose), known in self.told.items() if known == subject} == {person}
        return subject

    async def refused(
        self, error: str, way: str, openid: str, unionid: str | None, **said: Any
    ) -> None:
        """Somebody comes to a page; nobody is signed in, and nothing is told to the app."""
        before = await self.known()
        assert await self.arrive(way, openid, unionid, **said) == error
        assert await self.known() == before

    async def known(self) -> set[tuple[str, int]]:
        """Each account, and how many identities it has."""
        store = self.world.world.provider.store
        found = await store.list_accounts(after=None, state=None, search="", limit=99) or []
        dossiers = [await store.dossier(known.account.account_id) for known in found]
        return {
            (dossier.known.account.subject, len(dossier.identities))
            for dossier in dossiers
            if dossier is not None
        }

    def is_unionid_needed(self, unionid: str | None) -> bool:
        return self.setting == "unionid" and unionid is None


@pytest.fixture(params=all_but_the_first_in_ci_alone(SETTINGS))
async def arrivals(
    tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> AsyncIterator[Arrivals]:
    tables = [
        {"client_id": appid, "client_secret": f"{number:032}"} | way
        for number, (appid, way) in enumerate(WAYS.items())
    ]
    async with (
        applications(tmp_path, clock, *tables, subject=request.param) as opened,
        browser_of(opened.world, WITHIN_WECHAT) as phone,
    ):
        yield Arrivals(opened, phone, request.param)


@every_way
async def test_absent(arrivals: Arrivals, way: str) -> None:
    """An application that is not bound: its openid is all that there is."""
    if arrivals.is_unionid_needed(None):
        await arrivals.refused("server_error", way, ANN, None)
        return
    first = await arrivals.came("ann", way, ANN, None)
    assert await arrivals.came("bob", way, BOB, None) != first
    await arrivals.came("ann", way, ANN, None)
    assert (first == ANN) == (arrivals.setting != "opaque")


@every_way
async def test_present(arrivals: Arrivals, way: str) -> None:
    first = await arrivals.came("ann", way, ANN, "uAnnAnn")
    await arrivals.came("bob", way, BOB, "uBobBob")
    await arrivals.came("ann", way, ANN, "uAnnAnn")
    expected = {"either": "uAnnAnn", "unionid": "uAnnAnn", "openid": ANN}
    assert first == expected.get(arrivals.setting, first)
    # WeChat may leave it out the next time
    await arrivals.came("ann", way, ANN, None)


@every_way
async def test_present_by_two_ways(arrivals: Arrivals, way: str) -> None:
    """Within a platform account the unionid makes one person of two openids; beyond, of none."""
    other = OTHERS[way]
    first = await arrivals.came("ann", way, ANN, "uAnnAnn")
    if way == ELSEWHERE:
        if arrivals.setting == "opaque":
            assert await arrivals.came("another", other, "oAnother", "uAnnAnn") != first
        elif arrivals.setting == "openid":
            await arrivals.came("another", other, "oAnother", "uAnnAnn")
        else:
            await arrivals.refused("access_denied", other, "oAnother", "uAnnAnn")
        await arrivals.came("ann", way, ANN, "uAnnAnn")
        return
    assert await arrivals.came("ann", other, "oAnnToo", "uAnnAnn") == first
    assert await arrivals.came("ann", other, "oAnnToo", None) == first


@every_way
async def test_late(arrivals: Arrivals, way: str) -> None:
    """The application is bound after the person has signed in."""
    if arrivals.is_unionid_needed(None):
        await arrivals.refused("server_error", way, ANN, None)
        await arrivals.came("ann", way, ANN, "uAnnAnn")
        return
    first = await arrivals.came("ann", way, ANN, None)
    assert await arrivals.came("ann", way, ANN, "uAnnAnn") == first
    if way != ELSEWHERE:
        assert await arrivals.came("ann", OTHERS[way], "oAnnToo", "uAnnAnn") == first


@every_way
async def test_changed(arrivals: Arrivals, way: str) -> None:
    """The application was moved to another Open Platform account; the openid stays."""
    first = await arrivals.came("ann", way, ANN, "uBefore")
    assert await arrivals.came("ann", way, ANN, "uAfterwards") == first
    assert await arrivals.came("ann", way, ANN, "uBefore") == first
    # Somebody else whom the new platform account calls as this one was called
    await arrivals.came("bob", way, BOB, "uBobBob")


@every_way
async def test_conflicting(arrivals: Arrivals, way: str) -> None:
    """Both ids are known, and are of two accounts: the openid's it is, on every way of theirs."""
    other = OTHERS[way]
    one = await arrivals.came("one", way, ANN, "uOneOne")
    two = await arrivals.came("two", other, "oTwoTwo", "uTwoTwo")
    assert one != two
    if way != ELSEWHERE:  # there the unionid is somebody else's, and no conflict
        assert await arrivals.came("one", way, ANN, "uTwoTwo") == one
    assert await arrivals.came("two", other, "oTwoTwo", "uTwoTwo") == two
    assert await arrivals.came("one", way, ANN, "uOneOne") == one


@every_way
async def test_shared_by_a_snapshot(arrivals: Arrivals, way: str) -> None:
    """With the flag nobody is let in, not even with ids of somebody who is known."""
    for flag in (1, "1", True, "yes"):
        await arrivals.refused("access_denied", way, ANN, "uShared", is_snapshotuser=flag)
    first = await arrivals.came("ann", way, ANN, "uAnnAnn")
    await arrivals.refused("access_denied", way, ANN, "uAnnAnn", is_snapshotuser=1)
    await arrivals.refused("access_denied", way, "oVirtual", "uAnnAnn", is_snapshotuser=1)
    assert await arrivals.came("ann", way, ANN, "uAnnAnn") == first


@every_way
async def test_shared_by_a_snapshot_without_the_flag(arrivals: Arrivals, way: str) -> None:
    """One unionid with many openids of one application is nobody's but the first's."""
    first = await arrivals.came("first", way, "oVirtual1", "uShared")
    for number in (2, 3):
        await arrivals.refused("access_denied", way, f"oVirtual{number}", "uShared")
    assert await arrivals.came("first", way, "oVirtual1", "uShared") == first


@every_way
async def test_an_openid_that_reads_like_a_unionid(arrivals: Arrivals, way: str) -> None:
    """Ids of different kinds are never compared. Where both would be the same sub, one is none."""
    first = await arrivals.came("ann", way, ANN, "uAnnAnn")
    if arrivals.setting == "either":
        await arrivals.refused("access_denied", way, "uAnnAnn", None)
    elif arrivals.setting == "unionid":
        await arrivals.refused("server_error", way, "uAnnAnn", None)
    else:
        assert await arrivals.came("bob", way, "uAnnAnn", None) != first
    assert await arrivals.came("ann", way, ANN, "uAnnAnn") == first
