"""How somebody signed in, and what that is worth: ``acr`` and ``amr`` (Core §2, §5.5.1.1)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browsing import Browser, page_of
from tests.journeys.wechat_says import (
    WITHIN_WECHAT,
    Applications,
    applications,
    browser_of,
    state_on,
)
from tests.world import Clock, parameters_of

pytestmark = pytest.mark.anyio

WEB, WITHIN, SILENT = "wx00000000000000aa", "wx00000000000000bb", "wx00000000000000cc"
ASKED, UNASKED = "urn:wechat-oidc:acr:wechat", "urn:wechat-oidc:acr:wechat-silent"

EITHER = "either"

TABLES = (
    {"client_id": WEB, "kind": "website"},
    {"client_id": SILENT, "kind": "official_account", "scope": "snsapi_base"},
    {"client_id": WITHIN, "kind": "official_account"},
)


@pytest.fixture
async def three(tmp_path: Path, clock: Clock) -> AsyncIterator[Applications]:
    tables = [{"client_secret": f"{number:032}"} | table for number, table in enumerate(TABLES)]
    async with applications(tmp_path, clock, *tables) as opened:
        yield opened


@pytest.fixture
async def phone(three: Applications) -> AsyncIterator[Browser]:
    async with browser_of(three.world, WITHIN_WECHAT) as browser:
        yield browser


def essential(*values: str) -> dict[str, str]:
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": values}}})}


async def came(three: Applications, phone: Browser, appid: str, **asked: str) -> httpx.Response:
    browser = three.world.browser if appid == WEB else phone
    return await three.came(
        appid, browser=browser, asked=asked, openid=f"o-{appid}", unionid="u-zhang"
    )


@pytest.mark.parametrize(
    ("appid", "acr", "amr"),
    [
        (WEB, ASKED, ["wechat", "qr"]),
        (WITHIN, ASKED, ["wechat", "in_app"]),
        (SILENT, UNASKED, ["wechat", "in_app"]),
    ],
)
async def test_apps_are_told_whether_the_person_was_asked_and_by_which_way_they_came(
    three: Applications, phone: Browser, appid: str, acr: str, amr: list[str]
) -> None:
    told = await three.claims(appid, await came(three, phone, appid))
    assert (told["acr"], told["amr"]) == (acr, amr)


async def test_discovery_lists_what_the_applications_give(three: Applications) -> None:
    url = f"{three.world.bridge_url}/.well-known/openid-configuration"
    metadata: dict[str, Any] = (await three.world.browser.http.get(url)).json()
    assert metadata["acr_values_supported"] == [ASKED, UNASKED]


async def test_what_no_application_of_the_client_gives_is_refused_at_once(
    three: Applications, phone: Browser
) -> None:
    """§5.5.1.1."""
    answer = await phone.http.get(three.url(SILENT, **essential(ASKED)))
    assert parameters_of(answer)["error"] == "unmet_authentication_requirements"
    answer = await three.world.browser.http.get(three.url(WEB, **essential(UNASKED)))
    assert parameters_of(answer)["error"] == "unmet_authentication_requirements"


async def test_who_was_not_asked_is_sent_to_wechat_where_it_is_essential(
    three: Applications, phone: Browser
) -> None:
    """The session of one app, whose application asks nobody, is not enough for the other."""
    await three.world.register(client_id=EITHER, wechat_applications=(SILENT, WITHIN))
    await came(three, phone, SILENT)
    silent = await phone.http.get(three.url(EITHER, prompt="none"))
    assert "code" in parameters_of(silent)
    refused = await phone.http.get(three.url(EITHER, prompt="none", **essential(ASKED)))
    assert parameters_of(refused)["error"] == "login_required"
    for wanted in (essential(ASKED), {"acr_values": f"gold {ASKED}"}):
        page = page_of(await phone.http.get(three.url(EITHER, **wanted)))
        assert page.has("wechat-login")
    granted = await phone.http.get(three.url(EITHER, acr_values=f"{ASKED} {UNASKED}"))
    assert "code" in parameters_of(granted)
    wished = await phone.http.get(three.url(EITHER, prompt="none", acr_values=ASKED))
    assert "code" in parameters_of(wished)


@pytest.mark.parametrize("asked", [essential(ASKED), {"acr_values": ASKED}])
async def test_of_two_applications_the_one_is_taken_that_gives_what_is_asked_for(
    three: Applications, phone: Browser, asked: dict[str, str]
) -> None:
    await three.world.register(client_id=EITHER, wechat_applications=(SILENT, WITHIN))
    page = page_of(await phone.http.get(three.url(EITHER)))
    assert f"appid={SILENT}" in page.link("wechat-login")
    page = page_of(await phone.http.get(three.url(EITHER, **asked)))
    assert f"appid={WITHIN}" in page.link("wechat-login")


async def test_within_wechat_an_application_that_proves_too_little_is_not_offered(
    three: Applications, phone: Browser
) -> None:
    """The person may go to a computer, where the other application asks them."""
    await three.world.register(client_id=EITHER, wechat_applications=(SILENT, WEB))
    assert "snsapi_base" in (await phone.http.get(three.url(EITHER, acr_values=ASKED))).text
    assert "snsapi_base" not in (await phone.http.get(three.url(EITHER, **essential(ASKED)))).text


async def test_a_sign_in_that_proves_too_little_leaves_nothing(
    three: Applications, phone: Browser
) -> None:
    """The application asked nobody any more when the person came back from it."""
    await three.world.register(client_id=EITHER, wechat_applications=(WITHIN, WEB))
    page = await phone.open(three.url(EITHER, **essential(ASKED)))
    state = state_on(page)
    [within] = [known for known in three.world.provider.wechat if known.application.appid == WITHIN]
    # As after a restart with other settings
    object.__setattr__(within, "application", replace(within.application, wants_profile=False))
    answer = await phone.http.get(
        f"{three.world.bridge_url}/callback/wechat",
        params={"state": state, "code": three.wechat.code_for(openid="o-zhang")},
    )
    assert parameters_of(answer)["error"] == "unmet_authentication_requirements"
    store = three.world.provider.store
    assert await store.list_accounts(after=None, state=None, search="", limit=10) == []


async def test_a_session_by_an_application_that_a_client_may_not_use_is_nothing_to_it(
    three: Applications, phone: Browser
) -> None:
    await came(three, phone, WITHIN)
    assert "code" in parameters_of(await phone.http.get(three.url(WITHIN)))
    refused = await phone.http.get(three.url(SILENT, prompt="none"))
    assert parameters_of(refused)["error"] == "login_required"
    page = page_of(await phone.http.get(three.url(SILENT)))
    assert f"appid={SILENT}" in page.link("wechat-login")


async def test_refresh_ends_where_the_client_may_no_longer_use_the_application(
    three: Applications, phone: Browser
) -> None:
    code = parameters_of(await came(three, phone, WITHIN))["code"]
    form = {
        "grant_type": "refresh_token",
        "refresh_token": (await three.redeem(WITHIN, code))["refresh_token"],
    }
    assert "access_token" in await three.token(WITHIN, **form)
    await three.world.provider.store.change_client(
        WITHIN, lambda client: replace(client, wechat_applications=(SILENT,))
    )
    assert (await three.token(WITHIN, **form))["error"] == "invalid_grant"
    await three.world.provider.store.change_client(
        WITHIN, lambda client: replace(client, wechat_applications=None)
    )
    assert "access_token" in await three.token(WITHIN, **form)


async def test_a_second_delivery_is_not_answered_once_the_application_is_not_the_clients(
    three: Applications, phone: Browser
) -> None:
    page = await phone.open(three.url(WITHIN))
    state = state_on(page)
    said = {"openid": "o-zhang", "unionid": "u-zhang"}
    back = f"{three.world.bridge_url}/callback/wechat"
    parameters = {"state": state, "code": three.wechat.code_for(**said)}
    assert "code" in parameters_of(await phone.http.get(back, params=parameters))
    await three.world.provider.store.change_client(
        WITHIN, lambda client: replace(client, wechat_applications=(SILENT,))
    )
    again = page_of(await phone.http.get(back, params=parameters))
    assert again.has("notice")
