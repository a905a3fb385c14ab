"""``wechat-oidc check``: the doctor says what is well, what is not, and what to do."""

import asyncio
import json
import re
import ssl
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import trustme

from bridge.app import Chance, examine_accounts, open_store
from bridge.cli.check import examine
from bridge.cli.doctor import Finding
from bridge.cli.doctor.hosts import examine_clock
from bridge.cli.doctor.settings import examine_settings
from bridge.config import Settings
from bridge.store import UnusableDatabase
from tests.cli.conftest import SimulatedWeChat
from tests.cli.examining import NOBODY, answering, findings
from tests.cli.terminal import APP_SECRET, APPID, Operator, sign_somebody_in


def test_when_all_is_well_every_part_is_named_and_the_status_is_0(patient: Operator) -> None:
    found = findings(patient, status=0)
    assert list(found) == [
        *("settings", "database", "secrets", "keys", "limits"),
        *("wechat", "ways", "callback", "hosts", "clock", "issuer"),
    ]
    assert found["wechat"] == [("ok", "AppID and AppSecret are right")]
    [(status, text)] = found["database"]
    assert status == "ok"
    assert re.fullmatch(
        rf"sqlite://{re.escape(str(patient.folder))}/data/bridge\.db, schema [0-9]+,"
        r" answers in [0-9.]+ ms, 0 clients",
        text,
    )
    assert found["keys"][0] == ("ok", f"2 published, kept in the folder {patient.folder}/data/keys")
    assert found["secrets"] == [("ok", "the first opens all 1 texts that are stored sealed")]
    assert found["clock"][0][0] == "ok"


