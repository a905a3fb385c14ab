"""What ``wechat-oidc check`` examines, each on its own, each with what to do about it."""

from bridge.cli.doctor.applications import examine_applications, examine_unionid, examine_ways
from bridge.cli.doctor.callback import examine_callback
from bridge.cli.doctor.data import examine_database
from bridge.cli.doctor.finding import Finding
from bridge.cli.doctor.hosts import examine_clock, examine_hosts, examine_proxy
from bridge.cli.doctor.issuer import examine_issuer
from bridge.cli.doctor.keys import examine_keys, examine_secrets
from bridge.cli.doctor.rate_limits import examine_rate_limits
from bridge.cli.doctor.served import examine_files, examine_pushes
from bridge.cli.doctor.settings import examine_settings

EXAMINATIONS = (
    examine_settings,
    examine_database,
    examine_secrets,
    examine_keys,
    examine_rate_limits,
    examine_proxy,
    examine_applications,
    examine_ways,
    examine_unionid,
    examine_callback,
    examine_hosts,
    examine_clock,
    examine_issuer,
    examine_files,
    examine_pushes,
)
"""In the order in which a bridge is set up; each takes the settings and returns its findings."""

BEFORE_SERVE = (
    examine_settings,
    examine_database,
    examine_secrets,
    examine_keys,
    examine_ways,
    examine_unionid,
)
"""Those that ask neither WeChat nor the bridge itself, which need not be there yet."""

__all__ = ["BEFORE_SERVE", "EXAMINATIONS", "Finding"]
