"""Implicit and hybrid flows, and how an answer travels: OpenID Connect Core 1.0 §3.2 and §3.3."""

import json
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from bridge.oidc.signing import left_half_hash
from tests.world import REDIRECT_URI, World, claims_of

pytestmark = pytest.mark.anyio

FRONT_CHANNEL = [name for name in RESPONSE_TYPES_SUPPORTED if name != "code"]
# Every response type answers with exactly these, beside state and iss.
ANSWERED = {
    "code": {"code"},
    "id_token": {"id_token"},
    "token": {"access_token", "token_type", "expires_in", "scope"},
}


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert attributes["method"] == "post"
            self.action = attributes["action"]
        elif tag == "input":
            self.fields[attributes["name"]] = attributes["value"]


def of_form(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 200
    form = _Form()
    form.feed(response.text)
    assert form.action == REDIRECT_URI
    return form.fields


def of_fragment(response: httpx.Response) -> dict[str, str]:
    location = urlsplit(response.headers["location"])
    assert location.query == urlsplit(REDIRECT_URI).query
    return dict(parse_qsl(location.fragment, strict_parsing=True))


@pytest.mark.parametrize("response_mode", [None, "form_post"])
@pytest.mark.parametrize("response_type", FRONT_CHANNEL)
async def test_a_front_channel_answers_with_what_was_asked(
    a_world: World, response_type: str, response_mode: str | None
) -> None:
    """§3.2.2.5, §3.3.2.5, §3.2.2.10, §3.3.2.11: nothing in the query, and bound by hashes."""
    await a_world.register(response_types=RESPONSE_TYPES_SUPPORTED)
    response = await a_world.callback(response_type=response_type, response_mode=response_mode)
    answer = of_form(response) if response_mode else of_fragment(response)
    values = response_type.split(" ")
    expected = set[str]().union(*(ANSWERED[value] for value in values))
    assert answer.keys() == expected | {"state", "iss"}
    assert (answer["state"], answer["iss"]) == ("the state", a_world.bridge_url)
    if "id_token" in values:
        claims = claims_of(answer["id_token"])
        assert claims["nonce"] == "the nonce"
        assert claims.get("at_hash") == _hash(answer.get("access_token"))
        assert claims.get("c_hash") == _hash(answer.get("code"))
    if "token" in values:
        assert (await a_world.userinfo(answer["access_token"])).status_code == 200
    if "code" in values:
        tokens = (await a_world.redeem(answer["code"])).json()
        assert claims_of(tokens["id_token"])["nonce"] == "the nonce"
        if "id_token" in values:  # §3.3.3.6: the same person, by the same issuer
            second = claims_of(tokens["id_token"])
            first = claims_of(answer["id_token"])
            assert (first["iss"], first["sub"]) == (second["iss"], second["sub"])


def _hash(value: str | None) -> str | None:
    return None if value is None else left_half_hash(value, "RS256")


async def test_an_id_token_that_comes_alone_holds_the_claims(a_world: World) -> None:
    """§5.4: UserInfo cannot be asked."""
    await a_world.register(response_types=("id_token",), claims_in_id_token="none")
    answer = of_fragment(await a_world.callback(response_type="id_token"))
    assert {"name", "email"} <= claims_of(answer["id_token"]).keys()


@pytest.mark.parametrize(
    "response_type", ["id_token", "id_token token", "code id_token", "code id_token token"]
)
async def test_an_id_token_from_the_front_channel_needs_a_nonce(
    a_world: World, response_type: str
) -> None:
    """§3.2.2.1, §3.3.2.11; and the error goes where the answer would have gone."""
    await a_world.register(response_types=(response_type,))
    url = a_world.authorization_url(response_type=response_type, nonce=None)
    answer = of_fragment(await a_world.browser.http.get(url))
    assert (answer["error"], answer["state"]) == ("invalid_request", "the state")


async def test_a_code_beside_a_token_needs_no_nonce(a_world: World) -> None:
    await a_world.register(response_types=("code token",))
    answer = of_fragment(await a_world.callback(response_type="token code", nonce=None))
    assert "code" in answer


async def test_tokens_do_not_travel_in_a_query(a_world: World) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices 1.0 §5."""
    await a_world.register(response_types=("id_token",))
    url = a_world.authorization_url(response_type="id_token", response_mode="query")
    answer = of_fragment(await a_world.browser.http.get(url))
    assert answer["error"] == "invalid_request"


async def test_a_code_may_travel_in_a_fragment_or_a_form(a_world: World) -> None:
    await a_world.register()
    assert "code" in of_fragment(await a_world.callback(response_mode="fragment"))
    assert "code" in of_form(await a_world.callback(response_mode="form_post"))


async def test_an_error_is_posted_where_a_form_was_asked_for(a_world: World) -> None:
    await a_world.register()
    url = a_world.authorization_url(response_mode="form_post", prompt="none")
    answer = of_form(await a_world.browser.http.get(url))
    assert answer["error"] == "login_required"


async def test_a_state_that_is_a_script_is_only_a_state_in_a_form(a_world: World) -> None:
    await a_world.register()
    state = "\"><script>alert(1)</script><input value='"
    response = await a_world.callback(response_mode="form_post", state=state)
    assert of_form(response)["state"] == state
    assert "<script>alert" not in response.text
    assert "form-action" not in response.headers["content-security-policy"]


async def test_a_replayed_code_takes_back_the_token_that_came_beside_it(a_world: World) -> None:
    """RFC 6749 §4.1.2."""
    await a_world.register(response_types=("code token",))
    answer = of_fragment(await a_world.callback(response_type="code token"))
    assert (await a_world.redeem(answer["code"])).status_code == 200
    assert (await a_world.redeem(answer["code"])).json()["error"] == "invalid_grant"
    assert (await a_world.userinfo(answer["access_token"])).status_code == 401


async def test_claims_are_told_one_by_one_where_they_are_asked_for(a_world: World) -> None:
    """§5.5: in the member that asks; a claim of a scope that the client has not is left out."""
    await a_world.register(claims_in_id_token="none")
    asked = {
        "userinfo": {"name": {"essential": True}},
        "id_token": {"email": None, "wechat_openid": None},
    }
    answer = await a_world.answer(scope="openid", claims=json.dumps(asked))
    tokens = (await a_world.redeem(answer["code"])).json()
    claims = claims_of(tokens["id_token"])
    assert "email" in claims
    assert not {"name", "wechat_openid"} & claims.keys()
    told = (await a_world.userinfo(tokens["access_token"])).json()
    assert told.keys() == {"sub", "name"}
