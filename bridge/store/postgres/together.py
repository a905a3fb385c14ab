"""Insertions that follow one another are one statement: one question to the server, and one answer.

Each but the last is a common table expression. What they refer to of one another is looked for at
the end of the statement, when all of it is there.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from bridge.store.engine import Insertion, Statement

NUMBER = re.compile(r"\$(\d+)")


def together(insertions: Sequence[Insertion]) -> Statement:
    values = chain.from_iterable(insertion.values for insertion in insertions)
    return _text(tuple(insertion.text for insertion in insertions)), tuple(values)


@lru_cache(maxsize=128)
def _text(texts: tuple[str, ...]) -> str:
    """The values of each are numbered on from those before it."""
    numbered: list[str] = []
    before = 0
    for text in texts:
        numbered.append(_numbered_from(before, text))
        before += max(int(number) for number in NUMBER.findall(text))
    *others, last = numbered
    named = ", ".join(f"added_{place} AS ({text})" for place, text in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _numbered_from(before: int, text: str) -> str:
    return NUMBER.sub(lambda number: f"${int(number[1]) + before}", text)
