"""An event is one line, whatever its fields hold."""

import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.telemetry import Event, emit
from tests.telemetry.lines import written

FIELD = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|[A-Za-z0-9_.:/@+-]+)')


def line(**fields: str | int | None) -> str:
    with written() as lines:
        emit(Event.REQUEST_REFUSED, logging.INFO, **fields)
    (message,) = lines.messages
    return message


def test_an_event_is_its_name_and_its_fields_in_the_order_given() -> None:
    assert line(path="/authorize", status=400, client_id="grafana") == (
        "request.refused path=/authorize status=400 client_id=grafana"
    )


def test_an_event_may_be_a_name_alone() -> None:
    assert line() == "request.refused"


def test_a_field_that_is_not_known_is_left_out() -> None:
    assert line(client_id=None, status=0) == "request.refused status=0"


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("", '""'),
        ("a b", '"a b"'),
        ("a=b", '"a=b"'),
        ('"', r'"\""'),
        ("a\nrequest.failed at=here", r'"a\nrequest.failed at=here"'),
        ("\r\x1b[2J\0", r'"\r\u001b[2J\u0000"'),
        ("张\u202e\u2028", r'"\u5f20\u202e\u2028"'),
        ("\ud83d", r'"\ud83d"'),
        ("%s %d {}", '"%s %d {}"'),
    ],
)
def test_text_from_outside_is_quoted(value: str, quoted: str) -> None:
    assert line(detail=value) == f"request.refused detail={quoted}"


def test_text_from_outside_is_cut() -> None:
    assert line(detail="a" * 200) == "request.refused detail=" + "a" * 200
    assert line(detail="a" * 201) == 'request.refused detail="' + "a" * 200 + '"'


@given(st.dictionaries(st.sampled_from(["path", "detail", "cause"]), st.text() | st.integers()))
def test_no_field_can_forge_another_or_a_line(fields: dict[str, str | int]) -> None:
    message = line(**fields)
    assert message.isascii()
    assert message.isprintable()
    name, *rest = message.split(" ", 1)
    assert name == "request.refused"
    read = FIELD.findall("".join(rest))
    assert [field for field, _ in read] == list(fields)
    for (_, told), value in zip(read, fields.values(), strict=True):
        assert (json.loads(told) if told.startswith('"') else told) == str(value)[:200]


def test_below_its_level_nothing_is_written() -> None:
    with written(logging.WARNING) as lines:
        emit(Event.TOKENS_ISSUED)
        emit(Event.TOKENS_ISSUED, logging.DEBUG)
        emit(Event.WECHAT_FAILED, logging.WARNING)
    assert lines.messages == ["wechat.failed"]


def test_an_event_is_information_unless_it_is_more() -> None:
    with written() as lines:
        emit(Event.STARTED)
        emit(Event.WECHAT_MISCONFIGURED, logging.ERROR)
    assert [record.levelname for record in lines.records] == ["INFO", "ERROR"]
    assert {record.name for record in lines.records} == {"bridge"}


def test_names_of_events_are_made_to_be_searched_for() -> None:
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", event) for event in Event)
