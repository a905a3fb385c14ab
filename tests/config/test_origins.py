"""The issuer has one spelling, and so have the hosts."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import BadSettings, read_settings
from tests.config.examples import MANUAL, complaint, read, with_


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example.com",
        "https://id.example.com:8443",
        "https://xn--fsq.example",
        "https://203.0.113.7",
        "https://[2001:db8::7]:8443",
        "http://localhost:8000",
        "http://127.3.2.1",
        "http://[::1]",
    ],
)
def test_a_good_issuer_is_kept_character_by_character(tmp_path: Path, issuer: str) -> None:
    assert read(tmp_path, **with_(ISSUER=issuer)).issuer == issuer


BAD_ORIGINS = {
    "http://id.example.com": "must begin with https://; http is only for localhost",
    "http://127.0.0.1.example.com": "must begin with https://; http is only for localhost",
    "http://localhost.example.com": "must begin with https://; http is only for localhost",
    "http://128.0.0.1": "must begin with https://; http is only for localhost",
    "http://[::2]": "must begin with https://; http is only for localhost",
    "ftp://id.example.com": "must begin with https://",
    "https:/id.example.com": "must begin with https://",
    "https://id.example.com/": "must be written without the slash at the end",
    "https://id.example.com/login": "must not contain a path",
    "https://id.example.com//": "must not contain a path",
    "https://id.example.com?": "must not contain a query",
    "https://id.example.com/?a=b": "must not contain a query",
    "https://id.example.com#": "must not contain a fragment",
    "https://id.example.com#?": "must not contain a fragment",
    "https://me:word@id.example.com": "must not contain a user name or password",
    "https://ID.example.com": "must be written in lower case",
    "HTTPS://id.example.com": "must be written in lower case",
    "https://id.example.com:443": "must be written without :443, the default port of https",
    "http://localhost:80": "must be written without :80, the default port of http",
    "https://id.example.com:": "must have a port from 1 to 65535",
    "https://id.example.com:0": "must have a port from 1 to 65535",
    "https://id.example.com:08443": "must have a port from 1 to 65535",
    "https://id.example.com:65536": "must have a port from 1 to 65535",
    "https://id.example.com:https": "must have a port from 1 to 65535",
    "https://": "must name a host",
    "https://:8443": "must name a host",
    "https://id.example.com.": "must name a host",
    "https://id_1.example.com": "must name a host",
    "https://-id.example.com": "must name a host",
    "https://127.1": "must name a host: this IPv4 address is not well formed",
    "https://0x7f000001": "must name a host: this IPv4 address is not well formed",
    "https://[::g]": "must name a host: this IPv6 address is not well formed",
    "https://2001:db8::7": "must name a host, and an IPv6 address stands in brackets",
    "https://[::1": "must name a host, and an IPv6 address stands in brackets",
    "https://[fe80::1%25eth0]": "must give the IPv6 address in its short form",
    "http://[0:0:0:0:0:0:0:1]": "must give the IPv6 address in its short form",
    "https://id.example.com\n": "must be ASCII without spaces",
    "https://id. example.com": "must be ASCII without spaces",
    "https://身份.example": "must be ASCII without spaces",
}


@pytest.mark.parametrize("issuer", BAD_ORIGINS)
def test_a_bad_issuer_is_told_what_to_correct(tmp_path: Path, issuer: str) -> None:
    line = complaint(None, with_(ISSUER=issuer), tmp_path)
    assert line.startswith(f"issuer (from BRIDGE_ISSUER): {BAD_ORIGINS[issuer]}")
    assert "word" not in line.replace("password", "")


@pytest.mark.parametrize("host", sorted(BAD_ORIGINS.keys() - {"https:/id.example.com"}))
def test_the_hosts_of_wechat_are_spelt_as_strictly(tmp_path: Path, host: str) -> None:
    line = complaint(None, with_(AUTHORIZE_HOST=host), tmp_path)
    assert line.startswith(f"authorize_host (from BRIDGE_AUTHORIZE_HOST): {BAD_ORIGINS[host]}")


@given(st.text(alphabet="aZ0.:/?#@[]%-\\ \t1", max_size=12))
def test_whatever_stands_after_https_is_good_or_told_in_one_line(rest: str) -> None:
    try:
        settings = read_settings(None, with_(ISSUER=f"https://{rest}"), directory=MANUAL.parent)
    except BadSettings as refused:
        assert str(refused).startswith("issuer (from BRIDGE_ISSUER): must ")  # noqa: PT017
    else:
        assert re.fullmatch(r"https://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?", settings.issuer)
