"""The wire is frozen: what relying parties receive, file by file.

A change that makes one of these tests fail changes what relying parties see. If that is meant,
write the files anew with

    python -m tests.wire.test_wire

and read the difference before it is committed: it belongs into CHANGELOG.md.
"""

import asyncio
import json
from functools import cache
from pathlib import Path

import pytest

from tests.wire.exchanges import Document, received

FOLDER = Path(__file__).parent
FROZEN = sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def as_received() -> dict[str, Document]:
    return asyncio.run(received())


@pytest.mark.parametrize("name", FROZEN)
def test_what_relying_parties_receive_has_not_changed(name: str) -> None:
    frozen = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert as_received()[name] == frozen


def test_every_exchange_is_frozen() -> None:
    assert sorted(as_received()) == FROZEN


def write_anew() -> None:
    for name, document in as_received().items():
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write_anew()
