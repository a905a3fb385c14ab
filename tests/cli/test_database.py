"""``wechat-oidc database copy``, and the page about it, word for word."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import Cluster, programs
from tests.world import Clock, Plan, World, world

MANUAL = Path(__file__).parents[2] / "docs" / "move-to-postgresql.md"
PROGRAM = f"{sys.executable} -m bridge"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)


def wechat_oidc(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bridge", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def write_settings(opened: World, path: Path, *, lines: str) -> None:
    wechat, settings = opened.settings.wechat[0], opened.settings
    path.write_text(
        f'issuer = "{settings.issuer}"\n'
        f"secrets = [{', '.join(repr(secret.decode()) for secret in settings.secret_values)}]\n"
        f'api_hosts = ["{settings.api_hosts[0]}"]\n'
        f'authorize_host = "{settings.authorize_host}"\n'
        f"{lines}\n"
        "[[wechat]]\n"
        f'client_id = "{wechat.client_id}"\n'
        f'client_secret = "{wechat.client_secret.get_secret_value()}"\n'
    )


class Guide:
    """Does what the page says on this machine: other folders, another server, no systemd."""

    def __init__(self, folder: Path, postgres: Cluster) -> None:
        self._folder = folder
        self._postgres = postgres
        self.done: list[str] = []
        self.name = f"moved_{os.getpid()}"

    def here(self, text: str) -> str:
        for there, here in (
            ("/opt/wechat-oidc/.venv/bin/wechat-oidc", PROGRAM),
            ("/etc/wechat-oidc", f"{self._folder}/etc"),
            ("/var/lib/wechat-oidc", f"{self._folder}/var"),
            ("127.0.0.1:5432", f"127.0.0.1:{self._postgres.port}"),
            ("sudo -u postgres ", f"{programs()}/"),
            ("sudo -u wechat-oidc ", ""),
            ("chown wechat-oidc ", "ls "),
            ("sudo ", ""),
            ("wechat_oidc", self.name),
        ):
            text = text.replace(there, here)
        return text

    def run(self, block: str) -> str:
        script = "\n".join(
            line for line in block.splitlines() if not line.startswith("sudo systemctl")
        )
        server = self._postgres
        done = subprocess.run(  # noqa: S603 - what the page says
            ["/bin/bash", "-euo", "pipefail", "-c", self.here(script)],
            env=os.environ
            | {
                "PGHOST": "127.0.0.1",
                "PGPORT": str(server.port),
                "PGUSER": "postgres",
                "PGPASSWORD": server.password,
            },
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.mark.anyio
async def test_the_page_about_moving_is_right_word_for_word(
    tmp_path: Path, clock: Clock, postgres: Cluster
) -> None:
    data, etc = tmp_path / "var", tmp_path / "etc"
    data.mkdir()
    etc.mkdir()
    guide = Guide(tmp_path, postgres)
    create, address, stop, copy, start = blocks("sh")
    scope = "openid offline_access"
    async with world(data, clock) as opened:
        before = await opened.sign_in()
        await opened.register(scope=("openid", "offline_access"))
        first = await opened.redeem((await opened.answer(scope=scope))["code"])
        code = (await opened.answer(scope=scope))["code"]
        write_settings(opened, etc / "bridge.toml", lines=f'database = "sqlite://{data}/bridge.db"')
        session = opened.browser.http.cookies

    guide.run(create)
    guide.run(address)
    guide.run(stop)
    counts = dict(line.split("\t") for line in guide.run(copy).splitlines())
    assert int(counts["clients"]) == 2
    assert int(counts["accounts"]) == 1
    assert int(counts["sessions"]) >= 2

    (lines,) = blocks("toml")
    moved = Plan(
        {
            "BRIDGE_DATABASE": guide.here((etc / "database").read_text().strip()),
            "BRIDGE_KEYS_DIRECTORY": str(data / "keys"),
        }
    )
    assert lines == 'keys_directory = "/var/lib/wechat-oidc/keys"\n'
    async with world(data, clock, moved) as opened:
        write_settings(opened, etc / "bridge.toml", lines=guide.here(lines))
        assert "demo" in guide.run(start)
        assert opened.settings.is_postgresql
        opened.browser.http.cookies = session
        silent = await opened.browser.http.get(
            opened.authorization_url(prompt="none", scope="openid")
        )
        assert "code=" in silent.headers["location"]
        redeemed = await opened.redeem(code)
        assert redeemed.status_code == 200
        refreshed = await opened.browser.http.post(
            f"{opened.bridge_url}/token",
            data={"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]},
            auth=("rp", "relying-party-secret"),
        )
        assert refreshed.status_code == 200
        async with opened.another_browser() as another:
            assert (await opened.sign_in(browser=another))["sub"] == before["sub"]
    await postgres.execute_in_turn(
        f"DROP DATABASE {guide.name} WITH (FORCE)", f"DROP ROLE {guide.name}"
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "give one of --to and --to-file"),
        (("--to", "sqlite:x.db", "--to-file", "y"), "give one of --to and --to-file"),
        (("--to", "postgresql://u:hunter2@h"), "the name of the database is missing"),
        (("--to", "postgresql://u:hunter2@127.0.0.1:1/d"), "it cannot be reached"),
        (("--to-file", "nowhere"), "--to-file nowhere cannot be read"),
    ],
)
def test_what_cannot_be_copied_to_is_told_in_a_line(
    tmp_path: Path, arguments: tuple[str, ...], fault: str
) -> None:
    (tmp_path / "bridge.toml").write_text(
        'issuer = "https://id.example.com"\ndatabase = "sqlite:bridge.db"\n'
        f'secrets = ["{"s" * 43}"]\n'
        "[[wechat]]\n"
        'client_id = "wx0123456789abcdef"\n'
        f'client_secret = "{"0" * 32}"\n'
    )
    done = wechat_oidc(tmp_path, "database", "copy", *arguments)
    assert done.returncode == 2
    assert fault in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_each_command_of_the_page_is_one_that_a_shell_can_read() -> None:
    for block in blocks("sh"):
        for line in block.splitlines():
            assert shlex.split(line)
