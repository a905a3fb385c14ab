"""An operator who registers everything that there is a preset for, as the manual's pages have it.

``python -m tests.presets.operator`` writes into docs/consumers what is printed.
"""

import asyncio
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from bridge.app import open_store
from bridge.cli import main
from bridge.config import read_settings
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from tests.presets.table import TABLE

PAGES = Path(__file__).parent.parent.parent / "docs" / "consumers"

# The command that a page begins with, and what it prints
COMMAND = re.compile(
    r"^```sh\n(?P<command>wechat-oidc client add --preset .*?)\n```\n\n"
    r"```text\n(?P<printed>.*?)\n?```$",
    re.MULTILINE | re.DOTALL,
)

SECRET = re.compile(r"^client_secret  ([A-Za-z0-9_-]{43})$", re.MULTILINE)


@dataclass(frozen=True)
class Registered:
    """A client as it is kept, and what was printed, with the secret as ``…``."""

    client: Client
    printed: str
    warned: str


class Operator:
    def __init__(self, folder: Path, **changed: str) -> None:
        self._folder = folder
        self._environ = {
            "BRIDGE_ISSUER": "https://id.example.com",
            "BRIDGE_DATABASE": f"sqlite://{folder}/bridge.db",
            "BRIDGE_SECRETS": "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a",
            "BRIDGE_WECHAT_CLIENT_ID": "wx0123456789abcdef",
            "BRIDGE_WECHAT_CLIENT_SECRET": "0123456789abcdef0123456789abcdef",
        }
        self._environ |= {f"BRIDGE_{name}": value for name, value in changed.items()}
        self._added: dict[str, Registered] = {}
        # What the developer has exported is not the operator's.
        foreign = {name: None for name in os.environ if name.startswith("BRIDGE_")}
        self._exported: dict[str, str | None] = {**foreign, **self._environ}

    def with_settings(self, **changed: str) -> "Operator":
        """The same, where the settings say something else as well."""
        return Operator(self._folder, **changed)

    def add(self, options: str) -> Registered:
        """Type ``wechat-oidc client add`` with these options."""
        words = ["client", "add", *shlex.split(options)]
        result = CliRunner().invoke(main, words, env=self._exported, prog_name="wechat-oidc")
        assert result.exit_code == 0, result.output
        printed = result.stdout.rstrip("\n")
        client = asyncio.run(self._kept(printed.split()[1]))
        secret = SECRET.search(printed)
        if secret is not None:
            assert client.client_secret_hash == token_hash(secret[1])
            printed = printed.replace(secret[1], "…")
        return Registered(client, printed, result.stderr)

    def added(self, name: str) -> Registered:
        """Add what a row of the table names; once is enough."""
        if name not in self._added:
            options = TABLE[name]["options"]
            self._added[name] = self.add(f"--preset {name} {options}")
        return self._added[name]

    def refused(self, options: str, status: int = 2) -> str:
        """Type what must fail; return what follows the usage."""
        typed = ["client", "add", *shlex.split(options)]
        result = CliRunner().invoke(main, typed, env=self._exported, prog_name="wechat-oidc")
        assert result.exit_code == status, result.output
        return result.stderr.rpartition("Error: ")[2]

    async def _kept(self, client_id: str) -> Client:
        store = await open_store(read_settings(None, self._environ))
        try:
            client = await store.client(client_id)
        finally:
            await store.close()
        assert client is not None
        return client


def options_on(page: str) -> str:
    """Return what follows ``wechat-oidc client add`` on a page."""
    found = COMMAND.search(page)
    assert found, "a page has a command, and then what it prints"
    return found["command"].replace("\\\n", " ").removeprefix("wechat-oidc client add ")


def _write() -> None:
    with TemporaryDirectory() as folder:
        operator = Operator(Path(folder))
        for page in sorted(PAGES.glob("*.md")):
            text = page.read_text("utf-8")
            found = COMMAND.search(text)
            if found is not None:
                printed = operator.add(options_on(text)).printed
                start, end = found.span("printed")
                page.write_text(text[:start] + printed + "\n" + text[end:].lstrip("\n"), "utf-8")


if __name__ == "__main__":
    _write()
