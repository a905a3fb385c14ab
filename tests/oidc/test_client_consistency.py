"""Members of a client that are bad together, whoever registers it.

Most of it is seen in test_client_registration.
"""

from typing import Any

import pytest

from bridge.oidc.client import UnfitClient
from bridge.oidc.client_consistency import check_client
from tests.oidc import examples


@pytest.mark.parametrize("alg", [None, "none", "HS256"])
def test_what_is_not_signed_by_a_key_needs_none(alg: str | None) -> None:
    check_client(examples.client(request_object_signing_alg=alg))


def test_a_key_that_is_needed_may_be_anywhere() -> None:
    everywhere: tuple[dict[str, Any], ...] = (
        {"jwks": {"keys": []}},
        {"jwks_uri": "https://rp.example/keys"},
    )
    for keys in everywhere:
        check_client(examples.client(token_endpoint_auth_method="private_key_jwt", **keys))


def test_a_pairwise_client_has_a_sector() -> None:
    uris = ("https://a.example/", "https://b.example/")
    with pytest.raises(UnfitClient):
        check_client(examples.client(subject_type="pairwise", redirect_uris=uris))
