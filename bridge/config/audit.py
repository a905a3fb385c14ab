"""What the audit trail keeps, and for how long."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Strict

DAY = 86_400
LONGEST = 10 * 366 * DAY


def _is_a_retention(seconds: int) -> int:
    if seconds != 0 and not DAY <= seconds <= LONGEST:
        raise ValueError(f"must be from {DAY} to {LONGEST} seconds, or 0 for ever")
    return seconds


Retention = Annotated[int, Strict(), AfterValidator(_is_a_retention)]


class AuditSettings(BaseModel):
    """Part of ``Settings``."""

    # The longest six months that there are
    audit_lifetime: Retention = 184 * DAY
    audit_addresses: Literal["full", "network", "none"] = "full"
