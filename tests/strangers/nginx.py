"""nginx in front of the bridge, set up as docs/operations.md says."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.strangers.manual import placed
from tests.strangers.missing import found
from tests.strangers.running import open_folder, running

# What surrounds the manual's block on a system, and keeps every file of it in one folder
SURROUNDINGS = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {block}
}}
"""


@asynccontextmanager
async def nginx(port: int, bridge_url: str, tls: Path, block: str) -> AsyncGenerator[None]:
    """Run it at https://localhost:port while the context lasts."""
    with open_folder() as folder:
        server = placed(
            block,
            {
                "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
                "server_name id.example.com": "server_name localhost",
                "/etc/ssl/id.example.com.pem": f"{tls}/server.pem",
                "/etc/ssl/id.example.com.key": f"{tls}/server.pem",
                "/var/log/nginx": str(folder),
                "http://127.0.0.1:8000": bridge_url.replace("localhost", "127.0.0.1"),
            },
        )
        configuration = folder / "nginx.conf"
        configuration.write_text(SURROUNDINGS.format(folder=folder, block=server))
        command = (found("nginx", "nginx"), "-p", str(folder), "-c", str(configuration))
        async with running(*command, "-e", "stderr", ready="start worker process "):
            yield
