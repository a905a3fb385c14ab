"""An operator with good settings, and a simulated WeChat that they name."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.examining import NOBODY
from tests.cli.terminal import APP_SECRET, APPID, Operator, settings_of


@pytest.fixture(autouse=True)
def a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and nothing of the developer's own in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("BRIDGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command configures the log of its process, which here is that of all tests."""
    names = ["", *logging.root.manager.loggerDict]
    before = [
        (logger, logger.level, list(logger.handlers), list(logger.filters))
        for logger in map(logging.getLogger, names)
    ]
    yield
    for logger, level, handlers, filters in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.filters[:] = filters


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path, dict(settings_of(tmp_path)))


@dataclass(frozen=True)
class SimulatedWeChat:
    """``wechat-oidc simulate``: what it printed."""

    url: str
    output: str


@pytest.fixture(scope="module")
def simulated_wechat() -> Iterator[SimulatedWeChat]:
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "bridge",
            "simulate",
            "--port",
            "0",
            "--callback-domain",
            "localhost",
        ],
        env=os.environ
        | {"BRIDGE_WECHAT_CLIENT_ID": APPID, "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if lines[-1] == "ready":
                    break
            (url,) = [line.partition("=")[2] for line in lines if "BRIDGE_AUTHORIZE_HOST=" in line]
            yield SimulatedWeChat(url, "\n".join(lines))
        finally:
            process.kill()


@pytest.fixture
def simulating(operator: Operator, simulated_wechat: SimulatedWeChat) -> Operator:
    """The operator, with the simulated WeChat in their settings."""
    return operator.with_settings(
        API_HOSTS=simulated_wechat.url, AUTHORIZE_HOST=simulated_wechat.url
    )


@pytest.fixture
def patient(simulating: Operator) -> Operator:
    """Everything is well, but the bridge itself is not running."""
    return simulating.with_settings(ISSUER=NOBODY)
