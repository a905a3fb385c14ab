"""What a resource of the control API is, and how what was sent to it is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

Model = TypeVar("Model", bound=BaseModel)

_OBJECT = TypeAdapter(dict[str, Any])


class BadControl(Exception):
    """What was asked of the control API cannot be done; the text says why, to whoever asked."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Body(BaseModel):
    """Members of a JSON object; types are those of JSON, and nothing is taken for another."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    def given(self) -> dict[str, Any]:
        """The members that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


@dataclass(frozen=True, slots=True)
class Asked:
    """``names`` are those in the path, ``query`` those after it; ``body`` is JSON."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def read(self, model: type[Model]) -> Model:
        """Raises ``BadControl``."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise BadControl(complaint(error)) from None

    def members(self) -> dict[str, Any]:
        """The members of the object, whatever they are called. Raises ``BadControl``."""
        try:
            return _OBJECT.validate_json(self.body)
        except ValidationError as error:
            raise BadControl(complaint(error)) from None


# Takes what was asked and returns what is answered: JSON, or something to be awaited for it.
Verb = Callable[[Asked], Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """``path`` begins below /control. A method that is None is not allowed."""

    path: str
    get: Verb | None = None
    put: Verb | None = None
    post: Verb | None = None
    delete: Verb | None = None

    @property
    def verbs(self) -> dict[str, Verb]:
        all_verbs = {"GET": self.get, "PUT": self.put, "POST": self.post, "DELETE": self.delete}
        return {method: verb for method, verb in all_verbs.items() if verb is not None}


def complaint(error: ValidationError) -> str:
    """Return in one line what is wrong with which member."""
    return "; ".join(
        re.sub(r"^: ", "", f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    )
