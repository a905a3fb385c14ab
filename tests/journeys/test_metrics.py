"""What /metrics tells after people have come, and after strangers have."""

from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bridge.app import create_metrics_app
from bridge.wechat.simulator.faults import errcode
from bridge.wechat.simulator.ids import openid_of, unionid_of
from tests.serving import bound, port_of, served
from tests.world import APPID, CLIENT_SECRET, Clock, Plan, World, world

pytestmark = pytest.mark.anyio


async def series(url: str, http: httpx.AsyncClient) -> dict[str, float]:
    """Each series of ours as it is written, without the part of the name that all have."""
    answer = await http.get(f"{url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    told: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            told[f"{sample.name.removeprefix('wechat_oidc_')}{{{labels}}}"] = sample.value
    return told


async def test_a_sign_in_is_seen_from_its_beginning_to_its_end(a_world: World) -> None:
    await a_world.register()
    code = (await a_world.answer())["code"]
    tokens = (await a_world.redeem(code)).json()
    await a_world.userinfo(tokens["access_token"])
    await a_world.redeem(code)
    told = await series(a_world.bridge_url, a_world.browser.http)
    host = a_world.wechat_url.removeprefix("http://")
    for name, least in {
        "sign_ins_total{channel=website,outcome=completed}": 1,
        f"wechat_calls_total{{call=/sns/oauth2/access_token,errcode=0,host={host}}}": 1,
        f"wechat_calls_total{{call=/sns/userinfo,errcode=0,host={host}}}": 1,
        f"wechat_call_seconds_count{{call=/sns/userinfo,host={host}}}": 1,
        "token_requests_total{error=,grant=authorization_code}": 1,
        "token_requests_total{error=invalid_grant,grant=authorization_code}": 1,
        "http_requests_total{endpoint=/userinfo,method=GET,status=2xx}": 1,
        "http_requests_total{endpoint=/token,method=POST,status=4xx}": 1,
        "http_request_seconds_count{endpoint=/callback/wechat}": 1,
        "events_total{event=code.replayed}": 1,
        "events_total{event=tokens.issued}": 1,
        "database_verb_seconds_count{kind=write,outcome=done}": 3,
        "database_verb_seconds_count{kind=read,outcome=done}": 3,
        "ready{part=database}": 1,
        "ready{part=keys}": 1,
        "signing_keys{alg=RS256,state=active}": 1,
        "signing_keys{alg=ES256,state=active}": 1,
    }.items():
        assert told[name] >= least, name
    assert told["signing_keys{alg=RS256,state=upcoming}"] == 0
    assert told["token_requests_total{error=,grant=authorization_code}"] == 1
    policy_days = told["signing_key_next_timestamp_seconds{alg=RS256}"] - a_world.clock.now
    assert 29 * 86_400 < policy_days <= 30 * 86_400


async def test_the_age_of_a_key_is_told_and_when_it_is_succeeded(a_world: World) -> None:
    a_world.clock.wind(29 * 86_400 + 10_000)
    told = await series(a_world.bridge_url, a_world.browser.http)
    assert told["signing_key_age_seconds{alg=RS256}"] >= 29 * 86_400 + 10_000
    assert told["signing_keys{alg=RS256,state=upcoming}"] == 1
    left = told["signing_key_next_timestamp_seconds{alg=RS256}"] - a_world.clock.now
    assert 0 < left <= 86_400


async def test_what_wechat_refuses_is_counted_by_its_number(a_world: World) -> None:
    await a_world.register()
    for number in (40029, 99_123):
        a_world.simulator.faults.plan("/sns/oauth2/access_token", errcode(number, "strange"))
        await a_world.callback()
    told = await series(a_world.bridge_url, a_world.browser.http)
    asked = "call=/sns/oauth2/access_token,errcode={},host=" + a_world.wechat_url[7:]
    assert told["wechat_calls_total{" + asked.format("40029") + "}"] == 1
    assert told["wechat_calls_total{" + asked.format("other") + "}"] == 1
    assert told["sign_ins_total{channel=website,outcome=wechat_failed}"] == 2


async def test_a_host_that_is_not_reached_is_counted(tmp_path: Path, clock: Clock) -> None:
    down = Plan(settings={"BRIDGE_API_HOSTS": "http://127.0.0.1:9"})
    async with world(tmp_path, clock, down) as opened:
        await opened.register()
        await opened.callback()
        told = await series(opened.bridge_url, opened.browser.http)
    asked = "call=/sns/oauth2/access_token,errcode=unreachable,host=127.0.0.1:9"
    assert told["wechat_calls_total{" + asked + "}"] >= 1


async def test_strangers_add_no_series_and_nobody_is_named(a_world: World) -> None:
    http, url = a_world.browser.http, a_world.bridge_url
    await a_world.register()
    await a_world.redeem((await a_world.answer())["code"])
    sizes, told = list[int](), dict[str, float]()
    for strangers in (1, 20):
        for each in range(strangers):
            await http.get(f"{url}/stranger-{each}")
            await http.request(f"STEAL{each}", f"{url}/token")
            await http.get(f"{url}/register/stranger-{each}")
            await http.get(f"{url}/authorize", params={"client_id": f"stranger-{each}"})
            await http.post(
                f"{url}/token", data={"grant_type": f"stranger-{each}"}, auth=("rp", CLIENT_SECRET)
            )
        told = await series(url, http)
        sizes.append(len(told))
    # Each series of /metrics itself is new the second time.
    assert sizes[1] - sizes[0] <= len([name for name in told if "/metrics" in name])
    text = " ".join(told)
    application = a_world.simulator.applications[APPID]
    for person in a_world.simulator.people:
        assert openid_of(person, application) not in text
        assert (unionid_of(person, application) or "stranger") not in text
    assert "stranger" not in text
    assert "STEAL" not in text
    assert "=rp" not in text
    assert APPID not in text


@pytest.mark.parametrize("metrics", ["off", "127.0.0.1:9464"])
async def test_where_they_are_not_wanted_there_are_none(
    tmp_path: Path, clock: Clock, metrics: str
) -> None:
    async with world(tmp_path, clock, Plan(settings={"BRIDGE_METRICS": metrics})) as opened:
        answer = await opened.browser.http.get(f"{opened.bridge_url}/metrics")
    assert answer.status_code == 404
    assert "wechat_oidc" not in answer.text


async def test_a_listener_of_their_own_tells_them_and_nothing_else(
    tmp_path: Path, clock: Clock
) -> None:
    own = Plan(settings={"BRIDGE_METRICS": "127.0.0.1:9464"})
    async with world(tmp_path, clock, own) as opened:
        assert opened.settings.metrics_listener == ("127.0.0.1", 9464)
        with bound() as listener:
            async with served((create_metrics_app(opened.provider), listener)):
                url, http = f"http://127.0.0.1:{port_of(listener)}", opened.browser.http
                assert (await series(url, http))["ready{part=process}"] == 1
                for path in ("/jwks", "/authorize", "/", "/.well-known/openid-configuration"):
                    assert (await http.get(url + path)).status_code == 404
