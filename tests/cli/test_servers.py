"""``serve``, ``simulate`` and ``demo``: what they say, what they serve, how they end."""

import asyncio
import gc
import json
import logging
import re
import signal
import socket
import ssl
import tempfile
from pathlib import Path

import anyio
import httpx
import pytest
import trustme
from starlette.applications import Starlette

from bridge.cli.serve import share
from bridge.cli.serving import listen, serving
from tests.cli.terminal import Operator
from tests.serving import free_port
from tests.user_agents import DESKTOP_CHROME, IPHONE_WECHAT
from tests.world import new_browser, no_trust

SIMULATED = {"API_HOSTS": "http://localhost:8001", "AUTHORIZE_HOST": "http://localhost:8001"}


def get(url: str, trust: ssl.SSLContext | None = None) -> httpx.Response:
    trust = trust or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(trust_env=False, verify=trust) as http:
        return http.get(url)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}


# serve


def test_serve_says_its_issuer_and_where_it_listens_and_answers_there(operator: Operator) -> None:
    def visit(lines: list[str]) -> None:
        assert lines[0] == "issuer https://id.example.com"
        port = re.fullmatch(r"listening on 127\.0\.0\.1 port ([0-9]+)", lines[1])
        assert port is not None
        answer = get(f"http://127.0.0.1:{port[1]}/.well-known/openid-configuration")
        assert answer.json()["issuer"] == "https://id.example.com"

    lines, _ = operator.serving("serve", "--port", "0", meanwhile=visit)
    assert len(lines) == 2


def test_the_log_has_our_own_events_and_nothing_of_the_server(operator: Operator) -> None:
    _, log = operator.with_settings(LOG_LEVEL="debug").serving("serve", "--port", "0")
    events = [json.loads(line) for line in log.splitlines()]
    assert [(told["level"], told["event"]) for told in events] == [
        ("info", "bridge.started"),
        ("info", "bridge.stopped"),
    ]


def test_serve_says_that_wechat_is_simulated_on_the_screen_and_in_the_log(
    operator: Operator,
) -> None:
    lines, log = operator.with_settings(**SIMULATED).serving("serve", "--port", "0")
    assert "WeChat is simulated: anyone who can reach it can be anyone" in lines
    (told,) = (line for line in map(json.loads, log.splitlines()) if line["level"] == "warning")
    assert (told["event"], told["host"]) == ("wechat.simulated", "http://localhost:8001")


def test_serve_ends_at_ctrl_c_as_at_sigterm(operator: Operator) -> None:
    _, log = operator.serving("serve", "--port", "0", until=signal.SIGINT)
    assert "bridge.stopped" in log


def test_while_it_serves_nobody_looks_for_garbage_in_what_was_there_before(
    operator: Operator,
) -> None:
    spared: list[int] = []
    operator.serving(
        "serve", "--port", "0", meanwhile=lambda _: spared.append(gc.get_freeze_count())
    )
    # All modules, and more
    assert spared > [100_000]
    assert gc.get_freeze_count() == 0


def test_the_files_of_a_bridge_are_for_its_owner_only(operator: Operator) -> None:
    def look(_lines: list[str]) -> None:
        files = modes(operator.folder / "data")
        assert set(files) >= {"bridge.db", "bridge.db-wal", "keys"}
        assert {mode & 0o077 for name, mode in files.items() if name != "data"} == {0}
        assert modes(operator.folder / "data" / "keys") == {
            "keys": 0o700,
            "signing-keys.json": 0o600,
            "signing-keys.lock": 0o600,
        }

    operator.serving("serve", "--port", "0", meanwhile=look)


@pytest.mark.parametrize("command", ["serve", "simulate"])
def test_with_a_certificate_it_speaks_https(
    operator: Operator, tmp_path: Path, command: str
) -> None:
    authority = trustme.CA()
    trust = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "certificate.pem")
    paths = {"serve": "/jwks", "simulate": "/connect/static/simulator.css"}

    def visit(lines: list[str]) -> None:
        port = re.search(r"listening on .* port ([0-9]+)", "\n".join(lines)) or re.search(
            r"=https://localhost:([0-9]+)", "\n".join(lines)
        )
        assert port is not None
        assert get(f"https://localhost:{port[1]}{paths[command]}", trust).status_code == 200

    options = ("--tls-certificate", "certificate.pem", "--tls-key", "key.pem")
    operator.serving(command, "--port", "0", *options, meanwhile=visit)


