"""The control API: every resource, what it changes, and what it refuses."""

import re
import shlex
from base64 import b64decode
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.control.described import FAULTS
from bridge.wechat.simulator.control.table import resources
from bridge.wechat.simulator.faults import errcode
from tests.wechat.simulated_wechat import (
    APPID,
    MINI_PROGRAM,
    MOBILE,
    OFFICIAL_ACCOUNT,
    OTHER_APPID,
    SECRET,
    ServedWeChat,
)

pytestmark = pytest.mark.anyio

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"
MANUAL = Path(__file__).parents[2] / "docs" / "simulator.md"


async def put(wechat: ServedWeChat, path: str, body: Any) -> Any:
    response = await wechat.browser.put(f"/control{path}", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


async def get(wechat: ServedWeChat, path: str) -> Any:
    response = await wechat.browser.get(f"/control{path}")
    assert response.status_code == 200, response.text
    return response.json()


async def delete(wechat: ServedWeChat, path: str) -> Any:
    response = await wechat.browser.delete(f"/control{path}")
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_manual_names_every_resource_with_its_methods(wechat: ServedWeChat) -> None:
    rows = [
        row.split("|")
        for row in MANUAL.read_text("utf-8").splitlines()
        if row.startswith("| `/control/")
    ]
    told = {row[1].strip(" `"): set(row[2].replace(",", "").split()) for row in rows}
    assert told == {
        f"/control{resource.path}": set(resource.verbs) for resource in resources(wechat.simulator)
    }


def test_the_manual_names_every_fault() -> None:
    section = MANUAL.read_text("utf-8").partition("## Faults\n")[2].partition("\n## ")[0]
    assert {row.split("|")[1].strip(" `") for row in section.splitlines() if "| `" in row} == set(
        FAULTS
    )


def test_the_manual_names_every_switch_for_browsers() -> None:
    section = MANUAL.read_text("utf-8").partition("### Behaviour\n")[2].partition("\n### ")[0]
    told = {row.split("|")[1].strip(" `") for row in section.splitlines() if "| `" in row}
    assert told - {""} == {member.name for member in fields(Behaviour)}


async def test_what_the_manual_types_is_answered(wechat: ServedWeChat) -> None:
    """All but what is pushed, for which a developer has to listen."""
    blocks = re.findall(
        r"^```bash\n(.*?)^```$", MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    typed = "\n".join(blocks).replace("\\\n", " ").replace("wx5111a7ed5111a7ed", APPID)
    commands = [shlex.split(command, comments=True) for command in typed.split("curl -X ")[1:]]
    tried = [command for command in commands if "/control/pushes" not in command[1]]
    assert len(tried) > len(resources(wechat.simulator)) // 2
    for method, url, *rest in tried:
        options = dict(zip(rest[::2], rest[1::2], strict=True))
        name, _, value = options.get("-H", "accept: */*").partition(": ")
        answer = await wechat.browser.request(
            method,
            url.removeprefix("localhost:8001"),
            content=options.get("-d"),
            headers={name: value},
        )
        assert answer.status_code == 200, (url, answer.text)


# Answers


async def test_the_next_calls_go_wrong_as_they_were_told_to(wechat: ServedWeChat) -> None:
    planned = [{"errcode": -1, "carried_out": True}, None, {"fault": "http_status", "status": 503}]
    told = await put(wechat, "/answers/access_token", {"next": planned})
    assert told == {
        "next": [
            {"fault": "errcode", "errcode": -1, "carried_out": True},
            None,
            {"fault": "http_status", "status": 503},
        ],
        "standing": None,
        "latency": None,
    }
    code = await wechat.code()
    assert (await wechat.exchange(code))["errcode"] == -1
    assert (await wechat.exchange(code))["errcode"] == 40163
    assert (await wechat.browser.get(EXCHANGE)).status_code == 503
    assert (await get(wechat, "/answers/access_token"))["next"] == []


async def test_every_call_goes_wrong_until_that_is_taken_back(wechat: ServedWeChat) -> None:
    await put(wechat, "/answers/all", {"standing": {"errcode": 45011}})
    for path in (EXCHANGE, USERINFO, EXCHANGE):
        assert (await wechat.call(path))["errcode"] == 45011
    assert await get(wechat, "/answers") == [
        {
            "call": "all",
            "appid": None,
            "next": [],
            "standing": {"fault": "errcode", "errcode": 45011},
            "latency": None,
        }
    ]
    await put(wechat, "/answers/all", {"standing": None})
    assert (await wechat.call(EXCHANGE))["errcode"] == 41002


async def test_only_what_is_named_changes(wechat: ServedWeChat) -> None:
    await put(wechat, "/answers/userinfo", {"standing": {"errcode": -1}, "latency": 2})
    told = await put(wechat, "/answers/userinfo", {"next": [{"fault": "half"}]})
    assert told == {
        "next": [{"fault": "half"}],
        "standing": {"fault": "errcode", "errcode": -1},
        "latency": 2.0,
    }
    untouched = await delete(wechat, "/answers/userinfo")
    assert untouched == {"next": [], "standing": None, "latency": None}


async def test_one_application_is_slow_and_another_is_not(wechat: ServedWeChat) -> None:
    await put(wechat, f"/answers/all?appid={APPID}", {"latency": 5})
    await wechat.exchange("x")
    assert wechat.clock.slept == [5]
    await wechat.exchange("x", appid=OTHER_APPID)
    assert wechat.clock.slept == [5]
    assert await delete(wechat, "/answers") == []


async def test_what_the_program_planned_itself_is_shown_as_that(wechat: ServedWeChat) -> None:
    wechat.simulator.faults.plan(USERINFO, errcode(-1))
    assert (await get(wechat, "/answers/userinfo"))["next"] == [{"fault": "planned by the program"}]


@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_can_be_asked_for(wechat: ServedWeChat, name: str) -> None:
    needed: dict[str, dict[str, object]] = {"errcode": {"errcode": -1}, "body": {"body": "{}"}}
    fault = {"fault": name} | needed.get(name, {})
    assert (await put(wechat, "/answers/userinfo", {"standing": fault}))["standing"] == fault


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("{", "Invalid JSON"),
        ("[]", "should be an object"),
        ('{"nxt": []}', "nxt: Extra inputs are not permitted"),
        ('{"next": [{"fault": "earthquake"}]}', "fault: one of errcode, http_status, "),
        ('{"next": [{"fault": 1}]}', "fault: one of errcode, http_status, "),
        ('{"next": [{"errcode": "-1"}]}', "errcode: Input should be a valid integer"),
        ('{"next": [{"errcode": 12345}]}', "errcode 12345 is none that is known"),
        ('{"next": [{"fault": "half", "errcode": 1}]}', "errcode: the fault half takes no other"),
        ('{"standing": {"fault": "http_status", "status": 99}}', "from 200 to 599"),
        ('{"standing": {"fault": "body"}}', "body: Missing required argument"),
        ('{"latency": -1}', "latency: "),
        ('{"latency": NaN}', "latency: Input should be a finite number"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    wechat: ServedWeChat, body: str, complaint: str
) -> None:
    headers = {"content-type": "application/json"}
    response = await wechat.browser.put("/control/answers/userinfo", content=body, headers=headers)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"
    assert complaint in response.json()["error"]
    assert await get(wechat, "/answers") == []


async def test_a_bad_fault_beside_a_good_one_changes_nothing(wechat: ServedWeChat) -> None:
    body = {"next": [{"errcode": -1}], "standing": {"errcode": 12345}}
    assert (await wechat.browser.put("/control/answers/userinfo", json=body)).status_code == 400
    assert await get(wechat, "/answers") == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/answers/nothing", 404),
        ("/answers/userinfo?appid=wx0", 400),
        ("/rate_limits/wx0", 404),
        ("/people/Nobody", 404),
        ("/applications/wx0", 404),
        ("/nothing", 404),
        ("/answers/", 404),
    ],
)
async def test_what_is_not_there_is_not_changed(
    wechat: ServedWeChat, path: str, status: int
) -> None:
    for method in ("GET", "PUT", "DELETE"):
        response = await wechat.browser.request(method, f"/control{path}", json={})
        assert response.status_code == status, method


