"""``python -m tests.faults``: hurt a bridge under load, and count."""

import asyncio
import tempfile
from contextlib import nullcontext
from pathlib import Path

import click
import pytest

from tests.faults.counts import HEADING
from tests.faults.scenarios import SCENARIOS


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(SCENARIOS)), help="These; repeat.")
@click.option("--sign-ins", default=200, show_default=True, type=click.IntRange(1, 1000))
@click.option("--keep", type=click.Path(path_type=Path), help="A folder, for logs and data.")
def main(only: tuple[str, ...], sign_ins: int, keep: Path | None) -> None:
    """Hurt a bridge under load in one way after the other, and print what became of everybody."""
    click.echo(HEADING)
    bad = False
    for name in only or SCENARIOS:
        with tempfile.TemporaryDirectory() if keep is None else nullcontext(keep / name) as made:
            folder = Path(made).absolute()
            folder.mkdir(parents=True, exist_ok=True)
            try:
                counts = asyncio.run(SCENARIOS[name](folder, sign_ins))
            except pytest.skip.Exception as skipped:
                click.echo(f"{name}: {skipped}")
                continue
        click.echo(counts.line())
        for violation in counts.violations:
            click.echo(f"  {violation}")
        bad |= bool(counts.violations or counts.sessions_lost or counts.refresh_tokens_lost)
    if bad:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
