"""The operator of a bridge, at a terminal: settings in the environment, a folder, commands."""

import io
import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner, Result

from bridge.app import check_accounts_are_wechats, open_provider
from bridge.cli import main
from bridge.config import Settings, read_settings
from bridge.oidc.authentication import ACR
from bridge.oidc.grant import Grant
from bridge.store import NewAccount, NewIssue, SignIn
from bridge.wechat import WeChatIdentity

# Seconds that no command takes
PATIENCE = 20

APPID = "wx0123456789abcdef"
APP_SECRET = "0123456789abcdef0123456789abcdef"
SECRET = "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a"


def settings_of(folder: Path) -> dict[str, str]:
    """The least that a bridge needs, with its data in ``folder``."""
    return {
        "BRIDGE_ISSUER": "https://id.example.com",
        "BRIDGE_DATABASE": f"sqlite://{folder}/data/bridge.db",
        "BRIDGE_SECRETS": SECRET,
        "BRIDGE_WECHAT_CLIENT_ID": APPID,
        "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET,
    }


@dataclass
class Operator:
    """``environ`` is what they have exported; None removes a variable."""

    folder: Path
    environ: dict[str, str | None] = field(default_factory=dict[str, str | None])

    def with_settings(self, **environ: str | None) -> Self:
        changed = {f"BRIDGE_{name}": value for name, value in environ.items()}
        return type(self)(self.folder, self.environ | changed)

    def settings(self) -> Settings:
        return read_settings(None, {k: v for k, v in self.environ.items() if v is not None})

    def run(self, *args: str) -> Result:
        """Run what ends by itself. A server that should have refused to start gets a Ctrl-C."""
        impatience = threading.Timer(PATIENCE, os.kill, (os.getpid(), signal.SIGINT))
        impatience.start()
        try:
            return CliRunner().invoke(main, args, env=self.environ, prog_name="wechat-oidc")
        finally:
            impatience.cancel()

    def told(self, *args: str) -> str:
        """Run what must succeed without a word of complaint; return what it says."""
        result = self.run(*args)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    def refused(self, *args: str, status: int = 2) -> str:
        """Run what must fail; return its one line on standard error."""
        result = self.run(*args)
        assert isinstance(result.exception, SystemExit), result.exc_info
        assert result.exit_code == status, result.output
        line = result.stderr
        assert line.startswith("Error: ")
        assert line.endswith("\n")
        assert line.count("\n") == 1, line
        for secret in (SECRET, APP_SECRET):
            assert secret not in result.output
        return line.removeprefix("Error: ").rstrip("\n")

    def serving(
        self,
        *args: str,
        meanwhile: Callable[[list[str]], object] = lambda _lines: None,
        until: signal.Signals = signal.SIGTERM,
    ) -> tuple[list[str], str]:
        """Run a server; once it is ready do ``meanwhile``, then stop it by a signal.

        Returns what it printed, and its log. ``meanwhile`` is given the lines before ``ready``.
        """
        output, log = _Output(), io.StringIO()
        failures: list[BaseException] = []

        def visit() -> None:
            output.is_ready.wait()
            if output.lines()[-1:] == ["ready"]:
                try:
                    meanwhile(output.lines()[:-1])
                except BaseException as failure:  # noqa: BLE001 - raised again below
                    failures.append(failure)
                os.kill(os.getpid(), until)

        visitor = threading.Thread(target=visit)
        visitor.start()
        try:
            with redirect_stdout(output), redirect_stderr(log), self._environment():
                main(args, prog_name="wechat-oidc", standalone_mode=False)
        finally:
            output.is_ready.set()
            visitor.join()
        for failure in failures:
            raise failure
        assert output.lines()[-1] == "ready"
        return output.lines()[:-1], log.getvalue()

    @contextmanager
    def _environment(self) -> Generator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environ.items():
                if value is not None:
                    patch.setenv(name, value)
            yield

    def misused(self, *args: str) -> str:
        """Run what is typed wrongly; return the line after the usage."""
        result = self.run(*args)
        assert isinstance(result.exception, SystemExit), result.exc_info
        assert result.exit_code == 2, result.output
        usage, line = result.stderr.split("\nError: ")
        assert usage.startswith("Usage: wechat-oidc")
        assert line.count("\n") == 1, line
        return line.rstrip("\n")


async def sign_somebody_in(
    operator: Operator,
    openid: str = "oSomebody",
    *,
    sid: str | None = None,
    **known: str,
) -> None:
    """Leave behind what a sign-in leaves: an account of the WeChat that the settings name."""
    settings = operator.settings()
    async with open_provider(settings) as provider:
        await check_accounts_are_wechats(settings, provider.store)
        given: dict[str, Any] = {"appid": APPID, "platform_account": "main", "unionid": None}
        given |= known
        now, sid = provider.now(), sid or openid
        await provider.store.sign_in(
            SignIn(
                client_id="rp",
                identity=WeChatIdentity(openid=openid, **given),
                if_new=NewAccount(
                    account_id=f"id-{openid}",
                    subject=openid,
                    handle=f"wx{openid}",
                    retired_as=provider.retired(openid),
                ),
                sid=sid,
                wechat_state=sid,
                delivery_hash=sid,
                auth_time=now,
                amr=("wechat", "qr"),
                acr=ACR,
                session_expires_at=now + 3600,
                browser_id=sid,
                audit_id=sid,
            ),
            NewIssue(
                grant=Grant(grant_id=sid, client_id="client", sid=sid, scope=("openid",)),
                now=now,
            ),
        )


class _Output(io.StringIO):
    """Standard output that says when ``ready`` was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if self.lines()[-1:] == ["ready"]:
            self.is_ready.set()
        return written

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()
