"""What is counted of a fault, and what must hold after each."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.faults.crowd import Refused, RelyingParty, Visit, crowd, refusals


@dataclass
class Counts:
    """Of one scenario. ``violations`` are told in words; there must be none."""

    name: str
    sign_ins: int = 0
    completed: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    sessions: int = 0
    sessions_lost: int = 0
    refresh_tokens: int = 0
    refresh_tokens_lost: int = 0
    afterwards: int = 0
    slowest: float = 0
    violations: list[str] = field(default_factory=list[str])

    def line(self) -> str:
        told = " ".join(f"{why}={number}" for why, number in sorted(self.refused.items()))
        return (
            f"{self.name:<34} {self.sign_ins:>5} {self.completed:>5} {self.refused.total():>5}"
            f" {self.sessions:>5} {self.sessions_lost:>4} {self.refresh_tokens:>5}"
            f" {self.refresh_tokens_lost:>4} {self.afterwards:>5} {self.slowest:>6.2f}"
            f" {len(self.violations):>4}  {told}"
        )

    def check(self) -> None:
        assert not self.violations, self.violations
        assert self.sessions_lost == 0, self.line()
        assert self.refresh_tokens_lost == 0, self.line()


HEADING = (
    f"{'fault':<34} {'began':>5} {'done':>5} {'ref.':>5} {'sess.':>5} {'lost':>4} {'refr.':>5}"
    f" {'lost':>4} {'next':>5} {'slow/s':>6} {'viol':>4}  refused by"
)


# How often, and after how many seconds, it is asked whether what was hurt is back
TRIES, TURN = 40, 0.5


async def sign_in_all(party: RelyingParty, visits: Sequence[Visit], counts: Counts) -> None:
    """All of them at once; every tenth code is redeemed by two at once."""
    ways = (party.sign_in(visit, twice=number % 10 == 0) for number, visit in enumerate(visits))
    ends = await asyncio.gather(*ways, return_exceptions=True)
    counts.violations += [repr(end) for end in ends if isinstance(end, BaseException)]
    counts.sign_ins += len(visits)
    counts.completed += sum(visit.refusal is None for visit in visits)
    counts.refused += refusals(visits)
    counts.slowest = max(counts.slowest, party.slowest)


async def look_back(party: RelyingParty, visits: Sequence[Visit], counts: Counts) -> None:
    """What was answered before the fault is good after it, and nothing was doubled."""
    for visit in visits:
        if visit.tokens is not None:
            party.check_id_token(visit, visit.tokens["id_token"])
        await _try_code_again(party, visit, counts)
        if visit.was_answered:
            counts.sessions += 1
            counts.sessions_lost += not await _holds(partial(party.is_signed_in, visit), counts)
        # The second who came with a code has ended what the first was given.
        if visit.tokens is not None and len(visit.redemptions) == 1:
            counts.refresh_tokens += 1
            counts.refresh_tokens_lost += not await _holds(partial(party.refresh, visit), counts)


async def _try_code_again(party: RelyingParty, visit: Visit, counts: Counts) -> None:
    """A code whose answer was lost is good once more, or spent; never good twice."""
    if visit.code is None or visit.redemptions.count(None) == 0:
        return
    try:
        await party.redeem(visit)
    except Refused:
        return
    except AssertionError as violation:
        counts.violations.append(repr(violation))


async def _holds(question: Callable[[], Awaitable[bool]], counts: Counts) -> bool:
    """Whether it is so. What is answered 503 is asked again: what was hurt may not be back yet."""
    for _ in range(TRIES):
        try:
            return await question()
        except Refused as refused:
            if not str(refused).endswith("503"):
                return False
        except AssertionError as violation:
            counts.violations.append(repr(violation))
            return True
        await asyncio.sleep(TURN)
    return False


async def go_on(party: RelyingParty, people: Sequence[str], counts: Counts) -> None:
    """Every relying party's next sign-in works, of those who are new and of those who came back."""
    from tests.faults.stand import CLIENT_IDS  # noqa: PLC0415

    async with crowd(people, CLIENT_IDS) as visits:
        for visit in visits:
            try:
                await party.sign_in(visit)
            except AssertionError as violation:
                counts.violations.append(repr(violation))
            if visit.refusal is not None:
                counts.violations.append(f"afterwards, {visit.client_id}: {visit.refusal}")
        counts.afterwards += sum(visit.refusal is None for visit in visits)
