"""``wechat-oidc client add`` and ``update``: where a relying party is told that somebody left."""

import pytest

from bridge.oidc.client import Client
from tests.cli.terminal import Operator
from tests.cli.test_client import add, registered

BACK = "https://app.example.com/back-channel?kept=1"
FRONT = "https://app.example.com/front-channel"


def told_at(client: Client) -> tuple[str | None, bool, str | None, bool]:
    return (
        client.backchannel_logout_uri,
        client.backchannel_logout_session_required,
        client.frontchannel_logout_uri,
        client.frontchannel_logout_session_required,
    )


def test_a_client_may_be_told_by_both_channels_and_by_none_again(operator: Operator) -> None:
    add(
        operator,
        *("--client-id", "app"),
        *("--backchannel-logout-uri", BACK, "--backchannel-logout-session-required"),
        *("--frontchannel-logout-uri", FRONT, "--frontchannel-logout-session-required"),
    )
    assert told_at(registered(operator)) == (BACK, True, FRONT, True)
    operator.told("client", "update", "app", "--nickname", "omit")
    assert told_at(registered(operator)) == (BACK, True, FRONT, True)
    operator.told("client", "update", "app", "--backchannel-logout-uri", "none")
    assert told_at(registered(operator)) == (None, True, FRONT, True)
    operator.told("client", "update", "app", "--frontchannel-logout-uri", "none")
    assert told_at(registered(operator)) == (None, True, None, True)


def test_by_default_it_is_told_by_none(operator: Operator) -> None:
    add(operator, "--client-id", "app")
    assert told_at(registered(operator)) == (None, False, None, False)


@pytest.mark.parametrize("option", ["--backchannel-logout-uri", "--frontchannel-logout-uri"])
@pytest.mark.parametrize("uri", ["http://app.example.com/out", f"{FRONT}#here", "None"])
def test_an_address_that_does_not_do_is_told_why(operator: Operator, option: str, uri: str) -> None:
    line = operator.misused(
        "client", "add", "--redirect-uri", "https://app.example.com/callback", option, uri
    )
    assert f"{uri!r}: a " in line
