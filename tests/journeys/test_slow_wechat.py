"""WeChat is slow for one application, and nobody else waits for it.

A thousand people sign in by an application that WeChat does not answer for as long as the test
likes; meanwhile another application's sign-ins and all token requests are timed.
"""

import asyncio
import resource
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import anyio
import anyio.lowlevel
import httpx
import pytest

from tests.journeys.rows import rows_of
from tests.journeys.test_redelivery import Held
from tests.world import APPID, Clock, Plan, World, world

pytestmark = pytest.mark.anyio

SECOND = "wx00000000000000ff"
TOKEN = "/sns/oauth2/access_token"

# As long as the test measures, however slow the machine is. Who waits for a turn may wait for as
# long as leaves time for an answer.
PATIENCE = {
    "BRIDGE_WECHAT_ANSWER_TIMEOUT": "30",
    "BRIDGE_WECHAT_TOTAL_TIMEOUT": "60",
}

MEASURED = 20


def settings(at_once: int) -> dict[str, str]:
    return PATIENCE | {
        "BRIDGE_WECHAT_AT_ONCE": str(at_once),
        "BRIDGE_WECHAT_2_CLIENT_ID": SECOND,
        "BRIDGE_WECHAT_2_CLIENT_SECRET": "another-app-secret",
    }


async def come_back(opened: World, number: int, client_id: str) -> list[httpx.Request]:
    """What so many browsers are about to send, on their way back from WeChat."""
    requests: list[httpx.Request] = []
    for _ in range(number):
        url = await opened.callback_url(client_id=client_id)
        requests.append(opened.browser.http.build_request("GET", url))
        opened.browser.http.cookies.clear()
    return requests


async def send(request: httpx.Request) -> str:
    """Send it over a connection of its own; return where the answer leads, or its status."""
    reader, writer = await asyncio.open_connection("localhost", request.url.port)
    target = request.url.raw_path.decode()
    head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nCookie: {request.headers['cookie']}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    told = (await reader.read()).decode()
    writer.close()
    status, _, rest = told.partition("\r\n")
    location = rest.partition("location: ")[2].partition("\r\n")[0]
    return location or status


async def timed(doings: Sequence[Callable[[], Awaitable[object]]]) -> float:
    """Seconds, in the middle."""
    seconds: list[float] = []
    for do in doings:
        begun = perf_counter()
        await do()
        seconds.append(perf_counter() - begun)
    return median(seconds)


async def speeds(opened: World) -> dict[str, float]:
    """How long a sign-in by the second application takes, and a token request."""
    codes: list[str] = []

    async def sign_in(request: httpx.Request) -> None:
        codes.append(httpx.URL(await send(request)).params["code"])

    async def redeem(code: str) -> None:
        assert (await opened.redeem(code)).status_code == 200

    requests = await come_back(opened, MEASURED, "rp")
    return {
        "sign-in": await timed([partial(sign_in, request) for request in requests]),
        "token": await timed([partial(redeem, code) for code in codes]),
    }


@pytest.mark.parametrize(
    ("people", "at_once"),
    [(60, 6), pytest.param(1_000, 100, marks=pytest.mark.every_variant)],
)
async def test_a_slow_wechat_for_one_application_is_nobody_elses(
    tmp_path: Path, clock: Clock, people: int, at_once: int
) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8_192), most))
    async with world(tmp_path, clock, Plan(settings(at_once))) as opened:
        await opened.register(client_id="slow", wechat_applications=(APPID,))
        await opened.register(wechat_applications=(SECOND,))
        alone = await speeds(opened)
        before, held = rows_of(opened), Held()
        opened.while_at_wechat[f"{TOKEN} {APPID}"] = held
        waiting = await come_back(opened, people, "slow")
        slow = [asyncio.create_task(send(request)) for request in waiting]
        await held.until(at_once)
        await _all_wait(slow)

        meanwhile = await speeds(opened)
        assert held.arrived == at_once
        assert not any(task.done() for task in slow)
        for what, seconds in meanwhile.items():
            assert seconds < 3 * alone[what] + 0.02, (what, alone, meanwhile)

        held.may_go.set()
        with anyio.fail_after(300):
            told = await asyncio.gather(*slow)
        assert len({httpx.URL(location).params["code"] for location in told}) == people
        assert rows_of(opened)["sessions"] == before["sessions"] + people + MEASURED


async def _all_wait(slow: Sequence[asyncio.Task[str]]) -> None:
    """Wait until the bridge has begun to ask about everybody."""
    with anyio.fail_after(60):
        while _asked_about() < len(slow):
            assert not [task.result() for task in slow if task.done()]
            await anyio.lowlevel.checkpoint()


def _asked_about() -> int:
    tasks = (task.get_coro() for task in asyncio.all_tasks())
    return sum(getattr(task, "__qualname__", "") == "Deliveries._ask" for task in tasks)
