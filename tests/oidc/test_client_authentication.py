"""OpenID Connect Core 1.0 §9, RFC 6749 §2.3."""

from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import AuthMethod, Client
from bridge.oidc.client_authentication import (
    authenticate_client,
    read_client_credentials,
)
from bridge.oidc.errors import InvalidClient, InvalidRequest, OAuthError
from tests.oidc import examples
from tests.oidc.examples import SECRET, basic

NOW = 1_800_000_000

CLIENT = examples.client()
PUBLIC = examples.client(client_secret_hash=None)
OTHER = examples.client(client_id="other", client_secret_hash=token_hash("other secret"))

# RFC 6749 appendix B: U+0020, U+0025, U+0026, U+002B, U+00A3, U+20AC
APPENDIX_B = " %&+£€"

SECRETS = st.text(
    st.sampled_from("%+:&=ab29 ~é张🐼") | st.characters(codec="utf-8"), min_size=1, max_size=40
)


def authenticate(
    client: Client | None = CLIENT, authorization: str | None = None, **sent: str | None
) -> Client:
    credentials = read_client_credentials(examples.sent(sent), authorization)
    return authenticate_client(client, credentials, now=NOW)


def test_the_basic_credentials_of_the_specification_are_read() -> None:
    """RFC 6749 §2.3.1, the example."""
    authorization = "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    credentials = read_client_credentials(examples.sent({}), authorization)
    assert (credentials.client_id, credentials.method) == ("s6BhdRkqt3", "client_secret_basic")
    assert authenticate(authorization=authorization) == CLIENT


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "Basic "])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    """RFC 9110 §11.1."""
    authorization = basic(f"s6BhdRkqt3:{SECRET}").replace("Basic", scheme)
    assert authenticate(authorization=authorization) == CLIENT


def test_a_secret_is_form_encoded_in_basic_credentials() -> None:
    """RFC 6749 §2.3.1 and appendix B, the example."""
    client = examples.client(client_secret_hash=token_hash(APPENDIX_B))
    assert authenticate(client, basic("s6BhdRkqt3:+%25%26%2B%C2%A3%E2%82%AC")) == client


def test_a_client_id_is_form_encoded_in_basic_credentials() -> None:
    """RFC 6749 §2.3.1: a colon in it would end it."""
    credentials = read_client_credentials(examples.sent({}), basic("https%3A%2F%2Frp:x"))
    assert credentials.client_id == "https://rp"


@given(SECRETS)
@example("a+b")
@example("100%41")
@example("a:b=%")
@example("密码 +%C3%A9")
def test_a_secret_is_read_in_both_spellings(secret: str) -> None:
    """RFC 6749 §2.3.1 has it form-encoded; Nextcloud, Cloudflare and others send it raw."""
    client = examples.client(client_secret_hash=token_hash(secret))
    assert authenticate(client, basic(f"s6BhdRkqt3:{quote_plus(secret)}")) == client
    assert authenticate(client, basic(f"s6BhdRkqt3:{secret}")) == client


@given(SECRETS, SECRETS)
def test_another_secret_is_refused_in_every_spelling(secret: str, other: str) -> None:
    """RFC 6749 §5.2."""
    client = examples.client(client_secret_hash=token_hash(secret))
    for presented in (other, quote_plus(other)):
        spelt_alike = basic(f"s6BhdRkqt3:{presented}") in {
            basic(f"s6BhdRkqt3:{spelling}") for spelling in (secret, quote_plus(secret))
        }
        credentials = read_client_credentials(examples.sent({}), basic(f"s6BhdRkqt3:{presented}"))
        assume(not spelt_alike and secret not in credentials.client_secrets)
        with pytest.raises(InvalidClient):
            authenticate_client(client, credentials, now=NOW)


@given(SECRETS.filter(lambda secret: "\0" not in secret))
def test_a_secret_in_the_body_is_read_as_it_is(secret: str) -> None:
    """RFC 6749 §2.3.1."""
    client = examples.client(client_secret_hash=token_hash(secret))
    assert authenticate(client, client_id="s6BhdRkqt3", client_secret=secret) == client


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic czZCa",
        "Basic czZC\u00e9",
        "Basic /w==",
        basic("no colon"),
        basic(":no client_id"),
        basic("nul%00:secret"),
        basic("nul\0:secret"),
    ],
)
def test_malformed_basic_credentials_are_invalid_client(authorization: str) -> None:
    """RFC 7617 §2, RFC 6749 §5.2."""
    with pytest.raises(InvalidClient, match="malformed"):
        authenticate(authorization=authorization)


