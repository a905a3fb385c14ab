"""The one place where everything is put together."""

from bridge.app.accounts import check_accounts_are_wechats, examine_accounts
from bridge.app.application import create_app, create_metrics_app
from bridge.app.housekeeping import housekeeping
from bridge.app.opening import (
    Chance,
    open_engine,
    open_provider,
    open_store,
    open_subject_key,
    open_wechat,
)
from bridge.app.resealing import Resealing, Standing
from bridge.app.signing import key_directory, open_keys, stored_keys

__all__ = [
    "Chance",
    "Resealing",
    "Standing",
    "check_accounts_are_wechats",
    "create_app",
    "create_metrics_app",
    "examine_accounts",
    "housekeeping",
    "key_directory",
    "open_engine",
    "open_keys",
    "open_provider",
    "open_store",
    "open_subject_key",
    "open_wechat",
    "stored_keys",
]
