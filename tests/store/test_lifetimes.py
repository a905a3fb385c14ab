"""What the store and the settings must agree on."""

import pytest
from pydantic import TypeAdapter, ValidationError

from bridge.config.values import TokenLifetime
from bridge.store import REMEMBERED


def test_no_token_may_live_longer_than_its_code_is_remembered() -> None:
    """Or a replay would be taken for a code that never was, and its token would live on."""
    token_lifetime: TypeAdapter[int] = TypeAdapter(TokenLifetime)
    assert token_lifetime.validate_python(REMEMBERED) == REMEMBERED
    with pytest.raises(ValidationError):
        token_lifetime.validate_python(REMEMBERED + 1)
