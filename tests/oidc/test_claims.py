"""OpenID Connect Core 1.0 §5.1, §5.3.2 and §5.4."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.claims import claims_supported, display_name, scope_claims
from bridge.oidc.client import EmailVerified, Nickname
from bridge.oidc.id_token import Binding, Validity, id_token_claims
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.oidc.userinfo import userinfo_claims
from tests.oidc import examples
from tests.oidc.examples import ISSUER, SOURCE

NAMES = st.none() | st.text() | st.sampled_from(["null", "NULL", " Null ", " ", "\u3000", "None"])
# What an operator may have written down of a person: the whole of Core §5.1
WRITTEN_DOWN: dict[str, Any] = {
    "name": "Zhang Wei",
    "given_name": "Wei",
    "middle_name": "M.",
    "family_name": "Zhang",
    "profile": "https://people.example.com/zhang",
    "picture": "https://people.example.com/zhang.png",
    "website": "http://zhang.example.com/",
    "gender": "male",
    "birthdate": "1990-01-31",
    "zoneinfo": "Asia/Shanghai",
    "locale": "zh-CN",
    "email": "zhang@example.com",
    "email_verified": True,
    "phone_number": "+86 10 1234 5678",
    "phone_number_verified": False,
    "address": {"formatted": "Beijing"},
}

SCOPES = st.lists(st.sampled_from(SCOPES_SUPPORTED), unique=True).map(tuple)


@st.composite
def sign_ins(draw: st.DrawFn) -> Any:
    """A sign-in, the client and the scope, with every switch in every position."""
    session = examples.session(
        nickname=draw(NAMES),
        picture=draw(st.sampled_from([None, "https://thirdwx.qlogo.cn/a/132"])),
        unionid=draw(st.sampled_from([None, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"])),
    )
    client = examples.client(
        nickname=draw(st.sampled_from(["username", "display", "omit"])),
        email_verified=draw(st.sampled_from(["auto", "true", "false", "omit"])),
    )
    return session, client, draw(SCOPES)


@given(sign_ins())
def test_a_claim_is_never_null_never_blank_and_never_the_text_null(drawn: Any) -> None:
    """OpenID Connect Core 1.0 §5.3.2: what is not known is left out."""
    session, client, scope = drawn
    for name, value in scope_claims(scope, session, client, SOURCE).items():
        assert value is not None, name
        if isinstance(value, str):
            assert value.strip(), name
            assert value.strip().lower() != "null", name


@given(sign_ins())
def test_every_claim_has_the_json_type_of_the_specification(drawn: Any) -> None:
    """OpenID Connect Core 1.0 §5.1, table 1."""
    session, client, scope = drawn
    types = {"email_verified": bool, "updated_at": int, "groups": list}
    for name, value in scope_claims(scope, session, client, SOURCE).items():
        assert type(value) is types.get(name, str), name


@given(sign_ins())
def test_the_id_token_and_userinfo_never_disagree(drawn: Any) -> None:
    """Some consumers read one, some the other, some merge the two."""
    session, client, scope = drawn
    scope = ("openid", *(value for value in scope if value != "openid"))
    id_token = id_token_claims(
        examples.grant(scope=scope),
        session,
        client,
        SOURCE,
        binding=Binding(nonce="n", access_token="at"),
        validity=Validity(ISSUER, 0, 3600),
    )
    userinfo = userinfo_claims(examples.grant(scope=scope), session, client, SOURCE)
    assert {name: id_token[name] for name in userinfo} == userinfo
    own = {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr"}
    own |= {"at_hash", "sid"}
    assert id_token.keys() - own == userinfo.keys() - {"sub"}


@given(sign_ins())
def test_no_claim_is_made_that_discovery_does_not_list(drawn: Any) -> None:
    """OpenID Connect Discovery 1.0 §3."""
    session, client, scope = drawn
    told = scope_claims(scope, session, client, SOURCE).keys()
    assert told <= set(claims_supported(scope))


def test_every_claim_that_discovery_lists_is_made_for_a_person_of_whom_all_is_known() -> None:
    """OpenID Connect Discovery 1.0 §3: the list is no promise that is not kept."""
    id_token = id_token_claims(
        examples.grant(scope=SCOPES_SUPPORTED),
        examples.session(claims=WRITTEN_DOWN),
        examples.client(),
        SOURCE,
        binding=Binding(nonce="n", access_token="at", code="c"),
        validity=Validity(ISSUER, 0, 3600),
    )
    listed = claims_supported(SCOPES_SUPPORTED)
    assert id_token.keys() == set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("scope_value", "names"),
    [
        ("openid", set[str]()),
        (
            "profile",
            {"name", "given_name", "family_name", "preferred_username", "nickname", "picture"}
            | {"updated_at"},
        ),
        ("email", {"email", "email_verified"}),
        ("address", set[str]()),
        ("phone", set[str]()),
        ("wechat", {"wechat_openid", "wechat_appid", "wechat_unionid"}),
    ],
)
def test_a_scope_value_asks_for_its_own_claims_and_no_other(
    scope_value: str, names: set[str]
) -> None:
    """OpenID Connect Core 1.0 §5.4."""
    claims = scope_claims((scope_value,), examples.session(), examples.client(), SOURCE)
    assert claims.keys() == names


@given(st.permutations(SCOPES_SUPPORTED))
def test_the_order_of_scope_values_does_not_matter(scope: list[str]) -> None:
    """RFC 6749 §3.3."""
    one = scope_claims(tuple(scope), examples.session(), examples.client(), SOURCE)
    assert one == scope_claims(SCOPES_SUPPORTED, examples.session(), examples.client(), SOURCE)


def test_the_profile_of_a_person() -> None:
    """The name is WeChat's; the user names are ours, safe and unique."""
    claims = scope_claims(("profile",), examples.session(), examples.client(), SOURCE)
    assert claims == {
        "name": "张伟 🐼",
        "given_name": "张伟 🐼",
        "family_name": "WeChat",
        "preferred_username": "wxk3n7q2hd5apt",
        "nickname": "wxk3n7q2hd5apt",
        "picture": "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132",
        "updated_at": 1_700_000_000,
    }


