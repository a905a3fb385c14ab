"""Run the races and print what became of them; status 1 where one had no single winner."""

import asyncio

import click

from bridge.store import Store
from bridge.store.postgres import PostgreSQLEngine
from tests.postgres import HASTE, cluster, running
from tests.races.racing import run


@click.command()
@click.option("--races", default=10_000, show_default=True, help="How many, of all kinds together.")
@click.option("--processes", default=4, show_default=True, help="How many take part in each.")
def main(races: int, processes: int) -> None:
    """Run races on a PostgreSQL of their own."""
    with cluster(**HASTE) as server, running(server):
        url = server.url(server.new_database())
        asyncio.run(_migrate(url))
        outcomes = run(url, races, processes)
    for name, outcome in outcomes.items():
        told = ", ".join(f"{count} {result}" for result, count in outcome.results.items() if count)
        races_run = outcome.good + len(outcome.bad)
        click.echo(
            f"{name:<28} {races_run:>6} races, {outcome.good} good, {len(outcome.bad)} bad"
            f" ({told}; {outcome.seconds:.0f} s)"
        )
        for line in outcome.bad[:5]:
            click.echo(f"    {line}")
    good = sum(outcome.good for outcome in outcomes.values())
    click.echo(f"{good} of {races} races ended as they should")
    raise SystemExit(good != races)


async def _migrate(url: str) -> None:
    store = Store(PostgreSQLEngine(url))
    await store.migrate()
    await store.close()


if __name__ == "__main__":
    main()
