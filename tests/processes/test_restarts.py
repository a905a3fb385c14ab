"""What survives the end of a process, however it ends."""

import asyncio
import re
import signal
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.processes.programs import PATIENCE, Installation
from tests.processes.relying_party import SignIn, signing_in
from tests.serving import free_port

pytestmark = pytest.mark.anyio

PEOPLE = ("zhang-wei", "family", "no-unionid", "markup", "null")

MANY = 20

# Answers of the Token Endpoint
GOOD, SPENT = 200, 400


class Ledger(list[SignIn]):
    """Sign-ins that were begun, and whether many of them have come to their end."""

    def __init__(self) -> None:
        super().__init__()
        self.many_are_done = asyncio.Event()

    async def sign_in_again_and_again(self, installed: Installation, person: str) -> None:
        """Until the bridge is gone. Each sign-in is in the ledger before its code exists."""
        while True:
            async with signing_in(installed, person) as under_way:
                self.append(under_way)
                try:
                    await under_way.approve()
                    await under_way.come_back()
                    await under_way.redeem()
                except httpx.TransportError:
                    return
            if sum(len(each.redemptions) for each in self) >= MANY:
                self.many_are_done.set()


@pytest.mark.every_variant
async def test_kill_9_with_twenty_sign_ins_under_way_loses_and_doubles_nothing(
    installed: Installation,
) -> None:
    async with AsyncExitStack() as opened:
        waiting = [
            await opened.enter_async_context(signing_in(installed, person)) for person in PEOPLE * 2
        ]
        at_wechat, with_code = waiting[:5], waiting[5:]
        ledger = Ledger()
        async with installed.serve() as serve:
            kids = await installed.kids()
            clients = await installed.clients()
            async with signing_in(installed) as first:
                subject = (await first.complete())["sub"]
            await asyncio.gather(*(each.approve() for each in waiting))
            await asyncio.gather(*(each.come_back() for each in with_code))
            tasks = [
                asyncio.create_task(ledger.sign_in_again_and_again(installed, person))
                for person in PEOPLE * 2
            ]
            await asyncio.wait_for(ledger.many_are_done.wait(), PATIENCE)
            assert (await serve.stopped(signal.SIGKILL))[0] == -signal.SIGKILL
            await asyncio.gather(*tasks)
        redeemed = [each for each in (first, *ledger) if each.redemptions]
        unsure = [each for each in ledger if each.code and not each.redemptions]
        assert {status for each in redeemed for status in each.redemptions} == {GOOD}
        assert len(redeemed) > MANY

        async with installed.serve():
            assert await installed.kids() == kids
            assert await installed.clients() == clients
            assert installed.integrity() == [("ok",)]
            # Codes that nobody had redeemed are still good, and good once.
            assert [await each.redeem() for each in with_code] == [GOOD] * 5
            # Of those whose redemption was not answered, nobody knows; never are they good twice.
            for each in unsure:
                await again(each)
            # The people at WeChat come back as if nothing had happened.
            for each in at_wechat:
                await each.come_back()
                assert await each.redeem() == GOOD
            # Each person is who they were.
            subjects = {each.person: (await each.userinfo())["sub"] for each in with_code}
            for each in at_wechat:
                assert (await each.userinfo())["sub"] == subjects[each.person]
            assert subjects["zhang-wei"] == subject
            # A code that was redeemed before is never redeemed again.
            for each in (*redeemed, *with_code, *at_wechat):
                await again(each)
                assert each.redemptions.count(GOOD) == 1
            for each in unsure:
                await again(each)
                assert each.redemptions.count(GOOD) <= 1
            async with signing_in(installed) as last:
                assert (await last.complete())["sub"] == subject


async def again(earlier: SignIn) -> None:
    """Redeem a code in a new connection: that of its time may be gone."""
    async with signing_in(earlier.installed, earlier.person) as now:
        earlier.browser = now.browser
        await earlier.redeem()


async def test_what_is_under_way_before_a_restart_goes_on_after_it(
    installed: Installation,
) -> None:
    async with AsyncExitStack() as opened:
        at_wechat, with_code, with_token = [
            await opened.enter_async_context(signing_in(installed)) for _ in range(3)
        ]
        async with installed.serve() as serve:
            await at_wechat.approve()
            await with_code.approve()
            await with_code.come_back()
            claims = await with_token.complete()
            assert (await serve.stopped())[0] == 0
        async with installed.serve():
            # The pending request is in the browser, sealed.
            await at_wechat.come_back()
            assert await at_wechat.redeem() == GOOD
            # The code and the token are rows.
            assert await with_code.redeem() == GOOD
            assert await with_code.redeem() == SPENT
            assert await with_token.userinfo() == claims


@pytest.mark.every_variant
async def test_in_the_overlap_of_a_restart_two_processes_answer_from_one_database(
    installed: Installation,
) -> None:
    other = free_port()
    async with installed.serve(), installed.serve(other), AsyncExitStack() as opened:
        assert await installed.kids() == await installed.kids(other)
        people = [
            await opened.enter_async_context(signing_in(installed, person)) for person in PEOPLE
        ]
        await asyncio.gather(*(each.approve() for each in people))
        await asyncio.gather(*(each.come_back() for each in people))
        # Both are asked at once to redeem each code: exactly one of them does.
        answers = await asyncio.gather(
            *(each.redeem(port) for each in people for port in (installed.port, other))
        )
        assert sorted(answers) == [GOOD] * 5 + [SPENT] * 5
        assert all(each.redemptions.count(GOOD) == 1 for each in people)


@pytest.mark.every_variant
async def test_two_processes_started_at_once_on_no_database_agree(installed: Installation) -> None:
    installed.folder /= "new"
    installed.folder.mkdir()
    other = free_port()

    async def start(opened: AsyncExitStack, port: int) -> None:
        await opened.enter_async_context(installed.serve(port))

    async with AsyncExitStack() as opened:
        await asyncio.gather(*(start(opened, port) for port in (installed.port, other)))
        assert await installed.kids() == await installed.kids(other)
    assert installed.integrity() == [("ok",)]


@pytest.mark.every_variant
async def test_a_running_bridge_publishes_the_keys_that_a_command_has_made(
    installed: Installation,
) -> None:
    async with installed.serve():
        before = await installed.kids()
        made = await installed.command("keys", "rotate")
        after = await installed.kids()
    announced = re.findall(r"^(\S+)\t", made, re.MULTILINE)
    assert len(announced) == 2
    assert set(after) == {*before, *announced}
    # Those that sign now stay in front.
    assert [kid for kid in after if kid in before] == before
