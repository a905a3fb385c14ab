"""Work that goes on after an answer: held, reported, and not cut off at once."""

import logging

import anyio
import pytest

from bridge.background import AT_ONCE, background

pytestmark = pytest.mark.anyio


class UnforeseenError(Exception):
    pass


async def test_what_is_under_way_is_finished_before_the_end() -> None:
    done: list[str] = []

    async def work() -> None:
        await anyio.lowlevel.checkpoint()
        done.append("first")
        under_way.start(more())

    async def more() -> None:
        await anyio.lowlevel.checkpoint()
        done.append("second")

    async with background() as under_way:
        await under_way.finish()
        under_way.start(work())
        await under_way.finish()
        assert done == ["first", "second"]
        under_way.start(more())
    assert done == ["first", "second", "second"]


async def test_what_takes_too_long_at_the_end_is_cancelled() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("cancelled")

    async with background(patience=0) as under_way:
        under_way.start(work())
        await anyio.lowlevel.checkpoint()
    assert ended == ["cancelled"]


async def test_not_too_many_ask_others_at_once() -> None:
    at_once: list[int] = []
    asking: set[int] = set()

    async def work(number: int) -> None:
        async with under_way.turn:
            asking.add(number)
            at_once.append(len(asking))
            await anyio.lowlevel.checkpoint()
            asking.remove(number)

    async with background() as under_way:
        for number in range(2 * AT_ONCE):
            under_way.start(work(number))
        await under_way.finish()
    assert len(at_once) == 2 * AT_ONCE
    assert max(at_once) == AT_ONCE


async def test_a_fault_is_written_down_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise UnforeseenError("with a secret")

    with caplog.at_level(logging.ERROR, "bridge"):
        async with background() as under_way:
            under_way.start(work())
            await under_way.finish()
    assert 'request.failed failure=UnforeseenError at="test_background.py' in caplog.text
    assert "secret" not in caplog.text
