"""What the operator decides about seeing: the log, metrics and traces."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel

_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")

_LARGEST_PORT = 65_535


def _is_place_of_metrics(text: str) -> str:
    place = _PLACE.fullmatch(text)
    if text not in ("on", "off") and not (place and 1 <= int(place["port"]) <= _LARGEST_PORT):
        raise ValueError("must be on, off, or where to listen for them, such as 127.0.0.1:9464")
    return text


PlaceOfMetrics = Annotated[str, AfterValidator(_is_place_of_metrics)]


class TelemetrySettings(BaseModel):
    """``Settings`` inherits these."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "text", "json"] = "auto"
    metrics: PlaceOfMetrics = "on"

    @property
    def metrics_listener(self) -> tuple[str, int] | None:
        """Host and port of a listener for metrics alone; None where there is to be none."""
        place = _PLACE.fullmatch(self.metrics)
        return place and (place["host"].strip("[]"), int(place["port"]))
