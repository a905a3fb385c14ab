"""``wechat-oidc client presets``: which relying parties are known, and what each wants."""

from collections.abc import Iterator, Mapping
from typing import cast

import click

from bridge.oidc.access import NOBODY
from bridge.presets import Preset, UnfitPreset, preset, preset_names

_KNOWN_FROM = {
    "tests": "our own tests",
    "source": "its source code; not tried",
    "documentation": "its documentation; not tried",
    "integration": "what another provider's manual says of it; not tried",
}


@click.command()
@click.argument("name", required=False)
def presets(name: str | None) -> None:
    """List the relying parties that are known, or tell what one of them is registered with."""
    if name is None:
        for known in map(preset, preset_names()):
            click.echo(f"{known.name}\t{known.consumer}")
        return
    try:
        described = preset(name)
    except UnfitPreset as error:
        raise click.UsageError(str(error)) from None
    for word, text in _lines(described):
        click.echo(f"{word:<26} {text}".rstrip())


def _lines(described: Preset) -> Iterator[tuple[str, str]]:
    yield "consumer", described.consumer
    yield "its manual", described.manual
    yield "ours", f"docs/consumers/{described.name}.md"
    yield "known from", _KNOWN_FROM[described.known_from]
    if described.url is not None:
        yield "--url", f"its own address, such as {described.url}"
    for variable in described.variables.values():
        choices = f": {' or '.join(variable.choices)}" if variable.choices else ""
        default = f"; {variable.default} if not given" if variable.default is not None else ""
        example = "" if variable.default or choices else f", such as {variable.example}"
        yield f"--with {variable.name}=", f"{variable.about}{choices}{example}{default}"
    if described.is_public:
        yield "secret", "none, it is a public client"
    for name, value in described.members.items():
        yield name, _shown(value)


def _shown(value: object) -> str:
    """Lists as words, claims as they are typed."""
    if isinstance(value, Mapping):
        claims = cast("Mapping[str, object]", value)
        return " ".join(f"{claim}={template}" for claim, template in claims.items())
    if isinstance(value, tuple):
        return " ".join(cast("tuple[str, ...]", value)) or NOBODY
    return str(value)
