"""The documents cannot fall behind: what the program has, they name, and what they name exists.

Settings have a test of their own, in tests/config.
"""

import importlib
import pkgutil
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from re import DOTALL, IGNORECASE, MULTILINE
from urllib.parse import unquote

import click
import pytest
import yaml
from click.testing import CliRunner
from starlette.routing import Route

import bridge.endpoints
from bridge.cli import main
from bridge.oidc import errors
from bridge.oidc.claims import claims_supported
from bridge.oidc.errors import OAuthError
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.store import AuditEvent
from bridge.telemetry import Event
from bridge.wechat.errcodes import ERRCODES
from bridge.wechat.simulator.behaviour import Behaviour
from tests.commands import commands_of
from tests.telemetry.metrics import METRICS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))

TEST = re.compile(r"`(tests/[a-z0-9_/]+\.py)(?:::(test_[a-z0-9_]+))?`")
MODULE = re.compile(r"`((?:bridge|keys)/[a-z0-9_/]+\.py|pyproject\.toml)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")

# Of this machine or of another, and words for what is not finished
FOREIGN = re.compile(
    r"(?<![\w.])/(?:work|home|root|tmp|Users)/|\b(?:TODO|FIXME|XXX|TBD|lorem ipsum)\b", IGNORECASE
)


def _text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def _prose(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=MULTILINE | DOTALL)


def _headings(text: str, level: int) -> list[str]:
    found = re.findall(rf"^#{{{level}}} (.+)$", _prose(text), flags=MULTILINE)
    return [heading.replace("`", "") for heading in found]


def _section(text: str, title: str) -> str:
    """What stands under one heading of the second level."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, flags=MULTILINE | DOTALL)
    assert found, f"no section {title}"
    return found[1]


def _anchors(document: Path) -> set[str]:
    """The names that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", _prose(document.read_text("utf-8")), flags=MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


