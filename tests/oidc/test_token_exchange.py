"""RFC 8693, with WeChat's one-time codes as subject tokens."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.client_consistency import check_client
from bridge.oidc.errors import (
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    OAuthError,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from bridge.oidc.token_exchange import (
    ExchangeDenied,
    TokenExchange,
    application_of,
    check_may_exchange,
    id_token_response,
    read_token_exchange,
)
from bridge.oidc.token_request import read_grant_type
from tests.oidc import examples

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
MOBILE_CODE = "urn:wechat-oidc:token-type:mobile-code"
MINI_PROGRAM_CODE = "urn:wechat-oidc:token-type:mini-program-code"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"

WECHAT_CODE = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P"
APP, GAME, PROGRAM = "wx00000000000000aa", "wx00000000000000ab", "wx00000000000000ac"
API = "https://api.example.com/"

SCOPE = ("openid", "profile", "email", "offline_access")
CLIENT = examples.client(
    client_secret_hash=None,
    grant_types=("authorization_code", GRANT_TYPE),
    scope=SCOPE,
    resources=(API,),
    wechat_applications=(APP,),
)

ASKED: dict[str, str | None] = {
    "grant_type": GRANT_TYPE,
    "subject_token": WECHAT_CODE,
    "subject_token_type": MOBILE_CODE,
}


def read(client: Client = CLIENT, /, **changed: str | None) -> TokenExchange:
    return read_token_exchange(examples.sent(ASKED | changed), client)


def refusal(**changed: str | None) -> str:
    with pytest.raises(OAuthError) as refused:
        read(**changed)
    return f"{refused.value.error}: {refused.value.description}"


# §2.1, the request


def test_the_least_that_can_be_asked_is_a_code_and_what_it_is() -> None:
    """§2.1; RFC 6749 §3.3 for the scope that is not asked for."""
    assert read() == TokenExchange(
        wechat_code=WECHAT_CODE,
        kind="mobile",
        appid=None,
        requested_token_type=ACCESS_TOKEN,
        scope=("openid", "profile", "email"),
        resources=(),
        nonce=None,
    )


def test_all_that_can_be_asked_is_read() -> None:
    asked = read(
        subject_token_type=MINI_PROGRAM_CODE,
        wechat_appid=PROGRAM,
        requested_token_type=REFRESH_TOKEN,
        scope="openid offline_access",
        resource=API,
        nonce="n-0S6_WzA2Mj",
    )
    assert asked == TokenExchange(
        wechat_code=WECHAT_CODE,
        kind="mini_program",
        appid=PROGRAM,
        requested_token_type=REFRESH_TOKEN,
        scope=("openid", "offline_access"),
        resources=(API,),
        nonce="n-0S6_WzA2Mj",
    )


@pytest.mark.parametrize("name", ["subject_token", "subject_token_type"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_required_parameter_that_is_missing_is_an_invalid_request(
    name: str, value: str | None
) -> None:
    """§2.1: REQUIRED."""
    assert refusal(**{name: value}) == f"invalid_request: {name} is missing"


@pytest.mark.parametrize(
    "name",
    [*("subject_token", "subject_token_type", "requested_token_type", "scope"), "wechat_appid"],
)
def test_a_parameter_that_is_repeated_is_an_invalid_request(name: str) -> None:
    """RFC 6749 §3.2."""
    pairs = [(n, v) for n, v in ASKED.items() if v is not None and n != name]
    parameters = examples.sent_in_order([*pairs, (name, "one"), (name, "two")])
    with pytest.raises(InvalidRequest, match=f"{name} is repeated"):
        read_token_exchange(parameters, CLIENT)


@pytest.mark.parametrize(
    "subject_token_type",
    [
        *(ACCESS_TOKEN, REFRESH_TOKEN, ID_TOKEN, "urn:ietf:params:oauth:token-type:jwt"),
        *("mobile-code", MOBILE_CODE.upper(), f"{MOBILE_CODE} {MINI_PROGRAM_CODE}"),
    ],
)
def test_nothing_but_a_code_of_wechats_is_taken(subject_token_type: str) -> None:
    """An access token of WeChat's least of all: any application has one of the same person."""
    told = f"invalid_request: subject_token_type must be {MOBILE_CODE} or {MINI_PROGRAM_CODE}"
    assert refusal(subject_token_type=subject_token_type) == told


@pytest.mark.parametrize(
    "subject_token", ["a b", "a/b", "a&appid=b", "é", "a" * 129, "87_abc.def", "a%0d%0ab"]
)
def test_what_cannot_be_a_code_is_told_as_one_that_wechat_rejects(subject_token: str) -> None:
    """§2.2.2: "invalid for any reason" is an invalid_request."""
    told = (
        "invalid_request: subject_token is invalid, used or expired: get another code from WeChat"
    )
    assert refusal(subject_token=subject_token) == told


@pytest.mark.parametrize("name", ["actor_token", "actor_token_type"])
def test_nobody_acts_for_another(name: str) -> None:
    """§1.1: delegation is not offered, and §2.2.2: so it is not passed over in silence."""
    told = f"invalid_request: {name} is not supported: nobody acts for another here"
    assert refusal(**{name: ACCESS_TOKEN}) == told


