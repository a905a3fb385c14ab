"""What a browser keeps of a sign-in that is under way."""

import re
import secrets
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st

from bridge.endpoints.pending import (
    LostPending,
    Pending,
    keep_pending,
    new_pending,
    new_wechat_state,
    open_pending,
)
from bridge.oidc.claims import ClaimSource
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.provider import Lifetimes, Provider
from bridge.sealing import Sealer
from bridge.store import Store
from bridge.store.engine import Steps
from bridge.wechat import WeChatApplication, WeChatClient, WeChatHosts
from keys import KeyDirectory, KeyPolicy
from tests.world import Clock

T = TypeVar("T")

HTTPS = "https://id.example.com"
HTTP = "http://localhost:8000"

SECRET = b"s" * 32
OLD_SECRET = b"o" * 32

APPID = "wx0123456789abcdef"

# RFC 6265 §6.1: at least 4,096 bytes of name, value and attributes together
LARGEST = 4_096
MOST = 6_000


class _NoDatabase:
    """Nothing is written, and nothing read, before a person has proved who they are."""

    async def read(self, verb: Callable[[], Steps[T]]) -> T:
        raise AssertionError(verb)

    async def write(self, verb: Callable[[], Steps[T]]) -> T:
        raise AssertionError(verb)

    async def close(self) -> None: ...


def provider_at(
    issuer: str, clock: Clock, *, with_secrets: Sequence[bytes] = (SECRET,)
) -> Provider:
    """A provider of which pending sign-ins use no more than clock, chance and seal."""
    return Provider(
        issuer=issuer,
        store=Store(_NoDatabase()),
        wechat=WeChatClient(
            WeChatApplication(appid=APPID, secret="0" * 32),
            WeChatHosts(),
            httpx.AsyncClient(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
            10,
        ),
        keys=KeyDirectory(Path("/nowhere/keys"), KeyPolicy(1, 2, 1)),
        pending=Sealer("pending", with_secrets),
        claim_source=ClaimSource(email_domain="x.example", family_name="x", default_picture="x"),
        lifetimes=Lifetimes(access_token=1, id_token=1, jwks_max_age=1),
        subject_setting="either",
        subject_key=b"k" * 32,
        is_simulated=False,
        now=clock,
        random_bytes=secrets.token_bytes,
    )


@dataclass
class Jar:
    """The cookies of a browser, and what the last answer set."""

    cookies: dict[str, str] = field(default_factory=dict[str, str])
    last_set: Mapping[str, "Morsel[str]"] = field(default_factory=dict[str, "Morsel[str]"])

    def request(self) -> Request:
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [(b"cookie", header.encode("latin-1"))] if header else []
        return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})

    def take(self, response: Response) -> None:
        self.last_set = {}
        for line in response.headers.getlist("set-cookie"):
            self.last_set |= SimpleCookie(line)
        for name, morsel in self.last_set.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value

    def ask(self, provider: Provider, **parameters: str) -> Pending:
        """Begin a sign-in, as /authorize does."""
        pending = new_pending(provider, Parameters({"client_id": "rp"} | parameters))
        response = Response()
        keep_pending(provider, self.request(), response, pending)
        self.take(response)
        return pending

    @property
    def size(self) -> int:
        return sum(len(name) + len(value) for name, value in self.cookies.items())

    def has(self, pending: Pending) -> bool:
        return any(pending.wechat_state in name for name in self.cookies)


@pytest.fixture
def provider(clock: Clock) -> Provider:
    return provider_at(HTTPS, clock)


@pytest.fixture
def jar() -> Jar:
    return Jar()


def noise(length: int) -> str:
    """Text that cannot be compressed much."""
    return secrets.token_urlsafe(length)[:length]


# One sign-in


def test_a_request_is_remembered_as_it_was_asked(provider: Provider, jar: Jar) -> None:
    asked = {"redirect_uri": "https://rp.example/cb", "state": '张 伟;,"\\', "nonce": "n"}
    pending = jar.ask(provider, **asked)
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending
    assert pending.parameters == {"client_id": "rp"} | asked
    assert (pending.channel, pending.appid) == ("website", APPID)


def test_what_is_not_understood_is_not_remembered(provider: Provider) -> None:
    """RFC 6749 §3.1: unrecognized parameters are ignored."""
    pending = new_pending(provider, Parameters({"client_id": "rp", "utm_source": "x" * 9_000}))
    assert pending.parameters == {"client_id": "rp"}


def test_under_https_the_cookie_belongs_to_this_host_alone(provider: Provider, jar: Jar) -> None:
    """RFC 6265bis §4.1.3.2: __Host- demands Secure and Path=/, and allows no Domain."""
    pending = jar.ask(provider)
    ((name, morsel),) = jar.last_set.items()
    assert name == f"__Host-bridge-pending-{pending.wechat_state}"
    assert morsel["secure"] is True
    assert (morsel["path"], morsel["domain"]) == ("/", "")
    assert morsel["httponly"] is True
    assert morsel["samesite"].lower() == "lax"
    assert morsel["max-age"] == "600"


