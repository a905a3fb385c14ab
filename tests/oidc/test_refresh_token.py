"""RFC 6749 §6, OpenID Connect Core 1.0 §11 and §12, RFC 9700 §4.14.2."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidGrant, InvalidScope
from bridge.oidc.refresh_token import (
    RefreshPolicy,
    RefreshToken,
    ReusedRefreshToken,
    Rotated,
    Use,
    check_refreshable,
    idle_limit,
    is_live,
    is_refreshable,
    judge_use,
    refreshed_scope,
)
from bridge.oidc.scope import SCOPES_SUPPORTED
from tests.oidc import examples

NOW = 1_700_000_000
POLICY = RefreshPolicy(lifetime=1_000, idle_lifetime=100, grace=10)
SCOPE = ("openid", "profile", "offline_access")
CLIENT = examples.client(scope=("openid", "profile", "email", "offline_access"))
PUBLIC = replace(CLIENT, client_secret_hash=None)
TOKEN = RefreshToken(
    grant=examples.grant(scope=SCOPE),
    session=examples.SESSION,
    issued_at=NOW,
    expires_at=NOW + 100,
    ends_at=NOW + 1_000,
)
ROTATED = replace(TOKEN, rotated=Rotated(NOW + 5, "sealed"), expires_at=TOKEN.ends_at)


def test_a_refresh_token_goes_with_a_grant_of_offline_access_only() -> None:
    """Core §11."""
    assert is_refreshable(TOKEN.grant)
    assert not is_refreshable(examples.grant(scope=("openid", "profile")))


def test_a_refresh_token_is_for_the_client_that_it_was_issued_to() -> None:
    """RFC 6749 §6."""
    assert check_refreshable(TOKEN, CLIENT) is TOKEN
    with pytest.raises(InvalidGrant):
        check_refreshable(TOKEN, replace(CLIENT, client_id="other"))
    with pytest.raises(InvalidGrant):
        check_refreshable(None, CLIENT)


def test_a_client_that_may_no_longer_have_refresh_tokens_has_none() -> None:
    with pytest.raises(InvalidGrant, match="no longer"):
        check_refreshable(TOKEN, examples.client(scope=("openid", "profile")))


@pytest.mark.parametrize("age", [0, 1, 99])
def test_a_public_clients_token_is_rotated_at_each_use(age: int) -> None:
    """RFC 9700 §4.14.2."""
    assert judge_use(TOKEN, PUBLIC, POLICY, now=NOW + age) is Use.ROTATE


@pytest.mark.parametrize(
    ("age", "use"), [(0, Use.KEEP), (70, Use.KEEP), (71, Use.ROTATE), (99, Use.ROTATE)]
)
def test_a_confidential_clients_token_is_rotated_when_it_is_old(age: int, use: Use) -> None:
    assert judge_use(TOKEN, CLIENT, POLICY, now=NOW + age) is use


def test_a_token_that_was_not_used_for_too_long_is_expired() -> None:
    for client in (CLIENT, PUBLIC):
        with pytest.raises(InvalidGrant, match="expired"):
            judge_use(TOKEN, client, POLICY, now=NOW + 100)


@pytest.mark.parametrize("token", [TOKEN, ROTATED])
def test_no_token_is_good_beyond_the_end_that_was_set_at_the_first_issue(
    token: RefreshToken,
) -> None:
    token = replace(token, expires_at=NOW + 2_000)
    with pytest.raises(InvalidGrant, match="expired"):
        judge_use(token, CLIENT, POLICY, now=NOW + 1_000)


@pytest.mark.parametrize("client", [CLIENT, PUBLIC])
def test_within_the_grace_time_the_same_successor_is_told_again(client: Client) -> None:
    assert judge_use(ROTATED, client, POLICY, now=NOW + 5) is Use.REPEAT
    assert judge_use(ROTATED, client, POLICY, now=NOW + 14) is Use.REPEAT


@pytest.mark.parametrize("late", [15, 16, 500, 999])
def test_a_use_after_the_grace_time_is_known_for_what_it_is(late: int) -> None:
    """RFC 9700 §4.14.2: also when the token itself would have expired long ago."""
    with pytest.raises(ReusedRefreshToken):
        judge_use(ROTATED, CLIENT, POLICY, now=NOW + late)


def test_without_grace_every_other_use_is_a_reuse() -> None:
    with pytest.raises(ReusedRefreshToken):
        judge_use(ROTATED, PUBLIC, replace(POLICY, grace=0), now=NOW + 5)


def test_the_newest_token_that_is_not_expired_is_live() -> None:
    assert is_live(TOKEN, now=NOW + 99)
    assert not is_live(TOKEN, now=NOW + 100)
    assert not is_live(ROTATED, now=NOW + 6)


@given(st.integers(0, 3_000))
def test_use_prolongs_a_token_up_to_its_end_and_never_beyond(passed: int) -> None:
    limit = idle_limit(POLICY, TOKEN.ends_at, now=NOW + passed)
    assert limit == min(NOW + passed + 100, NOW + 1_000)


def test_a_request_without_scope_is_for_all_that_was_granted() -> None:
    """RFC 6749 §6: "if omitted is treated as equal to the scope originally granted"."""
    assert refreshed_scope(None, SCOPE, CLIENT) == SCOPE


def test_a_scope_is_narrowed_in_any_order() -> None:
    """RFC 6749 §6."""
    assert refreshed_scope("profile openid", SCOPE, CLIENT) == ("openid", "profile")
    assert refreshed_scope("profile  profile", SCOPE, CLIENT) == ("profile",)


@pytest.mark.parametrize("scope", ["openid email", "email", "openid unheard", "OPENID", " "])
def test_a_scope_that_was_not_granted_is_refused(scope: str) -> None:
    """RFC 6749 §6: allowed to the client or not, known to us or not."""
    with pytest.raises(InvalidScope):
        refreshed_scope(scope, SCOPE, CLIENT)


def test_what_was_withdrawn_from_the_client_is_not_given_again() -> None:
    narrower = replace(CLIENT, scope=("openid", "offline_access"))
    assert refreshed_scope(None, SCOPE, narrower) == ("openid", "offline_access")
    assert refreshed_scope("openid profile", SCOPE, narrower) == ("openid",)
    with pytest.raises(InvalidScope):
        refreshed_scope("profile", SCOPE, narrower)


@given(st.sets(st.sampled_from(SCOPES_SUPPORTED)), st.none() | examples.TEXT)
def test_no_refresh_widens_a_scope(granted: set[str], requested: str | None) -> None:
    """RFC 6749 §6."""
    try:
        scope = refreshed_scope(requested, tuple(sorted(granted)), CLIENT)
    except InvalidScope:
        return
    assert scope
    assert set(scope) <= granted
