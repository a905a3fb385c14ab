"""OpenID Connect Core 1.0 §3.1.2.1 and §3.1.2.3."""

from dataclasses import replace
from typing import Any

import pytest

from bridge.oidc.authentication import (
    ACR,
    ACR_VALUES,
    SILENT_ACR,
    Standing,
    Step,
    check_acr,
    expected_subject,
    next_step,
    with_possible_acr,
)
from bridge.oidc.authorization_request import AuthorizationRequest, RedirectionEndpoint
from bridge.oidc.claims_request import NO_CLAIMS, ClaimsRequest
from bridge.oidc.errors import InvalidRequest, LoginRequired, OAuthError
from tests.oidc import examples

SESSION = examples.SESSION
SUBJECT = SESSION.account.subject


def asked(*prompt: str, **members: Any) -> AuthorizationRequest:
    known: dict[str, Any] = {
        "redirection": RedirectionEndpoint("rp", examples.REDIRECT_URI, None),
        "response_type": frozenset({"code"}),
        "scope": ("openid",),
        "claims": NO_CLAIMS,
        "code_challenge": None,
        "nonce": None,
        "prompt": frozenset(prompt),
        "max_age": None,
        "id_token_hint": None,
    }
    return AuthorizationRequest(**known | members)


def here(after: int = 0, **more: bool) -> Standing:
    """Somebody who signed in so many seconds ago."""
    return Standing(session=SESSION, subject=SUBJECT, now=SESSION.auth_time + after, **more)


NOBODY = Standing(session=None, subject=None, now=SESSION.auth_time)


def test_who_is_signed_in_is_answered_for() -> None:
    """§3.1.2.3."""
    assert next_step(asked(), None, here(1_000_000)) is Step.ANSWER
    assert next_step(asked("none"), None, here()) is Step.ANSWER
    assert next_step(asked("consent"), None, here()) is Step.ANSWER


def test_who_is_not_signs_in() -> None:
    """§3.1.2.3; with prompt none, which shows nothing, it is an error."""
    assert next_step(asked(), None, NOBODY) is Step.SIGN_IN
    with pytest.raises(LoginRequired):
        next_step(asked("none"), None, NOBODY)


@pytest.mark.parametrize("prompt", [("login",), ("login", "select_account")])
def test_a_prompt_asks_again_and_once(prompt: tuple[str, ...]) -> None:
    """§3.1.2.1: a session that was made for this request is what it asked for."""
    assert next_step(asked(*prompt), None, here()) is Step.SIGN_IN
    assert next_step(asked(*prompt), None, here(is_chosen=True)) is Step.SIGN_IN
    assert next_step(asked(*prompt), None, here(is_fresh=True)) is Step.ANSWER


def test_who_is_to_choose_an_account_chooses_once() -> None:
    """§3.1.2.1: the one that is signed in, or another; a sign-in for this request was a choice."""
    wanted = asked("select_account")
    assert next_step(wanted, None, NOBODY) is Step.SIGN_IN
    assert next_step(wanted, None, here()) is Step.CHOOSE_ACCOUNT
    assert next_step(wanted, "another", here()) is Step.SIGN_IN_AS_OTHER
    assert next_step(wanted, None, here(is_chosen=True)) is Step.ANSWER
    assert next_step(wanted, None, here(is_fresh=True)) is Step.ANSWER


def test_a_choice_makes_no_sign_in_newer() -> None:
    """§3.1.2.1: max_age asks for a sign-in of its own."""
    wanted = asked("select_account", max_age=10)
    assert next_step(wanted, None, here(10, is_chosen=True)) is Step.ANSWER
    assert next_step(wanted, None, here(11, is_chosen=True)) is Step.SIGN_IN


@pytest.mark.parametrize(
    ("max_age", "after", "step"),
    [(10, 10, Step.ANSWER), (10, 11, Step.SIGN_IN), (1, 0, Step.ANSWER)],
)
def test_max_age_is_how_old_a_sign_in_may_be(max_age: int, after: int, step: Step) -> None:
    """§3.1.2.1."""
    assert next_step(asked(max_age=max_age), None, here(after)) is step


@pytest.mark.parametrize("after", [0, 1])
def test_a_max_age_of_zero_is_prompt_login(after: int) -> None:
    """§3.1.2.1: "max_age=0 is equivalent to prompt=login", within the same second too."""
    assert next_step(asked(max_age=0), None, here(after)) is Step.SIGN_IN
    assert next_step(asked(max_age=0), None, here(after, is_fresh=True)) is Step.ANSWER
    with pytest.raises(LoginRequired):
        next_step(asked("none", max_age=0), None, here(after))


def test_another_person_than_the_one_that_is_wanted_is_not_answered_for() -> None:
    """§3.1.2.2."""
    assert next_step(asked(), SUBJECT, here()) is Step.ANSWER
    assert next_step(asked(), "another", here()) is Step.SIGN_IN_AS_OTHER
    with pytest.raises(LoginRequired):
        next_step(asked("none"), "another", here())