@pytest.mark.parametrize(
    "requested_token_type",
    ["urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:saml2", "id_token"],
)
def test_a_token_type_that_is_not_issued_is_an_invalid_request(requested_token_type: str) -> None:
    """§2.2.2."""
    told = refusal(requested_token_type=requested_token_type)
    assert told.startswith("invalid_request: requested_token_type must be one of: ")


def test_the_scope_is_narrowed_as_in_every_request() -> None:
    """RFC 6749 §3.3."""
    assert read(scope="openid address unknown").scope == ("openid",)
    assert refusal(scope="address").startswith("invalid_scope: ")


def test_an_id_token_needs_the_scope_openid_and_brings_no_refresh_token() -> None:
    """Core §3.1.2.1; §2.2.1: one temporary credential for another."""
    assert read(requested_token_type=ID_TOKEN, scope=" ".join(SCOPE)).scope == SCOPE[:-1]
    told = "invalid_scope: an ID Token needs the scope openid"
    assert refusal(requested_token_type=ID_TOKEN, scope="profile") == told


def test_a_refresh_token_needs_the_scope_offline_access() -> None:
    """Core §11."""
    told = "invalid_scope: a refresh token needs the scope offline_access"
    assert refusal(requested_token_type=REFRESH_TOKEN) == told


def test_a_target_is_named_by_resource_and_is_registered() -> None:
    """§2.2.2, RFC 8707 §2."""
    assert read(resource=API).resources == (API,)
    with pytest.raises(InvalidTarget):
        read(resource="https://other.example.com/")


def test_an_audience_is_the_client_itself_or_unknown() -> None:
    """§2.1: a logical name; §2.2.2: invalid_target."""
    assert read(audience=CLIENT.client_id) == read()
    for audience in ("other", f"{CLIENT.client_id} other"):
        assert refusal(audience=audience).startswith("invalid_target: ")


# Which application's code it is


@pytest.mark.parametrize("kind", ["mobile", "mini_program"])
def test_the_only_application_of_its_kind_need_not_be_named(kind: str) -> None:
    token_type = {"mobile": MOBILE_CODE, "mini_program": MINI_PROGRAM_CODE}[kind]
    appid = {"mobile": APP, "mini_program": PROGRAM}[kind]
    applications = {APP: "mobile", PROGRAM: "mini_program"}
    assert application_of(read(subject_token_type=token_type), applications) == appid
    named = read(subject_token_type=token_type, wechat_appid=appid)
    assert application_of(named, applications) == appid


def test_among_several_the_application_has_to_be_named() -> None:
    applications = {APP: "mobile", GAME: "mobile"}
    with pytest.raises(InvalidRequest, match="wechat_appid is missing"):
        application_of(read(), applications)
    assert application_of(read(wechat_appid=GAME), applications) == GAME


@pytest.mark.parametrize(
    ("appid", "told"),
    [
        (None, "the client has no application for this subject_token_type"),
        (APP, "wechat_appid is no application of this client"),
        (PROGRAM, "subject_token_type does not fit the application in wechat_appid"),
    ],
)
def test_an_application_of_others_or_of_another_kind_is_not_asked(
    appid: str | None, told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        application_of(read(wechat_appid=appid), {PROGRAM: "mini_program"})


# Who may


def test_the_grant_type_is_taken_where_there_is_something_to_exchange() -> None:
    """RFC 6749 §5.2."""
    sent = examples.sent(ASKED)
    assert read_grant_type(sent, exchanges=True) == GRANT_TYPE
    with pytest.raises(UnsupportedGrantType) as refused:
        read_grant_type(sent)
    assert "token-exchange" not in refused.value.description


def test_a_client_has_to_be_registered_for_it() -> None:
    """RFC 6749 §5.2: unauthorized_client."""
    check_may_exchange(CLIENT)
    with pytest.raises(UnauthorizedClient):
        check_may_exchange(examples.client())


@pytest.mark.parametrize(
    "members",
    [
        *({"is_self_registered": True}, {"consent": "remember"}, {"consent": "always"}),
        *({"wechat_applications": None}, {"wechat_applications": ()}),
    ],
    ids=str,
)
def test_a_client_that_does_not_fit_is_neither_registered_nor_let(members: dict[str, Any]) -> None:
    """There is no page on which people could be asked; and it says whose codes it brings."""
    client = replace(CLIENT, **members)
    with pytest.raises(UnfitClient):
        check_client(client)
    with pytest.raises(UnauthorizedClient):
        check_may_exchange(client)


# §2.2, the answer


def test_an_id_token_alone_stands_where_the_access_token_would() -> None:
    """§2.2.1: its token_type is not applicable."""
    assert id_token_response("eyJ", lifetime=60, scope=("openid", "email")) == {
        "access_token": "eyJ",
        "token_type": "N_A",
        "expires_in": 60,
        "scope": "openid email",
    }


def test_who_may_not_enter_is_told_apart_from_a_code_that_is_of_no_use() -> None:
    """RFC 8628 §7.3 registers access_denied for this endpoint; RFC 6749 §5.2: status 400."""
    denied = ExchangeDenied("no")
    assert (denied.error, denied.status) == ("access_denied", 400)


def test_scope_that_is_not_the_clients_is_never_granted() -> None:
    with pytest.raises(InvalidScope):
        read(examples.client(scope=("openid",)), scope="profile")
