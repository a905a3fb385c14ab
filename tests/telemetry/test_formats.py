"""A line is one line, whoever speaks, and repeats nothing that an exception or a value says."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.telemetry import Event
from bridge.telemetry.events import Told
from bridge.telemetry.formats import JsonLines, TextLines
from bridge.telemetry.request_id import REQUEST_ID

SECRET = "https://api.weixin.qq.com/?secret=0123456789abcdef"


@pytest.fixture
def in_a_request() -> Iterator[str]:
    token = REQUEST_ID.set("edge-1.42_a")
    yield "edge-1.42_a"
    REQUEST_ID.reset(token)


def record(
    msg: object, *args: object, name: str = "some.package", **more: object
) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"msg": msg, "args": args, "name": name, "levelname": "WARNING", "created": 0.0015} | more
    )


def told(**fields: str | float) -> logging.LogRecord:
    return record(Told(Event.REQUEST_REFUSED, fields), name="bridge")


def in_json(written: logging.LogRecord) -> dict[str, object]:
    line = JsonLines().format(written)
    assert line.isascii()
    assert line.isprintable()
    read: dict[str, object] = json.loads(line)
    return read


def fail(text: str) -> None:
    raise ValueError(text)


def failed() -> BaseException:
    with pytest.raises(ValueError, match="secret") as raised:
        fail(SECRET)
    return raised.value


def test_an_event_is_an_object_with_time_level_name_and_fields() -> None:
    assert in_json(told(path="/token", status=400, ms=1.5)) == {
        "time": "1970-01-01T00:00:00.001Z",
        "level": "warning",
        "event": "request.refused",
        "path": "/token",
        "status": 400,
        "ms": 1.5,
    }


def test_within_a_request_each_line_has_its_name(in_a_request: str) -> None:
    assert in_json(told())["request_id"] == in_a_request
    assert in_json(record("trouble"))["request_id"] == in_a_request
    assert TextLines().format(told()).endswith(f" request_id={in_a_request}")
    assert TextLines().format(record("trouble")).endswith(f" trouble request_id={in_a_request}")


def test_no_field_takes_the_place_of_what_every_line_has() -> None:
    assert in_json(told(time="now", event="bridge.started"))["event"] == "request.refused"


def test_what_a_library_says_is_told_apart_from_an_event() -> None:
    assert in_json(record("%s is %d", "one", 1)) == {
        "time": "1970-01-01T00:00:00.001Z",
        "level": "warning",
        "logger": "some.package",
        "message": "one is 1",
    }
    assert TextLines().format(record("trouble")) == (
        "1970-01-01T00:00:00.001Z warning some.package:            trouble"
    )


@pytest.mark.parametrize("lines", [JsonLines(), TextLines()])
def test_of_an_exception_the_kind_and_the_places_are_told(lines: logging.Formatter) -> None:
    failure = failed()
    said = record("Exception in ASGI\n", exc_info=(type(failure), failure, failure.__traceback__))
    line = lines.format(said)
    assert "ValueError" in line
    assert re.search(r"test_formats\.py:\d+:fail ", line)
    assert SECRET not in line
    assert "Traceback" not in line


@pytest.mark.parametrize("lines", [JsonLines(), TextLines()])
def test_an_exception_within_a_message_is_told_by_its_kind(lines: logging.Formatter) -> None:
    line = lines.format(record("could not export: %s (%s)", failed(), "http"))
    assert "could not export: ValueError (http)" in line
    assert SECRET not in line


@pytest.mark.parametrize("lines", [JsonLines(), TextLines()])
def test_asyncio_tells_no_value_of_a_task_or_a_callback(
    lines: logging.Formatter, caplog: pytest.LogCaptureFixture
) -> None:
    async def forgotten() -> None:
        raise ValueError(SECRET)

    def shout(_text: str) -> None:
        raise ValueError(SECRET)

    async def main() -> None:
        asyncio.get_running_loop().call_soon(shout, SECRET)
        task = asyncio.create_task(forgotten())
        await asyncio.wait([task])
        del task

    asyncio.run(main())
    written = [lines.format(said) for said in caplog.records if said.name == "asyncio"]
    assert len(written) == 2
    assert "Exception in callback" in "".join(written)
    assert "Task exception was never retrieved" in "".join(written)
    assert SECRET in caplog.text
    assert [line for line in written if "weixin" in line] == []


@given(st.text(), st.text())
def test_nobody_can_begin_a_second_line(message: str, value: str) -> None:
    for written in (told(detail=value), record(message), record("%s", value, name=message)):
        in_json(written)
        line = TextLines().format(written)
        assert line.isascii()
        assert line.isprintable()


def test_colour_is_round_level_and_name_alone() -> None:
    line = TextLines(in_colour=True).format(told(detail="x"))
    assert re.sub(r"\x1b\[[0-9]+m", "", line) == TextLines().format(told(detail="x"))
    assert line.count("\x1b[") == 4
