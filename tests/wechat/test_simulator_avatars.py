"""Pictures at the simulated WeChat, and the language of its page."""

from urllib.parse import urlsplit

import pytest

from bridge.wechat.simulator import PEOPLE, Simulator
from tests.serving import bound, port_of, served
from tests.wechat.simulated_wechat import APPLICATIONS, ServedWeChat, WoundClock
from tests.world import new_browser, no_trust

pytestmark = pytest.mark.anyio


async def test_a_simulator_that_knows_its_address_shows_the_pictures_itself() -> None:
    with bound() as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        simulator = Simulator(
            APPLICATIONS, now=WoundClock(), new_id=iter("abcdefgh").__next__, url=url
        )
        async with served((simulator.app(), listener)), new_browser(no_trust()) as browser:
            browser.http.base_url = url
            wechat = ServedWeChat(url, simulator, WoundClock(), browser.http)
            profile = await wechat.userinfo(await wechat.tokens())
            assert profile["headimgurl"].startswith(f"{url}/mmopen/vi_32/")
            picture = await browser.http.get(profile["headimgurl"])
            assert picture.headers["content-type"] == "image/svg+xml"
            assert picture.text.startswith("<svg")
            unknown = await browser.http.get("/mmopen/vi_32/%3Cscript%3E/132")
            assert unknown.status_code == 404
            assert PEOPLE[0].headimgurl.startswith("https://thirdwx.qlogo.cn/")


@pytest.mark.parametrize(
    ("size", "pixels"), [(0, 640), (46, 46), (64, 64), (96, 96), (132, 132), (133, None)]
)
async def test_the_last_segment_of_a_pictures_address_is_its_size(
    wechat: ServedWeChat, size: int, pixels: int | None
) -> None:
    path = urlsplit(PEOPLE[0].headimgurl).path.removesuffix("132") + str(size)
    picture = await wechat.browser.get(path)
    assert picture.status_code == (404 if pixels is None else 200)
    assert pixels is None or f'width="{pixels}" height="{pixels}"' in picture.text


async def test_the_address_of_a_picture_ends_when_its_owner_takes_another(
    wechat: ServedWeChat,
) -> None:
    former = urlsplit(PEOPLE[0].headimgurl).path
    assert (await wechat.browser.get(former)).status_code == 200
    changed = await wechat.browser.put("/control/people/zhang-wei", json={"headimgurl": None})
    assert (await wechat.browser.get(former)).status_code == 404
    new = urlsplit(str(changed.json()["headimgurl"])).path
    assert (await wechat.browser.get(new)).status_code == 200


@pytest.mark.parametrize(
    ("lang", "accepted", "language"),
    [
        (None, None, "zh-CN"),
        (None, "zh-TW,en;q=0.5", "zh-CN"),
        (None, "de-DE,de;q=0.9", "en"),
        ("en", "zh-CN", "en"),
        ("cn", "en", "zh-CN"),
    ],
)
async def test_the_page_speaks_the_language_that_was_asked_for(
    wechat: ServedWeChat, lang: str | None, accepted: str | None, language: str
) -> None:
    if accepted:
        wechat.browser.headers["Accept-Language"] = accepted
    page = await wechat.page(lang=lang)
    assert f'<html lang="{language}">' in page.text
