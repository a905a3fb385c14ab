"""RFC 9068."""

import pytest

from bridge.oidc.id_token import Validity
from bridge.oidc.jwt_access_token import access_token_claims, audience, is_jwt
from tests.oidc import examples
from tests.oidc.examples import ISSUER

API, CALENDAR = "https://api.example.com", "urn:example:calendar"
VALIDITY = Validity(ISSUER, 1_700_000_200, 3_600)


def test_a_client_has_such_tokens_where_it_wants_them_or_names_a_resource() -> None:
    assert not is_jwt(examples.client(), examples.GRANT)
    assert is_jwt(examples.client(access_token_format="jwt"), examples.GRANT)
    assert is_jwt(examples.client(), examples.grant(resources=(API,)))


@pytest.mark.parametrize(
    ("resources", "expected"),
    [((), ISSUER), ((API,), API), ((API, CALENDAR), [API, CALENDAR])],
)
def test_it_is_for_the_resources_and_by_default_for_us(
    resources: tuple[str, ...], expected: str | list[str]
) -> None:
    """§3."""
    assert audience(examples.grant(resources=resources), issuer=ISSUER) == expected


def test_its_claims_are_those_of_the_specification_and_none_about_the_person() -> None:
    """§2.2."""
    claims = access_token_claims(
        examples.grant(resources=(API,)),
        examples.SESSION,
        examples.client(),
        examples.SOURCE,
        token_id="j1",
        validity=VALIDITY,
    )
    assert claims == {
        "iss": ISSUER,
        "exp": 1_700_003_800,
        "aud": API,
        "sub": examples.ACCOUNT.subject,
        "client_id": examples.CLIENT.client_id,
        "iat": 1_700_000_200,
        "jti": "j1",
        "scope": "openid profile email wechat",
        "auth_time": 1_700_000_100,
        "amr": ["wechat", "qr"],
        "acr": "urn:wechat-oidc:acr:wechat",
    }


def test_what_is_not_known_is_left_out_and_a_pairwise_subject_stays_one() -> None:
    """§2.2.1; OpenID Connect Core 1.0 §8.1."""
    claims = access_token_claims(
        examples.GRANT,
        examples.session(acr=None),
        examples.client(subject_type="pairwise"),
        examples.SOURCE,
        token_id="j1",
        validity=VALIDITY,
    )
    assert "acr" not in claims
    assert claims["sub"] != examples.ACCOUNT.subject
