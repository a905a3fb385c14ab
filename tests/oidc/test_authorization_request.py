"""RFC 6749 §4.1.1 and OpenID Connect Core 1.0 §3.1.2.1."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.authorization_request import (
    REMEMBERED,
    AuthorizationRequest,
    RedirectionEndpoint,
    read_authorization_request,
    verify_client,
    verify_redirection,
)
from bridge.oidc.claims_request import NO_CLAIMS
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest, OAuthError, RegistrationNotSupported
from bridge.oidc.parameters import Parameters
from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from tests.oidc import examples
from tests.oidc.examples import CODE_CHALLENGE, REDIRECT_URI

CLIENT = examples.client()
ASKED: dict[str, str | None] = {
    "response_type": "code",
    "scope": "openid profile email",
    "client_id": CLIENT.client_id,
    "state": "af0ifjsldkj",
    "nonce": "n-0S6_WzA2Mj",
    "redirect_uri": REDIRECT_URI,
}


def read(
    client: Client = CLIENT, *, also: tuple[tuple[str, str], ...] = (), **changed: str | None
) -> AuthorizationRequest:
    pairs = [(name, value) for name, value in (ASKED | changed).items() if value is not None]
    parameters = examples.sent_in_order([*pairs, *also])
    return read_authorization_request(parameters, client, verify_redirection(parameters, client))


def test_the_authentication_request_of_the_specification_is_read() -> None:
    """OpenID Connect Core 1.0 §3.1.2.1, the example."""
    assert read() == AuthorizationRequest(
        redirection=RedirectionEndpoint("s6BhdRkqt3", REDIRECT_URI, "af0ifjsldkj"),
        response_type=frozenset({"code"}),
        scope=("openid", "profile", "email"),
        claims=NO_CLAIMS,
        code_challenge=None,
        nonce="n-0S6_WzA2Mj",
        prompt=frozenset(),
        max_age=None,
        id_token_hint=None,
    )


def test_a_known_client_is_who_asks() -> None:
    """RFC 6749 §4.1.1."""
    assert verify_client(CLIENT) is CLIENT


def test_an_unknown_client_is_never_answered_at_its_redirect_uri() -> None:
    """RFC 6749 §4.1.2.1."""
    with pytest.raises(InvalidRequest, match="client_id is unknown"):
        verify_client(None)


@pytest.mark.parametrize("redirect_uri", ["https://evil.example/callback", f"{REDIRECT_URI}/", ""])
def test_an_invalid_redirect_uri_is_never_redirected_to(redirect_uri: str) -> None:
    """RFC 6749 §3.1.2.4."""
    with pytest.raises(InvalidRequest, match="redirect_uri"):
        verify_redirection(examples.sent(ASKED | {"redirect_uri": redirect_uri}), CLIENT)


def test_a_redirect_uri_is_required_even_where_only_one_is_registered() -> None:
    """OpenID Connect Core 1.0 §3.1.2.1."""
    with pytest.raises(InvalidRequest, match="redirect_uri is missing"):
        verify_redirection(examples.sent(ASKED | {"redirect_uri": None}), CLIENT)


def test_a_repeated_redirect_uri_is_never_redirected_to() -> None:
    """RFC 6749 §3.1: neither of the two was asked for alone."""
    with pytest.raises(InvalidRequest, match="redirect_uri is repeated"):
        read(also=(("redirect_uri", REDIRECT_URI),))


def test_state_and_nonce_are_optional() -> None:
    """RFC 6749 §4.1.1, OpenID Connect Core 1.0 §3.1.2.1: Auth.js sends neither."""
    request = read(state=None, nonce=None)
    assert (request.redirection.state, request.nonce) == (None, None)


def test_a_repeated_state_is_not_sent_back() -> None:
    """RFC 6749 §3.1: the error goes to the client, without a state that it did not mean."""
    parameters = examples.sent_in_order(
        [*((n, v) for n, v in ASKED.items() if v), ("state", "other")]
    )
    assert verify_redirection(parameters, CLIENT).state is None
    with pytest.raises(InvalidRequest, match="state is repeated"):
        read(also=(("state", "other"),))


@pytest.mark.parametrize("name", [*ASKED, "prompt", "invented", "a name that is not fit to quote"])
def test_parameters_are_not_included_more_than_once(name: str) -> None:
    """RFC 6749 §3.1."""
    with pytest.raises(InvalidRequest, match="repeated"):
        read(also=((name, "one"), (name, "two")))


def test_a_missing_response_type_is_an_invalid_request() -> None:
    """RFC 6749 §3.1.1."""
    with pytest.raises(InvalidRequest, match="response_type is missing"):
        read(response_type=None)


@pytest.mark.parametrize(
    "response_type",
    ["token", "none", "Code", " code", "code code", "code id_token token token"],
)
def test_a_response_type_that_is_not_supported_is_told_by_its_own_error(response_type: str) -> None:
    """RFC 6749 §4.1.2.1 and RFC 9700 §2.1.2."""
    with pytest.raises(OAuthError) as refused:
        read(response_type=response_type)
    assert refused.value.error == "unsupported_response_type"


def test_the_response_mode_of_the_code_flow_may_be_asked_for_by_name() -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1."""
    assert read(response_mode="query") == read()


