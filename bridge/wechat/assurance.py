"""How much a sign-in by WeChat proves, and by which way it came: the claims ``acr`` and ``amr``.

RFC 8176 has no names for any of these ways.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bridge.oidc.authentication import ACR, ACR_VALUES, SILENT_ACR
from bridge.wechat.application import Kind, WeChatApplication

AMR: Mapping[Kind, tuple[str, ...]] = {
    "website": ("wechat", "qr"),
    "official_account": ("wechat", "in_app"),
    "mobile": ("wechat", "app"),
    "mini_program": ("wechat", "mini_program"),
}


@dataclass(frozen=True, slots=True)
class Assurance:
    """What is vouched for, and how the person came (OpenID Connect Core 1.0 §2)."""

    acr: str
    amr: tuple[str, ...]


def assurance_of(application: WeChatApplication) -> Assurance:
    """Return what a sign-in by this application proves.

    ``snsapi_base`` and a mini program's ``wx.login`` tell who is there without asking them; as of
    2026-11 see https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md and
    https://developers.weixin.qq.com/miniprogram/dev/api/open-api/login/wx.login.html
    """
    is_silent = application.kind == "mini_program" or (
        application.kind == "official_account" and not application.wants_profile
    )
    return Assurance(SILENT_ACR if is_silent else ACR, AMR[application.kind])


def acr_values_of(applications: Iterable[WeChatApplication]) -> tuple[str, ...]:
    """Return what sign-ins by these can have, the strongest first."""
    possible = {assurance_of(application).acr for application in applications}
    return tuple(acr for acr in ACR_VALUES if acr in possible)
