"""Groups: who belongs together here."""

from dataclasses import replace

import pytest

from bridge.oidc.claims import scope_claims
from bridge.oidc.client import UnfitClient
from bridge.oidc.extra_claims import read_extra_claim
from bridge.oidc.groups import UnfitGroup, check_group_name, check_person_id, groups_of
from bridge.oidc.id_token import Binding, Validity, id_token_claims
from bridge.oidc.jwt_access_token import access_token_claims
from bridge.oidc.userinfo import userinfo_claims
from tests.oidc import examples
from tests.oidc.examples import ACCOUNT, ISSUER, SESSION

STAFF = replace(SESSION, account=replace(ACCOUNT, groups=("wiki", "staff")))
DECLARED = {"admins": frozenset({ACCOUNT.handle}), "staff": frozenset({"somebody"})}
SOURCE = replace(examples.SOURCE, groups=DECLARED)
VALIDITY = Validity(ISSUER, 1_700_000_200, 3_600)


@pytest.mark.parametrize("name", ["staff", "a", "0", "team-a.b_c", "A" * 64])
def test_a_name_is_plain(name: str) -> None:
    check_group_name(name)


@pytest.mark.parametrize("name", ["", "-a", ".", "a b", "group:a", "a/b", "员工", "A" * 65, "a\n"])
def test_what_some_consumer_could_not_write_down_is_no_name(name: str) -> None:
    with pytest.raises(UnfitGroup):
        check_group_name(name)


@pytest.mark.parametrize("id_", ["", "a b", "group:a", "o" * 129, "o\n", "名"])
def test_nobody_is_named_so(id_: str) -> None:
    with pytest.raises(UnfitGroup):
        check_person_id(id_)


@pytest.mark.parametrize("id_", [ACCOUNT.subject, ACCOUNT.handle, SESSION.openid, SESSION.unionid])
def test_the_settings_name_somebody_by_any_id_of_theirs(id_: str) -> None:
    assert groups_of(SESSION, {"g": frozenset({id_, "another"})}) == ["g"]
    assert groups_of(SESSION, {"g": frozenset({id_.upper(), "another"})}) == []


def test_what_the_store_and_the_settings_say_is_one_list_in_order() -> None:
    assert groups_of(STAFF, DECLARED) == ["admins", "staff", "wiki"]
    both = DECLARED | {"staff": frozenset({ACCOUNT.subject})}
    assert groups_of(STAFF, both) == ["admins", "staff", "wiki"]


def test_who_is_in_no_group_has_an_empty_list() -> None:
    """Consumers crash where it is null, or is not there although they asked for it."""
    claims = scope_claims(("openid", "groups"), SESSION, examples.client(), examples.SOURCE)
    assert claims == {"groups": []}


def test_without_the_scope_value_nobody_is_told() -> None:
    assert "groups" not in scope_claims(("openid", "profile"), STAFF, examples.client(), SOURCE)


def test_every_token_and_userinfo_tell_the_same() -> None:
    client, grant = examples.client(), examples.grant(scope=("openid", "groups"))
    expected = ["admins", "staff", "wiki"]
    binding = Binding(nonce=None)
    id_token = id_token_claims(grant, STAFF, client, SOURCE, binding=binding, validity=VALIDITY)
    access_token = access_token_claims(
        grant, STAFF, client, SOURCE, token_id="j", validity=VALIDITY
    )
    assert id_token["groups"] == expected
    assert access_token["groups"] == expected
    assert userinfo_claims(grant, STAFF, client, SOURCE)["groups"] == expected
    told = examples.client(claims_in_id_token="none")
    id_token = id_token_claims(grant, STAFF, told, SOURCE, binding=binding, validity=VALIDITY)
    assert "groups" not in id_token
    plain = access_token_claims(
        examples.GRANT, STAFF, client, SOURCE, token_id="j", validity=VALIDITY
    )
    assert "groups" not in plain


def test_a_client_may_want_them_under_a_name_of_its_own() -> None:
    """MinIO reads a claim ``policy``."""
    client = examples.client(extra_claims={"policy": read_extra_claim("policy", "{groups}")})
    told = userinfo_claims(examples.grant(scope=("openid",)), STAFF, client, SOURCE)
    assert told["policy"] == ["admins", "staff", "wiki"]


@pytest.mark.parametrize("text", ["my {groups}", '["{groups}"]', '["a", "x{groups}"]'])
def test_a_list_is_no_part_of_a_text(text: str) -> None:
    with pytest.raises(UnfitClient, match="stands alone"):
        read_extra_claim("policy", text)