@pytest.mark.parametrize("response_mode", ["query.jwt", "web_message", "Query"])
def test_a_response_mode_that_is_not_listed_is_refused(response_mode: str) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1."""
    with pytest.raises(InvalidRequest, match="response_mode"):
        read(response_mode=response_mode)


def test_what_is_not_supported_is_said_by_name() -> None:
    """OpenID Connect Core 1.0 §7.2.1."""
    with pytest.raises(RegistrationNotSupported):
        read(also=(("registration", "{}"),))


def test_acr_values_are_wishes_and_stand_above_those_of_claims() -> None:
    """§3.1.2.1, §5.5.1.1."""
    wish = ("claims", '{"id_token": {"acr": {"values": ["gold"]}}}')
    assert read(also=(("acr_values", "1 2"),)).acr_values == ("1", "2")
    assert read(also=(wish,)).acr_values == ("gold",)
    assert read(also=(wish, ("acr_values", "1"))).acr_values == ("1",)
    assert read(also=(("acr_values", ""),)).acr_values == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("display", value) for value in ("page", "popup", "touch", "wap")),
        ("prompt", "create unheard"),
        ("ui_locales", "zh-CN en"),
        ("claims_locales", "de"),
        ("login_hint", "buffy@example.com"),
        ("access_type", "offline"),
        ("audience", "api"),
        ("extra", "foobar"),
        ("code_verifier", "x"),
    ],
)
def test_unrecognized_request_parameters_are_ignored(name: str, value: str) -> None:
    """RFC 6749 §3.1 and OpenID Connect Core 1.0 §15.1."""
    assert read(also=((name, value),)) == read()


def test_a_resource_may_come_more_than_once() -> None:
    """RFC 8707 §2."""
    both = (("resource", "https://a.example"), ("resource", "https://b.example"))
    assert read(also=both) == read()


def test_prompt_max_age_and_the_hint_are_read() -> None:
    """OpenID Connect Core 1.0 §3.1.2.1."""
    asked = read(prompt="login consent", max_age="0", id_token_hint="a.b.c")
    assert asked.prompt == {"login", "consent"}
    assert (asked.max_age, asked.id_token_hint) == (0, "a.b.c")
    assert read(prompt="none").prompt == {"none"}


@pytest.mark.parametrize("max_age", ["-1", "1.5", "soon", "\u0661", "1" * 10])
def test_max_age_is_a_number_of_seconds(max_age: str) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1."""
    with pytest.raises(InvalidRequest, match="max_age"):
        read(max_age=max_age)


