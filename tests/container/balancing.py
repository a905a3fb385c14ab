"""nginx before several bridges: every request goes to the next of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.strangers.missing import found
from tests.strangers.nginx import SURROUNDINGS
from tests.strangers.running import open_folder, running

# Without keep-alive to the bridges, and with one worker, which counts for all requests
BLOCK = """
    upstream bridges {{
        {servers}
    }}
    log_format which '$upstream_addr $uri $status';
    server {{
        listen 127.0.0.1:{port};
        access_log {folder}/requests which;
        location / {{
            proxy_pass http://bridges;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
        }}
    }}
"""


@asynccontextmanager
async def balanced(port: int, bridges: Sequence[int]) -> AsyncGenerator[Path]:
    """Listen on ``port`` while the context lasts; what it yields is the log of requests.

    A line is who answered, the path and the status.
    """
    with open_folder() as folder:
        servers = " ".join(f"server 127.0.0.1:{bridge};" for bridge in bridges)
        block = BLOCK.format(servers=servers, port=port, folder=folder)
        configuration = folder / "nginx.conf"
        configuration.write_text(SURROUNDINGS.format(folder=folder, block=block), "utf-8")
        command = (found("nginx", "nginx-light"), "-p", str(folder), "-c", str(configuration))
        async with running(*command, "-e", "stderr", ready="start worker process "):
            yield folder / "requests"
