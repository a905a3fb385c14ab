"""One code of WeChat's, delivered more than once: one session, and no sign-in is burnt."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel
import httpx
import pytest

from bridge.app import Chance, create_app, open_provider
from bridge.wechat.deliveries import MOST_QUESTIONS
from bridge.wechat.simulator.faults import errcode
from tests.browsing import page_of
from tests.journeys.rows import rows_of
from tests.serving import bound, port_of, served
from tests.world import Clock, Plan, World, parameters_of, world

pytestmark = pytest.mark.anyio

TOKEN, USERINFO = "/sns/oauth2/access_token", "/sns/userinfo"


@dataclass
class Held:
    """Calls of one path that wait at WeChat until the test lets them go."""

    arrived: int = 0
    may_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> None:
        self.arrived += 1
        await self.may_go.wait()

    async def until(self, arrived: int) -> None:
        with anyio.fail_after(60):
            while self.arrived < arrived:
                await anyio.lowlevel.checkpoint()


async def counted(opened: World, path: str, do: Callable[[], Awaitable[httpx.Response]]) -> int:
    """How often WeChat is asked meanwhile."""
    held = Held()
    held.may_go.set()
    opened.while_at_wechat[path] = held
    await do()
    del opened.while_at_wechat[path]
    return held.arrived


# In one process


async def test_two_deliveries_at_once_ask_wechat_once_and_get_a_code_each(a_world: World) -> None:
    await a_world.register()
    url, held = await a_world.callback_url(), Held()
    a_world.while_at_wechat[TOKEN] = held
    before = rows_of(a_world)
    deliveries = [asyncio.create_task(a_world.browser.http.get(url)) for _ in range(3)]
    await held.until(1)
    await anyio.sleep(0.1)  # the others are there, too
    held.may_go.set()
    answers = [parameters_of(response) for response in await asyncio.gather(*deliveries)]
    assert held.arrived == 1
    assert len({answer["code"] for answer in answers}) == 3
    assert rows_of(a_world)["sessions"] == before["sessions"] + 1
    redeemed = [await a_world.redeem(answer["code"]) for answer in answers]
    assert [response.status_code for response in redeemed] == [200] * 3


async def test_after_two_deliveries_at_once_the_browser_is_signed_in(a_world: World) -> None:
    await a_world.register()
    url, held = await a_world.callback_url(), Held()
    a_world.while_at_wechat[USERINFO] = held
    deliveries = [asyncio.create_task(a_world.browser.http.get(url)) for _ in range(2)]
    await held.until(1)
    held.may_go.set()
    await asyncio.gather(*deliveries)
    silent = await a_world.browser.http.get(a_world.authorization_url(prompt="none"))
    assert parameters_of(silent)["code"]


async def test_a_browser_that_goes_away_meanwhile_finds_its_sign_in_when_it_comes_back(
    a_world: World,
) -> None:
    await a_world.register()
    url, held = await a_world.callback_url(), Held()
    a_world.while_at_wechat[TOKEN] = held
    _, writer = await asyncio.open_connection("localhost", urlsplit(url).port)
    cookies = "; ".join(f"{c.name}={c.value}" for c in a_world.browser.http.cookies.jar)
    target = url.removeprefix(a_world.bridge_url)
    head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n"
    writer.write(head.encode())
    await held.until(1)
    writer.transport.abort()
    await anyio.sleep(0.05)
    held.may_go.set()
    assert parameters_of(await a_world.browser.http.get(url))["code"]
    assert held.arrived == 1
    assert rows_of(a_world)["sessions"] == 1


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "Prefetch;anonymous-client-ip"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
)
async def test_a_browser_that_only_guesses_asks_nothing(
    a_world: World, header: dict[str, str]
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    response = await a_world.browser.http.get(url, headers=header)
    assert (response.status_code, response.content) == (204, b"")
    assert "set-cookie" not in response.headers
    assert parameters_of(await a_world.browser.http.get(url))["code"]


async def test_a_head_asks_nothing(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    response = await a_world.browser.http.head(url)
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert parameters_of(await a_world.browser.http.get(url))["code"]


async def test_whoever_invents_codes_has_wechat_asked_a_few_times_only(a_world: World) -> None:
    await a_world.register()
    url, held = await a_world.callback_url(), Held()
    held.may_go.set()
    a_world.while_at_wechat[TOKEN] = held
    invented = httpx.URL(url)
    for number in range(2 * MOST_QUESTIONS):
        await a_world.browser.http.get(invented.copy_merge_params({"code": f"invented{number}"}))
    assert held.arrived == MOST_QUESTIONS
    page = await a_world.browser.open(url)
    assert page.has("notice")
    assert page.has("wechat-login")


async def test_a_refusal_of_ours_is_the_same_after_a_reload(a_world: World) -> None:
    """The code is used, and still the person reads why they may not enter."""
    await a_world.register(access=("nobody",))
    url = await a_world.callback_url()
    first = await a_world.browser.open(url)
    assert first.response.status_code == 403
    asked = await counted(a_world, TOKEN, lambda: a_world.browser.http.get(url))
    again = await a_world.browser.open(url)
    assert asked == 0
    assert (again.text("subject"), again.text("error")) == (first.text("subject"), "access_denied")


async def two_codes(opened: World) -> list[str]:
    """Where WeChat sends somebody who approves once, and goes on two times."""
    page = await opened.browser.open(opened.authorization_url())
    wechat = await opened.browser.click(page, "wechat-login")
    approved = [
        await opened.browser.send(wechat, "approve", follow_redirects=False) for _ in range(2)
    ]
    urls = [response.headers["location"] for response in approved]
    assert urls[0] != urls[1]
    return urls


async def test_two_codes_of_one_person_are_one_sign_in(a_world: World) -> None:
    """https://github.com/chanxuehong/wechat/issues/226."""
    await a_world.register()
    answers = [
        parameters_of(await a_world.browser.http.get(url)) for url in await two_codes(a_world)
    ]
    assert answers[0]["code"] != answers[1]["code"]
    assert rows_of(a_world)["sessions"] == 1
    redeemed = [await a_world.redeem(answer["code"]) for answer in answers]
    assert [response.status_code for response in redeemed] == [200, 200]


