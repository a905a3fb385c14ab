"""The logout plans: sign in, end the session, and prompt=none must then fail."""

import secrets
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt

from bridge.pages.catalogue import speaker
from tests.conformance.basic import NOBODY_SIGNED_IN
from tests.conformance.browser import Landing
from tests.conformance.checks import verified
from tests.conformance.suite import Credentials, Suite, Tokens, client_key
from tests.world import claims_of, header_of, without_signature

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def _return_uri(suite: Suite) -> str:
    return f"{suite.site.url}/test/{suite.alias}/post_logout_redirect"


async def _signed_in(suite: Suite, **members: Any) -> tuple[Credentials, Tokens]:
    returns: Any = [_return_uri(suite)] if suite.variant.is_dynamic else (_return_uri(suite),)
    client = await suite.new_client(post_logout_redirect_uris=returns, **members)
    return client, await suite.authenticate(client)


async def _leave(suite: Suite, **asked: str | None) -> Landing:
    sent = urlencode({name: value for name, value in asked.items() if value is not None})
    url = suite.metadata["end_session_endpoint"]
    return await suite.browser.travel(f"{url}?{sent}" if sent else url)


async def _check_signed_out(suite: Suite, client: Credentials) -> None:
    answer, _ = await suite.authorize(suite.request(client, prompt="none"))
    assert answer["error"] in NOBODY_SIGNED_IN


async def rp_initiated_logout(suite: Suite) -> None:
    """Back at the client with exactly the state that was sent, and signed out."""
    client, tokens = await _signed_in(suite)
    state = secrets.token_urlsafe(96)[:128]
    landing = await _leave(
        suite,
        id_token_hint=tokens.id_token,
        post_logout_redirect_uri=_return_uri(suite),
        state=state,
    )
    assert landing.is_at_relying_party
    assert landing.url.startswith(_return_uri(suite))
    assert landing.query == [("state", state)]
    await _check_signed_out(suite, client)
    await suite.end(client)


async def rp_initiated_logout_no_state(suite: Suite) -> None:
    """Back at the client; where no state was sent none comes back."""
    client, tokens = await _signed_in(suite)
    landing = await _leave(
        suite, id_token_hint=tokens.id_token, post_logout_redirect_uri=_return_uri(suite)
    )
    assert landing.url == _return_uri(suite)
    await _check_signed_out(suite, client)
    await suite.end(client)


async def rp_initiated_logout_bad_post_logout_redirect_uri(suite: Suite) -> None:
    """An address that is not registered is not gone to."""
    await _stays(suite, post_logout_redirect_uri=f"{_return_uri(suite)}/other")


async def rp_initiated_logout_query_added_to_post_logout_redirect_uri(suite: Suite) -> None:
    """An address to which a query was added is not gone to."""
    await _stays(suite, post_logout_redirect_uri=f"{_return_uri(suite)}?foo=bar")


async def rp_initiated_logout_modified_id_token_hint(suite: Suite) -> None:
    """A hint whose signature was taken away opens no way back."""

    def stripped(token: str) -> str:
        return without_signature(claims_of(token))

    await _stays(suite, hint=stripped)


async def rp_initiated_logout_bad_id_token_hint(suite: Suite) -> None:
    """A hint that somebody else has signed opens no way back."""

    def forged(token: str) -> str:
        header = {"alg": "RS256", "kid": header_of(token)["kid"]}
        return jwt.encode(header, claims_of(token), client_key())

    await _stays(suite, hint=forged)


async def _stays(suite: Suite, *, hint: Any = None, **asked: str) -> None:
    client, tokens = await _signed_in(suite)
    assert tokens.id_token is not None
    sent = hint(tokens.id_token) if hint else tokens.id_token
    asked.setdefault("post_logout_redirect_uri", _return_uri(suite))
    landing = await _leave(suite, id_token_hint=sent, state="x", **asked)
    assert not landing.is_at_relying_party
    assert landing.error == "invalid_request"
    await suite.end(client)


async def rp_initiated_logout_no_id_token_hint(suite: Suite) -> None:
    """An address without a hint is not gone to."""
    client, _ = await _signed_in(suite)
    landing = await _leave(suite, post_logout_redirect_uri=_return_uri(suite), state="x")
    assert not landing.is_at_relying_party
    await suite.end(client)


async def rp_initiated_logout_no_params(suite: Suite) -> None:
    """Without parameters the person is signed out, and a page says so."""
    await _ends_on_a_page(suite)


async def rp_initiated_logout_only_state(suite: Suite) -> None:
    """With state alone the person is signed out, and a page says so."""
    await _ends_on_a_page(suite, state="x")


async def rp_initiated_logout_no_post_logout_redirect_uri(suite: Suite) -> None:
    """With a hint and no address the person is signed out, and a page says so."""
    await _ends_on_a_page(suite, with_hint=True, state="x")


async def _ends_on_a_page(suite: Suite, *, with_hint: bool = False, **asked: str) -> None:
    client, tokens = await _signed_in(suite)
    hint = tokens.id_token if with_hint else None
    landing = await _leave(suite, id_token_hint=hint, **asked)
    assert landing.page is not None
    assert landing.page.response.status_code == 200
    assert speaker("en")("logout.done.heading") in landing.page.response.text
    await _check_signed_out(suite, client)
    await suite.end(client)


async def frontchannel_rp_initiated_logout(suite: Suite) -> None:
    """The client's address is loaded in a frame with iss and sid, and the way goes on."""
    path = f"/test/{suite.alias}/frontchannel_logout"
    client, tokens = await _signed_in(
        suite,
        frontchannel_logout_uri=f"{suite.site.url}{path}",
        frontchannel_logout_session_required=True,
    )
    landing = await _leave(
        suite,
        id_token_hint=tokens.id_token,
        post_logout_redirect_uri=_return_uri(suite),
        state="the-state",
    )
    (visit,) = suite.site.visits_of(path)
    assert visit.method == "GET"
    assert sorted(visit.parameters) == sorted(
        [("iss", suite.metadata["issuer"]), ("sid", tokens.claims["sid"])]
    )
    assert landing.url == f"{_return_uri(suite)}?state=the-state"
    await _check_signed_out(suite, client)
    await suite.end(client)


async def backchannel_rp_initiated_logout(suite: Suite) -> None:
    """The client is sent a logout token, and nothing else."""
    path = f"/test/{suite.alias}/backchannel_logout"
    client, tokens = await _signed_in(
        suite,
        backchannel_logout_uri=f"{suite.site.url}{path}",
        backchannel_logout_session_required=True,
    )
    landing = await _leave(
        suite,
        id_token_hint=tokens.id_token,
        post_logout_redirect_uri=_return_uri(suite),
        state="the-state",
    )
    assert landing.url == f"{_return_uri(suite)}?state=the-state"
    (visit,) = await suite.site.visited(path)
    assert visit.method == "POST"
    assert visit.content_type == b"application/x-www-form-urlencoded"
    ((name, token),) = visit.parameters
    assert name == "logout_token"
    claims = verified(token, await suite.keys(), ["RS256"])
    assert claims["iss"] == suite.metadata["issuer"]
    assert claims["aud"] == client.client_id
    assert abs(suite.world.clock.now - claims["iat"]) <= 300
    assert claims["jti"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims
    assert claims["sid"] == tokens.claims["sid"]
    assert claims["sub"] == tokens.claims["sub"]
    await _check_signed_out(suite, client)
    await suite.end(client)