@pytest.mark.parametrize("nickname", [None, "", " ", "null", "NULL", " nUll\n"])
def test_a_person_without_a_name_is_called_by_the_end_of_the_handle(nickname: str | None) -> None:
    """Dex aborts without a name, and consumers take the text null for none."""
    assert display_name(nickname, "wxk3n7q2hd5apt") == "WeChat user 5apt"


@pytest.mark.parametrize("nickname", ["nullus", "张伟", "None", "0"])
def test_a_person_is_called_what_they_call_themselves(nickname: str) -> None:
    assert display_name(nickname, "wxk3n7q2hd5apt") == nickname


def test_a_person_without_a_picture_gets_the_default_one() -> None:
    """A mapped claim that is absent aborts the sign-in at Casdoor."""
    session = examples.session(picture=None)
    claims = scope_claims(("profile",), session, examples.client(), SOURCE)
    assert claims["picture"] == "https://id.example.com/avatar/default.png"


@pytest.mark.parametrize(
    ("switch", "claim"),
    [("username", "wxk3n7q2hd5apt"), ("display", "张伟 🐼"), ("omit", None)],
)
def test_a_client_chooses_what_nickname_is(switch: Nickname, claim: str | None) -> None:
    """Read as a user name by authentik and Go's goth."""
    client = examples.client(nickname=switch)
    claims = scope_claims(("profile",), examples.session(), client, SOURCE)
    assert claims.get("nickname") == claim


def test_an_address_is_made_of_the_handle_and_the_operators_domain() -> None:
    """RFC 5322 §3.4.1: stable, unique, and syntactically an address."""
    claims = scope_claims(("email",), examples.session(), examples.client(), SOURCE)
    assert claims["email"] == "wxk3n7q2hd5apt@people.example.com"


@pytest.mark.parametrize(
    ("switch", "claim"), [("auto", False), ("true", True), ("false", False), ("omit", None)]
)
def test_a_client_chooses_what_email_verified_is(switch: EmailVerified, claim: bool | None) -> None:  # noqa: FBT001 - the claim's own type
    """Dex fails where it is absent, oauth2-proxy where it is false."""
    client = examples.client(email_verified=switch)
    claims = scope_claims(("email",), examples.session(), client, SOURCE)
    assert claims.get("email_verified") is claim


def test_a_unionid_that_wechat_did_not_give_is_left_out() -> None:
    session = examples.session(unionid=None)
    claims = scope_claims(("wechat",), session, examples.client(), SOURCE)
    assert claims == {"wechat_openid": session.openid, "wechat_appid": session.appid}


@given(sign_ins())
def test_claims_are_json(drawn: Any) -> None:
    """RFC 8259, in UTF-8."""
    session, client, scope = drawn
    claims = scope_claims(scope, session, client, SOURCE)
    assert json.loads(json.dumps(claims, ensure_ascii=False).encode()) == claims


def test_what_the_operator_has_written_down_goes_before_what_wechat_says() -> None:
    """§5.1; the user name and the time of change stay ours."""
    scope = ("profile", "email", "address", "phone")
    session = examples.session(claims=WRITTEN_DOWN)
    claims = scope_claims(scope, session, examples.client(), SOURCE)
    assert {name: claims[name] for name in WRITTEN_DOWN} == WRITTEN_DOWN
    assert claims["preferred_username"] == claims["nickname"] == examples.ACCOUNT.handle
    assert claims.keys() - WRITTEN_DOWN.keys() == {"preferred_username", "nickname", "updated_at"}


def test_a_name_that_is_written_down_is_the_given_name_unless_that_is_too() -> None:
    session = examples.session(claims={"name": "Zhang Wei"})
    claims = scope_claims(("profile",), session, examples.client(nickname="display"), SOURCE)
    assert claims["given_name"] == claims["nickname"] == "Zhang Wei"


@pytest.mark.parametrize(
    ("switch", "written", "told"),
    [
        ("auto", {"email": "z@example.com", "email_verified": True}, True),
        ("auto", {"email": "z@example.com"}, False),
        ("auto", {"email_verified": True}, False),
        ("false", {"email": "z@example.com", "email_verified": True}, False),
        ("true", {"email": "z@example.com"}, True),
        ("omit", {"email": "z@example.com", "email_verified": True}, None),
    ],
)
def test_an_address_is_verified_only_where_the_operator_says_so(
    switch: Any,
    written: dict[str, Any],
    told: bool | None,  # noqa: FBT001 - the outcome
) -> None:
    client = examples.client(email_verified=switch)
    claims = scope_claims(("email",), examples.session(claims=written), client, SOURCE)
    assert claims.get("email_verified") == told


def test_a_number_that_is_not_known_is_not_verified_either() -> None:
    session = examples.session(claims={"phone_number_verified": True})
    assert scope_claims(("phone",), session, examples.client(), SOURCE) == {}
