"""One suite for every engine, and what is one engine's own."""

import pytest

# The suite is no test module by its name, and its assertions should speak all the same.
for _part in ("clients", "codes", "examples", "forgetting", "people", "processes"):
    pytest.register_assert_rewrite(f"tests.store.{_part}")
