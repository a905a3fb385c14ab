"""The disk and the clock under a bridge with a database file."""

import asyncio
import errno
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.counts import Counts
from tests.faults.staging import Course, counted, one_bridge
from tests.faults.stand import with_environ
from tests.strangers.missing import without

# Bytes of the disk that fills up
DISK = 8_000_000

HOUR = 3_600


@contextmanager
def small_disk(folder: Path) -> Generator[None]:
    """A file system of its own in memory; whoever may not mount skips what needs it."""
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("a small file system may not be mounted here (root and CAP_SYS_ADMIN)")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def fill(file: Path) -> None:
    """Write until there is no room for one byte more."""
    with file.open("ab", buffering=0) as ballast:
        for size in (65_536, 1):
            try:
                while ballast.write(bytes(size)):
                    pass
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise


async def fill_disk(folder: Path, sign_ins: int) -> Counts:
    """SQLite on a disk that is full for some seconds."""
    with small_disk(folder / "data"):
        async with one_bridge(folder, sign_ins) as (made, opened):
            await opened.enter_async_context(made.serve())
            ballast = folder / "data" / "ballast"

            async def hurt(_course: Course) -> None:
                await asyncio.to_thread(fill, ballast)
                for _ in range(10):
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(fill, ballast)
                ballast.unlink()

            counts = await counted("disk full (SQLite)", made, sign_ins, hurt)
            assert made.integrity() == [("ok",)]
            return counts


def libfaketime() -> str:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        without("libfaketime.so.1 is not installed (Debian: apt-get install faketime)")
    return str(library)


async def step_clock(folder: Path, sign_ins: int) -> Counts:
    """The clock is put forward by an hour, back by two, and right.

    What is under way when it goes forward is too old, and begins again. At each of the three
    times, whoever begins is signed in; with the right clock, all that was answered is good.
    """
    library = libfaketime()
    clock = folder / "clock"
    clock.write_text("+0\n")
    faked = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    async with one_bridge(folder, sign_ins) as (made, opened):
        with with_environ(faked):
            await opened.enter_async_context(made.serve())

        async def hurt(course: Course) -> None:
            await course.until_answered(2 / 3)  # by then, many have their tokens
            for offset in (HOUR, -HOUR):
                clock.write_text(f"{offset:+}\n")
                await course.go_on()
            clock.write_text("+0\n")

        counts = await counted("clock +1 h, -1 h, right", made, sign_ins, hurt)
        assert made.integrity() == [("ok",)]
        return counts
