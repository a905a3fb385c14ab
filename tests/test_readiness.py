"""Which process should be sent requests, whatever becomes of its parts."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bridge.readiness import Readiness

pytestmark = pytest.mark.anyio

SECRET = "postgresql://user:hunter2@db"

# Seconds: of a part that is never heard of
SHORT = 0.01


async def _well() -> None: ...


async def _fails() -> None:
    raise OSError(SECRET)


async def _never_answers() -> None:
    await asyncio.Event().wait()


async def test_all_parts_that_answer_are_ok() -> None:
    readiness = Readiness({"database": _well, "keys": _well})
    assert await readiness.verdicts() == {"process": "ok", "database": "ok", "keys": "ok"}


async def test_the_part_that_fails_or_does_not_answer_is_named_beside_the_others() -> None:
    readiness = Readiness({"a": _fails, "b": _never_answers, "c": _well}, within=SHORT)
    assert await readiness.verdicts() == {
        "process": "ok",
        "a": "failed",
        "b": "no answer",
        "c": "ok",
    }


async def test_once_it_stops_nothing_else_is_asked() -> None:
    readiness = Readiness({"database": _fails})
    readiness.stop()
    assert await readiness.verdicts() == {"process": "stopping"}


async def test_many_who_ask_at_once_are_one_question() -> None:
    asked: list[None] = []
    began, answered = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        asked.append(None)
        began.set()
        await answered.wait()

    readiness = Readiness({"database": slow})
    waiting = [asyncio.create_task(readiness.verdicts()) for _ in range(100)]
    await began.wait()
    # Whoever goes away takes the answer from nobody.
    waiting.pop(0).cancel()
    answered.set()
    assert {told["database"] for told in await asyncio.gather(*waiting)} == {"ok"}
    assert len(asked) == 1
    await readiness.verdicts()
    assert len(asked) == 2


async def test_the_log_says_when_it_changes_and_of_which_kind_the_failure_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "bridge")
    way: list[Callable[[], Awaitable[None]]] = [_fails]

    async def part() -> None:
        await way[-1]()

    readiness = Readiness({"database": part})
    for now in (_fails, _fails, _well, _well, _fails):
        way.append(now)
        await readiness.verdicts()
    assert caplog.messages == [
        "health.lost part=database failure=OSError",
        "health.regained part=database",
        "health.lost part=database failure=OSError",
    ]
