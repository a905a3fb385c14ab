"""Who asks too often: where that is counted, and what is not counted at all."""

from bridge.app import Chance
from bridge.cli.doctor.finding import Finding
from bridge.config import Settings
from bridge.limiting import Limit


async def examine_rate_limits(settings: Settings) -> list[Finding]:
    limits = settings.rate_limits
    off = [limit.value for limit in Limit if limit not in limits.rates]
    without = f"; off: {', '.join(off)}" if off else ""
    if limits.counted_in.kind == "redis":
        return [await _examine_redis(settings, without)]
    if settings.is_postgresql:
        text = (
            "counted in memory, by each process for itself: with several, name a Redis in"
            f" rate_limits.storage{without}"
        )
        return [Finding("limits", "warning", text)]
    return [Finding("limits", "ok", f"counted in memory{without}")]


async def _examine_redis(settings: Settings, without: str) -> Finding:
    """No failure: the bridge does without."""
    # An extra, which is not there where nobody needs it
    from bridge.limiting.shared import open_redis  # noqa: PLC0415

    storage = settings.rate_limits.counted_in
    async with open_redis(storage, now=Chance().now, ca_file=settings.ca_file) as redis:
        if await redis.is_there():
            return Finding("limits", "ok", f"counted in {storage.shown}{without}")
    text = (
        f"{storage.shown} does not answer, or refuses the password: sign-ins go on, and each"
        f" process counts for itself{without}"
    )
    return Finding("limits", "warning", text)
