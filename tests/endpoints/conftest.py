"""What the tests of this folder share."""

import pytest

from bridge.provider import Provider
from tests.endpoints.jar import HTTPS, Jar, provider_at
from tests.world import Clock


@pytest.fixture
def provider(clock: Clock) -> Provider:
    return provider_at(HTTPS, clock)


@pytest.fixture
def jar() -> Jar:
    return Jar()
