"""Programs for Node: relying parties, and a client of WeChat's."""

import os
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.strangers.by_line import Program, asked_by_line
from tests.strangers.missing import NODE


def on_node(*arguments: str, ca_file: Path, **environ: str) -> AbstractAsyncContextManager[Program]:
    """Run a program of this folder's while the context lasts; it trusts ``ca_file``."""
    theirs = {"NODE_EXTRA_CA_CERTS": str(ca_file), "NO_PROXY": "*", "no_proxy": "*"}
    return asked_by_line(NODE, *arguments, environ=os.environ | theirs | environ)
