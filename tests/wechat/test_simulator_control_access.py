"""Who may control the simulator: programs, and its own page; not the pages of others."""

import pytest

from bridge.wechat.simulator import Simulator
from tests.serving import bound, port_of, served
from tests.wechat.simulated_wechat import APPLICATIONS, ServedWeChat, WoundClock, served_alone
from tests.world import new_browser, no_trust

pytestmark = pytest.mark.anyio

LATENCY = "/control/answers/userinfo"
FORM = {"form": "latency", "call": "userinfo", "seconds": "5"}


def slow(wechat: ServedWeChat) -> bool:
    return wechat.simulator.faults.latency("/sns/userinfo", None) > 0


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"]
)
async def test_what_a_form_could_send_is_not_taken_for_json(
    wechat: ServedWeChat, content_type: str
) -> None:
    for method in ("PUT", "POST"):
        response = await wechat.browser.request(
            method, LATENCY, content='{"latency": 5}', headers={"content-type": content_type}
        )
        assert response.status_code in {405, 415}
    assert not slow(wechat)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://attacker.example"},
        {"origin": "null"},
        {"origin": "http://attacker.example", "host": "attacker.example"},
        {"origin": "http://attacker.example:8001", "host": "attacker.example:8001"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_page_of_another_origin_controls_nothing(
    wechat: ServedWeChat, headers: dict[str, str]
) -> None:
    """A name of one's own that leads to this machine (DNS rebinding) makes no difference."""
    for method, path in (("PUT", LATENCY), ("GET", "/control/state"), ("DELETE", "/control/state")):
        refused = await wechat.browser.request(method, path, json={"latency": 5}, headers=headers)
        assert refused.status_code == 403
        assert refused.json() == {
            "error": "a web page of another origin does not control the simulator"
        }
    posted = await wechat.browser.post("/control", data=FORM, headers=headers)
    assert posted.status_code == 403
    assert 'id="problem"' in posted.text
    assert not slow(wechat)


async def test_a_form_without_an_origin_is_not_taken(wechat: ServedWeChat) -> None:
    assert (await wechat.browser.post("/control", data=FORM)).status_code == 403
    assert not slow(wechat)


@pytest.mark.parametrize(
    "host",
    ["localhost:8001", "127.0.0.1:8001", "[::1]", "open.weixin.qq.com", "192.0.2.1", "a.localhost"],
)
async def test_its_own_page_does_where_nobody_else_can_have_the_name(
    wechat: ServedWeChat, host: str
) -> None:
    headers = {"host": host, "origin": f"http://{host}"}
    assert (await wechat.browser.put(LATENCY, json={"latency": 0}, headers=headers)).is_success
    done = await wechat.browser.post("/control", data=FORM, headers=headers)
    assert done.status_code == 303
    assert slow(wechat)


async def test_its_own_page_does_at_the_address_that_it_was_given() -> None:
    url = "https://wechat-test.example.com"
    simulator = Simulator(APPLICATIONS, now=WoundClock(), new_id=iter("abc").__next__, url=url)
    async with served_alone(simulator.app()) as origin, new_browser(no_trust()) as browser:
        for origin_sent, status in ((url, 303), (f"{url}:444", 403), ("null", 403)):
            posted = await browser.http.post(
                f"{origin}/control", data=FORM, headers={"origin": origin_sent}
            )
            assert posted.status_code == status


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "POST"])
async def test_other_methods_are_refused_and_the_right_ones_named(
    wechat: ServedWeChat, method: str
) -> None:
    response = await wechat.browser.request(method, LATENCY)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, PUT, DELETE"
    assert "access-control-allow-origin" not in response.headers


async def test_too_much_is_not_read(wechat: ServedWeChat) -> None:
    headers = {"content-type": "application/json"}
    response = await wechat.browser.put(LATENCY, content=b" " * 1_048_577, headers=headers)
    assert response.status_code == 413


async def test_control_can_be_switched_off() -> None:
    simulator = Simulator(
        APPLICATIONS, now=WoundClock(), new_id=iter("abc").__next__, controlled=False
    )
    with bound() as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        async with served((simulator.app(), listener)), new_browser(no_trust()) as browser:
            for path in ("/control", "/control/state", "/control/control.css"):
                assert (await browser.http.get(url + path)).status_code == 404
            assert (await browser.http.get(f"{url}/sns/userinfo")).status_code == 200
