"""Moments, as commands print them."""

import re
from datetime import UTC, datetime

import click

from bridge.app import Chance


def date(moment: int) -> str:
    """For people to read."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


SPAN = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class MomentOption(click.ParamType[int]):
    """A moment as an operator writes it: in UTC, or a span before now."""

    name = "moment"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return seconds."""
        if isinstance(value, int):
            return value
        span = SPAN.fullmatch(value)
        if span is not None:
            return max(0, Chance().now() - int(span["number"]) * SECONDS[span["unit"]])
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r}: write 2026-11-01, 2026-11-01T08:30, or how long ago: 45m, 12h, 7d",
                param,
                ctx,
            )
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def timestamp(moment: int | None) -> str | None:
    """RFC 3339, for programs; None where it is not known."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
