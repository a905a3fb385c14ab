"""A container that is replaced keeps its data, or does not start."""

from pathlib import Path

import pytest

from bridge.cli.container import IN_CONTAINER, check_data_lasts
from bridge.config import BadSettings, Settings, read_settings
from tests.cli.terminal import Operator
from tests.config.examples import GOOD

INSIDE = {IN_CONTAINER: "1"}

# As Docker has it: the layer, what the system needs, and one volume with a space in its name
MOUNTS = """\
725 711 0:54 / / ro,relatime master:189 - overlay overlay rw,lowerdir=/a,upperdir=/b
726 725 0:57 / /proc rw,nosuid - proc proc rw
727 725 0:58 / /tmp rw - tmpfs tmpfs rw
728 725 254:1 /volumes/x /srv/my\\040data rw - ext4 /dev/vda1 rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    file = tmp_path / "mountinfo"
    file.write_text(MOUNTS, "utf-8")
    return file


def _settings(folder: Path, **changed: str) -> Settings:
    return read_settings(None, GOOD | changed, directory=folder)


def test_the_default_place_needs_a_volume(tmp_path: Path, mounts: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        check_data_lasts(_settings(tmp_path), INSIDE, mounts)
    assert str(refused.value) == (
        "the database in /var/lib/wechat-oidc would be in the container's own layer, and gone with"
        " it: mount a volume at /var/lib/wechat-oidc, or name a PostgreSQL in the setting database"
    )


def test_a_volume_above_the_folder_keeps_it(tmp_path: Path, mounts: Path) -> None:
    settings = _settings(tmp_path, BRIDGE_DATABASE="sqlite:///srv/my data/deeper/bridge.db")
    check_data_lasts(settings, INSIDE, mounts)


def test_a_volume_beside_it_with_the_same_beginning_does_not(tmp_path: Path, mounts: Path) -> None:
    settings = _settings(tmp_path, BRIDGE_DATABASE="sqlite:///srv/my data too/bridge.db")
    with pytest.raises(BadSettings, match=r"^the database in /srv/my data too would"):
        check_data_lasts(settings, INSIDE, mounts)


def test_keys_elsewhere_need_a_volume_of_their_own(tmp_path: Path, mounts: Path) -> None:
    settings = _settings(
        tmp_path,
        BRIDGE_DATABASE="sqlite:///srv/my data/bridge.db",
        BRIDGE_KEYS_DIRECTORY="/var/keys",
    )
    with pytest.raises(BadSettings, match=r"^the signing keys in /var/keys would"):
        check_data_lasts(settings, INSIDE, mounts)


def test_outside_of_a_container_nobody_asks(tmp_path: Path, mounts: Path) -> None:
    check_data_lasts(_settings(tmp_path), {}, mounts)
    check_data_lasts(_settings(tmp_path), {IN_CONTAINER: ""}, mounts)


@pytest.mark.parametrize("command", [("serve",), ("check",), ("client", "list")])
def test_every_command_refuses_with_one_line_and_status_2(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A client that is added to a database which nobody will see again is not added."""
    monkeypatch.setenv(IN_CONTAINER, "1")
    forgetful = operator.with_settings(DATABASE="sqlite:///no-volume/bridge.db")
    assert "the database in /no-volume would be in the container" in forgetful.refused(*command)
    assert not Path("/no-volume").exists()
