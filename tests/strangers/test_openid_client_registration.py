"""openid-client 6 registers itself: RFC 7591, read by somebody else."""

from pathlib import Path

import pytest

from tests.strangers.by_line import Program, Refused
from tests.world import Clock, Plan, world

pytestmark = pytest.mark.anyio

REDIRECT_URI = "http://127.0.0.1:9/callback"
TOKEN = "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a"
SETTINGS = {
    "BRIDGE_REGISTRATION_MODE": "token",
    "BRIDGE_REGISTRATION_TOKENS": TOKEN,
    "BRIDGE_REGISTRATION_ACCESS": "anyone",
}


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
async def test_it_registers_itself_and_a_person_signs_in(
    node: Program, tmp_path: Path, clock: Clock, tls: Path, method: str
) -> None:
    metadata = {
        "redirect_uris": [REDIRECT_URI],
        "client_name": "Photos",
        "token_endpoint_auth_method": method,
    }
    async with world(tmp_path, clock, Plan(settings=SETTINGS, tls=tls)) as opened:
        asked = {"issuer": opened.bridge_url, "metadata": metadata}
        with pytest.raises(Refused, match="OAUTH_WWW_AUTHENTICATE_CHALLENGE"):
            await node("register", **asked, initial_access_token=TOKEN[::-1])
        told = await node("register", **asked, initial_access_token=TOKEN)
        assert told["token_endpoint_auth_method"] == method

        parameters = {"redirect_uri": REDIRECT_URI, "scope": "openid profile"}
        request = await node("authorization_url", parameters=parameters)
        sign_in = await opened.browser.open(request["url"])
        wechat = await opened.browser.click(sign_in, "wechat-login")
        question = await opened.browser.click(wechat, "approve")
        answer = await opened.browser.send(question, "allow", follow_redirects=False)
        tokens = await node("redeem", url=answer.headers["location"], checks=request["checks"])
        assert tokens["claims"]["aud"] == told["client_id"]


async def test_it_is_told_what_is_wrong(
    node: Program, tmp_path: Path, clock: Clock, tls: Path
) -> None:
    """RFC 7591 §3.2.2."""
    metadata = {
        "redirect_uris": [f"{REDIRECT_URI}#fragment"],
        "token_endpoint_auth_method": "none",
    }
    async with world(tmp_path, clock, Plan(settings=SETTINGS, tls=tls)) as opened:
        with pytest.raises(Refused, match="invalid_redirect_uri: redirect_uris cannot be"):
            await node(
                "register",
                issuer=opened.bridge_url,
                metadata=metadata,
                initial_access_token=TOKEN,
            )