def test_an_address_with_a_slash_too_many_is_not_found_and_nobody_is_redirected(
    operator: Operator,
) -> None:
    """The framework would redirect to the host of the request, by http behind every proxy."""

    def visit(lines: list[str]) -> None:
        origin = f"http://127.0.0.1:{lines[1].rpartition(' ')[2]}"
        for path in ("/token/", "/authorize/", "/userinfo/", "/jwks/"):
            assert get(origin + path).status_code == 404

    operator.serving("serve", "--port", "0", meanwhile=visit)


# simulate


def test_simulate_prints_the_settings_that_name_it(operator: Operator) -> None:
    def visit(lines: list[str]) -> None:
        settings = dict(line.split("=", 1) for line in lines if "=" in line)
        host = settings["  BRIDGE_AUTHORIZE_HOST"]
        assert settings["  BRIDGE_API_HOSTS"] == host
        assert re.fullmatch(r"http://localhost:[0-9]+", host)
        query = {
            "appid": settings["  BRIDGE_WECHAT_CLIENT_ID"],
            "secret": settings["  BRIDGE_WECHAT_CLIENT_SECRET"],
            "code": "nobodys",
            "grant_type": "authorization_code",
        }
        answer = get(str(httpx.URL(f"{host}/sns/oauth2/access_token", params=query)))
        assert answer.json()["errcode"] == 40029

    simulating = Operator(operator.folder)
    lines, log = simulating.serving("simulate", "--port", "0", meanwhile=visit)
    assert lines[0].startswith("WeChat is simulated: anyone who can reach it can be anyone.")
    assert log == ""


def test_simulate_knows_the_application_of_the_settings_and_does_not_print_its_secret(
    operator: Operator,
) -> None:
    lines, _ = operator.serving("simulate", "--port", "0")
    assert f"  BRIDGE_WECHAT_CLIENT_ID={operator.environ['BRIDGE_WECHAT_CLIENT_ID']}" in lines
    secret = operator.environ["BRIDGE_WECHAT_CLIENT_SECRET"]
    assert secret is not None
    assert secret not in "\n".join(lines)


def test_simulate_says_the_address_by_which_browsers_reach_it(operator: Operator) -> None:
    url = "https://wechat-test.example.com"
    lines, _ = operator.serving("simulate", "--port", "0", "--url", url)
    assert f"  BRIDGE_AUTHORIZE_HOST={url}" in lines


@pytest.mark.parametrize(("options", "status"), [((), 200), (("--no-control",), 404)])
def test_the_simulated_wechat_is_controlled_unless_told_otherwise(
    operator: Operator, options: tuple[str, ...], status: int
) -> None:
    def visit(lines: list[str]) -> None:
        (url,) = re.findall(r"AUTHORIZE_HOST=(.*)", "\n".join(lines))
        assert get(f"{url}/control").status_code == status
        assert get(f"{url}/control/state").status_code == status
        assert any(f"{url}/control" in line for line in lines) is (status == 200)

    operator.serving("simulate", "--port", "0", *options, meanwhile=visit)


@pytest.mark.parametrize("url", ["http://wechat.example.com", "https://a.example/", "nonsense"])
def test_an_address_that_the_bridge_would_refuse_is_refused(operator: Operator, url: str) -> None:
    assert operator.misused("simulate", "--url", url).startswith("Invalid value for '--url': must")


@pytest.mark.parametrize(
    ("host", "origin"), [("127.0.0.1", "http://localhost"), ("127.0.0.2", "http://127.0.0.2")]
)
def test_a_listener_knows_its_origin(host: str, origin: str) -> None:
    listener = listen(host, 0)
    with listener.socket:
        assert listener.url == f"{origin}:{listener.port}"


