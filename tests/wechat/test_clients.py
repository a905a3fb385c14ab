"""Several applications: which one is whose, and that each has connections of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bridge.wechat import (
    Kind,
    Limits,
    WeChatApplication,
    WeChatClients,
    WeChatHosts,
    wechat_clients,
)
from tests.world import Clock

WEBSITE, OTHER, ACCOUNT = "wx0000000000000001", "wx0000000000000002", "wx0000000000000003"


def application(appid: str, kind: Kind = "website") -> WeChatApplication:
    return WeChatApplication(appid=appid, secret="s", kind=kind)


APPLICATIONS = (
    application(WEBSITE),
    application(OTHER),
    application(ACCOUNT, "official_account"),
)


@asynccontextmanager
async def opened() -> AsyncGenerator[WeChatClients]:
    clock = Clock()
    async with wechat_clients(
        APPLICATIONS, WeChatHosts(), Limits(), None, now=clock, sleep=clock.sleep
    ) as clients:
        yield clients


@pytest.mark.anyio
async def test_an_application_is_found_by_its_appid() -> None:
    async with opened() as clients:
        assert [known.application.appid for known in clients] == [WEBSITE, OTHER, ACCOUNT]
        found = clients.get(OTHER)
        assert found is not None
        assert found.application.appid == OTHER
        assert clients.get("wx0000000000000009") is None


@pytest.mark.anyio
async def test_no_two_applications_share_their_connections_or_wait_for_one_another() -> None:
    async with opened() as clients:
        assert len({id(known.api.http) for known in clients}) == len(APPLICATIONS)
        assert len({id(known.turns) for known in clients}) == len(APPLICATIONS)


def test_the_address_and_the_scope_on_the_wire_follow_from_the_kind() -> None:
    def wire(kind: Kind, *, wants_profile: bool) -> tuple[str, str]:
        known = WeChatApplication(appid=WEBSITE, secret="s", kind=kind, wants_profile=wants_profile)
        return known.authorize_path, known.scope

    for wants_profile in (True, False):
        qr = ("/connect/qrconnect", "snsapi_login")
        assert wire("website", wants_profile=wants_profile) == qr
    in_wechat = "/connect/oauth2/authorize"
    assert wire("official_account", wants_profile=True) == (in_wechat, "snsapi_userinfo")
    assert wire("official_account", wants_profile=False) == (in_wechat, "snsapi_base")


def test_the_text_of_an_application_does_not_hold_its_secret() -> None:
    assert "not-shown" not in str(WeChatApplication(appid=WEBSITE, secret="not-shown"))