def test_programs_are_told_the_same_as_json(patient: Operator) -> None:
    result = patient.run("check", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert {frozenset(finding) for finding in told} == {frozenset({"subject", "verdict", "text"})}
    assert ["database", "ok"] in [[finding["subject"], finding["verdict"]] for finding in told]
    failing = patient.with_settings(WECHAT_CLIENT_SECRET="f" * 32).run("check", "--json")
    assert failing.exit_code == 1
    assert "FAILED" in [finding["verdict"] for finding in json.loads(failing.stdout)]


def test_it_asks_whose_accounts_they_are_and_does_not_decide_it(patient: Operator) -> None:
    """A simulation that is running would otherwise put its people among the real ones."""
    real = patient.with_settings(API_HOSTS=None, AUTHORIZE_HOST=None, ISSUER=NOBODY)
    asyncio.run(sign_somebody_in(patient))
    assert "--accept-simulated-accounts" in asyncio.run(_examine(real))


async def _examine(operator: Operator) -> str:
    settings = operator.settings()
    store = await open_store(settings)
    try:
        with pytest.raises(UnusableDatabase) as refused:
            await examine_accounts(settings, store)
        assert await store.wechat_mark() == "simulated"
    finally:
        await store.close()
    return str(refused.value)


# Before anybody serves


def test_before_it_serves_neither_wechat_nor_the_issuer_is_asked(patient: Operator) -> None:
    """An init container runs before there is a bridge, and may have no way out."""
    with answering("{}") as (url, asked):
        alone = patient.with_settings(API_HOSTS=url, AUTHORIZE_HOST=url, ISSUER=url)
        result = alone.run("check", "--before-serve", "--json")
    subjects = [finding["subject"] for finding in json.loads(result.stdout)]
    assert (result.exit_code, asked) == (0, [])
    assert subjects == [
        "settings",
        "settings",
        "database",
        "secrets",
        "keys",
        "keys",
        "keys",
        "ways",
    ]


def test_before_it_serves_what_would_keep_it_from_serving_has_failed(patient: Operator) -> None:
    (patient.folder / "data").touch()
    unusable = patient.with_settings(API_HOSTS=NOBODY, KEYS_DIRECTORY="keys")
    result = unusable.run("check", "--before-serve")
    assert result.exit_code == 1
    assert "database   FAILED   " in result.stdout
    nonsense = patient.with_settings(ISSUER="nonsense").run("check", "--before-serve", "--json")
    assert (nonsense.exit_code, nonsense.stdout) == (2, "")


def test_an_examination_that_hangs_has_failed_and_the_rest_is_examined(
    patient: Operator,
) -> None:
    async def examine_database(_settings: Settings) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    examinations = (examine_database, examine_settings)
    found = asyncio.run(examine(patient.settings(), examinations, aloud=False, patience=0.01))
    assert found[0] == Finding("database", "FAILED", "no answer within 0.01 seconds")
    assert found[1].subject == "settings"


# WeChat


def test_what_is_wrong_at_wechat_is_told_apart(patient: Operator) -> None:
    wrong = {
        "AppID": patient.with_settings(WECHAT_CLIENT_ID="wx0000000000000000"),
        "AppSecret": patient.with_settings(WECHAT_CLIENT_SECRET="f" * 32),
        "host": patient.with_settings(API_HOSTS=NOBODY),
    }
    ((appid,), (secret,), (host,)) = (
        findings(operator, status=1)["wechat"] for operator in wrong.values()
    )
    assert {verdict for verdict, _ in (appid, secret, host)} == {"FAILED"}
    assert appid[1].startswith("the AppID is wrong (errcode 40013")
    assert appid[1].endswith("): compare it with WeChat's console")
    assert secret[1].startswith("the AppSecret is wrong (errcode 40")
    assert secret[1].endswith("): it may have been reset in WeChat's console")
    assert host[1].startswith(f"{NOBODY} cannot be reached or does not answer (")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("<html>", "cannot be reached or does not answer (the answer is not JSON)"),
        ('{"errcode": -1, "errmsg": "system error"}', "does not answer (errcode -1)"),
        ('{"errcode": 40002, "errmsg": "invalid grant_type"}', "(errcode 40002)"),
        (
            '{"access_token": "t", "openid": "oSomebody", "nickname": "n"}',
            "it answered for a code that nobody has",
        ),
    ],
)
def test_whatever_wechat_answers_but_a_rejected_code_is_a_failure(
    patient: Operator, answer: str, text: str
) -> None:
    with answering(answer, date=formatdate(Chance().now(), usegmt=True)) as (url, _):
        found = findings(patient.with_settings(API_HOSTS=url), status=1)
    assert found["wechat"][0][0] == "FAILED"
    assert text in found["wechat"][0][1]


def test_wechat_is_not_asked_for_a_token_of_the_operators_other_systems(
    patient: Operator,
) -> None:
    with answering('{"errcode": 40029, "errmsg": "invalid code"}') as (url, asked):
        findings(patient.with_settings(API_HOSTS=url), status=0)
    assert {urlsplit(path).path for path in asked if "?" in path} == {"/sns/oauth2/access_token"}
    assert not [path for path in asked if "cgi-bin" in path]


def test_nobodys_code_is_used_up(patient: Operator, simulated_wechat: SimulatedWeChat) -> None:
    query = {
        "appid": APPID,
        "redirect_uri": f"{NOBODY}/callback",
        "response_type": "code",
        "scope": "snsapi_login",
        "state": "x",
    }
    form = {"answer": "approve", "person": "zhang-wei"}
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(base_url=simulated_wechat.url, trust_env=False, verify=trust) as http:
        approved = http.post("/connect/qrconnect", params=query, data=form)
        (code,) = parse_qs(urlsplit(approved.headers["location"]).query)["code"]
        findings(patient, status=0)
        exchanged = http.get(
            "/sns/oauth2/access_token",
            params={
                "appid": APPID,
                "secret": APP_SECRET,
                "code": code,
                "grant_type": "authorization_code",
            },
        )
    assert "openid" in exchanged.json()


