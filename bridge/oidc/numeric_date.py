"""A moment as a client writes it into what it signs: RFC 7519 §2."""

from math import isfinite
from typing import cast


def numeric_date(value: object) -> float | None:
    """Return the seconds, which may have a fraction, or None for none; raise ValueError."""
    if value is None:
        return None
    # An int has no bounds, and one that is too large is no float.
    if type(value) is int or (isinstance(value, float) and isfinite(value)):
        return cast("float", value)
    raise ValueError("no number of seconds")