def test_a_request_without_max_age_has_that_of_its_client() -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2, default_max_age."""
    client = examples.client(default_max_age=60)
    assert read(client).max_age == 60
    assert read(client, max_age="5").max_age == 5


@pytest.mark.parametrize("response_type", RESPONSE_TYPES_SUPPORTED)
def test_the_order_of_a_response_type_does_not_matter(response_type: str) -> None:
    """RFC 6749 §3.1.1."""
    client = examples.client(response_types=(response_type,))
    backwards = " ".join(reversed(response_type.split(" ")))
    assert read(client, response_type=backwards).response_type == set(response_type.split(" "))


@pytest.mark.parametrize("response_type", [t for t in RESPONSE_TYPES_SUPPORTED if t != "code"])
def test_a_response_type_is_for_clients_that_registered_it(response_type: str) -> None:
    """RFC 6749 §4.1.2.1; the answer would be in the fragment, and so is the error."""
    with pytest.raises(OAuthError) as refused:
        read(response_type=response_type)
    assert refused.value.error == "unauthorized_client"
    parameters = examples.sent(ASKED | {"response_type": response_type})
    assert verify_redirection(parameters, CLIENT).response_mode == "fragment"


@pytest.mark.parametrize("response_type", [t for t in RESPONSE_TYPES_SUPPORTED if "id_token" in t])
def test_an_id_token_of_the_front_channel_needs_nonce_and_openid(response_type: str) -> None:
    """OpenID Connect Core 1.0 §3.2.2.1."""
    client = examples.client(response_types=(response_type,))
    with pytest.raises(InvalidRequest, match="nonce is missing"):
        read(client, response_type=response_type, nonce=None)
    with pytest.raises(InvalidRequest, match="openid"):
        read(client, response_type=response_type, scope="email")


def test_pkce_is_for_codes() -> None:
    """RFC 7636 §4.3: a public client that asks for no code has nothing to prove."""
    public = examples.client(client_secret_hash=None, response_types=("id_token",))
    assert read(public, response_type="id_token").code_challenge is None


@pytest.mark.parametrize("response_mode", ["query", "fragment", "form_post"])
def test_a_code_travels_by_the_way_that_was_asked_for(response_mode: str) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode."""
    assert read(response_mode=response_mode).redirection.response_mode == response_mode


def test_a_token_travels_in_no_query() -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §5."""
    client = examples.client(response_types=("code token",))
    with pytest.raises(InvalidRequest, match="response_mode"):
        read(client, response_type="code token", response_mode="query")


@pytest.mark.parametrize("prompt", ["none login", "consent none", "none none", "none "])
def test_prompt_none_stands_alone(prompt: str) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1."""
    with pytest.raises(InvalidRequest, match="prompt"):
        read(prompt=prompt)


def test_scope_is_narrowed_to_what_the_client_may_ask_for() -> None:
    """RFC 6749 §3.3."""
    narrow = examples.client(scope=("openid", "email"))
    assert read(narrow, scope="email groups openid profile").scope == ("openid", "email")


def test_pkce_is_required_of_public_clients() -> None:
    """RFC 9700 §2.1.1, RFC 8252 §8.1."""
    public = examples.client(client_secret_hash=None)
    with pytest.raises(InvalidRequest, match="PKCE is required"):
        read(public)
    request = read(public, code_challenge=CODE_CHALLENGE, code_challenge_method="S256")
    assert request.code_challenge == CODE_CHALLENGE


def test_pkce_is_open_to_confidential_clients() -> None:
    """RFC 9700 §2.1.1: recommended, and not sent by every consumer."""
    request = read(code_challenge=CODE_CHALLENGE, code_challenge_method="S256")
    assert request.code_challenge == CODE_CHALLENGE


@given(changed=st.fixed_dictionaries({}, optional=dict.fromkeys(REMEMBERED, examples.TEXT)))
def test_what_is_remembered_of_a_request_is_enough_to_answer_it(changed: dict[str, str]) -> None:
    """A pending request is read again when the person comes back: it must read the same."""
    parameters = examples.sent(ASKED | changed | {"redirect_uri": REDIRECT_URI, "prompt": "login"})
    kept = Parameters({name: v for name, v in parameters.values.items() if name in REMEMBERED})
    assert outcome(kept) == outcome(parameters)


def outcome(parameters: Parameters) -> Any:
    try:
        redirection = verify_redirection(parameters, CLIENT)
        return read_authorization_request(parameters, CLIENT, redirection)
    except OAuthError as error:
        return error.error, error.description
