"""Moments, as commands print them."""

from datetime import UTC, datetime


def date(moment: int) -> str:
    """For people to read."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def timestamp(moment: int | None) -> str | None:
    """RFC 3339, for programs; None where it is not known."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
