"""Programs of the image, run as a container engine runs them, with what Debian itself has.

Their own mounts and process ids, the image's file system read-only, as its user without any
capability. The network is this machine's, so that only loopback is listened on.
"""

import asyncio
import os
import shlex
import signal
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.container.image import Image
from tests.processes.programs import PATIENCE, Program

DATA = "/var/lib/wechat-oidc"

# What a program of the system may use
DEVICES = ("null", "zero", "full", "random", "urandom")

# More than outside, for the first who starts reads everything from the disk
STARTS_WITHIN = 60


@dataclass(frozen=True)
class Container:
    """``volume`` is mounted where the image's data belong; ``network``: one of its own."""

    image: Image
    # An empty folder for mounts that nobody else sees
    place: Path
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    volume: Path | None = None
    volume_is_writable: bool = True
    network: bool = False

    def command(self, *words: str) -> list[str]:
        """What runs these words in a new container; they are its first process."""
        options = ["--mount", "--propagation=private", "--pid", "--fork"]
        if self.network:
            options.append("--net")
        script = " && ".join([*self._mounts(), f"exec chroot {self.place} {self._inside(words)}"])
        return ["unshare", *options, "/bin/sh", "-c", script]

    def within(self, pid: int, *words: str) -> list[str]:
        """What runs these words beside the first process, as ``docker exec``."""
        entered = ["--mount", "--pid", "--net", f"--root=/proc/{pid}/root", "--wd=/"]
        return ["nsenter", f"--target={pid}", *entered, "/bin/sh", "-c", self._inside(words)]

    def _mounts(self) -> list[str]:
        place = self.place
        mounts = [f"mount --bind {self.image.root} {place}", f"mount -o remount,bind,ro {place}"]
        mounts += [f"mount -t tmpfs -o mode=755 tmpfs {place}/dev"]
        # As engines do, which write it
        mounts += [f"mount --bind /etc/hosts {place}/etc/hosts"]
        for device in DEVICES:
            mounts += [f"touch {place}/dev/{device}"]
            mounts += [f"mount --bind /dev/{device} {place}/dev/{device}"]
        mounts += [
            f"mount -o remount,ro {place}/dev",
            f"mount -t proc -o nosuid,nodev,noexec proc {place}/proc",
            f"mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs {place}/tmp",  # noqa: S108 - the container's
        ]
        if self.volume is not None:
            mounts += [f"mount --bind {self.volume} {place}{DATA}"]
            if not self.volume_is_writable:
                mounts += [f"mount -o remount,bind,ro {place}{DATA}"]
        if self.network:
            mounts += ["ip link set lo up"]
        return mounts

    def _inside(self, words: tuple[str, ...]) -> str:
        user, _, group = self.image.user.partition(":")
        environ = {**self.image.environ, **self.environ}
        return shlex.join(
            [
                *("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"),
                *("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"),
                *("env", "-i", f"--chdir={self.image.folder}"),
                *(f"{name}={value}" for name, value in environ.items()),
                *words,
            ]
        )

    async def run(self, *words: str) -> tuple[int, str]:
        """Run what ends by itself: its status, and what it printed and complained of."""
        return await _ended(self.command(*words))

    async def run_beside(self, running: "Contained", *words: str) -> tuple[int, str]:
        return await _ended(self.within(running.pid, *words))

    @asynccontextmanager
    async def program(self, log: Path, *words: str) -> AsyncGenerator["Contained"]:
        """Run a server until it has said ``ready``, and while the context lasts."""
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *self.command(*words),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
            )
        running = Contained(process, log)
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                assert process.stdout is not None
                async for line in process.stdout:
                    running.lines.append(line.decode().rstrip("\n"))
                    if running.lines[-1] == "ready":
                        break
            assert running.lines[-1:] == ["ready"], running.text()
            yield running
        finally:
            _kill(process)
            await process.wait()


@dataclass
class Contained(Program):
    """``process`` is what holds the container; the program in it is another."""

    @property
    def pid(self) -> int:
        (program,) = _children(self.process)
        return program

    def largest_memory(self) -> float:
        """The most that it has had in memory until now: proc(5), megabytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (most,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
        return int(most) / 1024

    async def stopped(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal to the program; what holds the container has its status."""
        started = time.monotonic()
        os.kill(self.pid, by)
        async with asyncio.timeout(PATIENCE):
            status = await self.process.wait()
        return status, time.monotonic() - started


async def _ended(command: list[str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            printed, _ = await process.communicate()
    finally:
        _kill(process)
        await process.wait()
    assert process.returncode is not None
    return process.returncode, printed.decode()


def _kill(process: asyncio.subprocess.Process) -> None:
    """End what still runs. The death of its holder does not: it is another user's by now."""
    for pid in _children(process):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        process.kill()


def _children(process: asyncio.subprocess.Process) -> list[int]:
    if process.returncode is not None:
        return []
    with suppress(FileNotFoundError, ProcessLookupError):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]
    return []
