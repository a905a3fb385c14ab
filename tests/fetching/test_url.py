"""Which URLs may be fetched, as far as their text tells."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.fetching import FetchFailed
from bridge.fetching.addresses import Allowed
from bridge.fetching.url import read_url

NOBODY = Allowed()


@pytest.mark.parametrize(
    "text",
    [
        "https://rp.example.com",
        "https://rp.example.com/jwks?a=b%20c#d",
        "https://rp.example.com.:8443/",
        "https://RP.example.com/",
        "https://xn--fiqs8s/",
        "https://under_score.example/",
        "https://8.8.8.8/jwks",
        "https://[2606:4700::1]:444/jwks",
        "https://[::ffff:8.8.8.8]/",
    ],
)
def test_https_on_any_port_is_read_and_changed_in_nothing(text: str) -> None:
    assert str(read_url(text, NOBODY)) in (text, f"{text}/")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://rp.example.com/", "not https"),
        ("ftp://rp.example.com/", "not https"),
        ("file:///etc/passwd", "not https"),
        ("//rp.example.com/", "not https"),
        ("/jwks", "not https"),
        ("rp.example.com", "not https"),
        ("javascript:alert(1)", "not https"),
        ("https:rp.example.com", "not a URL"),
        ("https:///jwks", "not a URL"),
        ("https://:443/", "not a URL"),
        ("https://rp.example.com:0/", "not a URL"),
        ("https://rp.example.com:99999/", "not a URL"),
        ("https://rp.example.com:x/", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://[]/", "not a URL"),
        ("https://[]:443/", "not a URL"),
        ("", "not a URL"),
        ("https://rp.example.com/a b", "not a URL"),
        ("https://rp.example.com\\@127.0.0.1/", "not a URL"),
        ("https://rp.example.com/\r\nX: y", "not a URL"),
        ("https://rp.example.com/\0", "not a URL"),
        ("https://\uff11\uff12\uff17.0.0.1/", "not a URL"),
        ("https://127\u30020\u30020\u30021/", "not a URL"),
        ("https://rp.example.com/" + "a" * 2_048, "not a URL"),
        ("https://somebody@rp.example.com/", "a user name or password in the URL"),
        ("https://somebody:secret@rp.example.com/", "a user name or password in the URL"),
        ("https://@rp.example.com/", "a user name or password in the URL"),
        ("https://a@b@rp.example.com/", "a user name or password in the URL"),
        ("https://%31%32%37.0.0.1/", "not a host name"),
        ("https://-/", None),
        ("https://..", "not a host name"),
        ("https://" + "a" * 64 + ".example", "not a host name"),
        ("https://" + "a.aaa" * 52 + "/", "not a host name"),
        ("https://[v1.a]/", "not a host name"),
    ],
)
def test_what_may_not_be_fetched_is_refused_with_a_reason(text: str, reason: str | None) -> None:
    if reason is None:  # a strange name, and no harm: the resolver does not know it
        read_url(text, NOBODY)
        return
    with pytest.raises(FetchFailed) as refused:
        read_url(text, NOBODY)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "0.0.0.0"),  # noqa: S104
        *(
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fe80::1%25eth0]",
            "[fec0::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
        ),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"),
    ],
)
def test_an_address_that_is_not_public_is_refused_when_the_url_is_read(host: str) -> None:
    """No resolver is asked about it."""
    with pytest.raises(FetchFailed, match="the address is not public"):
        read_url(f"https://{host}:8443/jwks", NOBODY)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "127.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
        ),
        *("1.2.3.4.5", "256.0.0.1", "0", "0x", "rp.example.0x1", "08.8.8.8", "8.8.8"),
    ],
)
def test_what_a_resolver_would_take_for_an_address_is_no_name(host: str) -> None:
    """WHATWG URL §3.5: it ends in a number."""
    with pytest.raises(FetchFailed, match="not a host name"):
        read_url(f"https://{host}/", NOBODY)


def test_what_the_operator_lets_pass_is_still_https_only() -> None:
    allowed = Allowed.read(["127.0.0.0/8", "localhost"])
    assert read_url("https://127.0.0.1:8443/jwks", allowed).port == 8443
    assert read_url("https://[::ffff:127.0.0.1]/", allowed)
    assert read_url("https://localhost/", allowed)
    for text in ("http://127.0.0.1/", "http://localhost/"):
        with pytest.raises(FetchFailed, match="not https"):
            read_url(text, allowed)


@given(st.text() | st.text(alphabet="htps:/@[]%.0x127#?\\ a-").map("https://{}".format))
@example("https://[")
def test_whatever_it_is_it_is_read_or_refused(text: str) -> None:
    with suppress(FetchFailed):
        url = read_url(text, NOBODY)
        assert url.scheme == "https"
        assert url.user is None
        assert url.raw_host
