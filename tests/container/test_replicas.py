"""Two containers of the image on one PostgreSQL, behind nginx that takes turns."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.container.app import REGISTRATION, an_app
from tests.container.balancing import balanced
from tests.container.conftest import WECHAT
from tests.container.contained import Container
from tests.container.image import Image
from tests.container.test_image import ENDS_WITHIN, printed_secret
from tests.processes.programs import SECRET
from tests.serving import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]


async def test_a_sign_in_that_alternates_between_two_replicas_at_every_request(
    image: Image, place: Path, tmp_path: Path, wechat_url: str, database_url: str
) -> None:
    """Neither keeps anything of its own: no volume is mounted."""
    port, ports = free_port(), (free_port(), free_port())
    issuer = f"http://127.0.0.1:{port}"
    settings = {
        **WECHAT,
        "BRIDGE_ISSUER": issuer,
        "BRIDGE_SECRETS": SECRET,
        "BRIDGE_API_HOSTS": wechat_url,
        "BRIDGE_AUTHORIZE_HOST": wechat_url,
        "BRIDGE_DATABASE": database_url,
        "BRIDGE_TRUSTED_PROXIES": "127.0.0.1",
    }
    container = Container(image, place, settings)
    status, printed = await container.run("wechat-oidc", "check", "--before-serve")
    assert status == 0, printed
    status, printed = await container.run(*image.entry_point, *REGISTRATION)
    assert status == 0, printed
    secret = printed_secret(printed)
    first, second = (
        container.program(
            tmp_path / f"serve-{number}.log",
            *(*image.entry_point, "serve", "--host", "127.0.0.1", "--port", str(number)),
        )
        for number in ports
    )
    async with first as one, second as other, balanced(port, ports) as requests:
        async with an_app(issuer, secret) as app:
            assert await app.jwks() == await app.jwks()
            await app.everything()
        answered = [line.split()[0] for line in requests.read_text("utf-8").splitlines()]
        assert set(answered) == {f"127.0.0.1:{number}" for number in ports}
        # At every request, the other one
        assert all(a != b for a, b in pairwise(answered))
        assert len(answered) > 12
        # One goes, and nobody is sent to it any more.
        assert (await one.stopped())[0] == 0
        async with an_app(issuer, secret) as app:
            await app.everything()
        status, seconds = await other.stopped()
    assert (status, seconds < ENDS_WITHIN) == (0, True)
    for running in (one, other):
        assert "Traceback" not in running.text()