# Limits


async def test_limits_are_lowered_and_given_back(wechat: ServedWeChat) -> None:
    path = f"/rate_limits/{APPID}"
    before = await get(wechat, path)
    assert before == {"access_token": 10_000, "refresh_token": 50_000, "userinfo": 50_000}
    assert await put(wechat, path, {"access_token": 0}) == before | {"access_token": 0}
    assert (await wechat.exchange("x"))["errcode"] == 45011
    assert await delete(wechat, path) == before
    assert (await wechat.exchange("x"))["errcode"] == 40029


@pytest.mark.parametrize(
    "limits", [{"all": 1}, {"access_token": -1}, {"access_token": "1"}, {"nothing": 1}, []]
)
async def test_a_limit_that_cannot_be_is_refused(wechat: ServedWeChat, limits: Any) -> None:
    path = f"/control/rate_limits/{APPID}"
    assert (await wechat.browser.put(path, json=limits)).status_code == 400


async def test_codes_live_as_long_as_one_likes(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    before = await get(wechat, "/code_lifetimes")
    assert before == {
        "website": 600,
        "official_account": 300,
        "mobile": 300,
        "mini_program": 300,
    }
    assert await put(wechat, "/code_lifetimes", {"website": 0}) == before | {"website": 0}
    assert (await wechat.exchange(code))["errcode"] == 42003
    assert await delete(wechat, "/code_lifetimes") == before
    assert "openid" in await wechat.exchange(code)


# Browsers and codes


async def test_the_switches_for_browsers_are_set_by_name(wechat: ServedWeChat) -> None:
    before = await get(wechat, "/behaviour")
    changed = {"denial": "authdeny", "qr_lifetime": 5, "followers": ["null"], "fast_login": True}
    assert await put(wechat, "/behaviour", changed) == before | changed
    assert wechat.simulator.behaviour.qr_lifetime == 5
    assert await delete(wechat, "/behaviour") == before
    assert wechat.simulator.behaviour == Behaviour()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"nothing": 1}, "there is no switch nothing"),
        ({"denial": "loudly"}, "denial is one of"),
        ({"fast_login": 1}, "fast_login has another type"),
        ({"person": "nobody"}, "nobody has the key nobody"),
        ({"followers": ["nobody"]}, "nobody has the key nobody"),
        ({"followers": [1]}, "followers are named by"),
        ([], "should be an object"),
    ],
)
async def test_a_switch_that_cannot_be_is_refused(
    wechat: ServedWeChat, changed: Any, complaint: str
) -> None:
    response = await wechat.browser.put("/control/behaviour", json=changed)
    assert response.status_code == 400
    assert complaint in response.json()["error"]