def test_a_simulated_wechat_is_said(patient: Operator, simulated_wechat: SimulatedWeChat) -> None:
    (good, (verdict, text)) = findings(patient, status=0)["settings"]
    assert good == ("ok", f"issuer {NOBODY}")
    assert verdict == "warning"
    assert text == f"WeChat is simulated: anyone can be anyone; it is {simulated_wechat.url}"


@pytest.mark.parametrize(("access", "whom"), [(None, "whom you let"), ("anyone", "anyone")])
def test_that_anybody_may_register_an_app_is_said(
    patient: Operator, access: str | None, whom: str
) -> None:
    opened = patient.with_settings(REGISTRATION_MODE="open", REGISTRATION_ACCESS=access)
    *_, (verdict, text) = findings(opened, status=0)["settings"]
    assert verdict == "warning"
    assert text == f"whoever reaches the bridge may register an app, for {whom} to enter"


def test_a_simulated_host_of_the_api_alone_is_said_with_its_name(patient: Operator) -> None:
    settings = patient.with_settings(AUTHORIZE_HOST=None, API_HOSTS=NOBODY).settings()
    _, simulated = asyncio.run(examine_settings(settings))
    assert simulated.verdict == "warning"
    assert NOBODY in simulated.text


# The clock


@pytest.mark.parametrize(("off", "verdict"), [(-3600, "FAILED"), (45, "FAILED"), (-10, "ok")])
def test_the_clock_is_compared_with_wechats(patient: Operator, off: int, verdict: str) -> None:
    theirs = formatdate(Chance().now() - off, usegmt=True)
    with answering("{}", date=theirs) as (url, _):
        (told,) = asyncio.run(examine_clock(patient.with_settings(API_HOSTS=url).settings()))
    assert told.verdict == verdict
    seconds = int(told.text.removeprefix(f"differs from {url} by ").partition(" s")[0])
    assert off <= seconds <= off + 15  # while the test runs, the clock goes on


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_without_a_time_from_wechat_the_clock_is_not_judged(
    patient: Operator, date: str | None
) -> None:
    with answering('{"errcode": 40029}', date=date) as (url, _):
        found = findings(patient.with_settings(API_HOSTS=url), status=0)
    assert found["clock"] == [("warning", f"{url} did not say what time it is")]


# The issuer


def test_an_issuer_that_is_not_reached_is_a_warning(patient: Operator) -> None:
    ((verdict, text),) = findings(patient, status=0)["issuer"]
    assert verdict == "warning"
    assert text.startswith(f"{NOBODY}/.well-known/openid-configuration cannot be fetched from here")
    assert "is the bridge running" in text


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_before_a_bridge_that_is_not_running_is_a_warning(
    patient: Operator, status: int
) -> None:
    with answering("<html>", status=status) as (url, _):
        ((verdict, text),) = findings(patient.with_settings(ISSUER=url), status=0)["issuer"]
    assert verdict == "warning"
    discovery = f"{url}/.well-known/openid-configuration"
    assert text == f"a proxy answers {status} for {discovery}: is the bridge running?"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ('{"issuer": "https://other.example.com"}', 200),
        ("<html>", 200),
        ("[]", 200),
        ("null", 200),
        ('{"issuer": "ORIGIN"}', 404),
        ("", 302),
    ],
)
def test_an_issuer_that_somebody_else_answers_for_has_failed(
    patient: Operator, answer: str, status: int
) -> None:
    with answering(answer, status=status) as (url, _):
        ((verdict, text),) = findings(patient.with_settings(ISSUER=url), status=1)["issuer"]
    assert verdict == "FAILED"
    assert "answers, but names another issuer or none" in text


def test_an_issuer_that_is_this_bridge_is_well(patient: Operator) -> None:
    with answering('{"issuer": "ORIGIN"}') as (url, asked):
        found = findings(patient.with_settings(ISSUER=url), status=0)
    assert asked == ["/.well-known/openid-configuration"]
    ((verdict, text),) = found["issuer"]
    assert verdict == "ok"
    assert text.endswith(" answers, fetched by its public address from here")


