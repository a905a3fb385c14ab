"""``wechat-oidc client``: which ``sub`` an app is told."""

import pytest

from tests.cli.terminal import Operator
from tests.cli.test_client import CALLBACK, registered

SECTOR = "https://sector.example.com/uris.json"
OTHER = "https://other.example.com/callback"


def test_a_pairwise_client_is_registered_with_its_sector(operator: Operator) -> None:
    operator.told(
        *("client", "add", "--client-id", "app", "--redirect-uri", CALLBACK),
        *("--redirect-uri", OTHER, "--subject-type", "pairwise"),
        *("--sector-identifier-uri", SECTOR),
    )
    client = registered(operator)
    assert (client.subject_type, client.sector_identifier_uri) == ("pairwise", SECTOR)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--redirect-uri", OTHER, "--subject-type", "pairwise"), "share one host"),
        (("--sector-identifier-uri", "http://a.example"), "https"),
    ],
)
def test_a_client_of_no_sector_is_refused(
    operator: Operator, options: tuple[str, ...], why: str
) -> None:
    """OpenID Connect Core 1.0 §8.1."""
    assert why in operator.misused("client", "add", "--redirect-uri", CALLBACK, *options)


def test_whoever_changes_the_sector_is_warned_that_everybody_gets_another_sub(
    operator: Operator,
) -> None:
    warning = "warning: the app is told another sub of everybody from now on"
    operator.told("client", "add", "--client-id", "app", "--redirect-uri", CALLBACK)
    assert warning not in operator.run("client", "update", "app", "--name", "App").stderr
    changed = operator.run("client", "update", "app", "--subject-type", "pairwise")
    assert warning in changed.stderr
    moved = operator.run("client", "update", "app", "--redirect-uri", OTHER)
    assert warning in moved.stderr
