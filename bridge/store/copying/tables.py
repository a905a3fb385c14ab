"""The tables and their columns, as the migrations make them: what both engines agree upon."""

import re
from dataclasses import dataclass, field

from bridge.store.migrating import CREATE_INSTALLATION, migrations

_CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*)\)", re.DOTALL)
_ADD = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (.*)", re.DOTALL)
_KEY = re.compile(r"PRIMARY KEY \(([^)]*)\)")
_REFERENCE = re.compile(r"REFERENCES (\w+)")
# Commas between columns, not those within parentheses
_COMMA = re.compile(r",(?![^(]*\))")


@dataclass(slots=True)
class Table:
    """``own`` are columns that refer to rows of the table itself; ``parents`` other tables."""

    name: str
    columns: list[str] = field(default_factory=list[str])
    key: list[str] = field(default_factory=list[str])
    own: list[str] = field(default_factory=list[str])
    parents: set[str] = field(default_factory=set[str])

    def add(self, definition: str) -> None:
        """Take over one column, or what is said about the key."""
        text = " ".join(definition.split())
        if key := _KEY.match(text):
            self.key = [name.strip() for name in key[1].split(",")]
            return
        name = text.partition(" ")[0]
        self.columns.append(name)
        if "PRIMARY KEY" in text:
            self.key = [name]
        if reference := _REFERENCE.search(text):
            if reference[1] == self.name:
                self.own.append(name)
            else:
                self.parents.add(reference[1])


def tables() -> list[Table]:
    """All of them; each stands after those to which it refers."""
    found: dict[str, Table] = {}
    texts = [CREATE_INSTALLATION, *(text for _, text in migrations())]
    for statement in ";\n".join(texts).split(";\n"):
        if created := _CREATE.search(statement):
            table = found[created[1]] = Table(created[1])
            for definition in _COMMA.split(created[2]):
                table.add(definition)
        elif added := _ADD.search(statement):
            found[added[1]].add(added[2])
    ordered: list[Table] = []
    while len(ordered) < len(found):
        known = {table.name for table in ordered}
        ordered += [
            table for table in found.values() if table.name not in known and table.parents <= known
        ]
    return ordered
