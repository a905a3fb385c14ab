"""Configuration as the manual prints it, for that is what operators copy."""

import re
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def manuals_block(document: str, language: str) -> str:
    """The one block in this language."""
    text = (DOCS / document).read_text("utf-8")
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)


def placed(block: str, replacements: Mapping[str, str]) -> str:
    """The block with addresses and files of a test, each of which has to be in it."""
    for told, ours in replacements.items():
        assert told in block, told
        block = block.replace(told, ours)
    return block
