"""OpenID Connect Core 1.0 §5.1, §5.1.1, §5.7: what an operator may write down of a person."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.claims import CLAIMS_OF_SCOPE
from bridge.oidc.standard_claims import READERS, UnfitClaim, read_standard_claim


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("name", " 张伟 ", "张伟"),
        ("profile", "https://a.example/z", "https://a.example/z"),
        ("website", "http://a.example", "http://a.example"),
        ("picture", "https://a.example/z.png", "https://a.example/z.png"),
        ("birthdate", "1990-01-31", "1990-01-31"),
        ("birthdate", "0000-01-31", "0000-01-31"),
        ("birthdate", "1990", "1990"),
        ("zoneinfo", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("locale", "zh-Hant-TW", "zh-Hant-TW"),
        ("email", "Zhang.Wei+x@Example.com", "Zhang.Wei+x@Example.com"),
        ("email_verified", "true", True),
        ("phone_number", "+1 (604) 555-1234;ext=5678", "+1 (604) 555-1234;ext=5678"),
        ("phone_number_verified", "false", False),
        ("address", "1 Road, Beijing", {"formatted": "1 Road, Beijing"}),
        (
            "address",
            '{"locality": "Beijing", "country": "CN"}',
            {"locality": "Beijing", "country": "CN"},
        ),
    ],
)
def test_a_claim_is_read_as_the_json_type_that_it_has(name: str, text: str, value: Any) -> None:
    assert read_standard_claim(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", " "),
        ("name", "NULL"),
        ("name", "two\nlines"),
        ("name", "n" * 1_001),
        ("picture", "http://a.example/z.png"),
        ("picture", "data:image/png;base64,AA"),
        ("website", "javascript:alert(1)"),
        ("profile", "https://"),
        ("birthdate", "31.1.1990"),
        ("birthdate", "1990-13-01"),
        ("zoneinfo", "+08:00"),
        ("locale", "zh_CN"),
        ("email", "zhang"),
        ("email", "zhang@"),
        ("email", "a b@example.com"),
        ("email_verified", "yes"),
        ("phone_number", "010 1234"),
        ("phone_number_verified", "1"),
        ("address", "{"),
        ("address", "{}"),
        ("address", '{"planet": "Earth"}'),
        ("address", '{"country": ""}'),
        ("address", '{"country": 1}'),
    ],
)
def test_what_consumers_would_stumble_over_is_refused(name: str, text: str) -> None:
    with pytest.raises(UnfitClaim):
        read_standard_claim(name, text)


@given(st.sampled_from(sorted(READERS)), st.text())
def test_whatever_is_written_down_is_read_or_refused(name: str, text: str) -> None:
    try:
        value = read_standard_claim(name, text)
    except UnfitClaim:
        return
    assert value not in ("", None)


def test_every_claim_that_can_be_written_down_belongs_to_a_scope() -> None:
    """Core §5.4."""
    assert READERS.keys() <= {name for names in CLAIMS_OF_SCOPE.values() for name in names}