def _commands(
    command: click.Command, *path: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in commands_of(command).items():
            yield from _commands(below, *path, name)


COMMANDS = dict(_commands(main))


def _all_errors(error: type[OAuthError]) -> Iterator[type[OAuthError]]:
    for below in error.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
        yield from _all_errors(below)


def _routes() -> Iterator[Route]:
    for module in pkgutil.iter_modules(bridge.endpoints.__path__, "bridge.endpoints."):
        router = getattr(importlib.import_module(module.name), "router", None)
        for route in router.routes if router else ():
            assert isinstance(route, Route)
            yield route


# What the program has


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_manual_shows_what_each_command_says_with_help(path: tuple[str, ...]) -> None:
    said = CliRunner().invoke(
        main, [*path, "--help"], prog_name="wechat-oidc", terminal_width=80, color=False
    )
    typed = " ".join(("wechat-oidc", *path, "--help"))
    assert f"```text\n$ {typed}\n{said.output.rstrip()}\n```\n" in _text("commands.md")


def test_the_manual_has_a_heading_for_each_command_and_no_other() -> None:
    manual = _text("commands.md")
    groups = [" ".join(path) for path in COMMANDS if len(path) == 1]
    assert sorted(set(_headings(manual, 2)) - {"Not yet"}) == sorted(groups)
    assert sorted(_headings(manual, 3)) == sorted(
        " ".join(path) for path in COMMANDS if len(path) == 2
    )


def test_each_endpoint_has_its_paragraph_with_its_methods() -> None:
    section = _section(_text("relying-parties.md"), "Endpoints")
    assert sorted(_headings(section, 3)) == sorted({route.path for route in _routes()})
    methods: dict[str, set[str]] = defaultdict(set)
    for route in _routes():
        methods[route.path] |= (route.methods or set()) - {"HEAD"}
    for path, known in methods.items():
        first = section.partition(f"### `{path}`\n\n")[2].partition(".")[0]
        assert set(re.findall(r"\b(?:GET|POST|PUT|DELETE)\b", first)) == known


def test_each_switch_of_the_simulated_wechat_has_its_row_and_each_of_its_ids_is_named() -> None:
    manual = _text("simulator.md")
    section = manual.partition("### Behaviour\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \|", section, MULTILINE)
    assert sorted(rows) == sorted(member.name for member in fields(Behaviour))
    templates = (ROOT / "bridge" / "wechat" / "simulator" / "templates").glob("*.html")
    ids = {
        name
        for page in templates
        for name in re.findall(r'\bid="([a-z-]+)"', page.read_text("utf-8"))
    }
    assert ids - set(re.findall(r"`#([a-z-]+)`", manual)) == set()


def test_each_error_of_the_protocol_has_its_paragraph() -> None:
    codes = {error.error for error in _all_errors(OAuthError)}
    assert sorted(_headings(_section(_text("relying-parties.md"), "Errors"), 3)) == sorted(codes)


def test_each_claim_is_described_and_no_other() -> None:
    described: set[str] = set()
    for row in re.findall(
        r"^\|(.*)\|$", _section(_text("relying-parties.md"), "Claims"), MULTILINE
    ):
        # The name is in the first cell, or in the second where the first is for the scope value.
        first, second, *_ = row.split(" | ")
        has_scope = not first.strip() or first.strip(" `") in SCOPES_SUPPORTED
        described.update(re.findall(r"`(\w+)`", second if has_scope else first))
    assert described == set(claims_supported(SCOPES_SUPPORTED))


def test_each_event_of_the_log_has_its_paragraph() -> None:
    assert sorted(_headings(_section(_text("operations.md"), "The log"), 3)) == sorted(Event)


def test_each_metric_has_its_row_with_its_labels_and_no_other() -> None:
    rows = re.findall(
        r"^\| `(wechat_oidc_[a-z_]+)` \| ([^|]+) \|",
        _section(_text("operations.md"), "Metrics"),
        MULTILINE,
    )
    described = {name: set(re.findall(r"`([a-z]+)`", labels)) for name, labels in rows}
    assert described == METRICS
    assert len(rows) == len(METRICS)


def test_alerts_ask_for_metrics_and_labels_that_exist() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus-rules.yaml").read_text("utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts) >= 5
    for alert in alerts:
        asked = re.findall(r"(wechat_oidc_[a-z_]+)(?:\{([^}]*)\})?", alert["expr"])
        assert asked, alert["alert"]
        for name, matchers in asked:
            labels = set(re.findall(r"([a-z]+)!?[=~]", matchers))
            assert labels <= METRICS[name], alert["alert"]
        for event in re.findall(r'event="([^"]+)"', alert["expr"]):
            assert event in set(Event)


def test_each_event_of_the_audit_trail_is_explained() -> None:
    """Those that end in ``.unproven`` by what they are, and how they end."""
    explained = _section(_text("operations.md"), "The audit trail")
    names = [event.removesuffix(".unproven") for event in AuditEvent]
    assert [name for name in names if f"`{name}`" not in explained] == []
    assert "`.unproven`" in explained


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ("the session of the other delivery", {"WeChatCodeUsed"}),
        ("the person sees the sign-in page again", {"WeChatCodeRejected"}),
        ("the call is repeated", {"WeChatBusy"}),
        ("a page that asks to try again", {"WeChatLimited"}),
        ("a page that says so", {"WeChatPersonRefused"}),
        ("`server_error`", {"WeChatAppidRejected", "WeChatSecretRejected", "WeChatMisconfigured"}),
    ],
)
def test_the_manual_says_of_each_errcode_what_happens(told: str, kinds: set[str]) -> None:
    described = {
        number
        for numbers, happens in _errcode_rows()
        if happens.startswith(told)
        for number in numbers
    }
    assert described == {n for n, kind in ERRCODES.items() if kind.__name__ in kinds}


def test_the_manual_has_a_row_for_each_errcode_and_no_other() -> None:
    described = [number for numbers, _ in _errcode_rows() for number in numbers]
    assert sorted(described) == sorted(ERRCODES)


