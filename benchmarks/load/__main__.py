"""``python -m benchmarks.load``: a job a line comes in, ``ready`` goes out, then ``go`` comes in.

The report is the answer. So whoever measures can look at the clock of the operating system between
what is made ready and what is measured.
"""

import asyncio
import sys
from time import perf_counter

import aiohttp

from benchmarks.load.job import Job, Report
from benchmarks.load.operations import for_each, made_ready


async def line() -> str:
    told: str = await asyncio.to_thread(sys.stdin.readline)
    return told.strip()


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - that is how it answers


async def measured(http: aiohttp.ClientSession, job: Job) -> Report:
    operation = await made_ready(http, job)
    latencies: list[float] = []

    async def timed(number: int) -> None:
        began = perf_counter()
        await operation(number)
        latencies.append(perf_counter() - began)

    say("ready")
    await line()
    began = perf_counter()
    await for_each(job.number, timed, at_once=job.in_flight)
    return Report(perf_counter() - began, latencies)


async def main() -> None:
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    jar = aiohttp.DummyCookieJar()
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar, timeout=timeout) as http:
        while text := await line():
            say((await measured(http, Job.read(text))).to_json())


if __name__ == "__main__":
    asyncio.run(main())
