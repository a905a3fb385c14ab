"""Apache with mod_auth_openidc in front of a page: set up as docs/relying-parties.md says."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browsing import Page
from tests.serving import free_port
from tests.strangers.manual import manuals_block, placed
from tests.strangers.missing import check_apache_module, found
from tests.strangers.running import open_folder, running
from tests.world import CLIENT_SECRET

MODULES = Path("/usr/lib/apache2/modules")

CONFIGURATION = """
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/apache.pid
ErrorLog /dev/stderr
ServerName localhost
Listen 127.0.0.1:{port}
User www-data
Group www-data
StartServers 1

LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule include_module {modules}/mod_include.so
LoadModule ssl_module {modules}/mod_ssl.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so

SSLEngine on
SSLSessionCache none
SSLCertificateFile {folder}/server.pem

DocumentRoot {folder}/site
AddDefaultCharset utf-8
<Directory {folder}/site>
    Options +Includes
    SetOutputFilter INCLUDES
</Directory>

OIDCCABundlePath {folder}/ca.pem
{block}
"""

# Who is there and what is known of them, as an app behind Apache finds it
PROTECTED = '<pre id="environment"><!--#printenv --></pre>'
OPEN = '<p id="open">Open to all</p>'


@dataclass(frozen=True)
class Apache:
    """Where it is; what its client is registered with at the provider."""

    client_id = "apache"
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def protected(self) -> str:
        return f"{self.url}/protected/page.html"

    @property
    def open(self) -> str:
        return f"{self.url}/open.html"

    @property
    def redirect_uri(self) -> str:
        """For the module's other purposes, too: ``?logout=…``."""
        return f"{self.url}/protected/redirect_uri"

    @property
    def backchannel_logout_uri(self) -> str:
        return f"{self.redirect_uri}?logout=backchannel"

    @asynccontextmanager
    async def serve(self, issuer: str, tls: Path) -> AsyncGenerator[list[str]]:
        """Run it while the context lasts; yields its log."""
        with open_folder() as folder:
            for name in ("ca.pem", "server.pem"):
                shutil.copyfile(tls / name, folder / name)
            (folder / "site/protected").mkdir(parents=True)
            (folder / "site/protected/page.html").write_text(PROTECTED)
            (folder / "site/open.html").write_text(OPEN)
            block = placed(
                manuals_block("relying-parties.md", "apache"),
                {
                    "https://id.example.com": issuer,
                    "https://www.example.com": self.url,
                    "…": CLIENT_SECRET,
                },
            )
            configuration = CONFIGURATION.format(
                folder=folder, port=self.port, modules=MODULES, block=block
            )
            (folder / "apache.conf").write_text(configuration)
            check_apache_module(MODULES / "mod_auth_openidc.so")
            program = found("apache2", "apache2")
            command = (program, "-DFOREGROUND", "-f", str(folder / "apache.conf"))
            async with running(*command, ready="resuming normal operations") as log:
                yield log


def environment(page: Page) -> dict[str, str]:
    """What the protected page shows."""
    lines = page.text("environment").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