async def login_code(wechat: ServedWeChat, **asked: object) -> Any:
    return await wechat.browser.post("/control/login_codes", json={"person": "null"} | asked)


async def test_a_mini_program_gets_its_code_without_a_page(wechat: ServedWeChat) -> None:
    made = (await login_code(wechat, appid=MINI_PROGRAM)).json()
    assert made["expires_in"] == 300
    session = await wechat.session(made["code"])
    assert len(b64decode(session["session_key"])) == 16


@pytest.mark.parametrize(
    ("appid", "scope", "granted"),
    [
        (APPID, None, "snsapi_login"),
        (MOBILE, None, "snsapi_userinfo"),
        (OFFICIAL_ACCOUNT, None, "snsapi_userinfo"),
        (OFFICIAL_ACCOUNT, "snsapi_base", "snsapi_base"),
    ],
)
async def test_so_does_any_other_application_with_its_scope(
    wechat: ServedWeChat, appid: str, scope: str | None, granted: str
) -> None:
    asked = {"appid": appid} | ({"scope": scope} if scope else {})
    tokens = await wechat.exchange((await login_code(wechat, **asked)).json()["code"], appid=appid)
    assert tokens["scope"] == granted


async def test_a_code_may_be_that_of_a_snapshot_page(wechat: ServedWeChat) -> None:
    made = await login_code(wechat, appid=OFFICIAL_ACCOUNT, is_snapshotuser=True)
    tokens = await wechat.exchange(made.json()["code"], appid=OFFICIAL_ACCOUNT)
    assert tokens["is_snapshotuser"] == 1


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"appid": "wx0"}, "appid: no application has it"),
        ({"appid": APPID, "person": "Nobody"}, "person: nobody has this key"),
        ({"appid": APPID, "scope": "snsapi_base"}, "scope: of this application it is snsapi_login"),
        ({"appid": MINI_PROGRAM, "scope": "x"}, "scope: of this application it is none"),
        ({}, "appid: Field required"),
    ],
)
async def test_a_code_that_nobody_could_get_is_refused(
    wechat: ServedWeChat, asked: dict[str, object], complaint: str
) -> None:
    response = await login_code(wechat, **asked)
    assert response.status_code == 400
    assert response.json()["error"] == complaint


