"""OpenID Connect Core 1.0 §8 and §8.1."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.subject import (
    check_sector,
    check_sector_document,
    is_told_alike,
    sector_identifier,
    subject_for_client,
    told_subject,
)
from bridge.wechat import WeChatIdentity, subject_for
from tests.oidc import examples

KEY = b"k" * 32
SECTOR = "https://sector.example.org/uris.json"


def pairwise(*redirect_uris: str, sector_identifier_uri: str | None = None) -> Client:
    return examples.client(
        subject_type="pairwise",
        redirect_uris=redirect_uris or (examples.REDIRECT_URI,),
        sector_identifier_uri=sector_identifier_uri,
    )


def test_a_public_client_is_told_the_subject_that_is_pinned() -> None:
    """§8: the same to all clients."""
    told = subject_for_client(examples.ACCOUNT, examples.client(), KEY)
    assert told == examples.ACCOUNT.subject


def test_a_pairwise_subject_is_26_lower_case_letters_and_digits() -> None:
    """§8.1: opaque, and told anew it is the same."""
    told = subject_for_client(examples.ACCOUNT, pairwise(), KEY)
    assert re.fullmatch("[a-z2-7]{26}", told)
    assert told == subject_for_client(examples.ACCOUNT, pairwise(), KEY)
    # Apps keep it for ever, so it is the same in every version.
    assert told == "f7a3u7ns3v2xulsfl42v7up2lx"


def test_another_person_sector_or_key_gives_another_subject() -> None:
    """§8.1: "different Sector Identifiers MUST result in different Subject Identifiers"."""
    told = {
        told_subject("a", pairwise(), KEY),
        told_subject("b", pairwise(), KEY),
        told_subject("a", pairwise("https://other.example.org/callback"), KEY),
        told_subject("a", pairwise(), b"another key"),
    }
    assert len(told) == 4


def test_clients_of_one_sector_are_told_the_same() -> None:
    """§8.1: the host, whatever port and path, or that of sector_identifier_uri."""
    host = examples.REDIRECT_URI.replace("/callback", ":8443/another")
    assert told_subject("a", pairwise(host), KEY) == told_subject("a", pairwise(), KEY)
    first = pairwise("https://a.example/cb", "https://b.example/cb", sector_identifier_uri=SECTOR)
    second = pairwise("com.example.app:/cb", sector_identifier_uri=SECTOR + "?2")
    assert told_subject("a", first, KEY) == told_subject("a", second, KEY)
    assert sector_identifier(pairwise("https://RP.example.org/")) == "rp.example.org"


@given(subject=st.text(min_size=1), other=st.text(min_size=1))
def test_no_pairwise_subject_is_an_opaque_one_under_the_same_key(subject: str, other: str) -> None:
    """The label tells them apart, so no app can learn the one by asking for the other."""
    identity = WeChatIdentity(
        appid="rp.example.org", platform_account="a", openid=subject, unionid=None
    )
    opaque = subject_for(identity, setting="opaque", subject_key=KEY)
    assert opaque not in {told_subject(text, pairwise(), KEY) for text in (subject, other)}


@pytest.mark.parametrize(
    ("before", "after", "alike"),
    [
        (examples.client(), examples.client(redirect_uris=("https://a.example/cb",)), True),
        (examples.client(), pairwise(), False),
        (pairwise(), examples.client(), False),
        (pairwise(), pairwise(examples.REDIRECT_URI, f"{examples.REDIRECT_URI}/2"), True),
        (pairwise(), pairwise("https://a.example/cb"), False),
        (pairwise(), pairwise(sector_identifier_uri=SECTOR), False),
    ],
)
def test_a_client_is_told_alike_while_type_and_sector_are_the_same(
    before: Client, after: Client, *, alike: bool
) -> None:
    """§8.1, §12.2."""
    assert is_told_alike(before, after) is alike


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (pairwise("https://a.example/cb", "https://b.example/cb"), "share one host"),
        (pairwise("com.example.app:/cb"), "has no host"),
        (pairwise(sector_identifier_uri="http://sector.example.org/"), "is https"),
        (pairwise(sector_identifier_uri="https:///uris.json"), "is https"),
        (pairwise(sector_identifier_uri="https://[/"), "malformed"),
        (pairwise(sector_identifier_uri="https://a@b.example/"), "user name"),
        (examples.client(sector_identifier_uri="sector.example.org"), "is https"),
    ],
)
def test_a_client_without_a_sector_is_refused(client: Client, why: str) -> None:
    """§8.1; Dynamic Client Registration 1.0 §5."""
    with pytest.raises(UnfitClient, match=why):
        check_sector(client)


@pytest.mark.parametrize(
    "client",
    [
        pairwise("https://a.example/cb", "https://A.example:8443/other"),
        pairwise("com.example.app:/cb", sector_identifier_uri=SECTOR),
        examples.client(redirect_uris=("https://a.example/cb", "https://b.example/cb")),
    ],
)
def test_a_client_with_a_sector_or_without_need_of_one_is_not(client: Client) -> None:
    check_sector(client)


@pytest.mark.parametrize("document", [["https://a.example/", "https://b.example/"]])
def test_the_sectors_document_lists_the_redirect_uris(document: object) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §5."""
    check_sector_document(document, ("https://b.example/",))
    check_sector_document(document, ("https://b.example/", "https://a.example/"))


@pytest.mark.parametrize(
    "document",
    [None, {}, "https://b.example/", ["https://b.example"], [], [["https://b.example/"]]],
)
def test_a_document_that_does_not_list_them_is_another_sectors(document: object) -> None:
    with pytest.raises(UnfitClient):
        check_sector_document(document, ("https://b.example/",))
