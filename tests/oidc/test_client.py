"""RFC 6749 §2 and RFC 7591 §2."""

import pytest

from bridge.oidc.client import Client
from bridge.oidc.scope import DEFAULT_SCOPE
from tests.oidc import examples


def test_a_client_without_a_secret_is_public() -> None:
    """RFC 6749 §2.1."""
    assert examples.client(client_secret_hash=None).is_public
    assert not examples.client().is_public


def test_what_a_client_does_not_say_is_what_most_consumers_need() -> None:
    """RS256, web and every method are the defaults of the specifications; the rest is ours."""
    plain = Client(client_id="rp", client_name="RP", redirect_uris=("https://rp.example/cb",))
    assert plain.id_token_signed_response_alg == "RS256"
    assert plain.application_type == "web"
    assert plain.token_endpoint_auth_method is None
    assert plain.claims_in_id_token == "scope"
    assert plain.scope == DEFAULT_SCOPE


@pytest.mark.parametrize("ids", [("somebody", None), ("somebody", "unionid"), (None,)])
def test_a_client_open_to_anyone_admits_anyone(ids: tuple[str | None, ...]) -> None:
    assert examples.client(access=None).admits(*ids, groups=())


@pytest.mark.parametrize(
    ("ids", "admitted"),
    [
        (("subject", None), True),
        (("other", "unionid"), True),
        (("other", None), False),
        (("other", "Unionid"), False),
        (("", None), False),
        ((), False),
    ],
)
def test_a_client_with_a_list_admits_those_on_it(
    ids: tuple[str | None, ...],
    admitted: bool,  # noqa: FBT001 - the outcome
) -> None:
    """An id that is not known is not the empty text that somebody may have put on the list."""
    assert examples.client(access=("subject", "unionid", "")).admits(*ids, groups=()) is admitted


def test_an_empty_list_admits_nobody() -> None:
    assert not examples.client(access=()).admits("subject", "unionid", groups=())


def test_a_client_that_signs_with_keys_of_its_own_is_not_public() -> None:
    """RFC 6749 §2.1: these are credentials, although there is no secret."""
    by_key = examples.client(client_secret_hash=None, token_endpoint_auth_method="private_key_jwt")
    by_sealed_secret = examples.client(client_secret_hash=None, client_secret_sealed="sealed")
    assert not by_key.is_public
    assert not by_sealed_secret.is_public
