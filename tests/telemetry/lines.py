"""What our own events write, line by line."""

import logging
from collections.abc import Generator
from contextlib import contextmanager


class Lines(logging.Handler):
    """Keeps each record's message."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        # As they were written at that moment, by the formatter that is set
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.lines.append(self.format(record))

    @property
    def messages(self) -> list[str]:
        return [record.getMessage() for record in self.records]


@contextmanager
def written(level: int = logging.DEBUG) -> Generator[Lines]:
    """What is written by the logger of our events while the context lasts."""
    logger, lines = logging.getLogger("bridge"), Lines()
    former = logger.level
    logger.addHandler(lines)
    logger.setLevel(level)
    try:
        yield lines
    finally:
        logger.setLevel(former)
        logger.removeHandler(lines)
