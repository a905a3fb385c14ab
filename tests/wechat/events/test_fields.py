"""The bodies of pushes: flat XML, or flat JSON, and nothing that works against the reader."""

import json
from contextlib import suppress
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.wechat.events.errors import PushRefused
from bridge.wechat.events.fields import LARGEST_PUSH, read_fields
from tests.wechat.events import official

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)
# What XML can hold, without the ends of lines that it rewrites
TEXT = st.text(st.characters(exclude_categories=("C", "Z")), max_size=40)


def test_the_examples_of_the_manual_are_read() -> None:
    from_xml, from_json = read_fields(official.REVOKE_XML), read_fields(official.REVOKE_JSON)
    assert from_xml["OpenID"] == "owAqB1nqaOYYWl0Ng484G2z5NIwU"
    assert from_xml["CreateTime"] == "1626857200"
    assert from_json["OpenID"] == "oaKk343WOktAaT2ygsX138BGblrg"
    assert from_json["CreateTime"] == "1627359464"
    assert from_xml.keys() == from_json.keys()
    assert read_fields(official.MESSAGE)["debug_str"] == "hello world"


@given(st.dictionaries(NAMES, TEXT, max_size=8))
def test_xml_and_json_say_the_same(fields: dict[str, str]) -> None:
    as_json = json.dumps(fields, ensure_ascii=False).encode()
    texts = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
    assert read_fields(f"<xml>{texts}</xml>".encode()) == read_fields(as_json) == fields


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_read_or_refused(body: bytes) -> None:
    with suppress(PushRefused):
        read_fields(body)


@given(
    st.recursive(
        st.none() | st.floats() | st.text(),
        lambda of: st.lists(of) | st.dictionaries(st.text(), of),
    )
)
def test_whatever_json_is_sent_is_read_or_refused(document: object) -> None:
    for body in (document, {"OpenID": document}):
        try:
            fields = read_fields(json.dumps(body).encode())
        except PushRefused:
            continue
        "".join((*fields, *fields.values())).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"[]",
        b"null",
        b"{",
        b"{} {}",
        b'{"Encrypt": "x", "Encrypt": "y"}',
        b'{"Encrypt": "x", " Encrypt": "y"}',
        b'{"OpenID": "\\ud800"}',
        b'{"\\ud800": "OpenID"}',
        b'{"a": ' + b"[" * 60_000,
        b"<xml",
        b"<xml></xml><xml></xml>",
        b"<message><OpenID>x</OpenID></message>",
        b"<xml><Encrypt>x</Encrypt><Encrypt>y</Encrypt></xml>",
        b"<xml><a>\x00</a></xml>",
        b"<xml><a>&nbsp;</a></xml>",
        b"\xff\xfe<\0x\0m\0l\0/\0>\0",
        b"<xml><a>\xff</a></xml>",
        b"<xml>" + b"<a>" * 9 + b"</a>" * 9 + b"</xml>",
        b"<a>" * 20_000,
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(PushRefused):
        read_fields(body)


BOMBS = {
    "laughs": b'<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<xml><OpenID>&b;</OpenID></xml>",
    "quadratic": b'<!DOCTYPE xml [<!ENTITY a "'
    + b"a" * 5_000
    + b'">]><xml><OpenID>'
    + b"&a;" * 5_000
    + b"</OpenID></xml>",
    "a file": b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<xml><OpenID>&a;</OpenID></xml>",
    "an address": b'<!DOCTYPE xml SYSTEM "http://localhost:9/x.dtd"><xml><OpenID>a</OpenID></xml>',
    "a parameter": b'<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://localhost:9/x"> %a;]><xml></xml>',
    "only a type": b"<!DOCTYPE xml><xml><OpenID>a</OpenID></xml>",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_document_that_defines_anything_is_refused(bomb: bytes) -> None:
    """No entity is expanded, no file and no address is opened."""
    with pytest.raises(PushRefused, match="plain XML"):
        read_fields(bomb)


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    assert read_fields(b"<xml>" + b" " * (LARGEST_PUSH - 11) + b"</xml>") == {}
    with pytest.raises(PushRefused, match="too large"):
        read_fields(b"<xml>" + b" " * LARGEST_PUSH + b"</xml>")


def test_what_is_nested_or_no_text_is_left_out() -> None:
    """As in messages that are for others: a list of pictures, a location."""
    nested = b"<xml><A>1</A><Pics><Count>1</Count><A>2</A></Pics><B>3</B></xml>"
    assert read_fields(nested) == {"A": "1", "B": "3"}
    members = {"A": "1", "Pics": {"A": "2"}, "List": ["x"], "B": 3, "C": None, "D": True}
    assert read_fields(json.dumps(members).encode()) == {"A": "1", "B": "3"}


def test_a_number_stays_the_text_that_it_was() -> None:
    digits = b"1" * 5_000
    assert read_fields(b'{"CreateTime": ' + digits + b"}") == {"CreateTime": digits.decode()}
    assert read_fields(b'{"CreateTime": 1e999}') == {"CreateTime": "1e999"}


def test_a_mark_of_the_byte_order_and_spaces_around_do_not_matter() -> None:
    assert read_fields(b"\xef\xbb\xbf <xml><A>1</A></xml>\n") == {"A": "1"}
    assert read_fields(b'\xef\xbb\xbf\n{"A": "1"} ') == {"A": "1"}
    assert read_fields(b'<?xml version="1.0"?><xml><A>1</A></xml>') == {"A": "1"}