# People


async def test_a_person_changes_as_people_do(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    before = await wechat.userinfo(tokens)
    shown = await put(
        wechat,
        "/people/zhang-wei",
        {"nickname": "张大伟 🎉", "headimgurl": None, "unionid": "oNew"},
    )
    after = await wechat.userinfo(tokens)
    assert after["nickname"] == shown["nickname"] == "张大伟 🎉"
    assert after["headimgurl"] not in {"", before["headimgurl"]}
    assert after["unionid"] == "oNew"
    assert shown["ids"][APPID] == {"openid": tokens["openid"], "unionid": "oNew"}
    await put(wechat, "/people/zhang-wei", {"headimgurl": "", "has_unionid": False})
    after = await wechat.userinfo(tokens)
    assert after["headimgurl"] == ""
    assert "unionid" not in after
    await delete(wechat, "/people/zhang-wei")
    assert await wechat.userinfo(tokens) == before


async def test_a_person_may_count_as_a_snapshot_user(wechat: ServedWeChat) -> None:
    await put(wechat, "/people/null", {"is_snapshotuser": True, "virtual_ids": False})
    assert (await wechat.tokens("null"))["is_snapshotuser"] == 1


async def test_somebody_may_be_new_and_go_again(wechat: ServedWeChat) -> None:
    await put(wechat, "/people/new-1", {"nickname": "新人"})
    tokens = await wechat.tokens("new-1")
    assert (await wechat.userinfo(tokens))["nickname"] == "新人"
    code = await wechat.code("new-1")
    assert await delete(wechat, "/people/new-1") is None
    assert "new-1" not in await get(wechat, "/people")
    assert (await wechat.userinfo(tokens))["errcode"] == 50002
    assert (await wechat.exchange(code))["errcode"] == 50002


@pytest.mark.parametrize(
    ("key", "changed", "status", "complaint"),
    [
        ("Nobody", {"has_unionid": False}, 404, "whoever is new needs a nickname"),
        ("a%20b", {"nickname": "a"}, 400, "a key has up to 64"),
        ("null", {"nickname": 1}, 400, "nickname: Input should be a valid string"),
        ("null", {"headimgurl": "javascript:0"}, 400, "headimgurl: "),
        ("null", {"unionid": "a b"}, 400, "unionid: "),
        ("null", {"key": "x"}, 400, "key: Extra inputs"),
    ],
)
async def test_a_person_who_cannot_be_is_refused(
    wechat: ServedWeChat, key: str, changed: dict[str, object], status: int, complaint: str
) -> None:
    response = await wechat.browser.put(f"/control/people/{key}", json=changed)
    assert response.status_code == status
    assert complaint in response.json()["error"]


# Applications


async def test_an_application_moves_to_another_platform_account_and_back(
    wechat: ServedWeChat,
) -> None:
    tokens = await wechat.tokens()
    before = await wechat.userinfo(tokens)
    shown = await put(wechat, f"/applications/{APPID}", {"platform_account": "another"})
    assert "secret" not in shown
    moved = await wechat.userinfo(tokens)
    assert moved["openid"] == before["openid"]
    assert moved["unionid"] != before["unionid"]
    await put(wechat, f"/applications/{APPID}", {"platform_account": None})
    assert "unionid" not in await wechat.userinfo(tokens)
    assert (await delete(wechat, f"/applications/{APPID}"))["platform_account"] == "main"
    assert await wechat.userinfo(tokens) == before


async def test_a_secret_may_be_reset_at_the_console(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    await put(wechat, f"/applications/{APPID}", {"secret": "reset"})
    assert (await wechat.exchange(code))["errcode"] == 40125
    assert "openid" in await wechat.exchange(code, secret="reset")


async def test_an_application_may_be_new_and_go_again(wechat: ServedWeChat) -> None:
    new = {"kind": "mobile", "secret": SECRET, "platform_account": "main", "scopes": ["x"]}
    assert (await put(wechat, "/applications/wxnew", new))["scopes"] == ["x"]
    made = await login_code(wechat, appid="wxnew")
    tokens = await wechat.exchange(made.json()["code"], appid="wxnew")
    assert tokens["unionid"] == (await wechat.tokens("null"))["unionid"]
    assert await delete(wechat, "/applications/wxnew") is None
    assert (await wechat.exchange("x", appid="wxnew"))["errcode"] == 40013
    assert (await wechat.userinfo(tokens))["errcode"] == 40013


@pytest.mark.parametrize(
    ("appid", "changed", "status", "complaint"),
    [
        ("wx0", {"kind": "mobile"}, 404, "a new one needs a secret"),
        ("a%20b", {"secret": "x"}, 400, "an appid has up to 64"),
        (APPID, {"kind": "mobile"}, 400, "never changes"),
        (APPID, {"kind": "fridge"}, 400, "kind: Input should be 'website'"),
        (APPID, {"callback_domain": "https://a.example/"}, 400, "callback_domain: "),
        (APPID, {"secret": ""}, 400, "secret: "),
    ],
)
async def test_an_application_that_cannot_be_is_refused(
    wechat: ServedWeChat, appid: str, changed: dict[str, object], status: int, complaint: str
) -> None:
    response = await wechat.browser.put(f"/control/applications/{appid}", json=changed)
    assert response.status_code == status
    assert complaint in response.json()["error"]


# Everything


async def test_everything_goes_back_to_how_it_began(wechat: ServedWeChat) -> None:
    before = await get(wechat, "/state")
    assert set(before) == {
        "answers",
        "rate_limits",
        "code_lifetimes",
        "behaviour",
        "people",
        "applications",
        "pushes",
    }
    assert SECRET not in str(before)
    tokens = await wechat.tokens()
    await put(wechat, "/answers/userinfo", {"standing": {"errcode": -1}})
    await put(wechat, f"/rate_limits/{APPID}", {"userinfo": 0})
    await put(wechat, "/code_lifetimes", {"website": 1})
    await put(wechat, "/behaviour", {"fast_login": True})
    await put(wechat, "/people/new", {"nickname": "new"})
    await put(wechat, f"/applications/{APPID}", {"platform_account": None})
    assert await get(wechat, "/state") != before
    assert await delete(wechat, "/state") == before
    assert (await wechat.userinfo(tokens))["nickname"] == "张伟"
