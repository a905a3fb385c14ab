"""What the operator decides about seeing: the log, metrics and traces."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, SecretStr

_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")

_COLLECTOR = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/[!$->@-~]*"
)

_HEADER = re.compile(r"[A-Za-z0-9-]+=[!-~](?:[ -~]*[!-~])?")

_LARGEST_PORT = 65_535


def _is_place_of_metrics(text: str) -> str:
    place = _PLACE.fullmatch(text)
    if text not in ("on", "off") and not (place and 1 <= int(place["port"]) <= _LARGEST_PORT):
        raise ValueError("must be on, off, or where to listen for them, such as 127.0.0.1:9464")
    return text


def _is_a_collector(text: str) -> str:
    if _COLLECTOR.fullmatch(text) is None:
        raise ValueError(
            "must be the whole address of a collector, such as http://127.0.0.1:4318/v1/traces,"
            " without a user, a query or a fragment"
        )
    return text


def _are_headers(headers: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for number, header in enumerate(headers, 1):
        if _HEADER.fullmatch(header.get_secret_value()) is None:
            raise ValueError(f"number {number} must be a header's name, =, and its value")
    return headers


def _is_a_share(value: object) -> float:
    try:
        share = float(value) if isinstance(value, str | int | float) else -1.0
    except ValueError:
        share = -1.0
    if isinstance(value, bool) or not 0 <= share <= 1:
        raise ValueError("must be a number from 0 to 1")
    return share


PlaceOfMetrics = Annotated[str, AfterValidator(_is_place_of_metrics)]
AddressOfCollector = Annotated[str, AfterValidator(_is_a_collector)]
Headers = Annotated[tuple[SecretStr, ...], AfterValidator(_are_headers)]
Share = Annotated[float, BeforeValidator(_is_a_share)]


class TelemetrySettings(BaseModel):
    """``Settings`` inherits these."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "text", "json"] = "auto"
    metrics: PlaceOfMetrics = "on"
    otlp_endpoint: AddressOfCollector | None = None
    otlp_headers: Headers = ()
    otlp_service_name: str = "wechat-oidc-bridge"
    otlp_sampling: Share = 1.0

    @property
    def otlp_header_values(self) -> Mapping[str, str]:
        """The headers in the clear, by name."""
        pairs = (header.get_secret_value().partition("=") for header in self.otlp_headers)
        return {name: value for name, _, value in pairs}

    @property
    def metrics_listener(self) -> tuple[str, int] | None:
        """Host and port of a listener for metrics alone; None where there is to be none."""
        place = _PLACE.fullmatch(self.metrics)
        return place and (place["host"].strip("[]"), int(place["port"]))
