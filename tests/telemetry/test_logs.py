"""What a running process writes to standard error, and what it never writes."""

import json
import logging
import logging.config
import re
import warnings
from io import StringIO

import pytest

from bridge.telemetry import Event, LogFormat, configure_logs, emit, silence
from bridge.telemetry.events import Told
from bridge.telemetry.formats import JsonLines, TextLines
from bridge.telemetry.logs import SILENCED, formatter


def errors(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_line_has_time_level_origin_and_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "text")
    emit(Event.STARTED, issuer="https://id.example.com")
    (line,) = errors(capsys)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    bridge\.started {11}"
        r"issuer=https://id\.example\.com",
        line,
    )


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_level_is_that_of_our_own_events(
    level: str, written: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(level)
    for each in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        emit(Event.REQUEST_REFUSED, each)
    assert [json.loads(line)["level"] for line in errors(capsys)] == written


@pytest.mark.parametrize("level", ["debug", "error"])
def test_other_packages_speak_from_warning_on(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(level)
    other = logging.getLogger("some.package")
    other.info("chatter")
    other.warning("trouble")
    (line,) = errors(capsys)
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == (
        "warning",
        "some.package",
        "trouble",
    )


def test_configured_twice_each_line_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("error")
    configure_logs("info")
    emit(Event.STARTED)
    assert len(errors(capsys)) == 1


@pytest.mark.parametrize("name", SILENCED)
def test_a_logger_of_addresses_and_headers_writes_nothing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("debug")
    logger = logging.getLogger(name)
    logger.critical("GET /callback/wechat?code=secret")
    logger.error("GET /callback/wechat?code=secret")
    assert errors(capsys) == []


def test_silence_outlasts_a_configuration_that_comes_later(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """logging.config enables anew what was disabled, and sets levels and handlers."""
    silence("tests.silenced", "tests.silenced.too")
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "loggers": {
                "tests.silenced": {"level": "DEBUG", "handlers": ["console"]},
                "tests.spoken": {"level": "DEBUG", "handlers": ["console"], "propagate": False},
            },
        }
    )
    for name in ("tests.silenced", "tests.silenced.too", "tests.spoken"):
        logging.getLogger(name).error(name)
    assert errors(capsys) == ["tests.spoken"]


def test_silence_falls_on_those_alone_that_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info")
    silence("tests.parent")
    silence("tests.parent")
    logging.getLogger("tests.parent.child").warning("heard")
    logging.getLogger("tests.parent").warning("not heard")
    (line,) = errors(capsys)
    assert json.loads(line)["message"] == "heard"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("log_format", "stream", "environ", "kind", "coloured"),
    [
        ("auto", StringIO(), {"TERM": "xterm"}, JsonLines, False),
        ("auto", Terminal(), {"TERM": "xterm"}, TextLines, True),
        ("auto", Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}, TextLines, False),
        ("auto", Terminal(), {"TERM": "xterm", "NO_COLOR": ""}, TextLines, True),
        ("auto", Terminal(), {"TERM": "dumb"}, TextLines, False),
        ("auto", Terminal(), {}, TextLines, False),
        ("text", StringIO(), {"TERM": "xterm"}, TextLines, False),
        ("text", Terminal(), {"TERM": "xterm"}, TextLines, True),
        ("json", Terminal(), {"TERM": "xterm"}, JsonLines, False),
    ],
)
def test_lines_are_for_who_reads_them(
    log_format: LogFormat,
    stream: StringIO,
    environ: dict[str, str],
    kind: type[logging.Formatter],
    *,
    coloured: bool,
) -> None:
    lines = formatter(log_format, stream, environ)
    record = logging.makeLogRecord({"msg": Told(Event.STARTED, {}), "levelname": "INFO"})
    assert isinstance(lines, kind)
    assert ("\x1b[" in lines.format(record)) is coloured


def test_a_warning_of_pythons_is_a_line_like_all_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info", "json")
    warnings.simplefilter("always")
    warnings.warn("old and\nlong", DeprecationWarning, stacklevel=1)
    (line,) = errors(capsys)
    assert json.loads(line)["logger"] == "py.warnings"
    assert json.loads(line)["message"].endswith("DeprecationWarning: old and")