def test_under_http_the_cookie_is_one_that_comes_back(clock: Clock, jar: Jar) -> None:
    provider = provider_at(HTTP, clock)
    pending = jar.ask(provider)
    ((name, morsel),) = jar.last_set.items()
    assert name == f"bridge-pending-{pending.wechat_state}"
    assert morsel["secure"] == ""
    assert morsel["httponly"] is True
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_a_cookie_of_http_is_none_of_https(provider: Provider, clock: Clock, jar: Jar) -> None:
    """Whoever can speak as our host over http must not choose what is answered over https."""
    pending = jar.ask(provider_at(HTTP, clock))
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


@pytest.mark.parametrize("issuer", [HTTPS, HTTP])
def test_a_long_request_takes_two_cookies(issuer: str, clock: Clock, jar: Jar) -> None:
    provider = provider_at(issuer, clock)
    pending = jar.ask(provider, state=noise(4_096))
    assert len(jar.cookies) == 2
    assert all(len(morsel.OutputString()) <= LARGEST for morsel in jar.last_set.values())
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


@pytest.mark.parametrize("lost", [0, 1])
def test_half_of_a_long_request_is_none(provider: Provider, jar: Jar, lost: int) -> None:
    pending = jar.ask(provider, state=noise(4_096))
    del jar.cookies[sorted(jar.cookies)[lost]]
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


def test_the_order_in_which_cookies_come_does_not_matter(provider: Provider, jar: Jar) -> None:
    pending = jar.ask(provider, state=noise(4_096))
    jar.cookies = dict(sorted(jar.cookies.items(), reverse=True))
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_up_to_a_length_every_request_is_remembered_and_beyond_none(
    provider: Provider, jar: Jar
) -> None:
    fits: list[bool] = []
    for length in range(6_900, 7_900, 25):
        jar.cookies.clear()
        try:
            pending = jar.ask(provider, state=noise(length))
        except InvalidRequest:
            fits.append(False)
        else:
            fits.append(True)
            assert open_pending(provider, jar.request(), pending.wechat_state) == pending
            assert all(len(f"{name}={value}") <= 3_800 for name, value in jar.cookies.items())
    assert fits[0]
    assert not fits[-1]


def test_a_request_that_is_too_long_leaves_nothing_behind(provider: Provider, jar: Jar) -> None:
    other = jar.ask(provider)
    pending, response = new_pending(provider, Parameters({"state": noise(9_000)})), Response()
    with pytest.raises(InvalidRequest, match="the request is too long"):
        keep_pending(provider, jar.request(), response, pending)
    assert "set-cookie" not in response.headers
    assert open_pending(provider, jar.request(), other.wechat_state) == other


# Several


