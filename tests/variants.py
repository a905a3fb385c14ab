"""What is more of the same: whoever changes something runs one of each kind, CI all of them."""

from collections.abc import Iterable
from typing import Any

import pytest


def all_but_the_first_in_ci_alone(values: Iterable[Any]) -> list[Any]:
    """Parameters of which the first is always run, and the others under ``every_variant``."""
    first, *others = values
    return [first, *(pytest.param(value, marks=pytest.mark.every_variant) for value in others)]
