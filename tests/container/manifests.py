"""The files in deploy/, as those who run them read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bridge.config import Settings, read_settings
from tests.config.examples import APP_SECRET, SECRET
from tests.container.dockerfile import ROOT

Document = dict[str, Any]

# What an operator puts into the files of secrets
SECRETS = {
    "bridge-secrets": SECRET,
    "wechat-client-secret": APP_SECRET,
    "database-url": "postgresql://bridge:hunter2@database/bridge",
}

# What they write into ``.env``
CHOSEN = {
    "BRIDGE_ISSUER": "https://id.example.com",
    "BRIDGE_WECHAT_CLIENT_ID": "wx0123456789abcdef",
}


def compose() -> Document:
    document: Document = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    return document


def kubernetes() -> dict[str, Document]:
    """Each object by its kind; there is one of each."""
    text = (ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")
    documents: list[Document] = list(yaml.safe_load_all(text))
    by_kind = {document["kind"]: document for document in documents}
    assert len(by_kind) == len(documents)
    return by_kind


@dataclass(frozen=True)
class Mounted:
    """Secrets as a container sees them: a folder, and the names of the files in it."""

    folder: str
    names: frozenset[str]

    def settings(self, environ: Mapping[str, str], scratch: Path) -> Settings:
        """What the bridge reads there: only those files exist, with what belongs into them."""
        for name in self.names & SECRETS.keys():
            (scratch / name).write_text(SECRETS[name], "utf-8")
        moved = {
            name: value.replace(self.folder, str(scratch)) if name.endswith("_FILE") else value
            for name, value in environ.items()
        }
        return read_settings(None, moved, directory=scratch)


def chosen(environ: Mapping[str, str]) -> dict[str, str]:
    """What Compose makes of ``${NAME:-}``."""
    return {
        name: CHOSEN[name] if value == f"${{{name}:-}}" else value
        for name, value in environ.items()
    }
