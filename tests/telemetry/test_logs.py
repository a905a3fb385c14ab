"""What a running process writes to standard error, and what it never writes."""

import logging
import logging.config
import re
from collections.abc import Iterator

import pytest

from bridge.telemetry import Event, configure_logs, emit, silence
from bridge.telemetry.logs import SILENCED


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """The configuration of logs is the process's own: give it back."""
    root, bridge = logging.getLogger(), logging.getLogger("bridge")
    handlers, levels = list(root.handlers), (root.level, bridge.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    bridge.setLevel(levels[1])


def errors(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_line_has_time_level_origin_and_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    emit(Event.STARTED, issuer="https://id.example.com")
    (line,) = errors(capsys)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO bridge:"
        r" bridge\.started issuer=https://id\.example\.com",
        line,
    )


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("debug", ["DEBUG", "INFO", "WARNING", "ERROR"]),
        ("info", ["INFO", "WARNING", "ERROR"]),
        ("warning", ["WARNING", "ERROR"]),
        ("error", ["ERROR"]),
    ],
)
def test_the_level_is_that_of_our_own_events(
    level: str, written: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(level)
    for each in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        emit(Event.REQUEST_REFUSED, each)
    assert [line.split(" ")[2] for line in errors(capsys)] == written


@pytest.mark.parametrize("level", ["debug", "error"])
def test_other_packages_speak_from_warning_on(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(level)
    other = logging.getLogger("some.package")
    other.info("chatter")
    other.warning("trouble")
    (line,) = errors(capsys)
    assert line.endswith("WARNING some.package: trouble")


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
    assert line.endswith("heard")
    assert "not heard" not in line
