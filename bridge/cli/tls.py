"""A certificate and its key for a server of ours."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bridge.cli.operating import Unusable

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def tls_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--tls-certificate`` and ``--tls-key`` to a command: both, or none."""
    command = click.option(
        "--tls-key", type=_FILE, callback=_check_pair, help="The certificate's private key (PEM)."
    )(command)
    return click.option(
        "--tls-certificate", type=_FILE, is_eager=True, help="Speak https with this chain (PEM)."
    )(command)


def _check_pair(context: click.Context, _option: click.Parameter, key: Path | None) -> Path | None:
    certificate: Path | None = context.params.get("tls_certificate")
    if (certificate is None) != (key is None):
        raise Unusable("--tls-certificate and --tls-key go together: give both, or none")
    if certificate is not None:
        try:
            # Without a password, OpenSSL would ask for one at the terminal, and wait.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
        except (OSError, ssl.SSLError):
            raise Unusable(
                f"{certificate} and {key} are no certificate and its key, both in PEM form and"
                " without a password"
            ) from None
    return key
