"""The image, built and run as its users run it: read-only, as nobody, without a capability."""

import json
import os
import re
import signal
from pathlib import Path

import pytest

from tests.container.app import REGISTRATION, an_app
from tests.container.conftest import WECHAT
from tests.container.contained import DATA, Container
from tests.container.image import MEGABYTE, Image
from tests.processes.programs import SECRET
from tests.processes.relying_party import a_browser
from tests.serving import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]

# Seconds: what docs/operations.md promises, and Docker's patience
ENDS_WITHIN = 10

# Each is a process of its own, and takes a while.
MOST_CHECKS = 20

# The least that it is started with
FOUR = {**WECHAT, "BRIDGE_ISSUER": "https://id.example.com", "BRIDGE_SECRETS": SECRET}

# What only a container that is let through could do, and what it says instead
WRITE = """
import os, pathlib, sys
for folder in sys.argv[1:]:
    try:
        pathlib.Path(folder, "written").write_text("x")
        print(folder)
    except OSError:
        pass
status = dict(line.split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
print(os.getuid(), os.getgid(), os.getgroups())
print(*(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")))
print(int(status["NoNewPrivs"]))
"""


def printed_secret(printed: str) -> str:
    found = re.search(r"^client_secret +(\S+)$", printed, re.MULTILINE)
    assert found is not None, printed
    return found[1]


async def test_the_whole_of_a_sign_in_from_a_read_only_image(
    image: Image, place: Path, volume: Path, tmp_path: Path, wechat_url: str
) -> None:
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    settings = FOUR | {
        "BRIDGE_ISSUER": issuer,
        "BRIDGE_API_HOSTS": wechat_url,
        "BRIDGE_AUTHORIZE_HOST": wechat_url,
    }
    container = Container(image, place, settings, volume)
    status, printed = await container.run("wechat-oidc", "check", "--before-serve", "--json")
    assert status == 0, printed
    assert {finding["verdict"] for finding in json.loads(printed)} == {"ok", "warning"}
    serve = (*image.entry_point, "serve", "--host", "127.0.0.1", "--port", str(port))
    async with container.program(tmp_path / "serve.log", *serve) as running:
        status, printed = await container.run_beside(running, *image.entry_point, *REGISTRATION)
        assert status == 0, printed
        async with an_app(issuer, printed_secret(printed)) as app:
            await app.everything()
        # What deploy/kubernetes.yaml asks for
        assert running.largest_memory() < 128
        status, seconds = await running.stopped(signal.Signals[image.stop_signal])
    assert (status, seconds < ENDS_WITHIN) == (0, True)
    assert "Traceback" not in running.text()
    # What it was started with is still there after a start of another container.
    async with container.program(tmp_path / "again.log", *serve) as again:
        status, printed = await container.run_beside(again, *image.entry_point, "client", "list")
    assert "rp" in printed


async def test_it_starts_with_four_settings_and_a_volume_and_asks_itself_for_its_health(
    image: Image, place: Path, volume: Path, tmp_path: Path
) -> None:
    """With its own command, in a network of its own, since it listens on all addresses there."""
    container = Container(image, place, FOUR, volume, network=True)
    form, *check = image.health_check
    assert form == "CMD"
    words = (*image.entry_point, *image.command)
    async with container.program(tmp_path / "serve.log", *words) as running:
        assert (await container.run_beside(running, *check))[0] == 0
        (volume / "keys" / "signing-keys.json").write_text("{", "utf-8")
        # The keys are looked at once a second.
        statuses = [0]
        while statuses[-1] == 0 and len(statuses) < MOST_CHECKS:
            statuses.append((await container.run_beside(running, *check))[0])
        assert statuses[-1] == 1
        status, seconds = await running.stopped()
    assert (status, seconds < ENDS_WITHIN) == (0, True)
    assert sorted(os.listdir(volume)) == ["bridge.db", "keys"]  # noqa: PTH208 - of no interest


async def test_the_demo_is_one_container_without_a_volume(
    image: Image, place: Path, tmp_path: Path
) -> None:
    """As deploy/compose.yaml starts it, but for the address and the ports."""
    demo = (*image.entry_point, "demo", "--host", "127.0.0.1", "--port", str(free_port(in_a_row=3)))
    async with Container(image, place).program(tmp_path / "demo.log", *demo) as running:
        async with a_browser() as browser:
            home = await browser.open(running.printed(r"demo app +(http://localhost:\d+)"))
            sign_in = await browser.click(home, "sign-in")
            wechat = await browser.click(sign_in, "wechat-login")
            claims = json.loads((await browser.click(wechat, "approve")).text("claims"))
        assert claims["aud"] == "demo"
        status, seconds = await running.stopped()
    assert (status, seconds < ENDS_WITHIN) == (0, True)


async def test_it_can_write_nowhere_but_to_its_volume_and_to_tmp(
    image: Image, place: Path, volume: Path
) -> None:
    container = Container(image, place, {}, volume)
    folders = (DATA, "/tmp", "/", "/etc/wechat-oidc", "/opt/wechat-oidc", "/usr", "/var", "/dev")  # noqa: S108 - the container's
    status, printed = await container.run("python3", "-I", "-c", WRITE, *folders)
    assert status == 0, printed
    user, _, group = image.user.partition(":")
    assert printed.splitlines() == [DATA, "/tmp", f"{user} {group} []", "0 0 0 0 0", "1"]  # noqa: S108


async def test_without_a_volume_it_does_not_start_and_says_what_to_mount(
    image: Image, place: Path
) -> None:
    container = Container(image, place, FOUR)
    status, printed = await container.run(*image.entry_point, *image.command)
    assert status == 2
    assert printed.count("\n") == 1
    assert f"mount a volume at {DATA}" in printed


async def test_a_volume_that_cannot_be_written_is_found_before_it_serves(
    image: Image, place: Path, volume: Path
) -> None:
    container = Container(image, place, FOUR, volume, volume_is_writable=False)
    status, printed = await container.run("wechat-oidc", "check", "--before-serve")
    assert status == 1
    assert re.search(r"^database +FAILED ", printed, re.MULTILINE)
    assert re.search(r"^keys +FAILED ", printed, re.MULTILINE)


async def test_nothing_is_left_to_compile_at_the_start(image: Image) -> None:
    """Nor anything of what it was built with."""
    packages = next((image.root / "opt/wechat-oidc/lib").glob("python3*/site-packages"))
    sources = [path for path in packages.rglob("*.py") if path.is_relative_to(packages / "bridge")]
    for source in sources:
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")), source
    assert not list(packages.glob("pip*"))
    assert not list(packages.glob("hatchling*"))
    assert not (image.root / "build").exists()


async def test_its_size_is_what_the_manual_says(image: Image) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    told = re.search(r"adds about (\d+) MB to its base", manual)
    assert told is not None
    added = (image.size - image.base_size) / MEGABYTE
    assert added == pytest.approx(int(told[1]), rel=0.15)
