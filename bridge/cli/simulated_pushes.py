"""Where the simulated WeChat tells a bridge what has changed, as WeChat's console would have it."""

from pydantic import SecretStr

from bridge.config import Settings
from bridge.wechat.simulator import PushMode, PushTarget

# Anybody may know them: they open nothing but the simulation.
SIMULATED_TOKEN = "simulated"
SIMULATED_AES_KEY = "simulated".ljust(43, "0")


def events_settings(number_of_applications: int) -> dict[str, str]:
    """Return settings by which a bridge takes pushes of the simulated WeChat, as variables."""
    settings: dict[str, str] = {}
    for number in range(1, number_of_applications + 1):
        name = "BRIDGE_WECHAT_" if number == 1 else f"BRIDGE_WECHAT_{number}_"
        settings[f"{name}EVENTS_TOKEN"] = SIMULATED_TOKEN
        settings[f"{name}EVENTS_AES_KEY"] = SIMULATED_AES_KEY
    return settings


def push_targets(settings: Settings) -> dict[str, PushTarget]:
    """Return, by AppID, what an operator with these settings would enter in WeChat's console."""
    return {
        application.client_id: PushTarget(
            url=f"{settings.issuer}/wechat/events/{application.client_id}",
            token=_text(application.events_token),
            encoding_aes_key=_text(application.events_aes_key),
            mode=PushMode.SECURE if application.events_aes_key else PushMode.PLAIN,
        )
        for application in settings.wechat
        if application.events_token is not None
    }


def _text(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()