async def test_two_codes_of_one_person_at_once_are_one_sign_in(a_world: World) -> None:
    await a_world.register()
    urls, held = await two_codes(a_world), Held()
    a_world.while_at_wechat[USERINFO] = held
    deliveries = [asyncio.create_task(a_world.browser.http.get(url)) for url in urls]
    await held.until(2)
    held.may_go.set()
    answers = [parameters_of(response) for response in await asyncio.gather(*deliveries)]
    assert answers[0]["code"] != answers[1]["code"]
    assert rows_of(a_world)["sessions"] == 1


# In two processes


@dataclass
class Patient(Clock):
    """A clock by which nobody sleeps, and a test does something meanwhile."""

    while_sleeping: Callable[[], Awaitable[None]] | None = None

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.while_sleeping is not None:
            await self.while_sleeping()


@asynccontextmanager
async def another_process(opened: World) -> AsyncGenerator[str]:
    """Another bridge on the same database, behind the same address; its own is the value."""
    chance = Chance(now=opened.clock, sleep=opened.clock.sleep)
    with bound() as listener:
        async with (
            open_provider(opened.settings, chance) as provider,
            served((create_app(provider), listener)),
        ):
            yield f"http://localhost:{port_of(listener)}"


def at(origin: str, url: str) -> str:
    parts = urlsplit(url)
    return f"{origin}{parts.path}?{parts.query}"


async def test_a_delivery_to_another_process_waits_for_the_session_of_the_first(
    tmp_path: Path,
) -> None:
    clock, held = Patient(), Held()
    async with world(tmp_path, clock) as opened, another_process(opened) as other:
        await opened.register()
        url = await opened.callback_url()
        opened.while_at_wechat[USERINFO] = held
        first = asyncio.create_task(opened.browser.http.get(url))
        await held.until(1)

        async def let_go() -> None:
            held.may_go.set()
            await first

        clock.while_sleeping = let_go
        second = await opened.browser.http.get(at(other, url))
        answers = [parameters_of(response) for response in (await first, second)]
        assert answers[0]["code"] != answers[1]["code"]
        assert rows_of(opened)["sessions"] == 1
        assert clock.slept == [0.1]
        redeemed = [await opened.redeem(answer["code"]) for answer in answers]
        assert [response.status_code for response in redeemed] == [200, 200]


async def test_where_the_first_delivery_leaves_nothing_the_second_begins_again(
    tmp_path: Path,
) -> None:
    """It was in a process that ended, for example."""
    clock = Clock()
    async with world(tmp_path, clock) as opened, another_process(opened) as other:
        await opened.register()
        url = await opened.callback_url()
        opened.simulator.faults.plan(TOKEN, errcode(40163))
        before = rows_of(opened)
        page = page_of(await opened.browser.http.get(at(other, url)))
        assert page.has("notice")
        assert page.has("wechat-login")
        assert rows_of(opened) == before
    total = opened.settings.wechat_total_timeout
    assert total <= sum(clock.slept) <= total + 1


