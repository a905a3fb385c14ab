"""A listener for metrics alone, beside the one that people use."""

from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.processes.programs import Installation
from tests.serving import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]


@dataclass
class WithMetrics(Installation):
    metrics_port: int = field(default_factory=free_port)

    @property
    def settings(self) -> dict[str, str]:
        return super().settings | {"METRICS": f"127.0.0.1:{self.metrics_port}"}


async def test_metrics_have_a_listener_of_their_own(installed: Installation) -> None:
    apart = WithMetrics(installed.folder, installed.wechat_url)
    metrics = f"http://127.0.0.1:{apart.metrics_port}"
    async with apart.serve() as serve, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{apart.url}/metrics")).status_code == 404
        assert (await http.get(f"{metrics}/jwks")).status_code == 404
        answer = await http.get(f"{metrics}/metrics")
        assert 'wechat_oidc_http_requests_total{endpoint="other",method="GET"' in answer.text
        assert "process_resident_memory_bytes" in answer.text
        assert (await serve.stopped())[0] == 0


async def test_several_workers_tell_together_what_each_of_them_has_counted(
    tmp_path: Path, wechat_url: str, database_url: str
) -> None:
    installed = WithMetrics(tmp_path, wechat_url, database_url=database_url)
    metrics = f"http://127.0.0.1:{installed.metrics_port}/metrics"
    async with installed.serve(None, "--workers", "2"):
        for _ in range(20):
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.get(f"{installed.url}/jwks")).status_code == 200
        for _ in range(5):  # whichever of them answers
            async with httpx.AsyncClient(trust_env=False) as http:
                told = (await http.get(metrics)).text
            name = 'wechat_oidc_http_requests_total{endpoint="/jwks",method="GET",status="2xx"}'
            assert f"\n{name} 20.0\n" in told
            assert 'wechat_oidc_ready{part="database"} 1.0' in told
            assert 'wechat_oidc_database_connections{state="in_use"}' in told
