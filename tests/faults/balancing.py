"""nginx before several bridges, as a load balancer: each request goes to the next of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from tests.strangers.missing import found
from tests.strangers.running import open_folder, running

CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log off;
    upstream bridges {{
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://bridges;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_connect_timeout 2s;
        }}
    }}
}}
"""


@asynccontextmanager
async def balanced(port: int, behind: Sequence[int]) -> AsyncGenerator[None]:
    """Run it on one port, before the bridges on others, while the context lasts."""
    with open_folder() as folder:
        servers = "\n        ".join(
            f"server 127.0.0.1:{each} max_fails=1 fail_timeout=1s;" for each in behind
        )
        file = folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(folder=folder, servers=servers, port=port))
        command = (found("nginx", "nginx"), "-p", str(folder), "-c", str(file), "-e", "stderr")
        async with running(*command, ready="start worker process "):
            yield