@given(st.text(), st.dictionaries(st.sampled_from(["client_id", "client_secret"]), examples.TEXT))
def test_whatever_is_sent_is_an_error_with_a_name(header: str, sent: dict[str, Any]) -> None:
    """RFC 6749 §5.2."""
    for authorization in (header, f"Basic {header}", basic(header)):
        with pytest.raises(OAuthError) as refused:
            authenticate(None, authorization, **sent)
        assert refused.value.error in {"invalid_client", "invalid_request"}


@pytest.mark.parametrize("authorization", ["Bearer token", "Digest x", "", "czZCaGRSa3F0Mw=="])
def test_another_scheme_is_not_an_authentication_of_clients(authorization: str) -> None:
    """RFC 6749 §5.2."""
    with pytest.raises(InvalidClient, match="Basic"):
        authenticate(authorization=authorization)


def test_a_client_uses_one_method_in_each_request() -> None:
    """RFC 6749 §2.3."""
    with pytest.raises(InvalidRequest, match="more than one way"):
        authenticate(authorization=basic(f"s6BhdRkqt3:{SECRET}"), client_secret=SECRET)


def test_a_client_id_may_be_repeated_beside_basic_credentials_if_it_is_the_same() -> None:
    """RFC 6749 §3.2.1; the libraries of Go send both."""
    authorization = basic(f"s6BhdRkqt3:{SECRET}")
    assert authenticate(authorization=authorization, client_id="s6BhdRkqt3") == CLIENT
    with pytest.raises(InvalidClient, match="differs"):
        authenticate(authorization=authorization, client_id="other")


def test_a_request_without_any_credentials_is_invalid_client() -> None:
    """RFC 6749 §5.2: "no client authentication included"."""
    with pytest.raises(InvalidClient, match="client_id is missing"):
        authenticate()


def test_a_repeated_secret_is_an_invalid_request() -> None:
    """RFC 6749 §3.2."""
    twice = examples.sent_in_order(
        [("client_id", "a"), ("client_secret", "b"), ("client_secret", "c")]
    )
    with pytest.raises(InvalidRequest, match="client_secret is repeated"):
        read_client_credentials(twice, None)


@pytest.mark.parametrize(
    ("authorization", "sent"),
    [
        (basic("s6BhdRkqt3:wrong"), {}),
        (basic("s6BhdRkqt3:"), {}),
        (None, {"client_id": "s6BhdRkqt3", "client_secret": "wrong"}),
        (None, {"client_id": "s6BhdRkqt3"}),
        (None, {"client_id": "s6BhdRkqt3", "client_secret": token_hash(SECRET)}),
        (None, {"client_id": "s6BhdRkqt3", "client_secret": "0" * 64}),
        (None, {"client_id": "s6BhdRkqt3", "client_secret": ""}),
    ],
)
def test_a_confidential_client_proves_who_it_is(
    authorization: str | None, sent: dict[str, str]
) -> None:
    """RFC 6749 §3.2.1; a client that does not exist is told the same."""
    with pytest.raises(InvalidClient) as wrong:
        authenticate(CLIENT, authorization, **sent)
    with pytest.raises(InvalidClient) as unknown:
        authenticate(None, authorization, **sent)
    assert wrong.value.description == unknown.value.description


def test_the_secret_of_another_client_is_refused() -> None:
    """RFC 6749 §2.3.1."""
    with pytest.raises(InvalidClient):
        authenticate(OTHER, basic(f"other:{SECRET}"))


def test_a_public_client_says_only_who_it_is() -> None:
    """OpenID Connect Core 1.0 §9, ``none``; an empty secret is an omitted one."""
    assert authenticate(PUBLIC, client_id="s6BhdRkqt3") == PUBLIC
    assert authenticate(PUBLIC, client_id="s6BhdRkqt3", client_secret="") == PUBLIC
    assert authenticate(PUBLIC, basic("s6BhdRkqt3:")) == PUBLIC


def test_an_empty_secret_is_no_secret_of_a_confidential_client() -> None:
    """RFC 6749 §2.3.1."""
    with pytest.raises(InvalidClient):
        authenticate(CLIENT, basic("s6BhdRkqt3:"))


