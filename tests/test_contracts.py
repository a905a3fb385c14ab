"""The import contracts of pyproject.toml hold, and each one is broken by what it forbids.

A contract that nothing can break protects nothing. So all of this is done on purpose, in a copy.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

LAYERS = "Imports go down, and every module of bridge has its place"
PURE = "bridge.oidc is pure: no I/O, no clock, no chance, no framework"
ALONE = "keys stands alone"
HTTP = "Only bridge.wechat, bridge.fetching, bridge.demo and bridge.cli are HTTP clients"
STRANGER = "The demo is a stranger"
SIMULATOR = "The simulator stays out of the provider"
FACE = "From outside, keys is its face"
ACYCLIC = "No cycles"
CONTRACTS = {LAYERS, PURE, ALONE, HTTP, STRANGER, SIMULATOR, FACE, ACYCLIC}

# The module that sins, what it imports, and the contract that is meant for it
SINS = (
    ("bridge.oidc.pkce", "time", PURE),
    ("bridge.oidc.pkce", "secrets", PURE),
    ("bridge.oidc.scope", "httpx", PURE),
    ("bridge.oidc.errors", "keys", PURE),
    ("bridge.oidc.claims", "bridge.telemetry", PURE),
    ("bridge.oidc.client", "bridge.sealing", LAYERS),
    ("bridge.store.clients", "bridge.endpoints.token", LAYERS),
    ("bridge.endpoints.token", "bridge.config", LAYERS),
    ("bridge.fetching.url", "bridge.wechat", LAYERS),
    ("bridge.jose.jwk_set", "bridge.fetching", LAYERS),
    ("bridge.jose.compact", "aiohttp", HTTP),
    ("bridge.pages.rendering", "bridge.wechat", LAYERS),
    ("keys.document", "bridge.sealing", ALONE),
    ("keys.algorithms", "pydantic", ALONE),
    ("bridge.endpoints.userinfo", "httpx", HTTP),
    ("bridge.store.sqlite", "aiohttp", HTTP),
    ("bridge.telemetry.tracing", "requests", HTTP),
    ("bridge.demo.pages", "bridge.oidc", STRANGER),
    ("bridge.endpoints.callback", "bridge.wechat.simulator", SIMULATOR),
    ("bridge.provider", "keys.ring", FACE),
    ("bridge.wechat.errors", "bridge.wechat.client", ACYCLIC),
)


def _lint(folder: Path) -> str:
    """Run the linter as a developer does, over the packages in ``folder``."""
    done = subprocess.run(  # noqa: S603 - our own program
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def _copy(folder: Path) -> Path:
    for package in ("bridge", "keys"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _file_of(folder: Path, module: str) -> Path:
    return folder.joinpath(*module.split(".")).with_suffix(".py")


def _verdicts(report: str) -> dict[str, str]:
    """KEPT or BROKEN, by the contract's name."""
    return dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", report, flags=re.MULTILINE))


def _complaint(report: str, contract: str) -> str:
    """What the report says about one broken contract."""
    told = report.partition("Broken contracts\n")[2]
    until_the_next = r"(.*?)(?=^[^\n]+\n-{3,}\n|\Z)"
    heading = rf"^{re.escape(contract)}\n-+\n"
    found = re.search(heading + until_the_next, told, re.MULTILINE | re.DOTALL)
    assert found, f"{contract} is not reported broken:\n{report}"
    return found[1]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _lint(_copy(tmp_path_factory.mktemp("clean")))


@pytest.fixture(scope="module")
def sinful(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = _copy(tmp_path_factory.mktemp("sinful"))
    for module, imported, _ in SINS:
        file = _file_of(folder, module)
        file.write_text(f"{file.read_text('utf-8')}\nimport {imported}\n", "utf-8")
    return _lint(folder)


def test_every_contract_is_kept_by_the_code_as_it_is(clean: str) -> None:
    assert _verdicts(clean) == dict.fromkeys(CONTRACTS, "KEPT")


def test_there_is_a_sin_for_every_contract() -> None:
    assert {contract for _, _, contract in SINS} == CONTRACTS


@pytest.mark.parametrize(("module", "imported", "contract"), SINS)
def test_a_contract_is_broken_by_the_import_that_it_forbids(
    sinful: str, module: str, imported: str, contract: str
) -> None:
    told = f"{module} -> {imported}"
    if contract == ACYCLIC:  # it is told by the siblings' names
        told = ".errors -> .client"
    assert re.search(rf"{re.escape(told)} \(", _complaint(sinful, contract))


def test_a_module_without_a_place_breaks_the_layers(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "bridge" / "utils.py").write_text('"""A drawer."""\n', "utf-8")
    report = _lint(folder)
    assert _verdicts(report) == dict.fromkeys(CONTRACTS, "KEPT") | {LAYERS: "BROKEN"}
    assert "utils" in _complaint(report, LAYERS)
