"""RFC 7519 §2."""

from math import inf, nan

import pytest

from bridge.oidc.numeric_date import numeric_date


@pytest.mark.parametrize("moment", [0, 1_700_000_000, 1_700_000_000.5, -1, 10**400, None])
def test_a_number_of_seconds_is_a_moment(moment: float | None) -> None:
    assert numeric_date(moment) == moment


@pytest.mark.parametrize("value", [True, "1700000000", inf, nan, [], {}])
def test_what_is_no_number_of_seconds_is_no_moment(value: object) -> None:
    with pytest.raises(ValueError, match="no number of seconds"):
        numeric_date(value)
