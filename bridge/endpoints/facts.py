"""How things are at the moment at which somebody asks for metrics. Nothing here scans a table."""

import platform
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from bridge.provider import Provider
from keys import KeyRing, KeyState, SigningKey, UnusableKeys, signing_key, state

FACTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "wechat_oidc_build_info": ("Always 1.", ("version", "python")),
    "wechat_oidc_ready": ("Whether a part is usable, as /health/ready says.", ("part",)),
    "wechat_oidc_database_connections": ("Connections of this process.", ("state",)),
    "wechat_oidc_signing_keys": ("Signing keys that are published.", ("alg", "state")),
    "wechat_oidc_signing_key_age_seconds": ("Since when the active key signs.", ("alg",)),
    "wechat_oidc_signing_key_next_timestamp_seconds": ("When the next takes over.", ("alg",)),
}
"""By name: what it is, and its labels."""


def _gauge(name: str) -> GaugeMetricFamily:
    says, labels = FACTS[name]
    return GaugeMetricFamily(name, says, labels=labels)


async def facts(provider: Provider) -> list[Metric]:
    """Return them; those of what does not answer are left out, and ``ready`` says so."""
    return [_build(), await _ready(provider), _connections(provider), *await _keys(provider)]


def _build() -> Metric:
    build = _gauge("wechat_oidc_build_info")
    build.add_metric([version("wechat-oidc-bridge"), platform.python_version()], 1)
    return build


async def _ready(provider: Provider) -> Metric:
    """The database, the keys and the process, as ``/health/ready`` sees them."""
    ready = _gauge("wechat_oidc_ready")
    for part, verdict in (await provider.readiness.verdicts()).items():
        ready.add_metric([part], float(verdict == "ok"))
    return ready


def _connections(provider: Provider) -> Metric:
    held = _gauge("wechat_oidc_database_connections")
    for name, number in provider.store.connections().items():
        held.add_metric([name], number)
    return held


async def _keys(provider: Provider) -> list[Metric]:
    now = provider.now()
    number = _gauge("wechat_oidc_signing_keys")
    age = _gauge("wechat_oidc_signing_key_age_seconds")
    due = _gauge("wechat_oidc_signing_key_next_timestamp_seconds")
    try:
        ring = await provider.keys.ring(now)
    except UnusableKeys:
        return [number, age, due]
    states = [(key, state(key, ring.keys, now, ring.policy)) for key in ring.keys]
    counted = Counter((key.alg, found) for key, found in states)
    for alg in ring.algorithms:
        for wanted in (KeyState.UPCOMING, KeyState.ACTIVE, KeyState.RETIRED):
            number.add_metric([alg, wanted], counted[alg, wanted])
        active = signing_key(ring.keys, alg, now)
        age.add_metric([alg], max(0, now - active.active_from))
        due.add_metric([alg], _taken_over_at(ring, active))
    return [number, age, due]


def _taken_over_at(ring: KeyRing, active: SigningKey) -> int:
    later = [
        key.active_from
        for key in ring.keys
        if key.alg == active.alg and key.active_from > active.active_from
    ]
    return min(later, default=active.active_from + ring.policy.rotation)
