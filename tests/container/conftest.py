import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.container.contained import Container
from tests.container.image import Image, built
from tests.processes.programs import APP_SECRET, APPID
from tests.serving import free_port

WECHAT = {"BRIDGE_WECHAT_CLIENT_ID": APPID, "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET}


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    scratch = tmp_path_factory.getbasetemp()
    return built(scratch.parent if "PYTEST_XDIST_WORKER" in os.environ else scratch)


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder on which containers mount what nobody else sees."""
    folder = Path(mkdtemp(prefix="wechat-oidc-container-"))
    yield folder
    folder.rmdir()


@pytest.fixture
def volume(image: Image) -> Iterator[Path]:
    """A new volume, which belongs to the image's user as with Docker."""
    folder = Path(mkdtemp(prefix="wechat-oidc-volume-"))
    user, _, group = image.user.partition(":")
    os.chown(folder, int(user), int(group))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def wechat_url(image: Image, place: Path, tmp_path: Path) -> AsyncIterator[str]:
    """The image's own simulated WeChat, which needs no volume."""
    words = ("wechat-oidc", "simulate", "--host", "127.0.0.1", "--port", str(free_port()))
    container = Container(image, place, WECHAT)
    async with container.program(tmp_path / "wechat.log", *words) as running:
        yield running.printed(r"API_HOSTS=(\S+)")
