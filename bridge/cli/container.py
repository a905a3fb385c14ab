"""In a container, data may not be in its own layer: it would be gone with it, without a word."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bridge.config import BadSettings, Settings

# Set by the Dockerfile. Not BRIDGE_…, for it is no setting.
IN_CONTAINER = "WECHAT_OIDC_CONTAINER"

# proc(5): a line for each mount that this process sees; the fifth field is where it is
MOUNTS = Path("/proc/self/mountinfo")


def check_data_lasts(settings: Settings, environ: Mapping[str, str], mounts: Path = MOUNTS) -> None:
    """Raise BadSettings where the database or the keys would be on the container's own layer."""
    if not environ.get(IN_CONTAINER):
        return
    mounted = _mount_points(mounts)
    for what, folder, instead in _folders(settings):
        if _holder(folder, mounted) == Path("/"):
            raise BadSettings(
                f"{what} in {folder} would be in the container's own layer, and gone with it:"
                f" mount a volume at {folder}, {instead}"
            )


def _folders(settings: Settings) -> Iterator[tuple[str, Path, str]]:
    """What is kept in files, where, and what else can be done about it."""
    if not settings.is_postgresql:
        folder = settings.sqlite_path.parent
        yield "the database", folder, "or name a PostgreSQL in the setting database"
    if settings.keys_directory is not None and not settings.keys_are_stored:
        yield (
            "the signing keys",
            settings.keys_directory,
            "or keep them in the database: the setting keys",
        )


def _mount_points(mounts: Path) -> frozenset[Path]:
    lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    return frozenset(Path(_unescaped(line.split(" ")[4])) for line in lines)


def _unescaped(text: str) -> str:
    """What stands for a space, a tab, a line's end and a backslash: three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _holder(folder: Path, mounted: frozenset[Path]) -> Path:
    """The mount on which a folder is, or will be once it is made."""
    resolved = folder.resolve()
    return next(place for place in (resolved, *resolved.parents) if place in mounted | {Path("/")})
