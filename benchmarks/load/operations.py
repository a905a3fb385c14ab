"""What is measured: each operation makes ready what it takes, then does it once for each number."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp

from benchmarks.load.browser import Browser, Unexpected
from benchmarks.load.job import Job
from benchmarks.load.relying_party import RelyingParty, Visit

Operation = Callable[[int], Awaitable[None]]
"""Done for each number from 0 on; it raises Unexpected where the answer is not the right one."""

Making = Callable[[aiohttp.ClientSession, Job, RelyingParty], Awaitable[Operation]]

# At once, while something is made ready that is not measured
MAKING_READY = 16

# People of whom can be asked as often as one likes
FEW = 20


async def made_ready(http: aiohttp.ClientSession, job: Job) -> Operation:
    """Return the operation that the job names, with all that it takes made ready."""
    if job.operation == "get":
        return lambda _: _get(http, job.url)
    party = RelyingParty(http, job)
    await party.discover()
    return await OPERATIONS[job.operation](http, job, party)


async def for_each(number: int, do: Operation, *, at_once: int = MAKING_READY) -> None:
    """Do it for each of so many, so many at once."""
    numbers = iter(range(number))

    async def work() -> None:
        for each in numbers:
            await do(each)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, number)):
            group.create_task(work())


async def _get(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(url) as answer:
        body = await answer.read()
    if answer.status != 200 or not body:  # noqa: PLR2004 - HTTP
        raise Unexpected(f"GET {url}: {answer.status}")


async def _meet(http: aiohttp.ClientSession, job: Job) -> None:
    """Give the people of this job accounts at the simulated WeChat."""
    if job.site != "bridge":
        return

    async def meet(number: int) -> None:
        key = f"p{job.first + number}"
        picture = f"https://thirdwx.qlogo.cn/mmopen/vi_32/{key}/132"
        person = {"nickname": f"张伟 {key}", "headimgurl": picture}
        async with http.put(f"{job.wechat_url}/control/people/{key}", json=person) as answer:
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                raise Unexpected(f"{key}: {answer.status} {await answer.text()}")

    await for_each(job.number, meet)


async def _complete(party: RelyingParty, visit: Visit) -> None:
    await party.reach_code(visit)
    await party.redeem(visit)
    await party.ask_userinfo(visit)


async def _signed_in(party: RelyingParty, job: Job) -> list[Visit]:
    """Sign everybody in, unmeasured."""
    visits = [party.visit(job.first + number) for number in range(job.number)]
    await for_each(job.number, lambda number: _complete(party, visits[number]))
    return visits


async def first_sign_in(http: aiohttp.ClientSession, job: Job, party: RelyingParty) -> Operation:
    """Everybody is new: authorize, callback, token, userinfo."""
    await _meet(http, job)
    return lambda number: _complete(party, party.visit(job.first + number))


async def repeat_sign_in(http: aiohttp.ClientSession, job: Job, party: RelyingParty) -> Operation:
    """Everybody has an account here, and comes with another browser."""
    await _meet(http, job)
    await _signed_in(party, job)
    return lambda number: _complete(party, party.visit(job.first + number))


async def silent_sign_in(http: aiohttp.ClientSession, job: Job, party: RelyingParty) -> Operation:
    """Everybody is signed in still: authorize with ``prompt=none``, token, userinfo."""
    await _meet(http, job)
    browsers: list[Browser] = [visit.browser for visit in await _signed_in(party, job)]

    async def sign_in(number: int) -> None:
        visit = party.visit(job.first + number, browsers[number])
        await party.reach_code_silently(visit)
        await party.redeem(visit)
        await party.ask_userinfo(visit)

    return sign_in


async def token(http: aiohttp.ClientSession, job: Job, party: RelyingParty) -> Operation:
    """A code is redeemed."""
    await _meet(http, job)
    visits = [party.visit(job.first + number) for number in range(job.number)]
    await for_each(job.number, lambda number: party.reach_code(visits[number]))
    return lambda number: party.redeem(visits[number])


async def refresh(http: aiohttp.ClientSession, job: Job, party: RelyingParty) -> Operation:
    """A refresh token is used, and rotated."""
    await _meet(http, job)
    visits = await _signed_in(party, job)
    return lambda number: party.refresh(visits[number])


def _asks(ask: Callable[[RelyingParty, Visit], Awaitable[None]]) -> Making:
    """What is asked with an access token can be asked again: a few people will do."""

    async def made(http: aiohttp.ClientSession, job: Job, party: RelyingParty) -> Operation:
        few = replace(job, number=FEW)
        await _meet(http, few)
        visits = await _signed_in(party, few)
        return lambda number: ask(party, visits[number % FEW])

    return made


OPERATIONS: dict[str, Making] = {
    "first_sign_in": first_sign_in,
    "repeat_sign_in": repeat_sign_in,
    "silent_sign_in": silent_sign_in,
    "token": token,
    "refresh": refresh,
    "userinfo": _asks(RelyingParty.ask_userinfo),
    "introspect": _asks(RelyingParty.introspect),
}