async def test_a_sign_in_that_is_answered_meanwhile_by_another_code_is_not_waited_for(
    tmp_path: Path,
) -> None:
    clock = Patient()
    async with world(tmp_path, clock) as opened:
        await opened.register()
        page = await opened.browser.open(opened.authorization_url())
        wechat = await opened.browser.click(page, "wechat-login")
        urls = [
            (
                await opened.browser.send(wechat, "approve", follow_redirects=False, person=person)
            ).headers["location"]
            for person in ("zhang-wei", "family")
        ]
        opened.simulator.faults.plan(TOKEN, errcode(40163))

        async def answer_by_another() -> None:
            clock.while_sleeping = None
            assert parameters_of(await opened.browser.http.get(urls[1]))["code"]

        clock.while_sleeping = answer_by_another
        assert page_of(await opened.browser.http.get(urls[0])).has("notice")
        assert clock.slept == [0.1]


# WeChat is busy


async def test_a_busy_wechat_is_asked_once_more(a_world: World) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(TOKEN, errcode(-1))
    assert parameters_of(await a_world.browser.http.get(url))["code"]
    assert a_world.clock.slept == [0.2]


async def test_a_code_that_a_busy_wechat_used_up_begins_again_quietly(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(TOKEN, errcode(-1, carried_out=True))
    with caplog.at_level("INFO"):
        page = await a_world.browser.open(url)
    assert page.text("notice") == "WeChat was busy just now. Please start again."
    (record,) = (record for record in caplog.records if "wechat." in record.getMessage())
    assert record.levelname == "INFO"
    assert "failure=WeChatCodeLost" in record.getMessage()
    assert "errcode 40163, rid " in record.getMessage()
    assert sum(a_world.clock.slept) < 1


async def test_a_wechat_that_stays_busy_begins_again(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(TOKEN, errcode(-1), errcode(-1))
    page = await a_world.browser.open(url)
    assert page.has("notice")
    assert page.has("wechat-login")
    assert "wechat.failed client_id=rp" in caplog.text
    assert "failure=WeChatBusy" in caplog.text


@pytest.mark.parametrize("busy", [1, 3])
async def test_for_a_profile_a_busy_wechat_is_asked_several_times(
    a_world: World, busy: int
) -> None:
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(USERINFO, *[errcode(-1)] * busy)
    assert parameters_of(await a_world.browser.http.get(url))["code"]
    assert a_world.clock.slept == [0.2, 0.5, 1.0][:busy]


# Too many calls


async def test_in_a_minute_with_too_many_calls_nobody_else_calls_and_no_code_is_burnt(
    a_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """45011: "must slower, retry next minute"."""
    await a_world.register()
    a_world.clock.wind(60 - a_world.clock.now % 60 + 20)
    urls = [await a_world.callback_url(), await a_world.callback_url("family")]
    a_world.simulator.faults.plan(TOKEN, errcode(45011))
    for number, url in enumerate(urls):
        responses: list[httpx.Response] = []

        async def come(to: str = url, told: list[httpx.Response] = responses) -> httpx.Response:
            told.append(await a_world.browser.http.get(to))
            return told[0]

        assert await counted(a_world, TOKEN, come) == 1 - number
        page = page_of(responses[0])
        assert (page.response.status_code, page.text("error")) == (503, "temporarily_unavailable")
        assert page.response.headers["retry-after"] == "40"
        assert page.link("reload") == url
        assert httpx.URL(url).params["code"] not in page.response.text
        assert "wechat.limited" in caplog.text
    a_world.clock.wind(40)
    for url in urls:
        assert parameters_of(await a_world.browser.http.get(url))["code"]


async def test_where_the_code_was_spent_already_the_person_begins_again(a_world: World) -> None:
    """There is nothing to wait for with it."""
    await a_world.register()
    url = await a_world.callback_url()
    a_world.simulator.faults.plan(USERINFO, errcode(45011))
    page = await a_world.browser.open(url)
    assert page.text("notice") == "WeChat was busy just now. Please start again."
    assert page.has("wechat-login")


# Too many people


async def test_who_finds_no_place_is_asked_to_come_again_and_is_not_burnt(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limits = {
        "BRIDGE_WECHAT_AT_ONCE": "1",
        "BRIDGE_WECHAT_CONNECT_TIMEOUT": "5",
        "BRIDGE_WECHAT_ANSWER_TIMEOUT": "10",
    }
    held = Held()
    async with world(tmp_path, clock, Plan(limits)) as opened:
        await opened.register()
        urls = [await opened.callback_url(), await opened.callback_url("family")]
        opened.while_at_wechat[TOKEN] = held
        first = asyncio.create_task(opened.browser.http.get(urls[0]))
        await held.until(1)
        page = page_of(await opened.browser.http.get(urls[1]))
        assert (page.response.status_code, page.text("error")) == (503, "temporarily_unavailable")
        assert page.response.headers["retry-after"] == "5"
        assert "failure=WeChatCrowded" in caplog.text
        held.may_go.set()
        assert parameters_of(await first)["code"]
        assert parameters_of(await opened.browser.http.get(page.link("reload")))["code"]