def test_simulate_tells_a_bridge_of_these_settings_what_changes(tmp_path: Path) -> None:
    """Where its operator would have WeChat tell it, and neither token nor key is shown."""
    key = "a" * 43
    (tmp_path / "bridge.toml").write_text(
        f"""issuer = "https://id.example.com"
secrets = ["{"s" * 40}"]
[[wechat]]
client_id = "wx0123456789abcdef"
client_secret = "x"
events_token = "pamtest"
events_aes_key = "{key}"
""",
        encoding="utf-8",
    )

    def visit(lines: list[str]) -> None:
        (url,) = re.findall(r"AUTHORIZE_HOST=(.*)", "\n".join(lines))
        shown = get(f"{url}/control/pushes")
        assert shown.json()["wx0123456789abcdef"] == {
            "url": "https://id.example.com/wechat/events/wx0123456789abcdef",
            "mode": "secure",
            "format": "xml",
        }
        assert "pamtest" not in shown.text
        assert key not in shown.text

    simulating = Operator(tmp_path)
    simulating.serving("simulate", "--port", "0", "--config", "bridge.toml", meanwhile=visit)


def test_on_sqlite_one_process_serves(operator: Operator) -> None:
    assert operator.refused("serve", "--port", "0", "--workers", "2") == (
        "--workers 2 needs PostgreSQL (setting database): on SQLite one process serves"
    )


@pytest.mark.parametrize(
    ("workers", "parts"),
    [(1, [100]), (3, [34, 33, 33]), (200, [1] * 200), (7, [15, 15] + [14] * 5)],
)
def test_each_worker_has_its_part_of_the_places_at_wechat(workers: int, parts: list[int]) -> None:
    assert [share(100, number, workers) for number in range(workers)] == parts


# demo


def test_in_the_demo_wechat_tells_the_bridge_what_changes(operator: Operator) -> None:
    def visit(lines: list[str]) -> None:
        urls = [re.search(r"http://localhost:[0-9]+", line) for line in lines]
        _, wechat, _ = (url[0] for url in urls if url)
        happening = {"event": "user_authorization_revoke", "person": "zhang-wei"}
        appids = get(f"{wechat}/control/pushes").json()
        assert len(appids) == 2
        for appid in appids:
            answer = httpx.post(f"{wechat}/control/pushes/{appid}", json=happening, trust_env=False)
            assert answer.json() == {"pushed": [{"status": 200, "success": True}]}

    operator.serving("demo", "--port", "0", meanwhile=visit)


def test_the_demo_prints_three_addresses_and_serves_them(operator: Operator) -> None:
    def visit(lines: list[str]) -> None:
        urls = [re.search(r"http://localhost:[0-9]+", line) for line in lines]
        assert len({url and url[0] for url in urls}) == 3
        bridge, wechat, app = (url[0] for url in urls if url)
        assert get(f"{bridge}/.well-known/openid-configuration").json()["issuer"] == bridge
        assert get(f"{wechat}/connect/static/simulator.css").status_code == 200
        known = get(f"{wechat}/control/state").json()["applications"].values()
        assert {application["kind"] for application in known} == {"website", "official_account"}
        assert {application["platform_account"] for application in known} == {"main"}
        assert get(f"{app}/").status_code == 200
        assert get(f"{app}/sign-in").headers["location"].startswith(f"{bridge}/authorize?")

    operator.serving("demo", "--port", "0", meanwhile=visit)


@pytest.mark.parametrize(("user_agent", "way"), [(DESKTOP_CHROME, "qr"), (IPHONE_WECHAT, "in_app")])
def test_somebody_signs_in_at_the_demo_by_the_way_that_fits_the_browser(
    operator: Operator, user_agent: str, way: str
) -> None:
    async def sign_in(app: str) -> None:
        async with new_browser(no_trust()) as browser:
            browser.http.headers["user-agent"] = user_agent
            page = await browser.open(app)
            for button in ("sign-in", "wechat-login"):
                page = await browser.click(page, button)
            page = await browser.click(page, "approve", person="zhang-wei")
            assert json.loads(page.text("claims"))["name"] == "张伟"
            assert f'"{way}"' in page.response.text.replace("&#34;", '"')

    def visit(lines: list[str]) -> None:
        asyncio.run(sign_in(re.findall(r"http://localhost:[0-9]+", lines[2])[0]))

    operator.serving("demo", "--port", "0", meanwhile=visit)


