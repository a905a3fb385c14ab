"""``wechat-oidc check`` about who asks too often."""

import asyncio

from bridge.cli.doctor.rate_limits import examine_rate_limits
from tests.cli.examining import examined
from tests.cli.terminal import Operator
from tests.redis_server import PASSWORD, redis_server


def test_one_process_counts_in_memory(operator: Operator) -> None:
    assert examined(examine_rate_limits, operator) == [("ok", "counted in memory")]


def test_what_is_not_limited_is_named(operator: Operator) -> None:
    off = {"RATE_LIMITS_PAGES_PER_ADDRESS": "off", "RATE_LIMITS_REGISTRATIONS_PER_ADDRESS": "off"}
    assert examined(examine_rate_limits, operator, **off) == [
        ("ok", "counted in memory; off: pages_per_address, registrations_per_address")
    ]


def test_redis_is_asked_and_its_password_is_not_shown(operator: Operator) -> None:
    async def examine() -> None:
        async with redis_server() as server:
            where = f"redis://localhost:{server.port}/0"
            away = f"{where} does not answer, or refuses the password: sign-ins go on"
            wrong = server.url.replace(PASSWORD, "wrong-one")
            assert (await found(server.url)) == ("ok", f"counted in {where}")
            verdict, text = await found(wrong)
            assert verdict == "warning"
            assert text.startswith(away)
            assert "wrong-one" not in text
        verdict, text = await found(server.url)
        assert verdict == "warning"
        assert text.startswith(away)
        assert PASSWORD not in text

    async def found(url: str) -> tuple[str, str]:
        settings = operator.with_settings(RATE_LIMITS_STORAGE=url).settings()
        (finding,) = await examine_rate_limits(settings)
        assert finding.subject == "limits"
        return finding.verdict, finding.text

    asyncio.run(examine())