def test_claims_and_hint_say_who_is_wanted() -> None:
    """§3.1.2.1, §5.5.1."""
    client = examples.client()
    hint = {"sub": "a", "aud": client.client_id}
    by_claims = ClaimsRequest(subject="a")
    assert expected_subject(asked(), None, client) is None
    assert expected_subject(asked(claims=by_claims), None, client) == "a"
    assert expected_subject(asked(id_token_hint="h"), hint, client) == "a"
    assert expected_subject(asked(id_token_hint="h", claims=by_claims), hint, client) == "a"


@pytest.mark.parametrize("hint", [None, {"sub": "a"}, {"sub": "a", "aud": "another"}])
def test_a_hint_that_is_not_ours_for_this_client_is_refused(hint: dict[str, Any] | None) -> None:
    with pytest.raises(InvalidRequest, match="id_token_hint"):
        expected_subject(asked(id_token_hint="h"), hint, examples.client())


def test_nobody_is_two_people() -> None:
    client = examples.client()
    two = asked(id_token_hint="h", claims=ClaimsRequest(subject="b"))
    with pytest.raises(InvalidRequest, match="two different subjects"):
        expected_subject(two, {"sub": "a", "aud": client.client_id}, client)


@pytest.mark.parametrize("values", [(), (ACR,), ("gold", ACR)])
def test_an_essential_acr_that_a_sign_in_can_have_is_met(values: tuple[str, ...]) -> None:
    """§5.5.1.1."""
    check_acr(asked(claims=ClaimsRequest(acr_values=values)), (ACR, SILENT_ACR))


@pytest.mark.parametrize(
    ("prompt", "error"),
    [((), "unmet_authentication_requirements"), (("none",), "login_required")],
)
@pytest.mark.parametrize(("wanted", "possible"), [("gold", ACR_VALUES), (ACR, (SILENT_ACR,))])
def test_an_essential_acr_that_nobody_has_fails(
    prompt: tuple[str, ...], error: str, wanted: str, possible: tuple[str, ...]
) -> None:
    """§5.5.1.1: treated as a failed authentication attempt."""
    with pytest.raises(OAuthError) as refused:
        with_possible_acr(asked(*prompt, claims=ClaimsRequest(acr_values=(wanted,))), possible)
    assert refused.value.error == error


@pytest.mark.parametrize(("has", "step"), [(ACR, Step.ANSWER), (SILENT_ACR, Step.SIGN_IN)])
@pytest.mark.parametrize("is_essential", [True, False])
def test_who_was_not_asked_signs_in_again_where_that_is_wanted(
    *, has: str, step: Step, is_essential: bool
) -> None:
    """§5.5.1.1, §3.1.2.1: a sign-in that was made for this request is as good as it gets."""
    members: dict[str, Any] = {"acr_values": (ACR,)}
    if is_essential:
        members = {"claims": ClaimsRequest(acr_values=(ACR,))}
    session = replace(SESSION, acr=has)
    standing = replace(here(), session=session)
    assert next_step(asked(**members), None, standing) is step
    assert next_step(asked(**members), None, replace(standing, is_fresh=True)) is Step.ANSWER


@pytest.mark.parametrize("wished", [(ACR, SILENT_ACR), (SILENT_ACR,)])
def test_to_a_wish_a_stronger_acr_will_do(wished: tuple[str, ...]) -> None:
    for has in wished if ACR in wished else ACR_VALUES:
        standing = replace(here(), session=replace(SESSION, acr=has))
        assert next_step(asked(acr_values=wished), None, standing) is Step.ANSWER


def test_a_wish_is_nothing_where_nothing_may_be_shown_and_an_essential_acr_is() -> None:
    standing = replace(here(), session=replace(SESSION, acr=SILENT_ACR))
    assert next_step(asked("none", acr_values=(ACR,)), None, standing) is Step.ANSWER
    with pytest.raises(LoginRequired):
        next_step(asked("none", claims=ClaimsRequest(acr_values=(ACR,))), None, standing)


def test_a_wish_that_nobody_can_grant_is_dropped() -> None:
    """§3.1.2.1: acr_values are voluntary."""
    wished = asked(acr_values=("gold", ACR, SILENT_ACR))
    assert with_possible_acr(wished, (SILENT_ACR,)).acr_values == (SILENT_ACR,)
    assert with_possible_acr(wished, ()).acr_values == ()


def test_a_session_of_a_time_without_acr_is_not_what_is_essential() -> None:
    standing = replace(here(), session=replace(SESSION, acr=None))
    wanted = asked(claims=ClaimsRequest(acr_values=(ACR,)))
    assert next_step(wanted, None, standing) is Step.SIGN_IN
