"""What ``serve`` imports: nothing that only others need, and all that it needs before ``ready``."""

import re
import subprocess
import sys

import pytest

from tests.processes.programs import Installation
from tests.processes.relying_party import signing_in

# Of other commands, of extras that the settings do not name, and what libraries bring along. Each
# of them takes tens of milliseconds, or brings what does.
NOT_NEEDED = (
    *("bridge.cli.account", "bridge.cli.check", "bridge.cli.client", "bridge.cli.demo"),
    *("bridge.cli.doctor", "bridge.demo", "bridge.wechat.simulator", "bridge.store.copying"),
    *("bridge.store.postgres", "bridge.limiting.shared", "bridge.telemetry.otlp"),
    *("asyncpg", "authlib", "httpx2", "itsdangerous", "limits", "packaging", "pydantic.v1"),
    *("pkg_resources", "redis", "requests", "sqlalchemy", "urllib3"),
)

IMPORTING = """
import sys
from bridge.cli import main
main(["serve", "--help"], standalone_mode=False)
print("\\0", *sys.modules)
"""

AFTERWARDS = """
import gc, os
from bridge.cli import main
main(["serve", "--help"], standalone_mode=False)
import aiohttp.connector, bridge.connecting
print("\\0", os.environ.get("SSL_CERT_FILE"), gc.isenabled())
print(len(aiohttp.connector._SSL_CONTEXT_VERIFIED.get_ca_certs()))
print(len(bridge.connecting.trust(None).get_ca_certs()))
"""

IMPORTED = re.compile(r"^import time: +\d+ \| +\d+ \| +(\S+)$", re.MULTILINE)


def test_serve_imports_nothing_that_only_others_need() -> None:
    imported = _said_after_help(IMPORTING).split()
    assert "bridge.app.opening" in imported
    assert [name for name in imported if _is_below(name, NOT_NEEDED)] == []


@pytest.mark.parametrize("list_of_authorities", [None, "/etc/ssl/certs/ca-certificates.crt"])
def test_only_those_whom_our_clients_trust_are_read(
    list_of_authorities: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And who comes later finds the environment as it was."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if list_of_authorities is not None:
        monkeypatch.setenv("SSL_CERT_FILE", list_of_authorities)
    told, aiohttps, ours = _said_after_help(AFTERWARDS).splitlines()
    assert told == f"{list_of_authorities} True"
    assert int(aiohttps) == 0
    assert int(ours) > 0


@pytest.mark.anyio
async def test_the_first_who_signs_in_waits_for_no_import(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python tells on standard error what it imports, and when: the log says who had come."""
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    async with installed.serve() as serve:
        before = len(serve.log.read_text())
        async with signing_in(installed) as sign_in:
            await sign_in.complete()
        meanwhile = serve.log.read_text()[before:]
    assert "bridge.app.opening" in IMPORTED.findall(serve.log.read_text())
    assert "sign_in.completed" in meanwhile
    late = IMPORTED.findall(meanwhile)
    assert [name for name in late if name.partition(".")[0] not in sys.stdlib_module_names] == []


def _is_below(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _said_after_help(program: str) -> str:
    """Run it in a process of its own: here most modules have long been imported."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.partition("\0 ")[2]
