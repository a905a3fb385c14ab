"""Groups, and who is in them, as the settings name them."""

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import BaseModel, BeforeValidator, Field

from bridge.oidc.groups import UnfitGroup, check_group_name, check_person_id

HOW = 'below [groups] stands a line for each: staff = ["oSomebody", "oSomebodyElse"]'


def _read(groups: object) -> dict[str, tuple[str, ...]]:
    """From a table, or from texts such as ``staff=oSomebody oSomebodyElse``."""
    if isinstance(groups, list):
        groups = dict(_parted(text) for text in cast("list[object]", groups))
    if isinstance(groups, Mapping):
        table = cast("Mapping[str, object]", groups)
        return {name: _members(name, ids) for name, ids in table.items()}
    raise ValueError(f"must be a table: {HOW}")


def _parted(text: object) -> tuple[str, list[str]]:
    name, equals, ids = str(text).partition("=")
    if not equals:
        raise ValueError("must hold groups such as staff=oSomebody oSomebodyElse")
    return name.strip(), ids.split()


def _members(name: str, ids: object) -> tuple[str, ...]:
    given = cast("list[object]", ids) if isinstance(ids, list) else None
    if given is None or not all(isinstance(id_, str) for id_ in given):
        raise ValueError(f"must have lists of ids: {HOW}")
    try:
        check_group_name(name)
        for id_ in given:
            check_person_id(str(id_))
    except UnfitGroup as error:
        raise ValueError(f"cannot be used: {error}") from None
    return tuple(map(str, given))


Groups = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_read)]


class GroupSettings(BaseModel):
    """Part of ``Settings``."""

    groups: Groups = Field(default={})

    @property
    def declared_groups(self) -> dict[str, frozenset[str]]:
        """Who is in which group, for whoever looks somebody up."""
        return {name: frozenset(ids) for name, ids in self.groups.items()}