def test_two_tabs_do_not_overwrite_one_another(provider: Provider, jar: Jar) -> None:
    first, second = jar.ask(provider, state="1"), jar.ask(provider, state="2")
    for pending in (first, second):
        assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_the_oldest_are_forgotten_when_they_grow_too_many(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    asked: list[Pending] = []
    for _ in range(8):
        clock.wind(1)
        asked.append(jar.ask(provider, state=noise(1_200)))
        assert jar.size <= MOST
    kept = [jar.has(pending) for pending in asked]
    assert kept == sorted(kept)
    assert 3 <= sum(kept) < 8
    for pending in asked[-sum(kept) :]:
        assert open_pending(provider, jar.request(), pending.wechat_state) == pending


def test_what_is_forgotten_is_deleted_as_it_was_set(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    """RFC 6265 §3.1: with the same Path; and a __Host- cookie is set only with Secure."""
    jar.ask(provider, state=noise(2_500))
    clock.wind(1)
    jar.ask(provider, state=noise(3_500))
    deleted = [morsel for morsel in jar.last_set.values() if morsel["max-age"] == "0"]
    assert [(morsel["path"], morsel["secure"], morsel["domain"]) for morsel in deleted] == [
        ("/", True, "")
    ]


def test_nothing_is_forgotten_while_there_is_room(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    asked: list[Pending] = []
    for _ in range(10):
        clock.wind(1)
        asked.append(jar.ask(provider))
    assert all(jar.has(pending) for pending in asked)


def test_a_long_request_is_forgotten_whole(provider: Provider, clock: Clock, jar: Jar) -> None:
    long = jar.ask(provider, state=noise(4_400))
    assert len(jar.cookies) == 2
    for _ in range(2):
        clock.wind(1)
        jar.ask(provider, state=noise(600))
    assert not jar.has(long)
    assert len(jar.cookies) == 2


def test_the_newest_is_kept_whatever_its_size(provider: Provider, clock: Clock, jar: Jar) -> None:
    other = jar.ask(provider)
    clock.wind(1)
    longest = jar.ask(provider, state=noise(6_500))
    assert jar.size > MOST
    assert not jar.has(other)
    assert open_pending(provider, jar.request(), longest.wechat_state) == longest


def test_the_age_is_in_the_name_and_not_in_the_order_of_the_header(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    first = jar.ask(provider, state=noise(2_000))
    clock.wind(1)
    second = jar.ask(provider, state=noise(2_000))
    jar.cookies = dict(reversed(jar.cookies.items()))
    clock.wind(1)
    third = jar.ask(provider, state=noise(2_000))
    assert [jar.has(pending) for pending in (first, second, third)] == [False, True, True]


def test_cookies_of_others_are_neither_counted_nor_deleted(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    others = {
        "session": "x" * 3_000,
        "bridge-pending-" + "0" * 33: "x" * 1_000,
        "__Host-bridge-pending-": "x" * 1_000,
        "__Host-bridge-pending-" + "0" * 32: "x" * 1_000,
        "__Host-bridge-pending-" + "0" * 33 + "-3": "x" * 1_000,
        "__Host-bridge-pending-" + "z" * 33: "x" * 1_000,
        "__Host-bridge-pending-(unfit)[to]set": "x" * 1_000,
    }
    jar.cookies |= others
    for _ in range(2):
        clock.wind(1)
        jar.ask(provider, state=noise(1_000))
    assert jar.cookies.items() >= others.items()
    assert len(jar.cookies) == len(others) + 2


# What is not this browser's sign-in


def test_a_value_that_was_moved_to_another_name_is_no_sign_in(
    provider: Provider, clock: Clock, jar: Jar
) -> None:
    """The name of a cookie is no proof, or one sign-in could be answered with another's."""
    mine = jar.ask(provider, state="mine")
    clock.wind(1)
    other = jar.ask(provider, state="other")
    prefix = "__Host-bridge-pending-"
    jar.cookies[prefix + mine.wechat_state] = jar.cookies[prefix + other.wechat_state]
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), mine.wechat_state)


def test_it_lasts_ten_minutes(provider: Provider, clock: Clock, jar: Jar) -> None:
    pending = jar.ask(provider)
    clock.wind(599)
    assert open_pending(provider, jar.request(), pending.wechat_state) == pending
    clock.wind(1)
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


def test_secrets_rotate_while_people_are_on_their_way(clock: Clock, jar: Jar) -> None:
    pending = jar.ask(provider_at(HTTPS, clock, with_secrets=[OLD_SECRET]))
    rotated = provider_at(HTTPS, clock, with_secrets=[SECRET, OLD_SECRET])
    assert open_pending(rotated, jar.request(), pending.wechat_state) == pending
    with pytest.raises(LostPending):
        open_pending(provider_at(HTTPS, clock), jar.request(), pending.wechat_state)


def test_another_browser_knows_nothing_of_it(provider: Provider, jar: Jar) -> None:
    pending = jar.ask(provider)
    with pytest.raises(LostPending):
        open_pending(provider, Jar().request(), pending.wechat_state)


@pytest.mark.parametrize(
    "wechat_state", ["", "0" * 33, "../..", "张伟", "a=b; c", "x" * 5_000, "\n", "-2"]
)
def test_a_state_that_we_never_gave_is_of_no_sign_in(
    provider: Provider, jar: Jar, wechat_state: str
) -> None:
    jar.ask(provider, state=noise(4_096))
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), wechat_state)


@pytest.mark.parametrize("value", ["", "x", "....", '"', "\xe9\xff", "e30.e30", "a b"])
def test_a_value_that_we_never_gave_is_no_sign_in(provider: Provider, jar: Jar, value: str) -> None:
    jar.cookies["__Host-bridge-pending-" + "0" * 33] = value
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), "0" * 33)


@pytest.mark.parametrize("change", ["more", "less"])
def test_what_another_version_of_ours_has_sealed_is_lost(
    provider: Provider, jar: Jar, change: str
) -> None:
    """During an upgrade a person starts again, and sees no fault."""
    pending = jar.ask(provider)
    artifact: dict[str, object] = asdict(pending)
    if change == "more":
        artifact["prompt"] = "none"
    else:
        del artifact["appid"]
    sealed = provider.pending.seal(artifact, expires_at=provider.now() + 600)
    jar.cookies["__Host-bridge-pending-" + pending.wechat_state] = sealed
    with pytest.raises(LostPending):
        open_pending(provider, jar.request(), pending.wechat_state)


# The handle


@given(st.integers(0, 2**35 - 1), st.integers(0, 2**35 - 1))
def test_wechat_states_sort_by_age_and_are_what_wechat_takes(one: int, other: int) -> None:
    """Letters and digits, at most 128."""
    earlier, later = sorted((one, other))
    clock = Clock(earlier)
    provider = provider_at(HTTPS, clock)
    first = new_wechat_state(provider)
    clock.now = later
    second = new_wechat_state(provider)
    assert re.fullmatch(r"[a-z0-9]{33}", first)
    assert first != second
    assert (first[:7] < second[:7]) == (earlier < later)


def test_a_wechat_state_cannot_be_guessed(clock: Clock) -> None:
    """130 random bits follow the time: all of 26 digits vary."""
    provider = provider_at(HTTPS, clock)
    handles = [new_wechat_state(provider) for _ in range(200)]
    assert len(set(handles)) == 200
    assert len({handle[:7] for handle in handles}) == 1
    assert all(len({handle[place] for handle in handles}) > 16 for place in range(7, 33))
