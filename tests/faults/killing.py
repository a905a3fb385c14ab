"""Processes that are killed, or asked to stop, while people sign in."""

import asyncio
import os
import signal
from pathlib import Path

from tests.faults.counts import Counts
from tests.faults.staging import Course, all_people, counted, one_bridge, two_bridges
from tests.faults.stand import children_of


async def nothing(folder: Path, sign_ins: int) -> Counts:
    """No fault: what the counts are when all is well."""
    async with one_bridge(folder, sign_ins) as (made, opened):
        await opened.enter_async_context(made.serve())

        async def hurt(_course: Course) -> None:
            return None

        counts = await counted("nothing", made, sign_ins, hurt)
        assert made.integrity() == [("ok",)]
        return counts


async def kill_bridge(folder: Path, sign_ins: int) -> Counts:
    """SQLite, one node: killed with everybody under way, and started again."""
    async with one_bridge(folder, sign_ins) as (made, opened):
        served = await opened.enter_async_context(made.serve())

        async def hurt(_course: Course) -> None:
            await served.stopped(signal.SIGKILL)
            await opened.enter_async_context(made.serve())

        counts = await counted("kill -9 bridge (SQLite)", made, sign_ins, hurt)
        assert made.integrity() == [("ok",)]
        return counts


async def kill_worker(folder: Path, sign_ins: int) -> Counts:
    """One of the two processes of ``serve --workers 2``: another takes its place."""
    async with one_bridge(folder, sign_ins, on_postgresql=True) as (made, opened):
        served = await opened.enter_async_context(made.serve(None, "--workers", "2"))

        async def hurt(_course: Course) -> None:
            os.kill(children_of(served.process.pid)[0], signal.SIGKILL)

        return await counted("kill -9 one of two workers", made, sign_ins, hurt)


async def kill_wechat(folder: Path, sign_ins: int) -> Counts:
    """The simulated WeChat: killed, and started again without a memory of its codes."""
    async with one_bridge(folder, sign_ins) as (made, opened):
        await opened.enter_async_context(made.serve())

        async def hurt(_course: Course) -> None:
            await made.wechat[-1].stopped(signal.SIGKILL)
            await opened.enter_async_context(made.simulate(all_people(sign_ins)))

        return await counted("kill -9 WeChat", made, sign_ins, hurt)


async def kill_one_of_two(folder: Path, sign_ins: int) -> Counts:
    """PostgreSQL, two nodes behind a load balancer: one is killed, and later started again."""
    async with two_bridges(folder, sign_ins) as cast:

        async def hurt(_course: Course) -> None:
            await cast.restart(0, signal.SIGKILL)

        return await counted("kill -9 one of two bridges", cast.made, sign_ins, hurt)


async def restart_both(folder: Path, sign_ins: int) -> Counts:
    """A rolling restart: one after the other is asked to stop, and started again."""
    async with two_bridges(folder, sign_ins) as cast:

        async def hurt(_course: Course) -> None:
            for number in (0, 1):
                await cast.restart(number, signal.SIGTERM)

        return await counted("rolling restart of two", cast.made, sign_ins, hurt)


async def kill_database(folder: Path, sign_ins: int) -> Counts:
    """PostgreSQL is killed, all of it, and recovers from its log."""
    async with two_bridges(folder, sign_ins) as cast:

        async def hurt(_course: Course) -> None:
            await asyncio.to_thread(cast.database.kill)
            await asyncio.to_thread(cast.database.start)

        return await counted("kill -9 PostgreSQL", cast.made, sign_ins, hurt)
