"""``simulate``: which applications the simulated WeChat knows, and by which names it is reached."""

import re
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.cli.terminal import APP_SECRET, APPID, SECRET, Operator

SIMULATED = "00000000000000000000000000000051"
OFFICIAL = "wx00000000000000aa"
MOBILE = "wx00000000000000bb"


def state_of(lines: list[str]) -> dict[str, Any]:
    (url,) = re.findall(r"AUTHORIZE_HOST=(.*)", "\n".join(lines))
    state: dict[str, Any] = httpx.get(f"{url}/control/state", trust_env=False).json()
    return state


def known(operator: Operator, *options: str) -> tuple[dict[str, Any], list[str]]:
    """What the simulator knows, and what it printed."""
    found: dict[str, Any] = {}
    lines, _ = operator.serving(
        "simulate",
        "--port",
        "0",
        *options,
        meanwhile=lambda lines: found.update(state_of(lines)["applications"]),
    )
    return found, lines


@pytest.fixture
def stranger(tmp_path: Path) -> Operator:
    """Whoever has no settings."""
    return Operator(tmp_path)


def test_applications_are_named_one_by_one(stranger: Operator) -> None:
    applications, lines = known(
        stranger,
        *("--application", f"website:{APPID}:{SIMULATED}"),
        *("--application", f"official_account:{OFFICIAL}:{SIMULATED}:other"),
        *("--application", f"mobile:{MOBILE}:s:"),
        *("--callback-domain", "id.example.com"),
    )
    assert {
        appid: (shown["kind"], shown["platform_account"], shown["callback_domain"])
        for appid, shown in applications.items()
    } == {
        APPID: ("website", "main", "id.example.com"),
        OFFICIAL: ("official_account", "other", "id.example.com"),
        MOBILE: ("mobile", None, None),
    }
    assert lines[3:-1] == [
        f"  BRIDGE_WECHAT_CLIENT_ID={APPID}",
        f"  BRIDGE_WECHAT_CLIENT_SECRET={SIMULATED}",
        "  BRIDGE_WECHAT_2_KIND=official_account",
        f"  BRIDGE_WECHAT_2_CLIENT_ID={OFFICIAL}",
        f"  BRIDGE_WECHAT_2_CLIENT_SECRET={SIMULATED}",
        "  BRIDGE_WECHAT_2_PLATFORM_ACCOUNT=other",
        "  BRIDGE_WECHAT_3_KIND=mobile",
        f"  BRIDGE_WECHAT_3_CLIENT_ID={MOBILE}",
        "  BRIDGE_WECHAT_3_CLIENT_SECRET=… (as you have set it)",
    ]


def test_the_applications_are_those_of_the_bridges_settings(
    stranger: Operator, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(
        f'issuer = "https://id.example.com"\nsecrets = ["{SECRET}"]\n'
        f'[[wechat]]\nclient_id = "{APPID}"\nclient_secret = "{APP_SECRET}"\n'
        f'[[wechat]]\nkind = "official_account"\nclient_id = "{OFFICIAL}"\n'
        f'client_secret = "{APP_SECRET}"\nplatform_account = "other"\n'
    )
    applications, lines = known(stranger, "--config", "own.toml")
    assert list(applications) == [APPID, OFFICIAL]
    assert applications[OFFICIAL]["platform_account"] == "other"
    assert {shown["callback_domain"] for shown in applications.values()} == {"id.example.com"}
    assert APP_SECRET not in "\n".join(lines)
    applications, _ = known(stranger, "--config", "own.toml", "--callback-domain", "a.example")
    assert applications[APPID]["callback_domain"] == "a.example"


@pytest.mark.parametrize("issuer", ["http://localhost:8000", "http://[::1]"])
def test_where_wechat_would_register_no_host_any_will_do(
    stranger: Operator, tmp_path: Path, issuer: str
) -> None:
    (tmp_path / "own.toml").write_text(
        f'issuer = "{issuer}"\nsecrets = ["{SECRET}"]\n'
        f'[[wechat]]\nclient_id = "{APPID}"\nclient_secret = "{APP_SECRET}"\n'
    )
    applications, _ = known(stranger, "--config", "own.toml")
    assert applications[APPID]["callback_domain"] is None


def test_settings_that_are_bad_are_told_as_everywhere(stranger: Operator, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('issuer = "nonsense"\n')
    assert "issuer" in stranger.refused("simulate", "--config", "own.toml")


@pytest.mark.parametrize(
    "application",
    ["", "website", "website:wx1", "website::s", "website:wx1:", "website:a:b:c:d", "app:wx1:s"],
)
def test_an_application_that_is_none_is_refused(operator: Operator, application: str) -> None:
    line = operator.misused("simulate", "--application", application)
    assert "KIND:APPID:SECRET[:ACCOUNT]" in line


def test_an_application_is_named_once(operator: Operator) -> None:
    twice = ("--application", "mobile:wx1:s") * 2
    assert "wx1 is given twice" in operator.misused("simulate", "--port", "0", *twice)


@pytest.mark.parametrize(
    "options",
    [
        ("--client-id", "wx1", "--application", "mobile:wx1:s"),
        ("--client-secret", "s", "--config", "own.toml"),
        ("--application", "mobile:wx1:s", "--config", "own.toml"),
    ],
)
def test_applications_are_named_in_one_way(operator: Operator, options: tuple[str, ...]) -> None:
    assert "exclude one another" in operator.misused("simulate", "--port", "0", *options)


def test_an_empty_appid_is_refused(operator: Operator) -> None:
    assert "needs an appid" in operator.misused("simulate", "--client-id", "")


def test_it_answers_to_every_name_that_the_certificate_has(
    stranger: Operator, tmp_path: Path
) -> None:
    """WeChat's own names, the disaster-recovery hosts among them, led here by the resolver."""
    names = [
        f"{name}.weixin.qq.com" for name in ("open", "api", "api2", "sh.api", "sz.api", "hk.api")
    ]
    authority = trustme.CA()
    trust = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    issued = authority.issue_cert(*names)
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "certificate.pem")

    def visit(lines: list[str]) -> None:
        (port,) = re.findall(r"AUTHORIZE_HOST=https://localhost:([0-9]+)", "\n".join(lines))
        with httpx.Client(trust_env=False, verify=trust) as http:
            for name in names:
                answer = http.get(
                    f"https://127.0.0.1:{port}/sns/oauth2/access_token",
                    headers={"host": name},
                    extensions={"sni_hostname": name},
                )
                assert answer.json()["errcode"] == 41002

    files = ("--tls-certificate", "certificate.pem", "--tls-key", "key.pem")
    stranger.serving("simulate", "--port", "0", *files, meanwhile=visit)
