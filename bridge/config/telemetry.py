"""What the operator decides about seeing: the log, metrics and traces."""

from typing import Literal

from pydantic import BaseModel


class TelemetrySettings(BaseModel):
    """``Settings`` inherits these."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "text", "json"] = "auto"
