"""What the Dockerfile says, read as a builder reads it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Stage:
    """The instructions of one stage, in order: name and the rest of the line."""

    instructions: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [rest for found, rest in self.instructions if found == name]

    def one(self, name: str) -> str:
        (only,) = self.all(name)
        return only

    def words(self, name: str) -> list[str]:
        """An instruction in exec form; a shell would keep signals to itself."""
        words: list[str] = json.loads(self.one(name))
        return words

    def pairs(self, name: str) -> dict[str, str]:
        """``NAME=value`` of every such instruction, without quotes."""
        found = re.findall(r'([\w.]+)=(?:"([^"]*)"|(\S+))', " ".join(self.all(name)))
        return {key: quoted or plain for key, quoted, plain in found}


def stages() -> list[Stage]:
    """Each stage, without what stands before the first."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    read = [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line]
    begins = [number for number, (name, _) in enumerate(read) if name == "FROM"]
    ends = [*begins[1:], len(read)]
    return [Stage(tuple(read[a:b])) for a, b in zip(begins, ends, strict=True)]


def base() -> str:
    """The name of the base image."""
    found = re.search(r"^ARG BASE=(\S+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]
