"""The person and the sign-in: OpenID Connect Core 1.0 §5.7 and §8."""

from dataclasses import FrozenInstanceError

import pytest

from tests.oidc import examples


@pytest.mark.parametrize("member", ["subject", "handle"])
def test_a_subject_is_never_reassigned(member: str) -> None:
    """OpenID Connect Core 1.0 §8."""
    with pytest.raises(FrozenInstanceError):
        setattr(examples.session().account, member, "somebody else")


def test_a_sign_in_does_not_change_its_person() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(examples.session(), "account", None)  # noqa: B010 - the type checker knows it too
