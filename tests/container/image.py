"""The image as Debian's buildah makes it from the Dockerfile, mounted.

No registry is asked for the base: Debian's debootstrap makes one, once, and it goes by the name
that the Dockerfile has. What is made is kept in the user's cache, outside of the repository.
"""

import fcntl
import json
import os
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.container.dockerfile import ROOT, base
from tests.strangers.missing import found, without

TAG = "wechat-oidc-bridge-test"

# Of Debian 12: the oldest Python that is served
SUITE = "bookworm"
PACKAGES = ("python3", "python3-venv", "ca-certificates")

# What of pip's settings here says how it reaches its index
REACHING = ("index-url", "extra-index-url", "cert", "trusted-host", "proxy", "default-timeout")

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Image:
    """``root`` is its file system; ``size`` and ``base_size`` are bytes, uncompressed."""

    root: Path
    user: str
    environ: dict[str, str]
    folder: str
    entry_point: list[str]
    command: list[str]
    health_check: list[str]
    stop_signal: str
    size: int
    base_size: int


def cache() -> Path:
    """Where the base and the images are kept: about 1 GB."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "wechat-oidc-bridge"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def built(scratch: Path) -> Image:
    """Build it, once for all processes that run tests together and share ``scratch``."""
    if os.geteuid() != 0:
        without("the image is built and run by root only")
    for program, package in (("buildah", "buildah"), ("debootstrap", "debootstrap")):
        found(program, package)
    kept = scratch / "image.json"
    with _turn(cache() / "turn"):
        if not kept.exists():
            kept.write_text(json.dumps({"root": _build(scratch)}), "utf-8")
        return _described(Path(json.loads(kept.read_text("utf-8"))["root"]))


@contextmanager
def _turn(path: Path) -> Generator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(*command: str) -> str:
    environ = os.environ | {"BUILDAH_ISOLATION": "chroot"}
    done = subprocess.run(  # noqa: S603 - programs of the system
        command, check=False, capture_output=True, text=True, env=environ, cwd=ROOT
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout.strip()


def _buildah(command: str, *arguments: str) -> str:
    folder = cache() / "buildah"
    places = ("--root", str(folder / "root"), "--runroot", str(folder / "run"))
    return _run("buildah", *places, command, *arguments)


def _build(scratch: Path) -> str:
    """Build, without what earlier runs have left, and return the mounted file system."""
    _buildah("rm", "--all")
    if f"{base()}\n" not in _names():
        _make_base()
    _buildah(
        *("build", "--pull-never", "--network", "host", "--format", "docker", "--tag", TAG),
        *_reaching_the_index(scratch),
        ".",
    )
    _buildah("rmi", "--prune")
    return _buildah("mount", _buildah("from", "--pull-never", TAG))


def _names() -> str:
    images: list[dict[str, list[str] | None]]
    images = json.loads(_buildah("images", "--json") or "null") or []
    names = [name for image in images for name in image["names"] or []]
    return "".join(f"{name.rpartition('/')[2]}\n" for name in names)


def _make_base() -> None:
    archive, folder = cache() / f"{SUITE}.tar", cache() / SUITE
    if not archive.exists():
        _run("rm", "-rf", str(folder))
        included = f"--include={','.join(PACKAGES)}"
        _run("debootstrap", "--variant=minbase", included, SUITE, str(folder))
        unfinished = archive.with_suffix(".new")
        excluded = ("--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*")
        _run("tar", "--create", f"--file={unfinished}", f"--directory={folder}", *excluded, ".")
        unfinished.rename(archive)
        _run("rm", "-rf", str(folder))
    empty = _buildah("from", "scratch")
    _buildah("add", "--quiet", empty, str(archive), "/")
    _buildah("commit", "--quiet", "--rm", empty, base())


def _reaching_the_index(scratch: Path) -> Iterator[str]:
    """Let pip inside reach what pip here does. None of it gets into the image."""
    told = _run(found("pip", "python3-pip"), "config", "list")
    lines = (line.partition("=") for line in told.splitlines())
    known = {name: value for name, _, value in lines}
    settings = {
        name: (known.get(f":env:.{name}") or known.get(f"global.{name}") or "").strip("'")
        for name in REACHING
    }
    file = scratch / "pip.conf"
    reaching = [f"{name} = {value}\n" for name, value in settings.items() if value]
    file.write_text("".join(["[global]\n", *reaching]), "utf-8")
    yield f"--volume={file}:/etc/pip.conf:ro"
    if settings["cert"]:
        folder = Path(settings["cert"]).parent
        yield f"--volume={folder}:{folder}:ro"


def _described(root: Path) -> Image:
    told = json.loads(_buildah("inspect", "--type", "image", TAG))["Docker"]["config"]
    return Image(
        root=root,
        user=told["User"],
        environ=dict(entry.split("=", 1) for entry in told["Env"]),
        folder=told["WorkingDir"],
        entry_point=told["Entrypoint"],
        command=told["Cmd"],
        health_check=told["Healthcheck"]["Test"],
        stop_signal=told["StopSignal"],
        size=_size(root),
        base_size=_archived(),
    )


def _size(root: Path) -> int:
    return int(_run("du", "--summarize", "--bytes", "--one-file-system", str(root)).split()[0])


def _archived() -> int:
    """The size of the base: that of the files in it."""
    listed = _run("tar", "--list", "--verbose", f"--file={cache() / f'{SUITE}.tar'}")
    return sum(int(line.split()[2]) for line in listed.splitlines() if line.startswith("-"))
