import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.programs import APP_SECRET, APPID, Installation


@pytest.fixture(scope="package")
def wechat_url() -> Iterator[str]:
    """A simulated WeChat for tests that do not stop it."""
    settings = {"BRIDGE_WECHAT_CLIENT_ID": APPID, "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET}
    with subprocess.Popen(
        [sys.executable, "-m", "bridge", "simulate", "--port", "0"],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            lines = list(iter(process.stdout.readline, "ready\n"))
            yield next(line for line in lines if "API_HOSTS=" in line).strip().partition("=")[2]
        finally:
            process.kill()


@pytest.fixture
async def installed(tmp_path: Path, wechat_url: str) -> Installation:
    """A bridge with one client that nobody serves yet, before a simulated WeChat that runs."""
    installed = Installation(tmp_path, wechat_url)
    await installed.register()
    return installed
