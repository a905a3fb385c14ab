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
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest, LoginRequired, OAuthError
from bridge.oidc.parameters import Parameters
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
        scope=("openid", "profile", "email"),
        code_challenge=None,
        nonce="n-0S6_WzA2Mj",
    )


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
    ["token", "id_token", "code id_token", "code token", "id_token token", "none", "Code", " code"],
)
def test_a_response_type_that_is_not_supported_is_told_by_its_own_error(response_type: str) -> None:
    """RFC 6749 §4.1.2.1 and RFC 9700 §2.1.2."""
    with pytest.raises(OAuthError) as refused:
        read(response_type=response_type)
    assert refused.value.error == "unsupported_response_type"


def test_the_response_mode_of_the_code_flow_may_be_asked_for_by_name() -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1."""
    assert read(response_mode="query") == read()


@pytest.mark.parametrize("response_mode", ["fragment", "form_post", "query.jwt", "web_message"])
def test_a_response_mode_that_is_not_listed_is_refused(response_mode: str) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices §2.1."""
    with pytest.raises(InvalidRequest, match="response_mode"):
        read(response_mode=response_mode)


@pytest.mark.parametrize(
    ("parameter", "error"),
    [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ],
)
def test_what_is_not_supported_is_said_by_name(parameter: str, error: str) -> None:
    """OpenID Connect Core 1.0 §6.1, §6.2 and §7.2.1: ignoring a request object is wrong."""
    with pytest.raises(OAuthError) as refused:
        read(also=((parameter, "eyJhbGciOiJub25lIn0.e30."),))
    assert refused.value.error == error


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("display", value) for value in ("page", "popup", "touch", "wap")),
        *(("prompt", value) for value in ("login", "consent", "select_account", "login consent")),
        ("ui_locales", "zh-CN en"),
        ("claims_locales", "de"),
        ("login_hint", "buffy@example.com"),
        ("acr_values", "1 2"),
        ("max_age", "1"),
        ("id_token_hint", "a.b.c"),
        ("claims", '{"userinfo":{"name":{"essential":true}}}'),
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


def test_prompt_none_is_answered_without_a_page() -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: nobody is signed in before they were at WeChat."""
    with pytest.raises(LoginRequired):
        read(prompt="none")


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