def test_a_certificate_that_is_not_trusted_is_a_warning_and_no_traceback(
    patient: Operator, tmp_path: Path
) -> None:
    certificate = trustme.CA().issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    with answering("{}", certificate=tmp_path / "server.pem") as (url, asked):
        ((verdict, text),) = findings(patient.with_settings(ISSUER=url), status=0)["issuer"]
    assert asked == []
    assert verdict == "warning"
    assert "cannot be fetched from here" in text


# The data


def test_clients_that_let_anyone_in_are_named(patient: Operator) -> None:
    for client_id, access in (("wiki", "anyone"), ("mail", "oSomebody"), ("app", "anyone")):
        options = ("--redirect-uri", "https://a.example/cb", "--access", access)
        patient.told("client", "add", "--client-id", client_id, *options)
    found = findings(patient, status=0)
    assert found["database"][0][1].endswith(", 3 clients")
    assert found["clients"] == [("warning", "anyone who has WeChat may enter: app, wiki")]


def test_a_client_that_admits_a_group_in_which_nobody_is_is_named(patient: Operator) -> None:
    add = ("client", "add", "--redirect-uri", "https://rp.example/cb", "--client-id")
    for name in ("typo", "staff", "admins"):
        patient.told(*add, name, "--access", f"group:{name}")
    patient.told("group", "add", "staff", "oSomebody")
    declared = patient.with_settings(GROUPS="admins=oSomebody,typo=")
    found = findings(declared, status=0)
    text = "typo admits group:typo, and nobody is in that: wechat-oidc group add typo ID"
    assert found["clients"] == [("warning", text)]


def test_clients_whose_algorithm_was_given_up_are_named(patient: Operator) -> None:
    wide = patient.with_settings(ALGORITHMS="RS256,EdDSA")
    wide.told(
        *("client", "add", "--client-id", "app", "--redirect-uri", "https://a.example/cb"),
        *("--access", "oSomebody", "--id-token-alg", "EdDSA"),
    )
    assert "clients" not in findings(wide, status=0)
    text = (
        "app cannot sign anybody in: id_token_signed_response_alg is one of RS256, ES256, none here"
    )
    assert findings(patient, status=1)["clients"] == [("FAILED", text)]


def test_secrets_that_serve_would_refuse_have_failed(patient: Operator) -> None:
    findings(patient, status=0)
    other = patient.with_settings(SECRETS="another-secret-of-more-than-32-bytes")
    ((verdict, text),) = findings(other, status=1)["database"]
    assert (verdict, text.partition(":")[0]) == (
        "FAILED",
        "the database was written under other secrets",
    )


def test_accounts_of_the_other_wechat_have_failed(patient: Operator) -> None:
    asyncio.run(sign_somebody_in(patient.with_settings(API_HOSTS=None, AUTHORIZE_HOST=None)))
    ((verdict, text),) = findings(patient, status=1)["database"]
    assert verdict == "FAILED"
    assert "--accept-simulated-accounts" in text


def test_a_database_that_cannot_be_used_has_failed_and_the_rest_is_examined(
    patient: Operator,
) -> None:
    elsewhere = patient.with_settings(KEYS_DIRECTORY="keys")
    elsewhere.told("keys", "list")
    database = f"sqlite://{patient.folder}/keys/signing-keys.json"
    found = findings(elsewhere.with_settings(DATABASE=database), status=1)
    assert found["database"][0][0] == "FAILED"
    assert found["wechat"][0][0] == found["keys"][0][0] == "ok"


def test_keys_that_cannot_be_used_have_failed_and_the_rest_is_examined(patient: Operator) -> None:
    (patient.folder / "keys").touch()
    found = findings(patient.with_settings(KEYS_DIRECTORY="keys"), status=1)
    assert found["keys"][0][0] == "FAILED"
    assert found["database"][0][0] == found["wechat"][0][0] == "ok"
