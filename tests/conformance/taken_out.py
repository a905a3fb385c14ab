"""Whether each module fails where the product breaks its rule.

In a copy of the tree one rule after the other is taken out, and the module has to fail, once it
runs. The rules are in ``taken_out.toml``; of those whose module begins with a NAME, or of all:

    python -m tests.conformance.taken_out [NAME ...]
"""

import importlib
import multiprocessing
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.conformance.suite import Variant
from tests.conformance.table import PLANS, Plan, Row, run_id

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_suffix(".toml")
COPIED = ("bridge", "keys", "tests", "docs", "pyproject.toml")

SEEN = "seen to fail"

# What pytest says in the copy
SAID = "said.txt"
LONGEST_REASON = 100

FORK = multiprocessing.get_context("fork")
OPTIONS = (
    *("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=short"),
    # What was loaded before is shown as it is
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-m", "every_variant or not every_variant"),
)

# In which of its variants a module runs, unless the rule matters in another
USUAL = ("code-static", "code-dynamic", "id_token-static")


@dataclass(frozen=True)
class Change:
    """``old`` stands exactly once in the file."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class TakenOut:
    """A rule, and what takes it out: one change, or as many as places that keep it."""

    module: str
    rule: str
    changes: tuple[Change, ...]
    variant: str | None = None

    def __str__(self) -> str:
        return f"{self.module} ({self.rule})"


class Misfit(Exception):
    """The table does not fit the tree; the message says why."""


def taken_out() -> tuple[TakenOut, ...]:
    return tuple(map(_entry, tomllib.loads(TABLE.read_text("utf-8"))["taken_out"]))


def _entry(entry: dict[str, Any]) -> TakenOut:
    changes = tuple(Change(*change) for change in entry["changes"])
    return TakenOut(entry["module"], entry["rule"], changes, entry.get("variant"))


def run_of(rule: TakenOut) -> str:
    """Return the run of the module, as pytest calls it."""
    runs = {str(variant): (plan, row, variant) for plan, row, variant in _runs(rule.module)}
    wanted = USUAL if rule.variant is None else (rule.variant,)
    for name in wanted:
        if name in runs:
            return run_id(*runs[name])
    raise Misfit(f"the module does not run as {' or '.join(wanted)}")


def _runs(module: str) -> Iterator[tuple[Plan, Row, Variant]]:
    for plan in PLANS:
        for row, variant in plan.runs():
            if row.name == module:
                yield plan, row, variant


def try_without(rule: TakenOut, copy: Path) -> str:
    """Take the rule out of the copy, run the module there, and put the rule back."""
    run, paths = run_of(rule), {copy / change.file for change in rule.changes}
    with TemporaryDirectory() as folder:
        # With its time of last change, so that what is compiled of it is good again
        kept = {path: shutil.copy2(path, Path(folder) / str(n)) for n, path in enumerate(paths)}
        try:
            for change in rule.changes:
                _apply(change, copy)
            return _verdict(run, copy)
        finally:
            for path, original in kept.items():
                shutil.copy2(original, path)


def _apply(change: Change, copy: Path) -> None:
    path = copy / change.file
    text = path.read_text("utf-8")
    if (found := text.count(change.old)) != 1:
        raise Misfit(f"found {found} times in {change.file}: {change.old}")
    path.write_text(text.replace(change.old, change.new), "utf-8")


def _verdict(run: str, copy: Path) -> str:
    test = f"tests/conformance/test_plans.py::test_the_module_passes[{run}]"
    process = FORK.Process(target=_play, args=(test, copy))
    process.start()
    process.join()
    if process.exitcode == 0:
        return "STILL PASSES"
    said = (copy / SAID).read_text("utf-8")
    lines = said.splitlines() or [""]
    if not any(line.startswith("FAILED ") for line in lines):
        return f"DID NOT RUN: {lines[-1]}"
    reason = next((line[1:].strip() for line in lines if line.startswith("E  ")), "")
    return f"{SEEN}: {reason[:LONGEST_REASON]}"


def _play(test: str, copy: Path) -> None:
    """Run one test in the copy, in a process that has loaded all but what is the copy's own."""
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.partition(".")[0] in COPIED]:
        del sys.modules[name]
    with (copy / SAID).open("w", encoding="utf-8") as said:
        os.dup2(said.fileno(), sys.stdout.fileno())
        os.dup2(said.fileno(), sys.stderr.fileno())
    sys.exit(pytest.main([*OPTIONS, test]))


def without_a_rule(rules: Sequence[TakenOut]) -> list[str]:
    """Return the modules of which the table says nothing."""
    modules = dict.fromkeys(row.name for plan in PLANS for row in plan.rows)
    return [name for name in modules if name not in {rule.module for rule in rules}]


def main(names: Sequence[str]) -> int:
    """Try them, and say of each what was seen; return how many were not seen to fail."""
    importlib.import_module("tests.conformance.test_plans")  # and all that it needs, once
    missed = without_a_rule(taken_out())
    for module in missed:
        _say(f"{module} HAS NO RULE")
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_tree(copy)
        for rule in taken_out():
            if names and not rule.module.startswith(tuple(names)):
                continue
            verdict = _tried(rule, copy)
            _say(f"{rule} {verdict}")
            if not verdict.startswith(SEEN):
                missed.append(rule.module)
    return len(missed)


def _tried(rule: TakenOut, copy: Path) -> str:
    try:
        return try_without(rule, copy)
    except Misfit as misfit:
        return f"DOES NOT FIT: {misfit}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _copy_tree(copy: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name)
        else:
            shutil.copy2(ROOT / name, copy / name)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