def test_the_demo_takes_three_ports_in_a_row(operator: Operator) -> None:
    port = free_port(in_a_row=3)
    lines, _ = operator.serving("demo", "--port", str(port))
    found = re.findall(r"http://localhost:([0-9]+)", "\n".join(lines))
    assert found == [str(port), str(port + 1), str(port + 2)]


def test_the_demo_leaves_nothing_behind(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    inside: list[Path] = []
    operator.serving("demo", "--port", "0", meanwhile=lambda _: inside.extend(temporary.iterdir()))
    assert len(inside) == 1
    assert list(temporary.iterdir()) == []


def test_the_demo_keeps_its_data_in_a_folder_for_its_owner_only(operator: Operator) -> None:
    kids: list[set[str]] = []

    def visit(lines: list[str]) -> None:
        (bridge,) = re.findall(r"http://localhost:[0-9]+", lines[0])
        kids.append({key["kid"] for key in get(f"{bridge}/jwks").json()["keys"]})

    for _ in range(2):
        operator.serving("demo", "--port", "0", "--data", "kept/here", meanwhile=visit)
    assert kids[0] == kids[1]
    files = modes(operator.folder / "kept" / "here")
    assert files == {"here": 0o700, "bridge.db": 0o600, "keys": 0o700, "secret": 0o600}


def test_the_demo_needs_no_settings_and_takes_none_from_the_environment(tmp_path: Path) -> None:
    nonsense: dict[str, str | None] = {"BRIDGE_ISSUER": "nonsense", "BRIDGE_NONSENSE": "1"}
    lines, _ = Operator(tmp_path, nonsense).serving("demo", "--port", "0")
    assert "nonsense" not in "\n".join(lines)


def test_the_demo_warns_where_others_may_reach_it(operator: Operator) -> None:
    # A loopback address, but none that everybody knows as one.
    lines, _ = operator.serving("demo", "--port", "0", "--host", "127.0.0.2")
    assert lines[-1] == "warning: anyone who reaches 127.0.0.2 can sign in as anyone"


@pytest.mark.parametrize("data", ["file/inside", "folder"])
def test_a_folder_that_the_demo_cannot_use_is_told(operator: Operator, data: str) -> None:
    (operator.folder / "file").touch()
    (operator.folder / "folder" / "secret.new").mkdir(parents=True)
    line = operator.refused("demo", "--port", "0", "--data", data)
    assert line.startswith(f"--data {operator.folder}/{data} cannot be used: ")


def test_when_one_port_of_the_demo_is_taken_it_is_told(operator: Operator) -> None:
    port = free_port(in_a_row=3)
    with socket.create_server(("127.0.0.1", port + 1)):
        line = operator.refused("demo", "--port", str(port), status=1)
    assert f"cannot listen on 127.0.0.1 port {port + 1}: Address already in use" in line


# serving


@pytest.mark.anyio
async def test_a_server_that_cannot_start_ends_the_others(caplog: pytest.LogCaptureFixture) -> None:
    listeners = [listen("127.0.0.1", 0), listen("127.0.0.1", 0)]
    address = listeners[0].socket.getsockname()
    listeners[1].socket.close()

    application = Starlette()
    with caplog.at_level(logging.ERROR), anyio.fail_after(5), pytest.raises((OSError, ValueError)):
        async with serving(*((application, listener) for listener in listeners)):
            pytest.fail("one of the two does not serve")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=1)


@pytest.mark.parametrize("domain", ["https://id.example.com", "id.example.com:443", "a/b", ""])
def test_a_callback_domain_is_a_host_name_and_nothing_else(operator: Operator, domain: str) -> None:
    line = operator.misused("simulate", "--port", "0", "--callback-domain", domain)
    assert "a host name and nothing else" in line