def _errcode_rows() -> list[tuple[list[int], str]]:
    """The numbers of each row, and what happens."""
    rows = re.findall(
        r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", _section(_text("wechat.md"), "errcode"), MULTILINE
    )
    return [([int(n) for n in re.findall(r"-?\d+", cell)], happens) for cell, happens in rows[2:]]


# What the documents name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for link in LINK.findall(_prose(document.read_text("utf-8"))):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in _anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_foreign_path_or_leaves_something_to_do(document: Path) -> None:
    assert FOREIGN.findall(document.read_text("utf-8")) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_that_a_document_types_exists(document: Path) -> None:
    text = document.read_text("utf-8").replace("\\\n", " ")
    for typed in re.findall(r"\bwechat-oidc ([a-z][^\n`]*)", "\n".join(_code(text))):
        words = typed.split()
        path = tuple(words[:2]) if tuple(words[:2]) in COMMANDS else tuple(words[:1])
        assert path in COMMANDS, typed
        known = {name for parameter in COMMANDS[path].params for name in parameter.opts}
        used = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
        assert used <= known | {"--help"}, typed


def _code(text: str) -> list[str]:
    """What stands in fenced blocks of a shell, and between backticks."""
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```$", text, MULTILINE | DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", _prose(text))


def test_the_readme_has_two_commands_of_one_line_each_that_name_existing_files() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    marked = dict(re.findall(r"^<!-- command: (\w+) -->\n```sh\n([^\n]+)\n```$", readme, MULTILINE))
    assert marked.keys() == {"demo", "test"}
    assert marked["demo"].endswith(" && .venv/bin/wechat-oidc demo")
    assert marked["test"].endswith(" && .venv/bin/pytest --numprocesses 3")
    for command in marked.values():
        checked = subprocess.run(["/bin/sh", "-n", "-c", command], check=False)  # noqa: S603
        assert checked.returncode == 0
        for lock in re.findall(r"-r (\S+)", command):
            assert (ROOT / lock).is_file()


def test_conformance_names_modules_and_tests_that_exist() -> None:
    rows = [
        line
        for line in _text("conformance.md").splitlines()
        if line.startswith("|") and "---" not in line and "| module |" not in line
    ]
    assert len(rows) > 30
    for row in rows:
        modules, tests = MODULE.findall(row), TEST.findall(row)
        assert modules, row
        assert tests, row
        for module in modules:
            assert (ROOT / module).is_file(), module
        for file, function in tests:
            _check_test(file, function)


def test_each_oddity_of_wechats_names_tests_that_exist() -> None:
    tested = _section(_text("wechat.md"), "Where each is tested")
    rows = [line for line in tested.splitlines() if line.startswith("| ")][2:]
    rows = [row for row in rows if row not in {"| WeChat | tests |", "| --- | --- |"}]
    assert len(rows) > 40
    for row in rows:
        assert TEST.search(row), row
        for file, function in TEST.findall(row):
            _check_test(file, function)


def _check_test(file: str, function: str) -> None:
    source = (ROOT / file).read_text("utf-8")
    if function:
        assert re.search(rf"^(?:async )?def {function}\(", source, MULTILINE), function


def test_every_package_of_the_program_stands_in_the_tree_of_the_architecture() -> None:
    tree = _text("architecture.md").partition("```\n")[2].partition("```")[0]
    for package in ("bridge", "keys", "tests"):
        assert f"{package}/" in tree
    for entry in sorted((ROOT / "bridge").iterdir()):
        if entry.is_dir() and (entry / "__init__.py").exists():
            assert f" {entry.name}/" in tree
        elif entry.suffix == ".py" and not entry.name.startswith("__"):
            assert f" {entry.name}" in tree


def test_decisions_are_numbered_without_gaps_and_say_what_they_have_to() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert [decision.name[:4] for decision in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for decision in decisions:
        text = decision.read_text("utf-8")
        assert text.startswith(f"# {decision.name[:4]} · ")
        parts = re.findall(
            r"^\*\*(Context|Decision|Price)\.\*\*|^\*\*(Reconsider)\*\*", text, MULTILINE
        )
        assert ["".join(part) for part in parts] == ["Context", "Decision", "Price", "Reconsider"]
