"""How the secrets of clients are kept, changed and compared."""

from dataclasses import replace

import pytest

from bridge.client_secrets import ClientSecrets
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.sealing import BrokenSeal, Sealer

OLD, NEW = b"o" * 32, b"n" * 32

SENDS = Client(client_id="rp", client_name="RP", redirect_uris=("https://rp.example/cb",))
SIGNS = replace(SENDS, token_endpoint_auth_method="client_secret_jwt")


def test_a_secret_that_is_sent_is_kept_as_a_hash() -> None:
    for method in (None, "client_secret_basic", "client_secret_post"):
        sender = replace(SENDS, token_endpoint_auth_method=method, client_secret_sealed="former")
        kept = ClientSecrets([NEW]).keep(sender, "secret")
        assert (kept.client_secret_hash, kept.client_secret_sealed) == (token_hash("secret"), None)
        assert ClientSecrets([NEW]).open(kept, now=0) is None


def test_a_secret_that_signs_is_kept_sealed() -> None:
    """OpenID Connect Core 1.0 §10.1: its octets are the key of the MAC."""
    kept = ClientSecrets([NEW]).keep(replace(SIGNS, client_secret_hash="former"), "secret")
    assert kept.client_secret_hash is None
    assert ClientSecrets([NEW]).open(kept, now=0) == "secret"
    assert ClientSecrets([OLD]).open(kept, now=0) is None
    assert ClientSecrets([NEW]).open(replace(kept, client_id="other"), now=0) is None
    with pytest.raises(BrokenSeal):
        Sealer("pending", [NEW]).open(kept.client_secret_sealed or "", now=0)


def test_a_client_without_a_secret_has_none() -> None:
    for client in (SENDS, SIGNS):
        kept = ClientSecrets([NEW]).keep(replace(client, client_secret_hash="former"), None)
        assert (kept.client_secret_hash, kept.client_secret_sealed) == (None, None)


def test_a_secret_is_sealed_anew_by_the_first_of_ours() -> None:
    former = ClientSecrets([OLD]).keep(SIGNS, "secret")
    both = ClientSecrets([NEW, OLD])
    renewed = both.renew(former, now=0)
    assert ClientSecrets([NEW]).open(renewed, now=0) == "secret"
    assert both.renew(renewed, now=0) is renewed
    assert both.renew(SENDS, now=0) is SENDS
    assert ClientSecrets([NEW]).renew(former, now=0) is former


def test_a_secret_that_serves_the_method_stays() -> None:
    """A hash signs nothing, and the sealed text is sent by nobody."""
    secrets = ClientSecrets([NEW])
    sends, signs = secrets.keep(SENDS, "former"), secrets.keep(SIGNS, "former")
    assert secrets.give(sends, "new") == sends
    assert secrets.give(signs, "new") == signs
    changed = replace(sends, token_endpoint_auth_method="client_secret_jwt")
    assert secrets.open(secrets.give(changed, "new"), now=0) == "new"
    changed = replace(signs, token_endpoint_auth_method=None)
    assert secrets.give(changed, "new") == secrets.keep(SENDS, "new")
    for client in (sends, signs):
        nothing = secrets.give(client, None)
        assert (nothing.client_secret_hash, nothing.client_secret_sealed) == (None, None)


def test_a_secret_is_compared_however_it_is_kept() -> None:
    secrets = ClientSecrets([NEW])
    for client in (SENDS, SIGNS):
        kept = secrets.keep(client, "secret")
        assert secrets.fits(kept, "secret", now=0)
        for other in ("", "Secret", token_hash("secret"), "\ud800"):
            assert not secrets.fits(kept, other, now=0)
        assert not secrets.fits(secrets.keep(client, None), "secret", now=0)


@pytest.mark.parametrize("client", [SENDS, SIGNS])
def test_a_rotated_secret_leaves_the_former_one_good_for_a_while(client: Client) -> None:
    secrets = ClientSecrets([NEW])
    first = secrets.keep(client, "first")
    second = secrets.rotate(first, "second", now=1_000, grace=60)
    assert second.former_client_secret_expires_at == 1_060
    assert second.former_client_secret_hash == first.client_secret_hash
    assert second.former_client_secret_sealed == first.client_secret_sealed
    assert secrets.fits(second, "second", now=1_000)
    assert not secrets.fits(second, "first", now=1_000)
    third = secrets.rotate(second, "third", now=1_001, grace=60)
    assert third.former_client_secret_hash == second.client_secret_hash
    assert third.former_client_secret_sealed == second.client_secret_sealed
    assert secrets.rotate(second, "third", now=1_001, grace=0).has_former_secret(0) is False


def test_both_secrets_that_sign_are_opened_while_both_are_good() -> None:
    secrets = ClientSecrets([NEW])
    rotated = secrets.rotate(secrets.keep(SIGNS, "first"), "second", now=1_000, grace=60)
    assert secrets.every(rotated, now=1_059) == ("second", "first")
    assert secrets.every(rotated, now=1_060) == ("second",)
    assert secrets.every(SIGNS, now=0) == ()


def test_the_former_secret_is_sealed_anew_as_well() -> None:
    old = ClientSecrets([OLD])
    rotated = old.rotate(old.keep(SIGNS, "first"), "second", now=0, grace=60)
    renewed = ClientSecrets([NEW, OLD]).renew(rotated, now=0)
    assert ClientSecrets([NEW]).every(renewed, now=0) == ("second", "first")
    assert renewed.former_client_secret_expires_at == 60
    assert ClientSecrets([NEW]).renew(rotated, now=0) is rotated


def test_who_loses_their_secret_loses_the_former_one() -> None:
    secrets = ClientSecrets([NEW])
    rotated = secrets.rotate(secrets.keep(SENDS, "first"), "second", now=0, grace=60)
    assert secrets.give(rotated, None).former_client_secret_hash is None
    assert not secrets.give(rotated, None).has_former_secret(0)


def test_what_is_declared_again_is_not_sealed_again() -> None:
    secrets = ClientSecrets([NEW])
    known = secrets.keep(SIGNS, "secret")
    for wanted in (secrets.keep(SIGNS, "secret"), replace(known)):
        assert secrets.declared(known, wanted, now=0) == known
    renamed = replace(secrets.keep(SIGNS, "secret"), client_name="Other")
    assert secrets.declared(known, renamed, now=0) == replace(known, client_name="Other")
    for other in (secrets.keep(SIGNS, "another"), secrets.keep(SENDS, "secret")):
        assert secrets.declared(known, other, now=0) == other
    rotated = secrets.rotate(known, "secret", now=0, grace=60)
    assert secrets.declared(known, rotated, now=0) == rotated
