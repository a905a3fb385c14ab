"""The Dockerfile agrees with the program; tests/container/test_image.py builds and runs it."""

import re
import tomllib

import pytest

from bridge.cli import main
from bridge.cli.container import IN_CONTAINER
from bridge.config import Settings
from tests.commands import commands_of, typed
from tests.container.dockerfile import ROOT, stages

BUILD, RUN = stages()

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _default(command: str, option: str) -> object:
    options = {parameter.name: parameter for parameter in commands_of(main)[command].params}
    return options[option].default


def test_both_stages_have_one_base_that_can_be_chosen() -> None:
    assert BUILD.one("FROM") == "${BASE} AS build"
    assert RUN.one("FROM") == "${BASE}"


def test_what_is_installed_is_pinned_by_hash_and_the_tools_stay_behind() -> None:
    fetching = [run for run in BUILD.all("RUN") if "install" in run]
    for command in re.findall(r"\bpip\b[^&]*\binstall\b[^&]*", " && ".join(fetching)):
        assert "--require-hashes" in command or "--no-index" in command
        assert "--no-cache-dir" in command
    assert not re.search(r"\b(?:pip|apt-get|curl|gcc)\b", " ".join(RUN.all("RUN")))
    assert RUN.all("COPY") == ["--from=build /opt/wechat-oidc /opt/wechat-oidc"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock"])
def test_every_requirement_of_the_image_has_hashes(lock: str) -> None:
    assert lock in BUILD.all("COPY")[0]
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    requirements = re.findall(r"^[a-z].*", text, re.MULTILINE)
    assert requirements
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_the_build_has_what_pyproject_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "requirements-build.lock").read_text("utf-8")
    for needed in project["build-system"]["requires"]:
        assert re.search(rf"^{needed}==", lock, re.MULTILINE)


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_no_address_of_a_registry_is_written_down(name: str) -> None:
    assert not re.search(r"https?://|\w\.(?:io|org|com)/", (ROOT / name).read_text("utf-8"))


def test_the_builder_is_given_what_it_copies_and_nothing_else() -> None:
    copied = {path for line in BUILD.all("COPY") for path in line.split()[:-1]}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
    assert all((ROOT / path).exists() for path in copied)


def test_its_labels_are_the_projects() -> None:
    told = "org.opencontainers.image."
    assert RUN.one("ARG") == f"VERSION={PROJECT['version']}"
    assert RUN.pairs("LABEL") == {
        f"{told}title": PROJECT["name"],
        f"{told}description": PROJECT["description"],
        f"{told}licenses": PROJECT["license"],
        f"{told}version": "${VERSION}",
    }


def test_it_runs_as_nobody_in_particular_and_keeps_data_where_the_settings_say() -> None:
    user, _, group = RUN.one("USER").partition(":")
    assert int(user) == int(group) > 0
    default = Settings.model_fields["database"].default.get_secret_value()
    folder = default.removeprefix("sqlite://").rpartition("/")[0]
    assert f"install -d -m 0700 -o {user} -g {group} {folder} " in " ".join(RUN.all("RUN"))
    # Docker would make an anonymous volume, and the data would be lost without a word.
    assert RUN.all("VOLUME") == []
    assert RUN.pairs("ENV")[IN_CONTAINER] == "1"
    assert not [name for name in RUN.pairs("ENV") if name.startswith("BRIDGE_")]


def test_signals_reach_the_program_and_its_words_are_commands() -> None:
    assert RUN.one("STOPSIGNAL") == "SIGTERM"
    assert RUN.words("ENTRYPOINT") == list(PROJECT["scripts"])
    parsed = typed(RUN.words("CMD"), resilient_parsing=True)
    assert parsed.params["host"] == "0.0.0.0"  # noqa: S104 - within the container


def test_it_asks_itself_whether_it_is_ready_where_it_listens() -> None:
    port = _default("serve", "port")
    assert RUN.one("EXPOSE") == str(port)
    asked = RUN.one("HEALTHCHECK")
    assert f"'127.0.0.1', {port}" in asked
    assert "'/health/ready'" in asked