@pytest.mark.parametrize(
    ("authorization", "sent"),
    [
        (basic("s6BhdRkqt3:anything"), {}),
        (None, {"client_id": "s6BhdRkqt3", "client_secret": "anything"}),
        (None, {"client_id": "s6BhdRkqt3", "client_secret": "0" * 64}),
    ],
)
def test_a_public_client_has_no_secret_to_prove(
    authorization: str | None, sent: dict[str, str]
) -> None:
    """RFC 6749 §2.3: whoever sends one expects it to be checked."""
    with pytest.raises(InvalidClient):
        authenticate(PUBLIC, authorization, **sent)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_client_that_registered_one_method_uses_no_other(method: AuthMethod) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2."""
    client = examples.client(token_endpoint_auth_method=method)
    in_body = {"client_id": "s6BhdRkqt3", "client_secret": SECRET}
    used: dict[str, tuple[str | None, dict[str, str]]] = {
        "client_secret_basic": (basic(f"s6BhdRkqt3:{SECRET}"), {}),
        "client_secret_post": (None, in_body),
    }
    authorization, sent = used.pop(method)
    assert authenticate(client, authorization, **sent) == client
    for authorization, sent in used.values():
        with pytest.raises(InvalidClient):
            authenticate(client, authorization, **sent)


def test_both_methods_work_for_a_client_that_registered_none() -> None:
    """Cognito only posts, Spring only uses the header, and neither can be told."""
    assert authenticate(authorization=basic(f"s6BhdRkqt3:{SECRET}")) == CLIENT
    assert authenticate(client_id="s6BhdRkqt3", client_secret=SECRET) == CLIENT


ASSERTION = {
    "client_assertion": examples.assertion(sub="s6BhdRkqt3"),
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}


def test_an_assertion_says_who_it_is_from() -> None:
    """RFC 7521 §4.2: client_id is not necessary beside it."""
    for sent in (ASSERTION, ASSERTION | {"client_id": "s6BhdRkqt3"}):
        credentials = read_client_credentials(examples.sent(sent), None)
        assert credentials.client_id == "s6BhdRkqt3"
        assert credentials.method == "client_assertion"
        assert credentials.client_assertion == ASSERTION["client_assertion"]
        # It is no proof before its signature is verified.
        for client in (CLIENT, PUBLIC, None):
            with pytest.raises(InvalidClient):
                authenticate_client(client, credentials, now=NOW)


def test_a_client_id_beside_an_assertion_is_the_same() -> None:
    """RFC 7521 §4.2."""
    with pytest.raises(InvalidClient, match="differs"):
        read_client_credentials(examples.sent(ASSERTION | {"client_id": "other"}), None)


@pytest.mark.parametrize(
    ("authorization", "sent"),
    [
        (basic(f"s6BhdRkqt3:{SECRET}"), {}),
        (None, {"client_secret": SECRET}),
        (basic(f"s6BhdRkqt3:{SECRET}"), {"client_secret": SECRET}),
    ],
)
def test_an_assertion_is_one_method_too(authorization: str | None, sent: dict[str, str]) -> None:
    """RFC 6749 §2.3."""
    with pytest.raises(InvalidRequest, match="more than one way"):
        read_client_credentials(examples.sent(ASSERTION | sent), authorization)


@pytest.mark.parametrize("method", ["private_key_jwt", "client_secret_jwt"])
def test_who_is_registered_for_assertions_uses_nothing_else(method: AuthMethod) -> None:
    """OpenID Connect Core 1.0 §9: the secret of client_secret_jwt is never sent."""
    for members in ({"client_secret_hash": None, "client_secret_sealed": "sealed"}, {}):
        client = examples.client(token_endpoint_auth_method=method, **members)
        for authorization, sent in (
            (basic(f"s6BhdRkqt3:{SECRET}"), {}),
            (None, {"client_id": "s6BhdRkqt3", "client_secret": SECRET}),
            (None, {"client_id": "s6BhdRkqt3"}),
        ):
            with pytest.raises(InvalidClient):
                authenticate(client, authorization, **sent)


# A secret that was replaced

ROTATED = examples.client(
    former_client_secret_hash=token_hash("former"), former_client_secret_expires_at=NOW
)


def test_the_former_secret_is_good_until_its_grace_time_is_over() -> None:
    for present in (basic("s6BhdRkqt3:former"), basic(f"s6BhdRkqt3:{SECRET}")):
        credentials = read_client_credentials(examples.sent({}), present)
        assert authenticate_client(ROTATED, credentials, now=NOW - 1) == ROTATED
    former = read_client_credentials(examples.sent({}), basic("s6BhdRkqt3:former"))
    for late in (NOW, NOW + 1):
        with pytest.raises(InvalidClient):
            authenticate_client(ROTATED, former, now=late)


def test_a_former_secret_makes_no_public_client_confidential() -> None:
    client = examples.client(
        client_secret_hash=None,
        former_client_secret_hash=token_hash("former"),
        former_client_secret_expires_at=NOW + 1,
    )
    with pytest.raises(InvalidClient):
        authenticate(client, basic("s6BhdRkqt3:former"))
    assert authenticate(client, client_id="s6BhdRkqt3") == client


def test_no_time_is_no_grace() -> None:
    client = examples.client(former_client_secret_hash=token_hash("former"))
    with pytest.raises(InvalidClient):
        authenticate(client, basic("s6BhdRkqt3:former"))
