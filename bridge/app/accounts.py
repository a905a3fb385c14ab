"""Whose people the accounts are: WeChat's, or a simulation's."""

from bridge.config import Settings
from bridge.store import Store, UnusableDatabase, WeChatMark


async def check_accounts_are_wechats(
    settings: Settings, store: Store, *, accept: bool = False
) -> None:
    """Raise UnusableDatabase where accounts of a simulation would meet real ones.

    Whoever signs in to a simulation is whoever they say, so nobody may keep such an account when
    the real WeChat is plugged in; ``accept`` is the operator's word that they may.
    """
    wanted = _wechat_mark(settings)
    _check_mark(await store.mark_wechat(wanted, override=accept), wanted)


async def examine_accounts(settings: Settings, store: Store) -> None:
    """Raise as ``check_accounts_are_wechats`` would, and change nothing."""
    wanted = _wechat_mark(settings)
    _check_mark(await store.wechat_mark() or wanted, wanted)


def _wechat_mark(settings: Settings) -> WeChatMark:
    return "simulated" if settings.simulated else "real"


def _check_mark(found: str, wanted: WeChatMark) -> None:
    if found != wanted:
        raise UnusableDatabase(
            f"the accounts in this database come from the {found} WeChat, and the settings name"
            f" the {wanted} one: use an empty database, or start with --accept-simulated-accounts"
        )
